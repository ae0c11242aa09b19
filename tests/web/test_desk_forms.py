"""The desk without a script: every kind of work, and what people must not reach or slip in."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from web_example import OWNER, STEPS, Client, fill, join, seat, serving, workspace

from qinglan.flow import desk, office, work
from qinglan.flow.context import Context
from qinglan.records import Actor, Kind, Role
from qinglan.work import Rules

XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>"
REMOTE = "![me](https://evil.example/x.png) [go](javascript:alert(4)) <img src=//evil.example/y>"
TEX = r"$\href{javascript:alert(5)}{x}$ $\text{<script>alert(6)</script>}$ $x^2$"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with workspace(tmp_path / "ws") as opened:
        yield opened


@pytest.fixture
def port(context: Context) -> Iterator[int]:
    with serving(context) as number:
        yield number


def rows(count: int) -> list[dict[str, Any]]:
    return [{"q": f"Question {i}"} for i in range(count)]


def answers(context: Context, project: str) -> list[dict[str, Any]]:
    page = office.answers_beside(context, OWNER, project)
    return [said.answer.model_dump() for task in page.tasks for said in task.said]


@pytest.mark.parametrize(
    ("kind", "form", "kept"),
    [
        (Kind.MARKS, {"mark-0": "right", "mark-1": "neutral", "mark-2": "wrong",
                      "because": "6 + 1 is 7", "continuation": "So 7.\r\nDone."},
         {"marks": ("right", "neutral", "wrong"), "because": "6 + 1 is 7",
          "continuation": "So 7.\nDone."}),
        (Kind.MARKS, {"mark-0": "right", "mark-1": "right", "mark-2": "right", "because": "left"},
         {"marks": ("right",) * 3, "because": None, "continuation": None}),
        (Kind.CHOICE, {"option": "B"}, {"option": "B"}),
        (Kind.FREE, {"text": "答案是 7。"}, {"text": "答案是 7。"}),
        (Kind.STEPS, {"steps": "1 + 1 = 2\n\nso 2", "final": "2"},
         {"steps": ("1 + 1 = 2", "so 2"), "final": "2"}),
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_of_each_kind(
    context: Context, port: int, kind: Kind, form: dict[str, str], kept: dict[str, Any]
) -> None:
    fill(context, context.folder, "p", kind, rows(1), "ann")
    client = Client(port, join(context, "ann"))
    assert "Be <em>fair</em>." in client.get("/desk/p").text
    answer = client.submit("p", **form)
    assert (answer.status, answer.location) == (303, "/desk/p"), answer.text
    assert answers(context, "p") == [{"kind": kind.value, **kept}]
    assert "All done for now" in client.get("/desk/p").text


def test_a_preference_is_kept_as_meant_whatever_order_it_was_shown_in(
    context: Context, port: int
) -> None:
    fill(context, context.folder, "p", Kind.PREFERENCE, rows(12), "ann")
    client = Client(port, join(context, "ann"))
    firsts = set()
    for _ in range(12):
        page = client.get("/desk/p").text
        shown = re.findall(r"(first|second) reply", page)
        firsts.add(shown[0])
        assert client.get("/desk/p").text == page  # the order stays
        client.submit("p", winner="left" if shown[0] == "second" else "right", because="")
    assert firsts == {"first", "second"}
    assert {one["winner"] for one in answers(context, "p")} == {"right"}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "needs it"), ({"mark-0": "right"}, "mark every step"),
        ({"mark-1": "right", "mark-2": "right"}, "right, neutral or wrong"),
        ({"mark-0": "wrong", "because": " ", "continuation": "x"}, "say why"),
        ({"mark-0": "wrong", "because": "x", "continuation": " "}, "should stand"),
        ({"mark-0": "wrong", "mark-1": "right", "mark-2": "right"}, "stop at the first wrong"),
        ({"mark-0": "superb", "mark-1": "right", "mark-2": "right"}, "right, neutral or wrong"),
    ],
)  # fmt: skip
def test_what_is_no_answer_comes_back_as_it_was_typed(
    context: Context, port: int, form: dict[str, str], said: str
) -> None:
    fill(context, context.folder, "p", Kind.MARKS, rows(1), "ann")
    client = Client(port, join(context, "ann"))
    answer = client.submit("p", **{"because": "my words", **form})
    assert answer.status == 422
    message = re.search(r'role="alert" id="message">([^<]+)', answer.text)
    assert message
    assert said in message[1]
    assert form.get("because", "my words") in answer.text
    assert answers(context, "p") == []


def test_a_draft_is_there_when_one_comes_back(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.MARKS, rows(1), "ann")
    session = join(context, "ann")
    client = Client(port, session)
    task = client.task("p")
    fields = {name: task[name] for name in ("token", "kind", "options")}
    where = f"/desk/p/task/{task['task']}/draft"
    typed = {"mark-0": "right", "mark-2": "neutral", "because": '</textarea><b>"half'}
    assert client.post(where, **fields, **typed).status == 303
    page = Client(port, session).get("/desk/p").text
    assert html.escape('</textarea><b>"half').replace("&quot;", "&#34;") in page
    assert page.count(" checked") == 2
    silent = client.post(where, **fields, **typed, headers={"x-fragment": "1"})
    assert (silent.status, silent.text) == (204, "")
    assert "draft kept" in client.get("/desk/p/queue?part=drafts").text


def test_giving_back_going_back_and_looking_back(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.FREE, rows(4), "ann")
    client = Client(port, join(context, "ann"))
    first = client.task("p")
    where = f"/desk/p/task/{first['task']}/skip"
    assert client.post(where, token=first["token"], reason="because").status == 422
    gone = client.post(where, token=first["token"], reason="bad_problem", note="no numbers")
    assert (gone.status, gone.location) == (303, "/desk/p")
    assert client.get(f"/desk/p/task/{first['task']}").status == 422
    client.submit("p", text="one")
    client.submit("p", text="two")
    page = client.get("/desk/p/queue?part=submitted").text
    links = re.findall(r'href="(/desk/p/task/[^"]+)"', page)
    assert len(links) == 2
    older = client.get(links[1]).text
    assert "disabled" in older
    assert ">one</textarea>" in older
    back = client.post("/desk/p/undo", task=links[1].rpartition("/")[2])
    assert back.location == links[1]
    task = client.form_of(client.get(back.location).text)
    fields = {name: task[name] for name in ("token", "kind", "options")}
    assert client.post(task["action"], **fields, text="uno").status == 303
    assert sorted(one["text"] for one in answers(context, "p")) == ["two", "uno"]


def test_the_same_answer_twice_is_one(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.FREE, rows(2), "ann", rules=Rules(overlap=3))
    client = Client(port, join(context, "ann"))
    task = client.task("p")
    fields = {name: task[name] for name in ("token", "kind", "options")}
    for _ in range(3):
        assert client.post(task["action"], **fields, text="same").status == 303
    other = client.post(task["action"], **fields, text="other")
    assert other.status == 422
    assert len(answers(context, "p")) == 1


def test_another_persons_work_is_out_of_reach(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.FREE, rows(2), "ann", "bob", rules=Rules(overlap=1))
    fill(context, context.folder, "q", Kind.FREE, rows(1), "ann")
    ann, bob = Client(port, join(context, "ann")), Client(port, join(context, "bob"))
    hers, his = ann.task("p"), bob.task("p")
    assert hers["task"] != his["task"]
    ann.post(f"/desk/p/task/{hers['task']}/draft", token=hers["token"], kind="free",
             options="0", text="her secret draft")  # fmt: skip
    fields = {"token": hers["token"], "kind": "free", "options": "0", "text": "mine"}
    guessed = {**fields, "token": his["token"]}
    unknown = bob.get("/desk/p/task/tsk_aaaaaaaaaaaaaaaaaaaaaaaaaa")
    looked = bob.get(f"/desk/p/task/{hers['task']}")
    assert looked.status == unknown.status == 403
    mask = re.compile(r"tsk_\w+|[0-9a-f]{64}")
    assert mask.sub("", looked.text) == mask.sub("", unknown.text)
    for form in (fields, guessed):
        for verb in ("submit", "draft", "skip"):
            got = bob.post(f"/desk/p/task/{hers['task']}/{verb}", **form, reason="skip")
            assert got.status == 403
            assert "secret" not in got.text
    assert bob.post("/desk/p/undo", task=hers["task"]).status == 422
    nowhere, elsewhere = bob.get("/desk/nowhere"), bob.get("/desk/q")
    assert nowhere.status == elsewhere.status == 403
    assert mask.sub("", nowhere.text).replace("nowhere", "q") == mask.sub("", elsewhere.text)
    assert hers["task"] not in bob.get("/desk/p/queue?part=drafts").text
    assert answers(context, "p") == []


def test_fields_that_are_not_the_annotators_change_nothing(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.FREE, rows(2), "ann")
    client = Client(port, join(context, "ann"))
    extra = {"role": "owner", "score": "1", "pay": "100", "reviewer": "ann", "annotator": "bob",
             "probability": "1", "gold": "1", "name": "bob"}  # fmt: skip
    assert client.submit("p", text="mine", **extra).status == 303
    (said,) = office.answers_beside(context, OWNER, "p").tasks[0].said
    assert said.annotator == "ann"
    assert said.answer.model_dump() == {"kind": "free", "text": "mine"}
    # A form that calls itself another kind is held against its task.
    task = client.task("p")
    wrong = client.post(task["action"], token=task["token"], kind="choice", options="0", option="A")
    assert wrong.status == 422


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.AUDITOR])
def test_the_office_is_not_theirs(context: Context, port: int, role: Role) -> None:
    fill(context, context.folder, "p", Kind.FREE, rows(1), "ann")
    Client(port, join(context, "ann")).submit("p", text="7")
    client = Client(port, join(context, "x", role))
    reads = role is Role.AUDITOR  # all of it, and changes nothing
    assert client.get("/office/projects/p/answers").status == (200 if reads else 403)
    client.get("/sign-in")
    for verb in ("open", "seat", "pause", "send-back"):
        got = client.post(f"/office/projects/p/{verb}", name="ann", note="n", overlap="1",
                          gold_per_mille="0", lease_minutes="1", task="t")  # fmt: skip
        assert got.status == 403, verb
    if role is Role.ANNOTATOR:
        assert client.get("/office").status == 403
        assert client.get("/office/projects/p").status == 403
    else:
        assert client.get("/office").status == 200
        assert client.get("/desk").status == 403


@pytest.mark.parametrize("kind", [Kind.MARKS, Kind.PREFERENCE, Kind.CHOICE, Kind.FREE])
def test_hostile_text_is_only_text(context: Context, port: int, kind: Kind) -> None:
    evil = f"{XSS}\n\n{REMOTE}\n\n{TEX}"
    row = {"q": evil, "s": [evil, "b"], "a": evil, "b": evil + "b", "o": [evil, "b"]}
    name = "<b onmouseover=alert(7)>eve</b>"
    fill(context, context.folder, "p", kind, [row], name)
    client = Client(port, join(context, name))
    form = {
        Kind.MARKS: {"mark-0": "wrong", "because": evil, "continuation": evil},
        Kind.PREFERENCE: {"winner": "left", "because": evil},
        Kind.CHOICE: {"option": "A"},
        Kind.FREE: {"text": evil},
    }[kind]
    pages = [client.get("/desk/p").text]
    task = client.task("p")
    fields = {n: task[n] for n in ("token", "kind", "options")}
    client.post(f"/desk/p/task/{task['task']}/draft", **fields, **form)
    pages.append(client.get("/desk/p").text)
    assert client.submit("p", **form).status == 303
    lead = Client(port, join(context, "owner", Role.OWNER))
    pages += [
        client.get("/desk/p/queue?part=submitted").text,
        lead.get("/office/projects/p/answers").text, lead.get("/office/projects/p").text,
        lead.get("/office/people").text,
    ]  # fmt: skip
    for page in pages:
        tags = tags_of(page)
        assert not {"svg", "iframe", "style", "object", "embed", "base"} & {tag for tag, _ in tags}
        for tag, attributes in tags:
            assert not [one for one in attributes if one.startswith("on") or one == "style"]
            for one in ("href", "src", "action", "formaction"):
                to = attributes.get(one, "/")
                assert re.match(r"[?#]|/(?!/)", to), (tag, to)
            if tag == "script":
                assert attributes["src"].startswith("/static/")


class Tags(HTMLParser):
    """Every tag of a page with its attributes, as a browser would find them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def tags_of(page: str) -> list[tuple[str, dict[str, str]]]:
    parser = Tags()
    parser.feed(page)
    return parser.found


def test_gold_and_keys_are_in_no_page(context: Context, port: int) -> None:
    secret = "31415926"
    made = [{"q": f"Question {i}", "k": f"{secret}{i}"} for i in range(20)]
    fill(context, context.folder, "p", Kind.FREE, made, fields=["prompt=q", "key=k"])
    golden = work_ids(context)[:10]
    desk.set_gold(context, OWNER, "p", golden)
    desk.open_desk(context, OWNER, "p", Rules(overlap=1, gold_per_mille=500))
    seat(context, "p", "ann")
    client = Client(port, join(context, "ann"))
    shapes = set()
    seen, given = "", set()
    while "data-done" not in (got := client.get("/desk/p")).text:
        task = client.form_of(got.text)
        given.add(task["task"])
        seen += got.text + json.dumps(got.headers)
        shape = re.sub(r"tsk_\w+|Question \d+|[0-9a-f]{64}|value=\"[\w-]{24}\"", "", got.text)
        shapes.add(shape)
        fields = {n: task[n] for n in ("token", "kind", "options")}
        client.post(task["action"], **fields, text="mine")
        seen += client.get("/desk/p/queue?part=submitted").text
    assert given & set(golden)
    plain, asked = (
        re.sub(r"back=[^\"]*", "", client.get(f"/desk/p/queue?part=submitted{more}").text)
        for more in ("", "&gold=1&sort=gold&filter=gold__startswith")
    )
    assert plain == asked
    assert secret not in seen
    assert "gold" not in seen.casefold()
    assert len(shapes) == 1  # a gold task's page differs in nothing but its words and ids


def work_ids(context: Context) -> list[str]:
    from sqlalchemy import text

    with context.storage.read() as conn:
        return list(conn.execute(text("SELECT id FROM tasks ORDER BY id")).scalars())


def test_the_leads_day(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.MARKS, rows(2))
    lead = Client(port, join(context, "lee", Role.LEAD))
    assert "Question" not in lead.get("/office").text
    lead.get("/office/people")
    page = lead.post("/office/people/invite", name="ann", role="annotator").text
    link = re.search(r'value="http://127\.0\.0\.1:\d+(/invite/[\w-]+)"', page)
    assert link
    ann = Client(port)
    ann.get(link[1])
    assert ann.post(link[1], password="a good long one").location == "/"
    assert "no seat" in ann.get("/desk").text
    lead.get("/office/projects/p")
    assert lead.post("/office/projects/p/seat", name="ann", licence="CC0-1.0").status == 303
    assert ann.get("/desk/p").location == "/desk/p/before"
    assert "typed and pasted" in ann.get("/desk/p/before").text
    assert ann.post("/desk/p/before").location == "/desk/p"
    marks = {"mark-0": "right", "mark-1": "wrong", "because": "hm", "continuation": "7"}
    assert ann.submit("p", **marks).status == 303
    page = lead.get("/office/projects/p/answers").text
    assert "hm" in page
    task = re.search(r'name="task" value="(tsk_\w+)"', page)
    assert task
    empty = lead.post("/office/projects/p/send-back", name="ann", task=task[1], note=" ")
    assert empty.status == 422
    sent = lead.post("/office/projects/p/send-back", name="ann", task=task[1], note="Say why.")
    assert sent.status == 303
    assert "Say why." in lead.get("/office/projects/p/answers").text
    queue = ann.get("/desk/p/queue?part=sent_back").text
    assert "Say why." in queue
    again = ann.form_of(ann.get(f"/desk/p/task/{task[1]}").text)
    fields = {n: again[n] for n in ("token", "kind", "options")}
    better = {**marks, "because": "because 2·3 is 6"}
    assert ann.post(again["action"], **fields, **better).status == 303
    assert [one["because"] for one in answers(context, "p")] == ["because 2·3 is 6"]
    assert lead.post("/office/projects/p/pause", name="ann", reason=" ").status == 422
    assert lead.post("/office/projects/p/pause", name="ann", reason="Rest.").status == 303
    assert ann.get("/desk/p").status == 403
    assert "Rest." in ann.get("/desk/p").text


def test_nobody_reviews_themselves(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.FREE, rows(1), "rae")
    rae = Client(port, join(context, "rae", Role.REVIEWER))
    rae.submit("p", text="7")
    page = rae.get("/office/projects/p/answers").text
    assert "send-back" not in page
    (task,) = work_ids(context)
    got = rae.post("/office/projects/p/send-back", name="rae", task=task, note="fine")
    assert got.status == 403


def test_steps_are_shown_in_their_order(context: Context, port: int) -> None:
    fill(context, context.folder, "p", Kind.MARKS, rows(1), "ann")
    page = Client(port, join(context, "ann")).get("/desk/p").text
    assert [int(n) for n in re.findall(r'data-place="(\d)"', page)] == [0, 1, 2]
    assert page.count('type="radio"') == 3 * len(STEPS)
    held = work.next_task(context, Actor(name="ann", role=Role.ANNOTATOR), "p")
    assert held is not None
    assert held.options == tuple(STEPS)
