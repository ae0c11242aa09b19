"""Slots that wait for a tier: never taken by others under any concurrency, said where nobody is
there to take them, and nothing that an annotator sends changes for whom they are.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from crowd_example import clock, crowd
from desk_example import LEAD, START, at, given, keyed, person, say, slots, work_off
from flow_example import OWN, TASK_FIELDS
from sqlalchemy import event, text

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import board, desk, lessons, load, tiers, withdraw, work
from qinglan.flow.context import Context
from qinglan.flow.hands import annotator_id
from qinglan.flow.init import init
from qinglan.records import Kind
from qinglan.work import Rules, SkipReason

RULES = Rules(overlap=3, lease_seconds=60, reserved=1, reserved_for="senior")
JUNIORS = tuple(f"j{n}" for n in range(12))
SENIORS = tuple(f"s{n}" for n in range(4))


@contextmanager
def ranked(folder: Path, database: str | None, tasks: int, **people: str) -> Iterator[Context]:
    """A desk of ``tasks`` where ``people`` sit, each with their tier."""
    with init(folder, database=database) as context:
        load.make_project(context, LEAD, "p", Kind.FREE)
        tiers.name_tiers(context, LEAD, "p", ["junior", "senior", "head"])
        desk.open_desk(context, LEAD, "p", RULES)
        for name, tier in people.items():
            desk.seat(context, LEAD, "p", name, licence="CC-BY-4.0")
            tiers.give_tier(context, LEAD, "p", name, tier, "known")
        fill(context, tasks)
        yield context


def fill(context: Context, tasks: int) -> None:
    file = context.folder / "more.jsonl"
    file.write_text("".join(json.dumps(task) + "\n" for task in keyed(tasks)), encoding="utf-8")
    load.load_tasks(context, LEAD, "p", file, load.task_mapping(TASK_FIELDS), OWN)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with ranked(
        tmp_path / "ws", None, 6, ann="junior", bob="junior", cyd="junior", sue="senior", hal="head"
    ) as made:
        yield made


def by_tier(context: Context, task: str) -> list[str]:
    """The tiers of those who answered ``task``."""
    with context.storage.read() as conn:
        query = text("SELECT seats.tier FROM seats WHERE annotator = :who")
        return [conn.execute(query, {"who": who}).scalar_one() for who in given(context)[task]]


def test_a_slot_waits_for_the_tier_and_is_said_to(context: Context) -> None:
    assert board.board(context, LEAD, "p").waiting is None
    for name in ("ann", "bob", "cyd"):
        work_off(context, name)
    assert {len(people) for people in given(context).values()} == {2}
    assert {row[4] for row in slots(context)} == {"reserved"}
    for name in ("sue", "hal"):
        tiers.give_tier(context, LEAD, "p", name, None, "away")
    waiting = board.board(context, LEAD, "p").waiting
    assert waiting is not None
    assert (waiting.tasks, waiting.tier, waiting.people) == (6, "senior", 0)
    # Nobody is there; nothing hangs, and nothing was passed for good.
    assert work.next_task(context, person("sue"), "p", now=START) is None
    tiers.give_tier(context, LEAD, "p", "sue", "senior", "back")
    tiers.give_tier(context, LEAD, "p", "hal", "head", "higher counts, too")
    assert board.board(context, LEAD, "p").waiting.people == 2  # type: ignore[union-attr]
    assert len(work_off(context, "hal", 2)) == 2
    assert len(work_off(context, "sue")) == 4
    assert {row[4] for row in slots(context)} == {"done"}
    for task in given(context):
        assert {"senior", "head"} & set(by_tier(context, task))


def test_those_above_go_first_where_they_are_waited_for(context: Context) -> None:
    begun = work_off(context, "ann", 3)
    assert work_off(context, "bob", 2) == begun[:2]
    assert work_off(context, "sue", 2) == begun[:2]  # before what anybody may take


def test_a_lapse_and_a_skip_give_the_slot_back_to_whom_it_is_for(context: Context) -> None:
    for name in ("ann", "bob"):
        work_off(context, name, 1)
    held = work.next_task(context, person("sue"), "p", now=START)
    assert held is not None
    work.next_task(context, person("ann"), "p", now=at(119))  # whoever asks ends her lease
    late = work.next_task(context, person("hal"), "p", now=at(120))
    assert late is not None
    assert late.task == held.task
    work.skip(context, person("hal"), "p", late.task, late.token, SkipReason.UNSURE, now=at(121))
    got = work_off(context, "cyd", now=at(122))
    assert held.task not in got
    # Sue comes back from lunch with her answer: the slot is hers to fill.
    work.submit(context, person("sue"), "p", held.task, held.token, say(held), now=at(200))
    assert "senior" in by_tier(context, held.task)
    row = next(row for row in slots(context) if row[0] == held.task)
    assert row[1:] == (3, 3, 0, "done")


def test_a_rise_after_the_answer_does_not_fill_the_slot(context: Context) -> None:
    for name in ("ann", "bob"):
        work_off(context, name, 1)
    tiers.give_tier(context, LEAD, "p", "ann", "head", "rose")
    task = next(iter(given(context)))
    row = next(row for row in slots(context) if row[0] == task)
    assert row[4] == "reserved", "what was taken from below stays so"
    assert work_off(context, "sue", 1) == [task]


def test_who_lifts_the_rule_frees_what_waits(context: Context) -> None:
    for name in ("ann", "bob"):
        work_off(context, name)
    desk.open_desk(context, LEAD, "p", replace(RULES, reserved=0, reserved_for=None))
    work_off(context, "cyd")
    assert {row[4] for row in slots(context)} == {"done"}
    with pytest.raises(UsageError, match="no tier"):
        desk.open_desk(context, LEAD, "p", replace(RULES, reserved_for="nobody"))
    desk.open_desk(context, LEAD, "p", RULES)
    with pytest.raises(UsageError, match="in use"):
        tiers.name_tiers(context, LEAD, "p", ["junior", "head"])


def test_a_withdrawal_gives_a_reserved_slot_back(context: Context) -> None:
    for name in ("ann", "bob", "sue"):
        work_off(context, name, 1)
    task = next(iter(given(context)))
    withdraw.withdraw(context, LEAD, "p", annotator="sue", really=True)
    assert next(row for row in slots(context) if row[0] == task)[1:] == (3, 2, 0, "reserved")
    assert task not in work_off(context, "cyd")
    assert task in work_off(context, "hal")


def test_nobody_from_below_comes_by_a_reserved_slot(context: Context) -> None:
    """Not by another's token, by asking for the task, or by a tier of their own giving."""
    for name in ("ann", "bob"):
        work_off(context, name, 1)
    task = next(iter(given(context)))
    held = work.next_task(context, person("sue"), "p", now=START)
    assert held is not None
    assert held.task == task
    for token in (held.token, "x" * 24):
        with pytest.raises(PermissionDenied):
            work.submit(context, person("cyd"), "p", task, token, say(held), now=START)
        with pytest.raises(PermissionDenied):
            work.skip(context, person("cyd"), "p", task, token, SkipReason.SKIP, now=START)
    for actor in (person("cyd"), person("sue")):
        with pytest.raises(PermissionDenied):
            tiers.give_tier(context, actor, "p", "cyd", "head", "because I can")
    assert task not in work_off(context, "cyd")


def test_gold_cannot_be_told_where_slots_are_reserved(context: Context) -> None:
    """Each turn runs the same statements: whether a task is gold, is the last that anybody may
    take, or waits for somebody above. Gold asks for nobody above, and nobody sees it wait.
    """
    fill(context, 60)
    desk.open_desk(context, LEAD, "p", replace(RULES, gold_per_mille=500))
    gold = set(lessons.draw(context, LEAD, "p", 25))
    desk.set_gold(context, LEAD, "p", sorted(gold))
    said: list[str] = []
    # In how many parts of the queue is looked, is settled before gold is drawn.
    look = re.compile(r"SELECT work\.task, work\.rank\s")

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if "SAVEPOINT" not in statement:
            said.append(statement)

    for engine in (context.storage._writer._engine, context.storage._reader):
        event.listen(engine, "before_cursor_execute", note)
    for name in ("ann", "bob", "sue"):
        work_off(context, name, 1)
        shapes: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
        for _ in range(25):
            said.clear()
            task = work.next_task(context, person(name), "p", now=START)
            assert task is not None
            mine = (context, person(name), "p", task.task, task.token, say(task))
            work.submit(*mine, now=START)
            shapes[task.task in gold].add(tuple(one for one in said if not look.match(one)))
        assert shapes[True] == shapes[False], name
        assert len(shapes[True]) == 1, name


def test_sixteen_threads_never_break_a_reservation(tmp_path: Path, database: str | None) -> None:
    """Twelve from below and four from above, who answer, repeat, wander off and give back."""
    people = dict.fromkeys(JUNIORS, "junior") | dict.fromkeys(SENIORS, "senior")
    with ranked(tmp_path / "ws", database, 36, **people) as made:
        over: list[object] = []
        done = threading.Event()

        def watch() -> None:
            query = text(
                "SELECT task FROM work WHERE given + held > wanted "
                "OR given + held - seniors > wanted - reserved OR seniors > given + held"
            )
            while not done.wait(0.05):
                with made.storage.read() as conn:
                    over.extend(conn.execute(query).scalars())

        watcher = threading.Thread(target=watch)
        watcher.start()
        crowd(made, [*JUNIORS, *SENIORS], seed=3)
        far = clock().replace(year=clock().year + 1)
        for name in (*JUNIORS, *SENIORS):
            work_off(made, name, now=far)
        done.set()
        watcher.join()
        assert over == []
        assert {row[1:] for row in slots(made)} == {(3, 3, 0, "done")}
        above = {annotator_id(made, "p", name) for name in SENIORS}
        for task, who in given(made).items():
            assert len(who) == len(set(who)) == 3, task
            assert above & set(who), task
