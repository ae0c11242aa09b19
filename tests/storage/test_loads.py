"""What comes by the thousand is stored as its records would be, to the byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_example import ACT, ORIGIN, PRJ, annotator

from qinglan.errors import StorageError
from qinglan.provenance.identity import Committer, commitment, new_salts
from qinglan.records import (
    AlternativesAnswer,
    Annotation,
    Answer,
    AnswerKey,
    ChatAnswer,
    ComparisonAnswer,
    FreeAnswer,
    ItemAnswer,
    Kind,
    Origin,
    PreferenceAnswer,
    Project,
    RatedStep,
    Reason,
    Sample,
    Score,
    SpansAnswer,
    Task,
    Turn,
    Verdict,
)
from qinglan.storage import (
    Storage,
    annotations,
    annotators,
    bulk,
    committed,
    keys,
    loads,
    samples,
    tallies,
    tasks,
)
from qinglan.storage.bulk import Columns
from qinglan.storage.columns import encode
from qinglan.storage.loads import AnswerMaker, Load, Material, TaskMaker

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
places = texts | st.sampled_from(['%s "quoted" \\', "100 %", "\x00\x1f\x7f\u2028", "\U0001f600"])
PROJECT = Project(id=PRJ, name="line-1", kind=Kind.PREFERENCE, guideline="gdl_1")
THEIRS = Origin(source="x%s.jsonl", channel="weights", licence=None, family='a"b')

ANSWERS: list[Answer] = [
    FreeAnswer(text='It is "4".\n青'),
    PreferenceAnswer(winner="left"),
    PreferenceAnswer(winner="tie", because="%s \\ 好"),
    ComparisonAnswer(
        winner="right", left=(Score(criterion="a", score=1),),
        right=(Score(criterion="a", score=2), Score(criterion="b", score=0)),
    ),
    AlternativesAnswer(
        steps=(RatedStep(ratings=("right", None), flagged=(1,), chosen=0),
               RatedStep(ratings=(), written="x = 1")), finish="give_up",
    ),
    ChatAnswer(turns=(Turn(role="user", content="a"), Turn(role="assistant", content="\u2028"))),
    SpansAnswer(spans=()),
    ItemAnswer(question="q", key="k", difficulty=3, sources=("one", "two")),
]  # fmt: skip


def rows(columns: Columns) -> list[tuple[Any, ...]]:
    return list(zip(*columns, strict=True))


@given(
    prompt=places, options=st.lists(places, max_size=3).map(tuple), skill=st.none() | places,
    group=places, key=st.none() | places, line=st.integers(1, 10**8),
)  # fmt: skip
def test_a_tasks_rows_are_those_of_its_records(
    prompt: str, options: tuple[str, ...], skill: str | None, group: str, key: str | None, line: int
) -> None:
    maker = TaskMaker(PROJECT, [ORIGIN, THEIRS], ACT)
    prompts = [prompt]
    load = maker.load(
        ["tsk_a"], [line], [Material(["smp_a"], prompts), Material(["smp_b"], [group])],
        prompts=prompts, options=[options], skills=[skill], groups=[group], keys=[key],
        salts=iter(["00", "01", "02", "03"]),
    )  # fmt: skip
    first = Sample(id="smp_a", origin=ORIGIN, row=line, text=prompt, salt="00")
    second = Sample(id="smp_b", origin=THEIRS, row=line, text=group, salt="01")
    task = Task(
        id="tsk_a", project=PRJ, guideline="gdl_1", kind=Kind.PREFERENCE, prompt=prompt,
        samples=("smp_a", "smp_b"), options=options, skill=skill, group=group, salt="02",
    )  # fmt: skip
    assert rows(load.samples) == [
        (s.id, commitment(s.origin), s.row, s.text, s.salt, commitment(s), ACT)
        for s in (first, second)
    ]
    assert rows(load.tasks) == [(*tasks._row(task, ACT).values(),)]
    assert rows(load.uses) == [("tsk_a", 0, "smp_a"), ("tsk_a", 1, "smp_b")]
    assert [*tasks._row(task, ACT)] == [column.name for column in tasks.tables.tasks.c]
    if key is None:
        assert rows(load.keys) == []
    else:
        known = AnswerKey(task="tsk_a", value=key, salt="03")
        assert rows(load.keys) == [("tsk_a", key, "03", commitment(known), ACT)]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.kind)
def test_an_answers_row_is_that_of_its_record(answer: Answer) -> None:
    given = Annotation(id="ann_a", task="tsk_a", annotator="ant_a", answer=answer, salt="00")
    for value, reason in (("4", None), (None, Reason.NO_FINAL_ANSWER)):
        row = AnswerMaker(PROJECT, ACT).row("ann_a", "tsk_a", "ant_a", answer, "00", value, reason)
        stored = annotations._row((given, value, reason), {"tsk_a": PRJ}, ACT)
        assert row == (*stored.values(),)
        assert [*stored] == [column.name for column in annotations.tables.annotations.c]
    assert row[4] == encode(answer.model_dump(mode="json"))


def test_a_committer_covers_what_a_commitment_covers_and_nothing_else() -> None:
    for names, fixed in (
        (("salt", "task"), {}),  # the value is missing
        (("salt", "task", "value"), {"value": "1"}),
        (("salt", "task", "value", "why"), {}),
        (("value", "task", "salt"), {}),  # values would come in another order than it is told
    ):
        with pytest.raises(ValueError, match=r"covers|order"):
            Committer(AnswerKey, names, fixed)
    with pytest.raises(ValueError, match="covers"):
        Committer(Verdict, tuple(sorted(Verdict.identity)), {})


def made(numbers: range) -> Load:
    maker = TaskMaker(PROJECT, [ORIGIN, THEIRS], ACT)
    prompts = [f"{n}?" for n in numbers]
    material = [
        Material([f"smp_{n:04d}" for n in numbers], prompts),
        Material([f"smq_{n % 7:04d}" for n in numbers], ["o"] * len(numbers)),
    ]
    return maker.load(
        [f"tsk_{n:04d}" for n in numbers], [n + 1 for n in numbers], material, prompts=prompts,
        options=[("a", "b")] * len(numbers), skills=[None if n % 2 else "sums" for n in numbers],
        groups=["g"] * len(numbers), keys=[None if n % 3 else str(n) for n in numbers],
        salts=new_salts(4 * len(numbers)),
    )  # fmt: skip


def test_rows_are_in_order_and_some_tasks_can_be_left_out() -> None:
    whole = made(range(30))
    for table in whole:
        assert [*table[0]] == sorted(table[0])
    assert [len(table[0]) for table in whole] == [30, 60, 60, 10]
    left = {f"tsk_{n:04d}" for n in (0, 7, 21)}
    rest = whole.without(left)
    assert {*rest.tasks[0]} == {*whole.tasks[0]} - left
    assert {*rest.uses[0]} == {*rest.tasks[0]}
    assert {*rest.samples[0]} == {*rest.uses[2]}
    assert "smp_0007" not in rest.samples[0]
    assert "smq_0000" in rest.samples[0]  # of others, too
    assert {*whole.keys[0]} - {*rest.keys[0]} == {"tsk_0000", "tsk_0021"}
    for table, there in zip(rest, whole, strict=True):
        assert {*rows(table)} <= {*rows(there)}


def test_they_are_stored_counted_and_come_back_as_records(either: Storage) -> None:
    many = range(bulk.TOGETHER + 3)
    either.write(lambda conn: loads.add_tasks(conn, PRJ, [ORIGIN, THEIRS], made(many)))
    more = range(many.stop, many.stop + 5)
    either.write(lambda conn: loads.add_tasks(conn, PRJ, [ORIGIN, THEIRS], made(more)))
    row = AnswerMaker(PROJECT, ACT).row("ann_1", "tsk_0001", "ant_ann", ANSWERS[1], "0", "4", None)

    def answer(conn: object) -> None:
        annotators.add(conn, [annotator("ann")], ACT)  # type: ignore[arg-type]
        loads.add_answers(conn, PRJ, [row])  # type: ignore[arg-type]

    either.write(answer)
    with either.read() as conn:
        found = list(tasks.stream(conn, PRJ))
        assert [task.id for task in found] == [f"tsk_{n:04d}" for n in range(more.stop)]
        assert found[1].samples == ("smp_0001", "smq_0001")
        assert len(list(keys.stream(conn, PRJ))) == len(range(0, more.stop, 3))
        assert samples.get(conn, ["smq_0003"])[0].origin == THEIRS
        there = annotations.get(conn, "ann_1")
        assert there is not None
        assert there.answer == ANSWERS[1]
        committed.examine(conn)
        assert tallies.read(conn, PRJ)["samples"] == more.stop + 7
        tallies.check(conn, PRJ)


def test_what_is_here_stays_as_it_is_and_is_told(either: Storage) -> None:
    def bring(numbers: range) -> set[str]:
        load = made(numbers)
        return either.write(lambda conn: loads.add_tasks(conn, PRJ, [ORIGIN, THEIRS], load))

    assert bring(range(9)) == set()
    with either.read() as conn:
        before = {task.id: task for task in tasks.stream(conn, PRJ)}
        known = {key.task: key for key in keys.stream(conn, PRJ)}
    assert bring(range(6, 12)) == {"tsk_0006", "tsk_0007", "tsk_0008"}
    assert bring(range(12)) == {f"tsk_{n:04d}" for n in range(12)}
    with either.read() as conn:
        found = {task.id: task for task in tasks.stream(conn, PRJ)}
        assert len(found) == 12
        assert found | before == found
        assert found["tsk_0011"].samples == ("smp_0011", "smq_0004")
        assert {key.task: key for key in keys.stream(conn, PRJ)} | known == {
            key.task: key for key in keys.stream(conn, PRJ)
        }
        committed.examine(conn)
        tallies.check(conn, PRJ)


def test_what_was_withdrawn_does_not_come_back(either: Storage) -> None:
    from sqlalchemy import insert

    from qinglan.storage import tables

    stones = {"type": "samples", "record": "smq_0002", "commitment": None, "withdrawal": "wdr_1"}
    gone = {
        "id": "wdr_1", "project": PRJ, "what": "source", "targets": "[]", "time": "t",
        "counts": "{}", "scrubbed": False, "activity": ACT,
    }  # fmt: skip

    def bury(conn: object) -> None:
        conn.execute(insert(tables.withdrawals), [gone])  # type: ignore[attr-defined]
        conn.execute(insert(tables.tombstones), [stones])  # type: ignore[attr-defined]

    either.write(bury)
    with pytest.raises(StorageError, match="withdrawn"):
        either.write(lambda c: loads.add_tasks(c, PRJ, [ORIGIN, THEIRS], made(range(20))))
    with either.read() as conn:
        assert tasks.count(conn, PRJ) == 0
