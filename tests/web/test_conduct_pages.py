"""Lessons, one's own standing and the lead's page of people, over HTTP; and attacks on each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from web_example import OWNER, Client, fill, join, seat, serving, workspace

from qinglan.flow import conduct, desk, lessons
from qinglan.flow.context import Context
from qinglan.records import Kind, Role
from qinglan.work import Marks, Rules

if TYPE_CHECKING:
    from playwright.sync_api import Browser

XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"
SECRET = "31415926"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """Forty free questions with keys; Ann and Bob are seated, nobody is judged yet."""
    with workspace(tmp_path / "ws") as opened:
        rows = [{"q": f"Question {i}", "k": f"{SECRET}{i}"} for i in range(40)]
        rules = Rules(overlap=1, gold_per_mille=500)
        fields = ["prompt=q", "key=k"]
        fill(opened, opened.folder, "p", Kind.FREE, rows, "ann", "bob", rules=rules, fields=fields)
        yield opened


@pytest.fixture
def port(context: Context) -> Iterator[int]:
    with serving(context) as number:
        yield number


def test_nobody_starts_untold(context: Context, port: int) -> None:
    desk.seat(context, OWNER, "p", "cyd", licence="CC0-1.0")
    cyd = Client(port, join(context, "cyd"))
    assert cyd.get("/desk/p").location == "/desk/p/before"
    page = cyd.get("/desk/p/before").text
    assert "typed and pasted" in page
    assert cyd.post("/desk/p/before", csrf="0").status == 403
    cyd.get("/desk/p/before")
    assert cyd.post("/desk/p/before").location == "/desk/p"
    assert "Question" in cyd.get("/desk/p").text
    assert Client(port, join(context, "eve")).get("/desk/p/before").status == 403


def test_a_pause_is_told_appealed_and_lifted(context: Context, port: int) -> None:
    ann, bob = (Client(port, join(context, name)) for name in ("ann", "bob"))
    lead = Client(port, join(context, "lee", Role.LEAD))
    auditor = Client(port, join(context, "aud", Role.AUDITOR))
    conduct.pause(context, OWNER, "p", "ann", f"Too many. {XSS}")
    told = ann.get("/desk/p")
    assert told.status == 403
    assert "Too many." in told.text
    assert "<script>alert" not in told.text
    assert "onerror=alert(2)>" not in told.text.replace("&gt;", "")
    flag = re.search(r'name="flag" value="(flg_\w+)"', told.text)
    assert flag
    bob.get("/desk/p/own")
    assert bob.post("/desk/p/appeal", flag=flag[1], words="mine").status == 403
    assert bob.get("/office/projects/p/conduct").status == 403
    assert ann.post("/desk/p/appeal", flag=flag[1], words=" ").status == 422
    ann.get("/desk/p/own")
    assert ann.post("/desk/p/appeal", flag=flag[1], words=f"Why? {XSS}").status == 303
    for client in (lead, auditor):
        page = client.get("/office/projects/p/conduct").text
        assert "Why?" in page
        assert "<script>alert" not in page
    here = "/office/projects/p/conduct"
    assert 'name="does"' not in auditor.get(here).text
    refused = auditor.post(f"{here}/decide", flag=flag[1], does="lift", words="ok")
    assert refused.status == 403
    assert bob.post(f"{here}/decide", flag=flag[1], does="lift", words="ok").status == 403
    assert lead.post(f"{here}/decide", flag=flag[1], does="burn", words="ok").status == 422
    lead.get(here)
    again = {"flag": flag[1], "name": "ann", "does": "again", "words": "Again!"}
    assert bob.post(f"{here}/decide", **again).status == 403
    assert lead.post(f"{here}/decide", **again).status == 422  # a pause is no qualification
    assert lead.post(f"{here}/decide", flag=flag[1], does="lift", words="True.").status == 303
    assert "True." in ann.get("/desk/p/own").text
    assert "Question" in ann.get("/desk/p").text


def test_lessons_tell_a_key_only_after_the_answer_and_only_in_practice(
    context: Context, port: int
) -> None:
    lead = Client(port, join(context, "lee", Role.LEAD))
    here = "/office/projects/p/conduct"
    lead.get(here)
    assert lead.post(f"{here}/draw", use="practice", count="1").status == 303
    assert lead.post(f"{here}/draw", use="qualification", count="2").status == 303
    assert lead.post(f"{here}/draw", use="role", count="2").status == 422
    page = lead.get(here).text
    task = re.search(r'name="task" value="(tsk_\w+)"', page)
    assert task
    assert lead.post(f"{here}/explain", task=task[1], words="Since *pi*.").status == 303
    assert lead.post(f"{here}/explain", task="tsk_none", words="x").status == 422
    marks = {"least": "10", "aim": "20", "passing": "20", "calibration": "2", "floor": "20"}
    assert lead.post(f"{here}/marks", does="set", **marks).status == 303
    assert lead.post(f"{here}/marks", does="set", **{**marks, "aim": "5"}).status == 422
    seat(context, "p", "cyd")
    cyd = Client(port, join(context, "cyd"))
    assert cyd.get("/desk/p").location == "/desk/p/lessons"
    seen, told = "", ""
    for _ in range(3):
        page = cyd.get("/desk/p/lessons").text
        seen += page
        action = re.search(r'action="(/desk/p/lessons/tsk_\w+)"', page)
        number = re.search(r"Question (\d+)", page)
        assert action
        assert number
        assert cyd.post(action[1], text="").status == 422
        told += cyd.post(action[1], text=f"It is {SECRET}{number[1]}.").text
        assert cyd.post(action[1], text="It is 1.").status == 403
    assert SECRET not in seen
    assert told.count(SECRET) == 1
    assert "Since <em>pi</em>." in told
    assert "can start real work" in cyd.get("/desk/p/lessons").text  # 0.2 ** 2 < 0.05
    assert "Question" in cyd.get("/desk/p").text


def test_no_page_of_an_annotator_tells_gold_or_a_key(context: Context, port: int) -> None:
    """Desk, queue, own standing, what is recorded; with gold scored and figures shown."""
    golden = lessons.draw(context, OWNER, "p", 20)
    desk.set_gold(context, OWNER, "p", golden)
    conduct.set_marks(context, OWNER, "p", Marks(least=1, aim=2, calibration=1, floor=400))
    ann = Client(port, join(context, "ann"))
    seen, given = "", set()
    for _ in range(22):
        page = ann.get("/desk/p")
        task = ann.form_of(page.text)
        given.add(task["task"])
        fields = {n: task[n] for n in ("token", "kind", "options")}
        counted = ann.post(
            task["action"].replace("submit", "behaviour"), token=task["token"], pasted="5",
            typed="1", away="0", gold="1",
        )  # fmt: skip
        assert counted.status == 204
        seen += page.text + json.dumps(page.headers) + json.dumps(counted.headers)
        seen += ann.post(task["action"], **fields, text="It is 1.").text
    for path in ("own", "own?gold=1&sort=gold", "before", "queue?part=submitted", "lessons"):
        seen += ann.get(f"/desk/p/{path}").text
    assert given & set(golden)
    assert SECRET not in seen
    assert "gold" not in seen.replace("%3Fgold%3D1%26sort%3Dgold", "").casefold()
    task = ann.task("p")
    action = task["action"].replace("submit", "behaviour")
    for wrong in ({"pasted": "-1"}, {"pasted": "1e3"}, {"pasted": "9" * 9}, {"typed": ""}):
        counts = {"pasted": "1", "typed": "1", "away": "1", **wrong}
        assert ann.post(action, token=task["token"], **counts).status == 422
    bob = Client(port, join(context, "bob"))
    bob.get("/desk/p")
    counts = {"pasted": "1", "typed": "1", "away": "1"}
    assert bob.post(action, token=task["token"], **counts).status == 403


def test_a_browser_counts_what_the_notice_says(
    context: Context, port: int, browser: Browser
) -> None:
    visited = browser.new_context()
    token = join(context, "ann")
    visited.add_cookies([{"name": "qinglan", "value": token, "url": f"http://127.0.0.1:{port}"}])
    page = visited.new_page()
    page.goto(f"http://127.0.0.1:{port}/desk/p")
    page.fill("#text", "")
    page.keyboard.type("It is 7")
    page.evaluate(
        """() => { const data = new DataTransfer(); data.setData("text/plain", "0123456789");
        document.getElementById("text").dispatchEvent(
            new ClipboardEvent("paste", {clipboardData: data, bubbles: true})); }"""
    )
    first = page.get_attribute("#work", "action")
    with page.expect_response(lambda answer: answer.url.endswith("/behaviour")) as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.status == 204
    assert page.get_attribute("#work", "action") != first
    with context.storage.read() as conn:
        rows = conn.execute(text("SELECT pasted, typed, away FROM behaviour")).all()
    assert [tuple(row) for row in rows] == [(10, 7, 0)]
    visited.close()
