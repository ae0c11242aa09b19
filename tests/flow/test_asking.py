"""Whom to ask next, and a queue that follows it: what a judging leaves, what the lead sees of it,
and that nobody starves, learns of others, or is told of gold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from desk_example import LEAD, START, given, keyed, opened, person, say, slots, work_off
from flow_example import OWN, TASK_FIELDS

from qinglan.errors import PermissionDenied
from qinglan.flow import asking, board, conduct, desk, load, routes, tiers, withdraw, work
from qinglan.flow.asking import Asking, Candidate
from qinglan.flow.context import Context
from qinglan.flow.hands import annotator_id
from qinglan.flow.judge import judge
from qinglan.records import Actor, Role
from qinglan.storage import seats
from qinglan.work import Rules

TASKS = 30
RULES = Rules(overlap=2, most=3, lease_seconds=60)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """Ann and Bob have answered every task: Ann rightly, Bob wrongly in the skill s0; Cyd rightly
    where they differ in half of the cases. Dan has answered nothing.
    """
    people = ("ann", "bob", "cyd", "dan")
    with opened(tmp_path / "ws", None, keyed(TASKS), rules=RULES, people=people) as made:
        work_off(made, "ann")
        answer_badly(made, "bob")
        work_off(made, "cyd", 5)
        yield made


def answer_badly(context: Context, name: str, *, always: bool = False) -> None:
    while (task := work.next_task(context, person(name), "p", now=START)) is not None:
        number = int(task.prompt.split("+")[1].rstrip("."))
        mine = (context, person(name), "p", task.task, task.token)
        work.submit(*mine, say(task, always or number % 3 == 0), now=START)


def people_of(found: Asking | None, skill: str = "s0") -> dict[str, Candidate]:
    assert found is not None
    (part,) = [part for part in found.parts if part.skill == skill]
    return {one.name: one for one in part.people}


def test_a_judging_leaves_whom_to_ask_and_unknown_is_unknown(context: Context) -> None:
    assert asking.whom(context, LEAD, "p") is None
    judge(context, LEAD, "p", use_keys=False)
    found = asking.whom(context, LEAD, "p")
    people = people_of(found)
    assert set(people) == {"ann", "bob", "cyd", "dan"}
    ann, bob, dan = people["ann"], people["bob"], people["dan"]
    assert ann.answers == bob.answers == TASKS / 3
    assert (dan.answers, dan.right, dan.mended, dan.told) == (0, None, None, None)
    assert ann.right is not None
    assert bob.right is not None
    assert bob.right.high < ann.right.value
    elsewhere = people_of(found, "s1")["bob"].right
    assert elsewhere is not None
    assert elsewhere.value > bob.right.high, "he errs in s0 alone"
    assert found is not None
    assert found.parts[0].skill == "s0", "what is most in doubt is first"
    assert found.parts[0].doubtful >= 5
    for one in (people["cyd"].told, people["cyd"].mended):
        assert one is not None
        assert one.low <= one.value <= one.high
    assert people["cyd"].told.value > 0  # type: ignore[union-attr]
    assert [one.name for one in found.parts[0].people][-1] == "dan"
    assert ann.told is not None
    assert ann.told.value == 0, "she has answered all that is in doubt"
    withdraw.withdraw(context, LEAD, "p", annotator="cyd", really=True)
    assert asking.whom(context, LEAD, "p") is None, "nothing of her is kept until the next judging"


def test_only_those_who_may_be_given_a_part_are_named(context: Context) -> None:
    judge(context, LEAD, "p", use_keys=False)
    desk.seat(context, LEAD, "p", "dan", skills=["s1"])
    conduct.pause(context, LEAD, "p", "cyd", "on holiday")
    tiers.name_tiers(context, LEAD, "p", ["expert"])
    tiers.give_tier(context, LEAD, "p", "ann", "expert", "a degree")
    routes.need_tier(context, LEAD, "p", "s2", "expert")
    found = asking.whom(context, LEAD, "p")
    assert set(people_of(found, "s0")) == {"ann", "bob"}
    assert set(people_of(found, "s1")) == {"ann", "bob", "dan"}
    assert set(people_of(found, "s2")) == {"ann"}
    with pytest.raises(PermissionDenied):
        asking.whom(context, Actor(name="ann", role=Role.ANNOTATOR), "p")


def test_by_gain_what_is_most_in_doubt_goes_first_to_everybody(context: Context) -> None:
    desk.open_desk(context, LEAD, "p", replace(RULES, by_gain=True))
    judge(context, LEAD, "p", use_keys=False)
    disputed = {t for t, _, given_, _, state in slots(context) if state == "open" and given_ == 2}
    assert disputed, "Bob was wrong where Cyd has not answered"
    dans = work_off(context, "dan")
    # Those in doubt first, and every other open task after them: nobody starves.
    assert set(dans[: len(disputed)]) == disputed
    assert {row[4] for row in slots(context)} == {"done"}


def test_a_deciding_answer_is_kept_for_those_whose_answers_tell_most(context: Context) -> None:
    """Once a judging knows of people; a tier that is named goes before it."""
    desk.open_desk(context, LEAD, "p", replace(RULES, by_gain=True))
    judge(context, LEAD, "p", use_keys=False)
    known = {name for name, keen in _keen(context).items() if keen}
    assert known
    assert known <= {"ann", "cyd"}, "Bob errs where it matters, and of Dan nothing is known"
    fill_more(context)
    work_off(context, "dan", 8)  # the five in doubt, and three that are new
    answer_badly(context, "bob", always=True)
    waits = [row[0] for row in slots(context) if row[4] == "reserved"]
    assert waits
    assert not set(waits) & set(work_off(context, "dan"))
    waits = [row[0] for row in slots(context) if row[4] == "reserved"]  # Dan and Bob differ
    seen = board.board(context, LEAD, "p").waiting
    assert seen is not None
    assert (seen.tasks, seen.tier, seen.people) == (len(waits), None, len(known))
    for name in sorted(known):
        work_off(context, name)
    assert all(len(given(context)[task]) == 3 for task in waits)
    assert board.board(context, LEAD, "p").waiting is None


def test_a_named_tier_decides_whoever_tells_most(context: Context) -> None:
    tiers.name_tiers(context, LEAD, "p", ["crowd", "expert"])
    rules = replace(RULES, by_gain=True, reserved_for="expert")
    desk.open_desk(context, LEAD, "p", rules)
    judge(context, LEAD, "p", use_keys=False)
    fill_more(context)
    work_off(context, "ann", 2)
    answer_badly(context, "bob", always=True)
    waits = {row[0] for row in slots(context) if row[4] == "reserved"}
    assert waits
    assert not waits & set(work_off(context, "cyd"))
    tiers.give_tier(context, LEAD, "p", "dan", "expert", "a degree")
    assert waits <= set(work_off(context, "dan"))


def _keen(context: Context) -> dict[str, bool]:
    with context.storage.read() as conn:
        found = {
            name: seats.get(conn, annotator_id(context, "p", name))
            for name in ("ann", "bob", "cyd", "dan")
        }
    return {name: seat.keen for name, seat in found.items() if seat is not None}


def fill_more(context: Context) -> None:
    """Nine tasks more, of which Bob gets three wrong."""
    file = context.folder / "more.jsonl"
    rows = [{**row, "id": f"m{n}"} for n, row in enumerate(keyed(9))]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    load.load_tasks(context, LEAD, "p", file, load.task_mapping(TASK_FIELDS), OWN)
