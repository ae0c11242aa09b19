"""Reviewing on both engines: what comes first, who may look, what a ruling does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_example import LEAD, at, keyed, opened, person, say, work_off

from qinglan.errors import PermissionDenied, QinglanError, UsageError
from qinglan.flow import desk, judge, office, review, verify, work
from qinglan.flow.context import Context
from qinglan.provenance.identity import commitment
from qinglan.records import Actor, Role, Verdict
from qinglan.storage import history, rulings, tallies, verdicts
from qinglan.work import Rules, SkipReason

ANN, BOB, CYD = person("ann"), person("bob"), person("cyd")
RAE = Actor(name="rae", role=Role.REVIEWER)


def bare(count: int) -> list[dict[str, Any]]:
    """Tasks without keys, so that only people can say what is right."""
    return [{**row, "key": None} for row in keyed(count)]


@pytest.fixture
def p(tmp_path: Path, database: str | None) -> Iterator[Context]:
    """Six tasks, each answered by ann and bob; they agree on the first three alone."""
    rules = Rules(overlap=2, lease_seconds=60)
    with opened(tmp_path / "ws", database, bare(6), rules=rules) as context:
        answer(context)
        yield context


def answer(context: Context) -> None:
    for name, more in (("ann", 0), ("bob", 1)):
        for turn in range(6):
            task = work.next_task(context, person(name), "p", now=at(0))
            assert task is not None
            said = say(task, more if turn > 2 else 0)
            work.submit(context, person(name), "p", task.task, task.token, said, now=at(0))


def refused(kind: type[QinglanError], key: str) -> Any:
    return pytest.raises(kind, check=lambda error: error.key == f"error.{key}")


def disagreed(context: Context, actor: Actor = RAE) -> list[str]:
    page = review.review_queue(context, actor, "p")
    return [line.task for line in page.lines if line.why == "disagreement"]


def side(seen: review.Dossier, right: bool = True) -> review.Side:
    """The side that adds up, or the other; both end in a number."""
    ordered = sorted(seen.sides, key=lambda one: float(one.value or "nan"))
    return ordered[0 if right else -1]


def choose(context: Context, task: str, *, right: bool = True) -> review.Side:
    seen = review.open_review(context, RAE, "p", task)
    chosen = side(seen, right)
    review.rule(
        context, RAE, "p", task, annotation=chosen.annotation, note="I added it up.",
        considered=[one.annotation for one in seen.sides],
    )  # fmt: skip
    return chosen


def verdict(context: Context, task: str) -> Verdict:
    with context.storage.read() as conn:
        return verdicts.current(conn, [task])[task]


def test_a_ruling_decides_at_once_and_stands_when_judged_again(p: Context) -> None:
    tasks = disagreed(p)
    assert len(tasks) == 3
    judge.judge(p, LEAD, "p")
    chosen = choose(p, tasks[0], right=False)
    for again in (False, True):
        if again:
            judge.judge(p, LEAD, "p")
        found = verdict(p, tasks[0])
        assert (found.value, found.annotation) == (chosen.value, chosen.annotation)
        assert (found.method, found.probability, found.reason) == ("review", None, None)
    assert disagreed(p) == [] or tasks[0] not in disagreed(p)
    project = p.project("p")
    with p.storage.read() as conn:
        (ruling,) = rulings.of_task(conn, project.id, tasks[0])
        assert (ruling.reviewer, ruling.note) == ("rae", "I added it up.")
        assert len(ruling.considered) == 2
        tallies.check(conn, project.id)
        assert history.check(conn, project.id) > 0
        kept = conn.exec_driver_sql("SELECT commitment FROM rulings").scalar_one()
        assert kept == commitment(ruling)
    # A second reviewer thinks otherwise: the newest ruling counts, the first one stays.
    seen = review.open_review(p, LEAD, "p", tasks[0])
    assert [one.note for one in seen.rulings] == ["I added it up."]
    review.rule(
        p, LEAD, "p", tasks[0], annotation=side(seen).annotation,
        considered=[one.annotation for one in seen.sides],
    )  # fmt: skip
    assert verdict(p, tasks[0]).value == side(seen).value
    with p.storage.read() as conn:
        assert len(rulings.of_task(conn, project.id, tasks[0])) == 2


def test_the_right_one_is_written_where_none_is(p: Context) -> None:
    task = disagreed(p)[0]
    seen = review.open_review(p, RAE, "p", task)
    considered = [one.annotation for one in seen.sides]
    with refused(UsageError, "review.unreadable"):
        review.rule(p, RAE, "p", task, considered=considered, payload={"text": r"\boxed{}"})
    review.rule(
        p, RAE, "p", task, considered=considered, payload={"text": "So the answer is 99."},
        licence="CC-BY-4.0",
    )  # fmt: skip
    found = verdict(p, task)
    assert (found.value, found.votes) == ("99", 3)
    assert found.annotation not in considered
    with p.storage.read() as conn:
        tallies.check(conn, p.project("p").id)
    with refused(PermissionDenied, "assignment.self_review"):  # by now it is their own, too
        review.open_review(p, RAE, "p", task)


def test_whoever_was_given_a_task_reviews_it_never_and_sees_no_answers(p: Context) -> None:
    task = disagreed(p)[0]
    ann = Actor(name="ann", role=Role.REVIEWER)
    assert review.review_queue(p, ann, "p").lines == ()
    with refused(PermissionDenied, "assignment.self_review"):
        review.open_review(p, ann, "p", task)
    with refused(PermissionDenied, "assignment.self_review"):
        review.rule(p, ann, "p", task, considered=[], annotation="ann_x")
    page = office.answers_beside(p, ann, "p")
    assert (page.tasks, page.own) == ((), 6)
    with refused(PermissionDenied, "flow.not_allowed"):
        review.review_queue(p, CYD, "p")
    with refused(PermissionDenied, "flow.not_allowed"):
        review.open_review(p, CYD, "p", task)
    auditor = Actor(name="aud", role=Role.AUDITOR)  # reads everything, and decides nothing
    assert review.review_queue(p, auditor, "p").lines
    with refused(PermissionDenied, "flow.not_allowed"):
        review.rule(p, auditor, "p", task, considered=[], annotation="ann_x")


def test_whoever_has_seen_the_answers_is_never_given_the_task(
    tmp_path: Path, database: str | None
) -> None:
    with opened(tmp_path / "ws", database, keyed(4), rules=Rules(overlap=3)) as context:
        done = work_off(context, "ann", 3)
        review.open_review(context, RAE, "p", done[0])
        cyd = Actor(name="cyd", role=Role.REVIEWER)
        review.open_review(context, cyd, "p", done[1])
        desk.seat(context, LEAD, "p", "rae", licence="CC-BY-4.0")  # a seat comes later
        assert set(work_off(context, "cyd")).isdisjoint([done[1]])
        given = set(work_off(context, "rae", 1))
        assert given.isdisjoint([done[0]])
        page = office.answers_beside(context, RAE, "p")
        assert ({one.task for one in page.tasks} & given, page.own) == (set(), 1)
        assert work_off(context, "rae") == []  # has seen the answers to all the others by now


def test_a_ruling_speaks_of_the_answers_that_were_seen(p: Context) -> None:
    task = disagreed(p)[0]
    seen = review.open_review(p, RAE, "p", task)
    considered = [one.annotation for one in seen.sides]
    with refused(UsageError, "review.no_such_answer"):
        other = review.open_review(p, RAE, "p", disagreed(p)[1]).sides[0]
        review.rule(p, RAE, "p", task, considered=considered, annotation=other.annotation)
    again = work.undo(p, BOB, "p", task=task, now=at(1))
    work.submit(p, BOB, "p", task, again.token, say(again, 5), now=at(2))
    with refused(UsageError, "review.changed"):
        review.rule(p, RAE, "p", task, considered=considered, annotation=considered[0])
    with p.storage.read() as conn:
        assert rulings.of_task(conn, p.project("p").id, task) == []


def test_what_is_sent_back_comes_first_with_the_words(p: Context) -> None:
    task = disagreed(p)[0]
    seen = review.open_review(p, RAE, "p", task)
    review.return_answer(p, RAE, "p", task, side(seen, right=False).annotation, "Add again.")
    back = work.next_task(p, BOB, "p", now=at(3))
    assert back is not None
    assert (back.task, back.note) == (task, "Add again.")
    assert back.answer is not None
    work.submit_onward(p, BOB, "p", task, back.token, say(back), now=at(4))
    assert work.next_task(p, BOB, "p", now=at(5)) is None
    assert task not in disagreed(p)
    with p.storage.read() as conn:
        events = conn.exec_driver_sql("SELECT event FROM history").scalars().all()
    assert sum("sent_back" in event for event in events) == 1


def test_a_key_is_disputed_by_those_who_answer_and_decided_by_a_reviewer(tmp_path: Path) -> None:
    rows = [{**row, "key": "12345"} if n == 0 else row for n, row in enumerate(keyed(3))]
    with opened(tmp_path / "ws", None, rows, rules=Rules(overlap=2, stop_after=3)) as context:
        for name in ("ann", "bob"):
            work_off(context, name)
        verify.verify(context, LEAD, "p")
        judge.judge(context, LEAD, "p")
        (line,) = [one for one in review.review_queue(context, RAE, "p").lines if one.why == "key"]
        assert verdict(context, line.task).reason == "key_contradicts"
        seen = review.open_review(context, RAE, "p", line.task)
        assert seen.key == "12345"
        chosen = choose(context, line.task)
        judge.judge(context, LEAD, "p")
        assert verdict(context, line.task).value == chosen.value


def test_a_report_comes_before_all_and_its_words_are_shown(tmp_path: Path) -> None:
    with opened(tmp_path / "ws", None, bare(3), rules=Rules(overlap=2)) as context:
        work_off(context, "ann")
        task = work.next_task(context, BOB, "p", now=at(0))
        assert task is not None
        work.skip(
            context, BOB, "p", task.task, task.token, SkipReason.BAD_PROBLEM, note="No unit.",
            now=at(0),
        )  # fmt: skip
        first = review.review_queue(context, RAE, "p").lines[0]
        assert (first.task, first.why, first.value) == (task.task, "reported", 0.5)
        seen = review.open_review(context, RAE, "p", task.task)
        assert seen.words == (("bad_problem", "No unit."),)


def test_what_rulings_tell_of_people_decides_other_tasks(tmp_path: Path) -> None:
    with opened(tmp_path / "ws", None, bare(12), people=("ann", "bob")) as context:
        for name, more in (("ann", 0), ("bob", 1)):
            while (task := work.next_task(context, person(name), "p", now=at(0))) is not None:
                said = say(task, more)
                work.submit(context, person(name), "p", task.task, task.token, said, now=at(0))
        tasks = disagreed(context)
        assert len(tasks) == 12
        for one in tasks[:8]:
            choose(context, one)
        judge.judge(context, LEAD, "p")
        for one in tasks[8:]:
            left = review.open_review(context, RAE, "p", one)
            assert verdict(context, one).value == side(left).value
