"""Keys that are claimed, believed, disputed and decided, and what rests on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_example import LEAD, at, opened, person, work_off

from qinglan.errors import PermissionDenied, RowError, UsageError
from qinglan.flow import desk, disputing, judge, lessons, load, posing, review, verify, work
from qinglan.flow.context import Context
from qinglan.flow.hands import annotator_id
from qinglan.quality.belief import weigh
from qinglan.records import Actor, Kind, Role
from qinglan.storage import checks, claims, keys, outcomes, tallies, tasks, verdicts
from qinglan.work import Marks, Rules

RAE = Actor(name="rae", role=Role.REVIEWER)
ITEM = {"question": "How many moons has Mars?", "key": "2", "difficulty": 3}


@pytest.mark.parametrize(
    ("agree", "against", "need", "found"),
    [
        (0, 0, 2, "open"), (1, 0, 2, "open"), (2, 0, 2, "believed"), (2, 1, 2, "believed"),
        (1, 1, 2, "open"), (0, 2, 2, "disputed"), (2, 2, 2, "disputed"), (1, 2, 2, "disputed"),
        (3, 1, 3, "believed"), (1, 0, 1, "believed"), (0, 1, 1, "disputed"), (4, 2, 4, "believed"),
        (3, 2, 4, "open"), (5, 3, 4, "disputed"),
    ],
)  # fmt: skip
def test_a_key_is_believed_by_enough_blind_answers(
    agree: int, against: int, need: int, found: str
) -> None:
    assert weigh(agree, against, need) == found


@pytest.fixture
def items(tmp_path: Path, database: str | None) -> Iterator[Context]:
    """``p`` holds one item of ann's; ``blind`` is where all three may answer it."""
    with opened(tmp_path / "ws", database, [{"id": "b", "q": "Write about Mars."}],
                kind=Kind.ITEM, fields=["id=id", "prompt=q"]) as context:  # fmt: skip
        task = work.next_task(context, person("ann"), "p")
        assert task is not None
        work.submit(context, person("ann"), "p", task.task, task.token, ITEM)
        load.make_project(context, LEAD, "blind", Kind.FREE)
        desk.open_desk(context, LEAD, "blind", Rules(overlap=3))
        for name in ("ann", "bob", "cyd", "dan"):
            desk.seat(context, LEAD, "blind", name, licence="CC-BY-4.0")
        yield context


def tell(context: Context, name: str, text: str) -> str:
    task = work.next_task(context, person(name), "blind")
    assert task is not None
    work.submit(context, person(name), "blind", task.task, task.token, {"text": text})
    return task.task


def claim(context: Context, task: str) -> claims.Claim:
    with context.storage.read() as conn:
        found = claims.get(conn, task)
    assert found is not None
    return found


def key_of(context: Context, task: str) -> str | None:
    with context.storage.read() as conn:
        found = keys.get(conn, task)
    return None if found is None else found.value


def test_an_items_key_counts_when_others_agree_with_it(items: Context) -> None:
    done = posing.pose(items, LEAD, "p", "blind")
    assert (done.new, done.there) == (1, 0)
    assert posing.pose(items, LEAD, "p", "blind").there == 1
    assert work.next_task(items, person("ann"), "blind") is None  # she wrote it
    task = tell(items, "bob", "It is 2.")
    assert verify.verify(items, LEAD, "blind").outcomes["verified"] == 0
    assert key_of(items, task) is None
    assert judge.judge(items, LEAD, "blind").set_aside == {"no_support": 1}
    tell(items, "cyd", "答：2")
    verify.verify(items, LEAD, "blind")
    assert (claim(items, task).state, key_of(items, task)) == ("believed", "2")
    assert judge.judge(items, LEAD, "blind").accepted == 1
    with items.storage.read() as conn:
        (verdict,) = verdicts.stream(conn, items.project("blind").id)
        assert tallies.drift(conn, items.project("blind").id) == {}
    assert (verdict.method, verdict.value) == ("key", "2")


def test_a_key_that_others_contradict_is_a_reviewers_to_decide(items: Context) -> None:
    posing.pose(items, LEAD, "p", "blind")
    task = tell(items, "bob", "It is 3.")
    tell(items, "cyd", "3")
    verify.verify(items, LEAD, "blind")
    assert claim(items, task).state == "disputed"
    assert judge.judge(items, LEAD, "blind").set_aside == {"key_contradicts": 1}
    writer = Actor(name="ann", role=Role.REVIEWER)
    with pytest.raises(PermissionDenied):
        review.open_review(items, writer, "blind", task)
    with pytest.raises(PermissionDenied):
        disputing.decide(items, writer, "blind", task, words="Mine is right.")
    (line,) = review.review_queue(items, RAE, "blind").lines
    assert line.why == "key"
    seen = review.open_review(items, RAE, "blind", task)
    assert (seen.key, seen.claim and seen.claim.state) == ("2", "disputed")
    review.rule(items, RAE, "blind", task, annotation=seen.sides[0].annotation,
                considered=[side.annotation for side in seen.sides])  # fmt: skip
    assert (claim(items, task).state, key_of(items, task)) == ("decided", "3")
    with items.storage.read() as conn:
        every = list(checks.stream(conn, items.project("blind").id))
        (verdict,) = verdicts.stream(conn, items.project("blind").id)
    assert {one.outcome.value for one in every} == {"verified"}
    assert (verdict.method, verdict.value) == ("review", "3")
    assert disputing.disputed(items, RAE, "blind") == []


def test_posing_is_refused_where_it_makes_no_sense(items: Context) -> None:
    for project, into in (("blind", "p"), ("p", "p")):
        with pytest.raises(UsageError):
            posing.pose(items, LEAD, project, into)
    with pytest.raises(UsageError):
        posing.pose(items, LEAD, "p", "blind", need=0)
    with pytest.raises(PermissionDenied):
        posing.pose(items, person("ann"), "p", "blind")


WRONG = [{"id": f"q{i}", "prompt": f"Compute {i}+{i}.", "key": str(2 * i + (i == 3)), "skill": "s"}
         for i in range(6)]  # fmt: skip
"""The key of the fourth is wrong."""


@pytest.fixture
def wrong(tmp_path: Path) -> Iterator[Context]:
    with opened(tmp_path / "ws", None, WRONG) as context:
        yield context


def task_of(context: Context, words: str) -> str:
    with context.storage.read() as conn:
        every = list(tasks.stream(conn, context.project("p").id))
    return next(task.id for task in every if words in task.prompt)


def test_a_key_that_practice_showed_may_be_disputed(wrong: Context) -> None:
    task = task_of(wrong, "3+3")
    other = task_of(wrong, "2+2")
    lessons.set_lessons(wrong, LEAD, "p", "practice", {task: None})
    with pytest.raises(PermissionDenied):
        disputing.dispute(wrong, person("ann"), "p", task, "I saw no key yet.")
    said = lessons.answer(wrong, person("ann"), "p", task, {"text": "6"})
    assert said is not None
    assert (said.right, said.key) == (False, "7")
    with pytest.raises(PermissionDenied):  # that key she was never shown
        disputing.dispute(wrong, person("ann"), "p", other, "hm")
    for words in ("", " ", "x" * 3000):
        with pytest.raises(UsageError):
            disputing.dispute(wrong, person("ann"), "p", task, words)
    with pytest.raises(RowError):
        disputing.dispute(wrong, person("ann"), "p", task, "nul \0")
    disputing.dispute(wrong, person("ann"), "p", task, "3 + 3 is 6.")
    (one,) = disputing.disputed(wrong, RAE, "p")
    assert (one.task, one.key, one.words) == (task, "7", "3 + 3 is 6.")
    for actor in (person("ann"), Actor(name="ada", role=Role.AUDITOR)):
        with pytest.raises(PermissionDenied):
            disputing.decide(wrong, actor, "p", task, words="So be it.")
    with pytest.raises(UsageError):
        disputing.decide(wrong, RAE, "p", task, key="6 or 7", words="It is one of them.")
    with pytest.raises(UsageError):
        disputing.decide(wrong, RAE, "p", other, words="Nobody asked.")
    disputing.decide(wrong, RAE, "p", task, key="6", words="She is right.")
    assert key_of(wrong, task) == "6"
    assert lessons.shown(wrong, LEAD, "p")[0].lesson.key == "6"
    with wrong.storage.read() as conn:
        from qinglan.storage import lessons as kept

        fared = kept.answered(conn, annotator_id(wrong, "p", "ann"), wrong.project("p").id)
    assert fared == {task: True}


def test_what_rests_on_a_corrected_key_is_made_anew(wrong: Context) -> None:
    from qinglan.flow import conduct

    task = task_of(wrong, "3+3")
    conduct.set_marks(wrong, LEAD, "p", Marks(least=500, aim=800))
    desk.set_gold(wrong, LEAD, "p", [task])
    desk.open_desk(wrong, LEAD, "p", Rules(overlap=2, gold_per_mille=500))
    work_off(wrong, "ann", now=at(0))
    work_off(wrong, "bob", now=at(1))
    project = wrong.project("p")
    verify.verify(wrong, LEAD, "p")
    assert judge.judge(wrong, LEAD, "p").set_aside == {"key_contradicts": 1}
    with wrong.storage.read() as conn:
        before = outcomes.by_annotator(conn, project.id)
    assert {one.right for fared in before.values() for one in fared} == {False}
    disputing.dispute(wrong, LEAD, "p", task, "It is 6.")
    disputing.decide(wrong, RAE, "p", task, key="6", words="So it is.")
    with wrong.storage.read() as conn:
        after = outcomes.by_annotator(conn, project.id)
        found = {one.task: one for one in verdicts.stream(conn, project.id)}
        assert tallies.drift(conn, project.id) == {}
    assert {one.right for fared in after.values() for one in fared} == {True}
    assert (found[task].value, found[task].method) == ("6", "key")
    assert judge.judge(wrong, LEAD, "p").accepted == 6
    assert verify.verify(wrong, LEAD, "p").checked == 0
