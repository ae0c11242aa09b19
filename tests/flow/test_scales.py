"""Measuring, scoring, ordering, comparing and marking: from a file over the desk to a release."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flow_example import OWN

import qinglan
from qinglan.errors import PermissionDenied, RowError, UsageError
from qinglan.flow import desk, export, hands, load, scheme, work
from qinglan.flow.context import Context
from qinglan.kinds.scheme import Scheme, parse
from qinglan.records import Actor, Kind, Role, Verdict
from qinglan.storage import set_aside, tasks, verdicts
from qinglan.work import Rules

LEAD = Actor(name="lead", role=Role.LEAD)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PEOPLE = ("ann", "bob", "cyd")
Write = Callable[[str, Iterable[dict[str, Any] | str]], Path]

SCHEME = """
[[criteria]]
key = "accuracy"
low = 1
high = 5
en = "Accuracy"
zh = "准确性"
[[criteria]]
key = "tone"
low = 0
high = 2
en = "Tone"
zh = "语气"
[[labels]]
key = "person"
en = "Person"
zh = "人名"
[[labels]]
key = "place"
en = "Place"
zh = "地名"
[measure]
unit = "kg"
low = 0
high = 500
within = 0.5
"""
TEXT = "Marie Curie 生于华沙。"
ROW = {
    Kind.NUMBER: ({"q": "How heavy?"}, ["prompt=q"]),
    Kind.RUBRIC: ({"q": "Why?", "t": "Because."}, ["prompt=q", "text=t"]),
    Kind.RANKING: ({"q": "Why?", "o": ["one", "two", "three"]}, ["prompt=q", "items=o"]),
    Kind.COMPARISON: ({"q": "?", "a": "x", "b": "y"}, ["prompt=q", "left=a", "right=b"]),
    Kind.SPANS: ({"q": TEXT}, ["prompt=q"]),
}
KINDS = tuple(ROW)


def answer(kind: Kind, options: tuple[str, ...]) -> dict[str, Any]:
    """What all agree on, whatever order they see it in."""
    scores = {"accuracy": 4, "tone": 2}
    worse = {"accuracy": 2, "tone": 1}
    if kind is Kind.NUMBER:
        return {"value": "72 kg"}
    if kind is Kind.RUBRIC:
        return {"scores": scores, "because": "Clear."}
    if kind is Kind.RANKING:
        return {"order": ["two", "one", "three"]}
    if kind is Kind.COMPARISON:
        first = options[0] == "x"
        sides = (scores, worse) if first else (worse, scores)
        return {"winner": "left" if first else "right", "left": sides[0], "right": sides[1]}
    return {"spans": 'person "Marie Curie"\nplace "华沙"'}


VALUES = {
    Kind.NUMBER: "72", Kind.RUBRIC: "accuracy=4 tone=2", Kind.RANKING: "2>1>3",
    Kind.COMPARISON: "left", Kind.SPANS: "0-11:person 14-16:place",
}  # fmt: skip


def filled(ws: qinglan.Workspace, write: Write, kind: Kind, n: int = 3) -> Context:
    row, fields = ROW[kind]
    context = ws._context
    load.make_project(context, LEAD, kind.value, kind, en="Be fair.")
    if kind is not Kind.RANKING:
        scheme.set_scheme(context, LEAD, kind.value, parse(SCHEME))
    rows = [{**row, "id": f"r{i}"} for i in range(n)]
    file = write(f"{kind.value}.jsonl", rows)
    done = ws.load(kind.value, file, kind=kind, fields=["id=id", *fields], terms=OWN)
    assert (done.new, done.set_aside) == (n, 0)
    return context


def work_off(context: Context, kind: Kind, people: Iterable[str] = PEOPLE) -> set[tuple[str, ...]]:
    """All answer alike; the orders in which options were seen."""
    seen = set()
    desk.open_desk(context, LEAD, kind.value, Rules(overlap=3))
    for name in people:
        desk.seat(context, LEAD, kind.value, name, licence="CC-BY-4.0")
        actor = Actor(name=name, role=Role.ANNOTATOR)
        while task := work.next_task(context, actor, kind.value, now=NOW):
            seen.add(task.options)
            said = answer(kind, task.options)
            work.submit(context, actor, kind.value, task.task, task.token, said, now=NOW)
    return seen


def current(context: Context, project: str) -> list[Verdict]:
    with context.storage.read() as conn:
        return list(verdicts.stream(conn, context.project(project).id))


@pytest.mark.parametrize("kind", KINDS)
def test_from_a_file_over_the_desk_to_a_release(
    ws: qinglan.Workspace, write: Write, tmp_path: Path, kind: Kind
) -> None:
    context = filled(ws, write, kind)
    orders = work_off(context, kind)
    assert len(orders) > 1 or kind not in (Kind.RANKING, Kind.COMPARISON)
    judged = ws.judge(kind.value)
    assert (judged.accepted, judged.set_aside) == (3, {})
    found = current(context, kind.value)
    assert {one.value for one in found} == {VALUES[kind]}
    assert all(one.estimates and one.probability is not None for one in found)
    assert ws.judge(kind.value).changed == 0
    release, folder = ws.release(kind.value, name="r", purpose="training")
    assert release.rows == 3
    key = context.key_folder / "signing.pub"
    assert qinglan.check_release(folder, key=key).failures == ()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    card = (folder / "README.md").read_text(encoding="utf-8")
    if kind is Kind.RANKING:
        assert "scheme" not in manifest
    else:
        assert manifest["scheme"]["criteria"][0]["zh"] == "准确性"
        assert "| accuracy\\:1\\-5 | 准确性 |" in card
    lines = (folder / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[0])
    assert row["value"] == VALUES[kind]
    assert row["estimates"] == [one.model_dump() for one in found[0].estimates]
    if kind is Kind.SPANS:
        assert [(one["start"], one["text"]) for one in row["spans"]] == [
            (0, "Marie Curie"), (14, "华沙"),
        ]  # fmt: skip
    if kind is Kind.RANKING:
        assert row["ranked"] == ["two", "one", "three"]
    if kind is Kind.COMPARISON:
        assert (row["chosen"], row["rejected"]) == ("x", "y")
        assert {(s["side"], s["criterion"]): s["score"] for s in row["scores"]} == {
            ("left", "accuracy"): 4, ("left", "tone"): 2, ("right", "accuracy"): 2,
            ("right", "tone"): 1,
        }  # fmt: skip
    # Whoever changes a row is found out, in each of the columns of these kinds.
    for column, changed in (
        ("estimates", []), ("scores", []), ("spans", []), ("ranked", ["x"]), ("value", "9"),
    ):  # fmt: skip
        if row[column] != changed:
            (folder / "data" / "train.jsonl").write_text(
                "\n".join([json.dumps({**row, column: changed}, ensure_ascii=False), *lines[1:]])
            )
            assert not qinglan.check_release(folder, key=key).ok
    out = tmp_path / "out.jsonl"
    assert export.export_answers(context, LEAD, kind.value, out).answers == 9
    assert json.loads(out.read_text().splitlines()[0])["answers"][0]["value"] == VALUES[kind]
    page = ws.report(kind.value, tmp_path / "report.html").read_text(encoding="utf-8")
    assert ("How strict raters are" in page) is (kind in (Kind.RUBRIC, Kind.COMPARISON))
    assert ("Who measures too high" in page) is (kind is Kind.NUMBER)
    if kind is Kind.RUBRIC:
        assert "ordinal, over the scores" in page


ANSWERS: dict[Kind, tuple[list[dict[str, Any]], list[str]]] = {
    Kind.NUMBER: ([{"v": "72 kg"}, {"v": 73.5}, {"v": "nine"}], ["value=v"]),
    Kind.RUBRIC: (
        [{"s": {"准确性": 4, "tone": 1}}, {"s": "accuracy=4 tone=1"}, {"s": {"accuracy": "x"}}],
        ["scores=s"],
    ),
    Kind.RANKING: ([{"o": [2, 1, 3]}, {"o": "B>A>C"}, {"o": "2>2>1"}], ["order=o"]),
    Kind.COMPARISON: (
        [
            {"w": "left", "l": {"Accuracy": 4, "tone": 1}, "r": "accuracy=1 tone=0"},
            {"w": "left", "l": "accuracy=4 tone=1", "r": "accuracy=1 tone=0"},
            {"w": "up", "l": "accuracy=4 tone=1", "r": "accuracy=1 tone=0"},
        ],
        ["winner=w", "left=l", "right=r"],
    ),
    Kind.SPANS: (
        [
            {"s": [{"start": 0, "end": 11, "label": "人名"}]}, {"s": "person 0-11"},
            {"s": [{"start": 0, "end": 11}]},
        ],
        ["spans=s"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_answers_from_a_file_count_and_a_bad_row_is_set_aside_with_its_place(
    ws: qinglan.Workspace, write: Write, kind: Kind
) -> None:
    context = filled(ws, write, kind, 1)
    rows, fields = ANSWERS[kind]
    given = [{**row, "task": "r0", "who": f"a{n}"} for n, row in enumerate(rows)]
    done = ws.load_answers(
        kind.value, write("answers.jsonl", given), fields=["task=task", "annotator=who", *fields],
        terms=qinglan.Terms(channel="person", licence="CC-BY-4.0"), annotator_type="person",
        tasks_from="questions",
    )  # fmt: skip
    assert (done.new, done.set_aside, done.reasons) == (2, 1, {"bad_value": 1})
    ws.judge(kind.value)
    (verdict,) = current(context, kind.value)
    assert verdict.votes == 2
    if kind is not Kind.NUMBER:  # 72 and 73.5 are farther apart than the tolerance
        assert verdict.value is not None


def test_numbers_in_conflict_are_set_aside_with_the_reason(
    ws: qinglan.Workspace, write: Write
) -> None:
    context = filled(ws, write, Kind.NUMBER, 1)
    given = [{"task": "r0", "who": w, "v": v} for w, v in (("a", 5), ("b", 480))]
    ws.load_answers(
        "number", write("a.jsonl", given), fields=["task=task", "annotator=who", "value=v"],
        terms=qinglan.Terms(channel="person"), annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    assert ws.judge("number").set_aside == {"below_threshold": 1}
    (verdict,) = current(context, "number")
    assert (verdict.value, verdict.estimates) == (None, ())


@pytest.mark.parametrize(
    ("kind", "fields", "row", "field"),
    [
        (Kind.RUBRIC, ["prompt=q", "criteria=c"], {"q": "?", "c": "accuracy"}, "c"),
        (Kind.RUBRIC, ["prompt=q"], {"q": "?"}, "criteria"),
        (Kind.SPANS, ["prompt=q", "labels=c"], {"q": "?", "c": "a <b>"}, "c"),
        (Kind.SPANS, ["prompt=q", "labels=c", "text=t"], {"q": "?", "c": "a", "t": " "}, "t"),
        (Kind.SPANS, ["prompt=q", "labels=c"], {"q": "x" * 50_001, "c": "a"}, "prompt"),
        (Kind.RANKING, ["prompt=q", "items=o"], {"q": "?", "o": ["a", "a"]}, "o"),
        (Kind.RANKING, ["prompt=q", "items=o"], {"q": "?", "o": ["a", ""]}, "o"),
        (Kind.NUMBER, ["prompt=q", "low=l", "high=h"], {"q": "?", "l": 5, "h": 1}, "l"),
        (Kind.COMPARISON, ["prompt=q", "left=a", "right=b", "criteria=c"],
         {"q": "?", "a": "x", "b": "", "c": "k:1-5"}, "b"),
    ],
)  # fmt: skip
def test_a_task_that_cannot_be_one_is_set_aside_with_its_field(
    ws: qinglan.Workspace, write: Write, kind: Kind, fields: list[str], row: dict[str, Any],
    field: str,
) -> None:  # fmt: skip
    done = ws.load("p", write("t.jsonl", [row]), kind=kind, fields=fields, terms=OWN)
    assert (done.new, done.set_aside) == (0, 1)
    with ws._context.storage.read() as conn:
        (aside,) = set_aside.stream(conn, ws._context.project("p").id)
    assert (aside.line, aside.field) == (1, field)


def test_a_task_says_its_own_criteria_where_its_file_does(
    ws: qinglan.Workspace, write: Write
) -> None:
    rows = [{"q": "?", "c": ["wit:1-3"]}, {"q": "!", "c": None}]
    context = ws._context
    load.make_project(context, LEAD, "p", Kind.RUBRIC)
    scheme.set_scheme(context, LEAD, "p", parse(SCHEME))
    ws.load("p", write("t.jsonl", rows), kind="rubric", fields=["prompt=q", "criteria=c"],
            terms=OWN)  # fmt: skip
    with context.storage.read() as conn:
        stated = {task.prompt: task.options for task in tasks.stream(conn, context.project("p").id)}
    assert stated == {"?": ("", "wit:1-3"), "!": ("", "accuracy:1-5", "tone:0-2")}


def test_a_label_is_renamed_and_old_answers_come_along(ws: qinglan.Workspace, write: Write) -> None:
    context = filled(ws, write, Kind.SPANS, 2)
    work_off(context, Kind.SPANS, ["ann"])
    renamed = parse(SCHEME.replace('"Person"', '"Human being"'))
    assert scheme.set_scheme(context, LEAD, "spans", renamed) == 2
    assert scheme.set_scheme(context, LEAD, "spans", renamed) == 2  # nothing is new
    given = [{"task": "r0", "who": "bob", "s": "person 0-11\nplace 14-16"}]
    given += [{"task": "r1", "who": "bob", "s": [[0, 11, "human being"], [14, 16, "place"]]}]
    done = ws.load_answers(
        "spans", write("a.jsonl", given), fields=["task=task", "annotator=who", "spans=s"],
        terms=qinglan.Terms(channel="person"), annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    assert done.new == 2
    ws.judge("spans")
    assert {one.value for one in current(context, "spans")} == {VALUES[Kind.SPANS]}
    ann = Actor(name="ann", role=Role.ANNOTATOR)
    with context.storage.read() as conn:
        seat = hands.seat_of(context, conn, ann, "spans")
        shown = hands.desk(context, conn, "spans", seat).scheme
    assert shown.label("person", "en") == "Human being"


def test_a_scheme_keeps_what_answers_rest_on_and_only_a_lead_sets_it(
    ws: qinglan.Workspace, write: Write
) -> None:
    context = filled(ws, write, Kind.RUBRIC, 1)
    with pytest.raises(UsageError, match="accuracy:1-5"):
        scheme.set_scheme(context, LEAD, "rubric", Scheme())
    with pytest.raises(PermissionDenied):
        scheme.set_scheme(context, Actor(name="a", role=Role.ANNOTATOR), "rubric", Scheme())
    filled(ws, write, Kind.RANKING, 1)
    with pytest.raises(UsageError):
        scheme.set_scheme(context, LEAD, "ranking", Scheme())


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (Kind.NUMBER, {"value": "501"}),
        (Kind.NUMBER, {"value": "72", "extra": 1}),
        (Kind.RUBRIC, {"scores": {"accuracy": 99, "tone": 1}}),
        (Kind.RANKING, {"order": "1>1>2"}),
        (Kind.COMPARISON, {"winner": "left", "left": {"accuracy": 4}, "right": {}}),
        (Kind.SPANS, {"spans": [{"start": 0, "end": 10**9, "label": "person"}]}),
        (Kind.SPANS, {"spans": [{"start": 0, "end": 3, "label": "<script>"}]}),
        (Kind.SPANS, {"spans": "person " + "9" * 5000 + "-1"}),
    ],
)
def test_a_bad_answer_is_refused_at_the_desk_and_nothing_is_kept(
    ws: qinglan.Workspace, write: Write, kind: Kind, payload: dict[str, Any]
) -> None:
    context = filled(ws, write, kind, 1)
    ann = Actor(name="ann", role=Role.ANNOTATOR)
    desk.open_desk(context, LEAD, kind.value, Rules(overlap=1))
    desk.seat(context, LEAD, kind.value, "ann", licence="CC-BY-4.0")
    task = work.next_task(context, ann, kind.value, now=NOW)
    assert task is not None
    with pytest.raises(RowError):
        work.submit(context, ann, kind.value, task.task, task.token, payload, now=NOW)
    assert work.queue(context, ann, kind.value, "submitted").lines == ()


def test_what_is_compared_is_shown_in_ones_own_order_and_comes_back_so(
    ws: qinglan.Workspace, write: Write
) -> None:
    context = filled(ws, write, Kind.RANKING, 6)
    desk.open_desk(context, LEAD, "ranking", Rules(overlap=1))
    desk.seat(context, LEAD, "ranking", "ann", licence="CC-BY-4.0")
    ann = Actor(name="ann", role=Role.ANNOTATOR)
    while task := work.next_task(context, ann, "ranking", now=NOW):
        assert work.next_task(context, ann, "ranking", now=NOW).options == task.options
        work.submit(context, ann, "ranking", task.task, task.token, {"order": [1, 2, 3]}, now=NOW)
        again = work.undo(context, ann, "ranking", task=task.task, now=NOW)
        assert again.options == task.options
        assert again.answer is not None
        assert again.answer["order"] == [1, 2, 3]  # as it was seen
        said = {"order": list(task.options)}
        work.submit(context, ann, "ranking", again.task, again.token, said, now=NOW)


def test_how_near_a_number_must_come_is_shown_to_nobody_who_answers(
    ws: qinglan.Workspace, write: Write
) -> None:
    """A tolerance that only gold states would tell which tasks are gold."""
    plain = write("plain.jsonl", [{"id": "plain", "prompt": "How long?"}])
    keyed = ["id=id", "prompt=prompt", "key=key", "within=within"]
    gold = write("gold.jsonl", [{"id": "gold", "prompt": "How heavy?", "key": "4", "within": "1"}])
    fields = ["id=id", "prompt=prompt"]
    ws.load("number", plain, kind=Kind.NUMBER, terms=OWN, fields=fields)
    ws.load("number", gold, kind=Kind.NUMBER, terms=OWN, fields=keyed)
    context = ws._context
    desk.open_desk(context, LEAD, "number", Rules(overlap=1))
    desk.seat(context, LEAD, "number", "ann", licence="CC-BY-4.0")
    ann = Actor(name="ann", role=Role.ANNOTATOR)
    seen = 0
    while task := work.next_task(context, ann, "number", now=NOW):
        assert task.options == ()
        work.submit(context, ann, "number", task.task, task.token, {"value": "4"}, now=NOW)
        seen += 1
    assert seen == 2


def test_spans_that_quote_other_words_are_set_aside(ws: qinglan.Workspace, write: Write) -> None:
    """Counted in bytes past Chinese characters: nothing is marked in the wrong place."""
    context = filled(ws, write, Kind.SPANS, 2)
    right = {"start": 14, "end": 16, "label": "place", "text": "华沙"}
    given = [
        {"task": "r0", "who": "ann", "s": [right]},
        {"task": "r1", "who": "ann", "s": [{**right, "start": 18, "end": 24}]},
        {"task": "r1", "who": "bob", "s": [{**right, "text": "克拉科夫"}]},
    ]
    done = ws.load_answers(
        "spans", write("a.jsonl", given), fields=["task=task", "annotator=who", "spans=s"],
        terms=qinglan.Terms(channel="person"), annotator_type="person", tasks_from="questions",
    )  # fmt: skip
    assert (done.new, done.reasons) == (1, {"misaligned": 2})
    with context.storage.read() as conn:
        rows = set_aside.page(conn, context.project("spans").id, 0, 10)
    told = [(one.line, one.field, one.detail) for _, one in rows]
    assert told == [
        (2, "spans", "UTF-8 ✓; 18-24: '' ≠ '华沙'"), (3, "spans", "14-16: '华沙' ≠ '克拉科夫'"),
    ]  # fmt: skip
