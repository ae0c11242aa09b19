"""Who gets which task, and what becomes of it, as pure decisions."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan import assignment
from qinglan.assignment import No, Step
from qinglan.work import Place, Rules, SkipReason, Slots, Standing, TaskState

RULES = Rules(overlap=2, gold_per_mille=100, lease_seconds=60)
EMPTY = Slots(wanted=2)
NOW = 1_000_000


def step(found: Step | No) -> Step:
    assert isinstance(found, Step), found
    return found


def leased(slots: Slots = EMPTY) -> Step:
    return step(assignment.take(None, slots, RULES, NOW))


def test_a_lease_takes_a_slot_and_an_answer_keeps_it() -> None:
    first = leased()
    assert first.place == Place(standing=Standing.LEASED, until=NOW + 60_000)
    assert (first.slots.given, first.slots.held, first.state) == (0, 1, TaskState.OPEN)
    second = leased(first.slots)
    assert second.state is TaskState.FULL
    assert assignment.take(None, second.slots, RULES, NOW) is No.NO_ROOM
    done = step(assignment.submit(second.place, second.slots, RULES, NOW, same=False))
    assert (done.slots.given, done.slots.held, done.answer) == (1, 1, True)
    assert done.state is TaskState.FULL
    last = step(assignment.submit(first.place, done.slots, RULES, NOW, same=False))
    assert (last.slots.given, last.slots.held, last.state) == (2, 0, TaskState.DONE)


def test_nobody_takes_a_task_twice_except_after_a_lapse() -> None:
    for standing in Standing:
        place = Place(standing=standing, until=0)
        again = assignment.take(place, EMPTY, RULES, NOW)
        assert (again is No.TAKEN) == (standing is not Standing.LAPSED), standing


def test_a_lapse_gives_the_slot_back_and_asks_for_a_new_place_in_the_queue() -> None:
    held = leased(replace(EMPTY, given=1))
    assert held.state is TaskState.FULL
    assert assignment.lapse(held.place, held.slots, RULES, NOW + 59_999) is No.NOT_DUE
    gone = step(assignment.lapse(held.place, held.slots, RULES, NOW + 60_000))
    assert (gone.slots.held, gone.state, gone.requeue) == (0, TaskState.OPEN, True)
    assert gone.place.standing is Standing.LAPSED


def test_an_answer_after_the_lapse_counts_where_there_is_room() -> None:
    held = leased()
    gone = step(assignment.lapse(held.place, held.slots, RULES, NOW + 60_000))
    counted = step(assignment.submit(gone.place, gone.slots, RULES, NOW, same=False))
    assert (counted.slots.given, counted.answer, counted.late) == (1, True, False)
    full = replace(gone.slots, given=1, held=1)
    late = step(assignment.submit(gone.place, full, RULES, NOW, same=False))
    assert (late.slots, late.answer, late.late) == (full, False, True)
    assert late.place.standing is Standing.LATE


def test_a_repeated_answer_changes_nothing_and_another_is_refused() -> None:
    held = leased()
    done = step(assignment.submit(held.place, held.slots, RULES, NOW, same=False))
    again = step(assignment.submit(done.place, done.slots, RULES, NOW + 5, same=True))
    assert (again.place, again.slots, again.answer) == (done.place, done.slots, False)
    other = assignment.submit(done.place, done.slots, RULES, NOW + 5, same=False)
    assert other is No.ALREADY_ANSWERED


@pytest.mark.parametrize("reason", list(SkipReason))
def test_a_skip_opens_the_task_for_others(reason: SkipReason) -> None:
    held = leased(replace(EMPTY, given=1))
    gone = step(assignment.skip(held.place, held.slots, RULES, NOW, reason))
    assert (gone.place.reason, gone.slots.held, gone.requeue) == (reason, 0, True)
    assert gone.slots.reports == (reason is SkipReason.BAD_PROBLEM)
    again = step(assignment.skip(gone.place, gone.slots, RULES, NOW, reason))
    assert (again.place, again.slots) == (gone.place, gone.slots)


def test_enough_reports_of_a_bad_problem_stop_a_task() -> None:
    slots = EMPTY
    for expected in (TaskState.OPEN, TaskState.STOPPED):
        held = leased(slots)
        gone = step(assignment.skip(held.place, held.slots, RULES, NOW, SkipReason.BAD_PROBLEM))
        slots = gone.slots
        assert gone.state is expected
    honest = step(assignment.submit(gone.place, slots, RULES, NOW, same=False))
    assert (honest.slots.reports, honest.slots.given) == (1, 1)  # thought better of it
    assert (honest.state, honest.requeue) == (TaskState.OPEN, True)


def test_a_reopened_answer_counts_until_the_new_one() -> None:
    held = leased()
    done = step(assignment.submit(held.place, held.slots, RULES, NOW, same=False))
    open_ = step(assignment.reopen(done.place, done.slots, RULES, NOW))
    assert (open_.place.standing, open_.slots) == (Standing.LEASED, done.slots)
    assert assignment.skip(open_.place, open_.slots, RULES, NOW, SkipReason.SKIP) is (
        No.ANSWER_STANDS
    )
    better = step(assignment.submit(open_.place, open_.slots, RULES, NOW, same=False))
    assert (better.slots, better.answer) == (done.slots, True)
    left = step(assignment.lapse(open_.place, open_.slots, RULES, NOW + 60_000))
    assert (left.place.standing, left.slots) == (Standing.ANSWERED, done.slots)


def test_what_is_sent_back_keeps_its_slot() -> None:
    held = leased()
    done = step(assignment.submit(held.place, held.slots, RULES, NOW, same=False))
    back = step(assignment.send_back(done.place, done.slots, RULES, NOW))
    assert back.slots == done.slots
    assert assignment.take(back.place, back.slots, RULES, NOW) is No.TAKEN
    better = step(assignment.submit(back.place, back.slots, RULES, NOW, same=False))
    assert (better.slots, better.place.standing) == (done.slots, Standing.ANSWERED)
    assert assignment.send_back(back.place, back.slots, RULES, NOW) is No.NOT_ANSWERED


def test_gold_takes_any_number_and_is_never_late_or_queued() -> None:
    apart = Slots(wanted=None, given=500, held=7)
    held = leased(apart)
    assert held.state is TaskState.APART
    gone = step(assignment.lapse(held.place, held.slots, RULES, NOW + 60_000))
    assert (gone.state, gone.requeue) == (TaskState.APART, True)  # as any other task
    after = step(assignment.submit(gone.place, gone.slots, RULES, NOW, same=False))
    assert after.answer
    assert not after.late


def test_gold_comes_at_its_rate_and_at_turns_nobody_can_foretell() -> None:
    turns = 20_000
    for rate in (0, 100, 500):
        rules = replace(RULES, gold_per_mille=rate)
        drawn = [assignment.gold_turn(rules, b"secret", "ant_1", n) for n in range(turns)]
        expected, spread = turns * rate / 1000, (turns * rate / 1000 * (1 - rate / 1000)) ** 0.5
        assert abs(sum(drawn) - expected) <= 4 * spread
    # As often after gold as after none: the last turn says nothing about the next.
    after = [b for a, b in pairwise(drawn) if a]
    assert abs(sum(after) / len(after) - 0.5) < 4 * (0.25 / len(after)) ** 0.5
    other = [assignment.gold_turn(rules, b"secret", "ant_2", n) for n in range(turns)]
    alike = sum(a == b for a, b in zip(drawn, other, strict=True))
    assert abs(alike / turns - 0.5) < 4 * (0.25 / turns) ** 0.5


def test_a_pair_is_turned_for_half_of_the_people_and_always_the_same_way() -> None:
    turned = [assignment.swapped(b"secret", f"ant_{n}", "tsk_1") for n in range(4000)]
    assert abs(sum(turned) / 4000 - 0.5) < 4 * (0.25 / 4000) ** 0.5
    assert turned == [assignment.swapped(b"secret", f"ant_{n}", "tsk_1") for n in range(4000)]


def test_nobody_reviews_themselves() -> None:
    assert assignment.may_review("ann", "bob")
    assert not assignment.may_review("ann", "ann")


@given(st.none() | st.text(max_size=600))
def test_skill_keys_fit_an_index_and_differ_with_the_skill(skill: str | None) -> None:
    key = assignment.skill_key(skill)
    assert len(key.encode("utf-8", "surrogatepass")) <= 200
    assert (key == "") == (not skill)
    assert assignment.skill_key(f"{skill or ''}x") != key


@pytest.mark.parametrize(
    "wrong",
    [{"overlap": 0}, {"gold_per_mille": 501}, {"gold_per_mille": -1}, {"lease_seconds": 0},
     {"stop_after": 0}],
)  # fmt: skip
def test_rules_say_what_is_out_of_range(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Rules(**wrong)


def test_the_last_slot_waits_for_somebody_who_stands_high_enough() -> None:
    rules = Rules(overlap=3, reserved=1, reserved_for="expert", lease_seconds=60)
    slots = Slots(wanted=3, reserved=1)
    first = step(assignment.take(None, slots, rules, NOW))
    second = step(assignment.take(None, first.slots, rules, NOW))
    assert (first.state, second.state, second.requeue) == (
        TaskState.OPEN, TaskState.RESERVED, True,
    )  # fmt: skip
    assert assignment.take(None, second.slots, rules, NOW) is No.NO_ROOM
    third = step(assignment.take(None, second.slots, rules, NOW, senior=True))
    assert (third.state, third.slots.seniors, third.requeue) == (TaskState.FULL, 1, False)
    gone = step(assignment.lapse(first.place, third.slots, rules, NOW + 60_000))
    assert (gone.state, gone.requeue) == (TaskState.OPEN, True)
    left = step(assignment.skip(third.place, third.slots, rules, NOW, SkipReason.SKIP))
    assert (left.state, left.slots.seniors, left.requeue) == (TaskState.RESERVED, 0, True)
    # Who came late with an answer to a task of which a reserved slot alone is free is late.
    back = step(assignment.submit(gone.place, replace(second.slots), rules, NOW, same=False))
    assert back.late


def test_who_comes_first_from_above_leaves_the_others_to_everybody() -> None:
    rules = Rules(overlap=2, reserved=1, reserved_for="expert")
    first = step(assignment.take(None, Slots(wanted=2, reserved=1), rules, NOW, senior=True))
    assert first.state is TaskState.OPEN
    assert step(assignment.take(None, first.slots, rules, NOW)).state is TaskState.FULL


def test_a_deciding_answer_is_reserved_where_the_project_routes_by_gain() -> None:
    rules = Rules(overlap=2, most=3, by_gain=True)
    place = Place(standing=Standing.ANSWERED, until=0, answered=True)
    done = Step(place=place, slots=Slots(wanted=2, given=2), state=TaskState.DONE, answer=True)
    after = assignment.widened(done, rules, 1)
    assert (after.slots.wanted, after.slots.reserved) == (3, 1)
    assert after.state is TaskState.RESERVED
    both = replace(done, slots=replace(done.slots, seniors=2))
    again = assignment.widened(both, rules, 1)
    assert (again.slots.reserved, again.state) == (3, TaskState.RESERVED)


_DOES = st.tuples(
    st.integers(0, 5), st.booleans(), st.sampled_from(["take", "submit", "skip", "lapse", "widen"])
)


@given(st.integers(1, 4), st.integers(0, 4), st.booleans(), st.lists(_DOES, max_size=40))
def test_no_order_of_deeds_breaks_a_reservation(
    wanted: int, reserved: int, by_gain: bool, deeds: list[tuple[int, bool, str]]
) -> None:
    """Six people, any of whom may stand high enough at one turn and not at the next."""
    kept = min(wanted, reserved)
    rules = Rules(
        overlap=wanted, most=wanted + 2, reserved=kept, reserved_for="x", by_gain=by_gain,
        lease_seconds=60, stop_after=99,
    )  # fmt: skip
    slots, places, now = Slots(wanted=wanted, reserved=kept), dict[int, Place](), NOW
    for who, senior, deed in deeds:
        now, place = now + 1, places.get(who)
        if deed == "take":
            found = assignment.take(place, slots, rules, now, senior=senior)
        elif place is None:
            continue
        elif deed == "skip":
            found = assignment.skip(place, slots, rules, now, SkipReason.SKIP)
        elif deed == "lapse":
            found = assignment.lapse(place, slots, rules, place.until)
        else:
            found = assignment.submit(place, slots, rules, now, same=False)
            if isinstance(found, Step) and deed == "widen":
                found = assignment.widened(found, rules, 0)
        if isinstance(found, No):
            continue
        before = assignment.state_of(slots, rules)
        slots, places[who] = found.slots, found.place
        assert slots.wanted is not None
        taken = slots.given + slots.held
        assert 0 <= slots.seniors <= taken <= slots.wanted
        assert taken - slots.seniors <= slots.wanted - slots.reserved
        assert found.state is assignment.state_of(slots, rules)
        if found.state is TaskState.DONE:
            assert slots.seniors >= slots.reserved
        if found.state in (TaskState.OPEN, TaskState.RESERVED) and found.state is not before:
            assert found.requeue
        holders = [p for p in places.values() if p.answered or p.standing is Standing.LEASED]
        assert sum(p.senior for p in holders if not p.late) == slots.seniors
