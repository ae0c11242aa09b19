"""The reviewer's pages: blind, by keyboard alone, in both languages; and who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_desk_browser import Visitor
from web_example import STEPS, Client, fill, join, seat, workspace

from qinglan.flow import work
from qinglan.flow.context import Context
from qinglan.records import Actor, Kind, Role
from qinglan.storage import verdicts
from qinglan.wording import Language, say
from qinglan.work import Rules

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = "<script>alert(1)</script> says [x](javascript:alert(1))"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("review") / "ws") as opened:
        yield opened


def disagree(context: Context, project: str, kind: Kind, *said: dict[str, Any]) -> None:
    """Two tasks that as many people as there are ``said`` answer, each in one way."""
    people = [f"{project}-writer-{n}" for n in range(len(said))]
    rows = [{"q": f"Is it so ({n})?"} for n in range(2)]
    fill(context, context.folder, project, kind, rows, *people, rules=Rules(overlap=len(said)))
    for name, payload in zip(people, said, strict=True):
        actor = Actor(name=name, role=Role.ANNOTATOR)
        while (task := work.next_task(context, actor, project)) is not None:
            work.submit(context, actor, project, task.task, task.token, payload)


def concluded(context: Context, project: str) -> list[str | None]:
    with context.storage.read() as conn:
        return [one.value for one in verdicts.stream(conn, context.project(project).id)]


@pytest.mark.parametrize(
    ("language", "how"),
    [
        ("en", {"viewport": {"width": 1280, "height": 844}, "color_scheme": "light"}),
        ("zh", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
    ],
)
def test_a_task_is_ruled_on_by_keyboard_alone(
    browser: Browser, context: Context, port: int, language: Language, how: dict[str, Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    project, name = f"review-{language}", f"rae-{language}"
    right: dict[str, Any] = {"marks": ["right"] * len(STEPS)}
    wrong = {"marks": ["right", "wrong"], "because": "Six, *not* eight.", "continuation": "So 7."}
    disagree(context, project, Kind.MARKS, right, wrong)
    join(context, name, Role.REVIEWER)
    visitor = Visitor(browser, port, language, **how)
    page = visitor.page
    visitor.arrive(name, f"/office/projects/{project}/review", "web.why.disagreement")
    page.screenshot(path=tmp_path / "queue.png", full_page=True)
    visitor.begins()
    visitor.press("Enter")
    page.wait_for_url(f"**/office/projects/{project}/review/tsk_*")
    visitor.sees(say("web.rule", language))
    visitor.begins()
    page.screenshot(path=tmp_path / "task.png", full_page=True)
    assert "writer" not in page.content()
    width = how["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    picked = "document.activeElement.closest('article').innerText"
    visitor.press("Space")
    if "Six" not in page.evaluate(picked):
        visitor.press("ArrowDown")
    assert "Six, not eight." in page.evaluate(picked)
    visitor.press("Tab")
    page.keyboard.type("2·3 is 6.")
    visitor.press("Tab", "Enter")
    page.wait_for_url(f"**/office/projects/{project}/review")
    assert page.locator("ol.lines li").count() == 1
    assert len(concluded(context, project)) == 1
    visitor.sees(say("web.done", language))
    # The other task: a digit picks, a letter opens what stands beside it, nothing else is pressed.
    visitor.begins()
    visitor.press("Enter")
    page.wait_for_url(f"**/office/projects/{project}/review/tsk_*")
    visitor.sees(say("web.rule", language))
    visitor.press("2")
    second = page.locator("#rule input[name=annotation]").nth(1)
    assert second.is_checked()
    visitor.press("w", "3")
    assert page.locator("#write input[value=right]").first.is_checked()
    page.locator("#sides").click()
    visitor.press("1", "b")
    first = page.locator("#back input[name=annotation]").first
    assert first.is_checked(), "the answer that was picked"
    page.keyboard.type("请再看一遍。")
    visitor.press("Control+Enter")
    page.wait_for_url(f"**/office/projects/{project}/review")
    assert len(concluded(context, project)) == 1
    assert visitor.complaints == []
    page.context.close()


def test_what_is_written_is_kept_when_it_does_not_fit(context: Context, port: int) -> None:
    disagree(context, "p", Kind.FREE, {"text": f"It is 4. {HOSTILE}"}, {"text": "It is 5."})
    rae = Client(port, join(context, "rae", Role.REVIEWER))
    page = rae.get("/office/projects/p/review").text
    assert say("web.why.disagreement", "en") in page
    task = page.partition("/office/projects/p/review/")[2].partition('"')[0]
    path = f"/office/projects/p/review/{task}"
    page = rae.get(path).text
    assert "<script>" not in page.partition("<main")[2]
    assert "javascript:" not in page.partition("href=")[2].partition(">")[0]
    considered = page.partition('name="considered" value="')[2].partition('"')[0]
    first = considered.split()[0]
    empty = rae.post(path, does="write", considered=considered, text="", licence="CC0-1.0")
    assert empty.status == 422
    unread = rae.post(path, does="write", considered=considered, text=r"Hm \boxed{}")
    assert unread.status == 422
    assert r"Hm \boxed{}" in unread.text
    assert concluded(context, "p") == []
    stale = rae.post(path, does="choose", considered=first, annotation=first)
    assert stale.status == 422
    assert rae.post(path, does="send_back", annotation=first, note=" ").status == 422
    assert rae.post(path, does="paint", considered=considered).status == 422
    kept = rae.post(path, does="write", considered=considered, text="It is 6.", licence="CC0-1.0")
    assert kept.status == 303
    assert concluded(context, "p") == ["6"]
    assert rae.get(path).status == 403  # it is their own by now
    for name, role in (("eve", Role.ANNOTATOR), ("aud", Role.AUDITOR)):
        other = Client(port, join(context, name, role))
        reads = 200 if role is Role.AUDITOR else 403
        assert other.get("/office/projects/p/review").status == reads
        assert other.get(path).status == reads
        assert other.post(path, does="choose", considered=first, annotation=first).status == 403


def test_texts_are_given_to_others_to_compare(context: Context, port: int) -> None:
    said = ({"text": f"{HOSTILE}\nIt rains."}, {"text": "Clouds weep.\nOr so they say."})
    disagree(context, "poems", Kind.FREE, *said)
    lead = Client(port, join(context, "lee-poems", Role.LEAD))
    rae = Client(port, join(context, "rae-poems", Role.REVIEWER))
    here = "/office/projects/poems"
    assert say("web.contest.do", "en") in rae.get(f"{here}/review").text
    assert rae.post(f"{here}/contest", into="poems-compared").status == 403, "a lead makes projects"
    lead.get(f"{here}/review")
    done = lead.post(f"{here}/contest", into="poems-compared")
    assert done.status == 200
    assert say("web.contest.done", "en", new=2, there=0, into="poems-compared") in done.text
    assert lead.post(f"{here}/contest", into="poems").status == 422
    assert (
        say("web.contest.done", "en", new=0, there=2, into="poems-compared")
        in rae.post(f"{here}/contest", into="poems-compared").text
    )
    seat(context, "poems-compared", "judge-1")
    one = Client(port, join(context, "judge-1"))
    page = one.get("/desk/poems-compared").text
    assert "poems-writer" not in page
    assert "<script>alert" not in page
    one.submit("poems-compared", winner="left")
    line = rae.get(f"{here}/review").text
    shown = [
        rae.get(f"{here}/review/{task}").text
        for task in dict.fromkeys(re.findall(r"/review/(tsk_\w+)", line))
    ]
    assert len(shown) == 2
    told = [say("web.contest.share", "en", share=share, votes=1) for share in (100, 0)]
    assert sum(all(words in page for words in told) for page in shown) == 1
    assert say("web.contest.do", "en") not in rae.get("/office/projects/review-en/review").text
