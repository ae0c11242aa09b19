"""Measuring, scoring, ordering, comparing and marking without a script, and what is tried there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from api_example import token_for
from web_example import OWNER, PASSAGE, Client, fill, join, workspace

from qinglan import client as api
from qinglan.client import models
from qinglan.flow import desk, judge, lessons, office, scheme, standing, work
from qinglan.flow.context import Context
from qinglan.flow.plans import read_plan
from qinglan.kinds.scheme import Scheme, write
from qinglan.records import Actor, Kind, Role

XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>"
KINDS = (Kind.NUMBER, Kind.RUBRIC, Kind.RANKING, Kind.COMPARISON, Kind.SPANS)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("scales") / "ws") as opened:
        join(opened, "ann")
        join(opened, "owner", Role.OWNER)
        yield opened


@pytest.fixture(scope="module")
def ann(port: int) -> Client:
    client = Client(port)
    client.sign_in("ann")
    return client


@pytest.fixture(scope="module")
def lead(port: int) -> Client:
    client = Client(port)
    client.sign_in("owner")
    return client


def answers(context: Context, project: str) -> list[dict[str, Any]]:
    page = office.answers_beside(context, OWNER, project)
    return [said.answer.model_dump() for task in page.tasks for said in task.said]


def scores(*levels: int) -> tuple[dict[str, Any], ...]:
    named = zip(("accuracy", "tone"), levels, strict=True)
    return tuple({"criterion": name, "score": level} for name, level in named)


FORMS: dict[Kind, tuple[dict[str, str], dict[str, Any]]] = {
    Kind.NUMBER: ({"value": "72 kg"}, {"value": "72 kg"}),
    Kind.RUBRIC: (
        {"score-0": "4", "score-1": "0", "because": ""}, {"scores": scores(4, 0), "because": None},
    ),
    Kind.SPANS: (
        {"spans": 'place 14-16\r\nperson "Marie Curie"'},
        {"spans": ({"start": 0, "end": 11, "label": "person"},
                   {"start": 14, "end": 16, "label": "place"})},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_without_a_script_gives_the_answer(
    context: Context, ann: Client, kind: Kind
) -> None:
    form, kept = FORMS[kind]
    fill(context, context.folder, f"plain-{kind}", kind, [{"q": "Hm?"}], "ann")
    got = ann.submit(f"plain-{kind}", **form)
    assert (got.status, got.location) == (303, f"/desk/plain-{kind}"), got.text
    assert answers(context, f"plain-{kind}") == [{"kind": kind.value, **kept}]


def test_places_in_a_ranking_are_those_of_what_was_seen(context: Context, ann: Client) -> None:
    fill(context, context.folder, "ranks", Kind.RANKING, [{"q": f"{i}?"} for i in range(8)], "ann")
    wanted = ["second", "third", "first"]
    seen = set()
    for _ in range(8):
        page = ann.get("/desk/ranks").text
        shown = re.findall(r'id="item-\d"><p>(\w+)</p>', page)
        seen.add(tuple(shown))
        places = {f"place-{at}": str(wanted.index(item) + 1) for at, item in enumerate(shown)}
        assert ann.submit("ranks", **places, because="").status == 303
    assert len(seen) > 1
    assert {one["order"] for one in answers(context, "ranks")} == {(2, 3, 1)}


def test_sides_of_a_comparison_are_those_of_what_was_seen(context: Context, ann: Client) -> None:
    rows = [{"q": f"{i}?"} for i in range(8)]
    fill(context, context.folder, "sides", Kind.COMPARISON, rows, "ann")
    firsts = set()
    for _ in range(8):
        first = re.findall(r"(first|second) reply", ann.get("/desk/sides").text)[0]
        firsts.add(first)
        better, worse = ("left", "right") if first == "first" else ("right", "left")
        form = {f"{better}-0": "5", f"{better}-1": "2", f"{worse}-0": "1", f"{worse}-1": "0"}
        assert ann.submit("sides", winner=better, because="", **form).status == 303
    assert firsts == {"first", "second"}
    kept = answers(context, "sides")
    assert {one["winner"] for one in kept} == {"left"}
    assert {(one["left"][0]["score"], one["right"][0]["score"]) for one in kept} == {(5, 1)}


BAD: list[tuple[Kind, dict[str, str], str]] = [
    (Kind.NUMBER, {"value": "about 70"}, "no single number"),
    (Kind.NUMBER, {"value": "7000"}, "0 – 500 kg"),
    (Kind.NUMBER, {"value": "  "}, "needs it"),
    (Kind.RUBRIC, {"score-0": "4"}, "no score yet"),
    (Kind.RUBRIC, {"score-0": "9", "score-1": "0"}, "accuracy:1-5"),
    (Kind.RANKING, {"place-0": "1", "place-1": "1", "place-2": "2"}, "place of its own"),
    (Kind.COMPARISON, {"winner": "left", "left-0": "4", "left-1": "1"}, "no score yet"),
    (Kind.SPANS, {"spans": ""}, "nothing to mark"),
    (Kind.SPANS, {"spans": "person 0-4", "nothing": "1"}, "not both"),
    (Kind.SPANS, {"spans": "person 0-4000"}, "does not fit"),
    (Kind.SPANS, {"spans": f"{XSS} 0-4"}, "does not fit"),
]


@pytest.fixture(scope="module")
def open_tasks(context: Context) -> None:
    for kind in KINDS:
        fill(context, context.folder, f"bad-{kind}", kind, [{"q": "Hm?"}], "ann")


@pytest.mark.parametrize(("kind", "form", "said"), BAD)
@pytest.mark.usefixtures("open_tasks")
def test_what_is_no_answer_comes_back_with_why(
    context: Context, ann: Client, kind: Kind, form: dict[str, str], said: str
) -> None:
    got = ann.submit(f"bad-{kind}", **form)
    assert got.status == 422
    message = re.search(r'role="alert" id="message">([^<]+)', got.text)
    assert message
    assert said in html.unescape(message[1])
    if typed := form.get("spans", form.get("value", "")).strip():
        assert typed in html.unescape(got.text)
    assert answers(context, f"bad-{kind}") == []


@pytest.mark.usefixtures("open_tasks")
def test_a_draft_keeps_what_is_half_done(ann: Client) -> None:
    task = ann.task("bad-rubric")
    kept = {name: task[name] for name in ("token", "kind", "options")}
    draft = f"/desk/bad-rubric/task/{task['task']}/draft"
    assert ann.post(draft, **kept, **{"score-1": "2", "because": "so"}).status == 303
    page = ann.get("/desk/bad-rubric").text
    assert re.findall(r'name="score-(\d)" value="(\d)" checked', page) == [("1", "2")]
    task = ann.task("bad-spans")
    kept = {name: task[name] for name in ("token", "kind", "options")}
    ann.post(f"/desk/bad-spans/task/{task['task']}/draft", **kept, spans="person 0-")
    assert ">person 0-</textarea>" in ann.get("/desk/bad-spans").text


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def harmless(page: str) -> None:
    parser = Tags()
    parser.feed(page)
    for tag, attributes in parser.found:
        assert tag not in ("svg", "iframe", "style", "object")
        assert not [one for one in attributes if one.startswith("on") or one == "style"]
        assert tag != "script" or attributes["src"].startswith("/static/")
        assert tag != "img" or attributes["src"].startswith("/")


HOSTILE = Scheme.model_validate(
    {
        "criteria": [
            {
                "key": "accuracy", "low": 1, "high": 5, "en": XSS, "zh": XSS,
                "about": {"en": XSS}, "anchors": [{"level": 1, "en": XSS}],
            },
            {"key": "tone", "low": 0, "high": 2, "en": XSS},
        ],
        "labels": [{"key": "person", "en": XSS, "about": {"en": XSS}}, {"key": "place", "en": "p"}],
    }
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_and_texts_are_only_text(
    context: Context, ann: Client, lead: Client, kind: Kind
) -> None:
    project = f"evil-{kind}"
    row = {"q": XSS, "t": f"Marie {XSS} end", "o": [XSS, "b"], "a": XSS, "b": "b", "u": "<b>"}
    if kind is Kind.NUMBER:
        row["u"] = "<b onclick=alert(4)>"
    fill(context, context.folder, project, kind, [row], "ann")
    if kind in (Kind.RUBRIC, Kind.COMPARISON, Kind.SPANS):
        scheme.set_scheme(context, OWNER, project, HOSTILE)
    pages = [ann.get(f"/desk/{project}").text]
    form = {
        Kind.NUMBER: {"value": "7"},
        Kind.RUBRIC: {"score-0": "1", "score-1": "0", "because": XSS},
        Kind.RANKING: {"place-0": "1", "place-1": "2", "because": XSS},
        Kind.COMPARISON: {"winner": "tie", "because": XSS, "left-0": "1", "left-1": "0",
                          "right-0": "1", "right-1": "0"},
        Kind.SPANS: {"spans": "person 0-30\nplace 8-40"},
    }[kind]  # fmt: skip
    assert ann.submit(project, **form).status == 303
    (task,) = office.answers_beside(context, OWNER, project).tasks
    pages += [
        lead.get(f"/office/projects/{project}/answers").text,
        lead.get(f"/office/projects/{project}/review/{task.task}").text,
    ]
    for page in pages:
        harmless(page)
    assert "alert(1)" in pages[0]


def test_a_renamed_label_is_shown_and_answers_stay(context: Context, ann: Client) -> None:
    fill(context, context.folder, "named", Kind.CHOICE, [{"q": "a"}, {"q": "b"}], "ann")
    ann.submit("named", option="B")
    said = {"labels": [{"key": "green", "en": "Leaf green", "zh": "叶绿"}]}
    scheme.set_scheme(context, OWNER, "named", Scheme.model_validate(said))
    assert "Leaf green" in ann.get("/desk/named").text
    assert answers(context, "named") == [{"kind": "choice", "option": "B"}]


def test_practice_explains_a_key_in_the_words_of_the_scheme(context: Context, ann: Client) -> None:
    rows = [{"q": "Hm?", "k": "person 0-11"}]
    fields = ["prompt=q", "text=t", "labels=c", "key=k"]
    fill(context, context.folder, "taught", Kind.SPANS, rows, fields=fields)
    said = {"labels": [{"key": "person", "en": "Human"}]}
    scheme.set_scheme(context, OWNER, "taught", Scheme.model_validate(said))
    drawn = lessons.draw(context, OWNER, "taught", 1)
    lessons.set_lessons(context, OWNER, "taught", "practice", dict.fromkeys(drawn))
    desk.seat(context, OWNER, "taught", "ann", licence="CC-BY-4.0")
    page = ann.get("/desk/taught/lessons").text
    found = re.search(r'action="(/desk/taught/lessons/[^"]+)"', page)
    assert found
    got = ann.post(found[1], spans="person 0-10")
    assert got.status == 200
    assert "Human “Marie Curie”" in html.unescape(got.text)
    assert "feedback right" in got.text  # near enough


def test_the_text_is_cut_into_words_that_the_keyboard_can_reach(
    context: Context, ann: Client
) -> None:
    fill(context, context.folder, "cut", Kind.SPANS, [{"q": "Hm?"}], "ann")
    page = ann.get("/desk/cut").text
    tokens = re.findall(r'data-at="(\d+)" data-end="(\d+)">([^<]+)</span>', page)
    assert tokens[:5] == [
        ("0", "5", "Marie"), ("6", "11", "Curie"), ("12", "13", "生"), ("13", "14", "于"),
        ("14", "15", "华"),
    ]  # fmt: skip
    assert all(PASSAGE[int(start) : int(end)] == text for start, end, text in tokens)


def test_the_api_brings_a_scheme_and_takes_and_refuses_answers_by_it(
    context: Context, port: int
) -> None:
    said = HOSTILE.model_copy(update={"labels": ()})
    url = f"http://127.0.0.1:{port}"
    with (
        api.Client(url, token_for(context, "bringer", Role.OWNER)) as owner,
        api.Client(url, token_for(context, "robot", Role.ANNOTATOR)) as robot,
    ):
        owner.make_project("wired", Kind.RUBRIC)
        assert owner.scheme("wired").version == 0
        assert owner.set_scheme("wired", said).version == 1
        assert owner.scheme("wired").scheme == said
        got = owner.import_tasks(
            "wired", [{"q": "Hm?", "t": "Reply."}], name="n", fields=["prompt=q", "text=t"],
            channel="own",
        )  # fmt: skip
        assert (got.new, got.set_aside) == (1, 0)
        owner.open_desk("wired")
        owner.seat("wired", "robot", models.Seat(type="person", licence="CC-BY-4.0"))
        standing.tell(context, Actor(name="robot", role=Role.ANNOTATOR), "wired")
        (desk_,) = [one for one in robot.desks() if one.project == "wired"]
        assert desk_.scheme == said
        task = robot.next_task("wired")
        assert task is not None
        assert task.options == ["Reply.", "accuracy:1-5", "tone:0-2"]
        for bad in ({"scores": {"accuracy": 6, "tone": 0}}, {"scores": []}, {"scores": "x"}):
            with pytest.raises(api.ApiError) as raised:
                robot.submit("wired", task, bad)
            assert raised.value.problem.status == 422
        robot.submit("wired", task, {"scores": {"accuracy": 4, "tone": 2}})
        judge.judge(context, OWNER, "wired")
        (verdict,) = owner.verdicts("wired")
        assert verdict.value == "accuracy=4 tone=2"
        assert [one.name for one in verdict.estimates] == ["accuracy", "tone"]
        with pytest.raises(api.ApiError):
            robot.set_scheme("wired", said)


def test_a_lead_composes_a_project_with_its_criteria_and_sees_the_desk(
    context: Context, lead: Client
) -> None:
    text = write(HOSTILE.model_copy(update={"labels": ()}))
    form = {"name": "composed", "kind": "rubric", "en": "Be fair.", "zh": "", "scheme": text}
    lead.get("/office/new")
    page = lead.post("/office/new", does="preview", **form).text
    harmless(page)
    assert page.count('name="score-1"') == 3  # tone, 0 to 2
    rules = {"overlap": "2", "gold_per_mille": "0", "lease_minutes": "30", "stop_after": "2"}
    assert lead.post("/office/new", does="make", **form, **rules, most="").status == 303
    assert scheme.show_scheme(context, OWNER, "composed")[1].criteria == HOSTILE.criteria
    kept = lead.get("/office/projects/composed/settings.toml").text
    assert read_plan(kept).scheme.criteria == HOSTILE.criteria
    broken = lead.post("/office/new", does="make", **{**form, "scheme": "[[criteria]]"}, **rules)
    assert broken.status == 422
    assert "scheme" in broken.text


@pytest.mark.usefixtures("open_tasks")
@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_of_anything_still_shows_the_form(
    context: Context, ann: Client, kind: Kind
) -> None:
    name, actor = f"bad-{kind}", Actor(name="ann", role=Role.ANNOTATOR)
    task = work.next_task(context, actor, name)
    assert task is not None
    wild: list[Any] = [7, None, "x", [], {}, [[1]], [{"score": {}}], {"a": 1}, [None] * 9, XSS]
    fields = ("value", "scores", "order", "places", "left", "right", "winner", "spans", "nothing")
    for value in wild:
        body = dict.fromkeys(fields, value)
        work.save_draft(context, actor, name, task.task, task.token, body)
        got = ann.get(f"/desk/{name}")
        assert got.status == 200, value
        harmless(got.text)
