"""The choice of the next task, inside one transaction.

Not a verb. Both an ordinary task and a gold one are looked for and held each time, whichever is
then given, so that neither the queries nor their number tell an annotator which it was.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.flow import budget, stock
from qinglan.flow.context import Context
from qinglan.flow.hands import settle
from qinglan.provenance import identity
from qinglan.storage import annotations as answers
from qinglan.storage import assignments, gold, pools, seats, tiers, work
from qinglan.storage.assignments import Assignment
from qinglan.storage.seats import Seat
from qinglan.storage.work import Candidate
from qinglan.work import Place, Slots, Standing

AHEAD = 8
"""Candidates looked at first; eight times as many when others hold all of these."""

ROUNDS = 64
"""How often one call looks again: after others took what it saw, or past imported answers."""

SWEEP = 16
"""Leases that one call ends for others."""


def give(
    context: Context, conn: Connection, seat: Seat, now: int, *, rounds: int = ROUNDS
) -> Assignment | None:
    """Lease the next task to the holder of ``seat`` (locked); ``None`` when there is none.

    None either for somebody who is to be paused: ``flagging`` does that, and says why; and where
    the project's budget is reached. In one
    round it waits for nobody, so ``None`` then also says that it would have had to.
    """
    if seat.budgeted and budget.reached(conn, seat.project):
        return None
    seat, judged = stock.take(conn, seat)
    rules = seat.rules
    if judged is not None:
        if judged.too_poor:
            return None
        rules = replace(rules, gold_per_mille=judged.gold_per_mille)
    views, senior = _views(conn, seat), _senior(conn, seat)
    for again in range(rounds):
        found = _look(conn, seat, views, AHEAD * 8 if again else AHEAD, senior=senior)
        tasks = _in_order(found)
        claimed = work.claim(conn, tasks, wait=again > 0, senior=senior) if tasks else None
        gilt = _claim_gold(context, conn, seat, views)
        if claimed is None:
            if tasks:
                continue  # others hold them, or took them meanwhile
            seats.move(conn, replace(seat, passed=_passed(seat, found, None)))
            return None
        # Asked together, and for both, whichever is then given.
        had = {
            task: assignments.ask(conn, seat.annotator, task, lock=True)
            for task in (claimed[0], *(gilt or ("",)))
        }
        before = _answered_elsewhere(context, conn, seat, list(had))
        if claimed[0] in before:
            for task, annotation in _answered_elsewhere(context, conn, seat, tasks).items():
                _note_answered(conn, seat, task, annotation, now)
            continue
        chosen = claimed
        turn = assignment.gold_turn(rules, context.secret, seat.annotator, seat.turns)
        for task, slots in gilt.items():
            if turn and task not in before:
                chosen = (task, slots)
        return _lease(conn, seat, found, chosen, had[chosen[0]](), now, senior=senior)
    return None


def sweep(conn: Connection, seat: Seat, now: int) -> int:
    """End leases of the project whose time is over; how many."""
    due = assignments.overdue(conn, seat.project, now, SWEEP)
    left: dict[str, Slots] = {}  # two leases of one task may end at once
    for held, slots in due:
        step = assignment.lapse(held.place, left.get(held.task, slots), seat.rules, now)
        if isinstance(step, assignment.Step):
            settle(conn, held, step, now)
            left[held.task] = step.slots
    return len(due)


def _views(conn: Connection, seat: Seat) -> list[str] | None:
    """The pools that the holder of ``seat`` may take from, by key; ``None`` for all."""
    if not seat.routed:
        if seat.skills is None:
            return None
        return sorted({"", *map(assignment.skill_key, seat.skills)})
    every, ladder = pools.of(conn, seat.project), tiers.names(conn, seat.project)
    open_ = [
        pool.key
        for pool in every
        if (seat.skills is None or pool.skill is None or pool.skill in seat.skills)
        and assignment.may_take(
            language=pool.language, tiers=(pool.tier, seat.needs.get(pool.skill or "")),
            languages=seat.languages, tier=seat.tier, ladder=ladder,
        )
    ]  # fmt: skip
    return None if len(open_) == len(every) else open_


def _senior(conn: Connection, seat: Seat) -> bool:
    """Whether the holder of ``seat`` stands high enough for slots that are reserved."""
    if not seat.reserving:
        return False
    ladder = [] if seat.rules.reserved_for is None else tiers.names(conn, seat.project)
    return assignment.senior(seat.rules, tier=seat.tier, ladder=ladder, keen=seat.keen)


def _look(
    conn: Connection, seat: Seat, keys: list[str] | None, ahead: int, *, senior: bool
) -> dict[str, list[Candidate]]:
    """Candidates by part of the queue: those that came back, or else the fresh ones. Before both
    go, for one who stands high enough, those that wait for such people.
    """
    views: Sequence[str | None] = [None] if keys is None else keys
    found: dict[str, list[Candidate]] = {}
    lanes = [(lane, reserved) for reserved in (True, False) for lane in (work.RETURNED, work.FRESH)]
    for lane, reserved in lanes if senior else lanes[2:]:
        asked: dict[str, Callable[[], list[Candidate]]] = {}
        for view in views:
            part = f"r{lane}" if reserved else f"{lane}"
            part = part if view is None else f"{part}:{view}"
            after = seat.passed.get(part, 0)
            if after < seat.tail:
                asked[part] = work.ask_waiting(
                    conn, seat.annotator, seat.project, view, lane, after, ahead, reserved=reserved
                )
        for part, look in asked.items():
            # What came since the seat was read may ask for what nobody looked at yet.
            found[part] = [one for one in look() if not seat.routed or one.rank <= seat.tail]
        if any(found.values()):
            break
    return found


def _in_order(found: dict[str, list[Candidate]]) -> list[str]:
    every = sorted((c for part in found.values() for c in part), key=lambda c: c.rank)
    return [candidate.task for candidate in every]


def _claim_gold(
    context: Context, conn: Connection, seat: Seat, keys: list[str] | None
) -> dict[str, Slots]:
    """One gold task that the annotator has not had, held; empty where there is none."""
    if not seat.rules.gold_per_mille and seat.marks is None:
        return {}  # nobody at this desk is given gold, so there is nothing to tell apart
    start = assignment.draw(context.secret, "gold from", seat.annotator, seat.turns) >> 1
    # Both are asked for each time: how many queries run says nothing either.
    beyond, first = (
        gold.waiting(conn, seat.annotator, seat.project, keys, at) for at in (start, 0)
    )
    task = beyond or first or ""
    slots = work.claim_apart(conn, task)
    return {} if slots is None else {task: slots}


def _answered_elsewhere(
    context: Context, conn: Connection, seat: Seat, tasks: list[str]
) -> dict[str, str]:
    """Those of ``tasks`` that this annotator answered in an import, with the answer's id."""
    ids = {task: identity.mint(context.secret, "ann", task, seat.annotator) for task in tasks}
    known = answers.known(conn, ids.values())
    return {task: id_ for task, id_ in ids.items() if id_ in known}


def _note_answered(conn: Connection, seat: Seat, task: str, annotation: str, now: int) -> None:
    """Keep that the annotator has answered ``task``, though not at the desk."""
    place = Place(standing=Standing.ANSWERED, until=now, answered=True)
    held = Assignment(
        annotator=seat.annotator, task=task, project=seat.project, token=_token(), place=place,
        annotation=annotation, answers=1,
    )  # fmt: skip
    assignments.add(conn, held, now)


def _lease(
    conn: Connection,
    seat: Seat,
    found: dict[str, list[Candidate]],
    chosen: tuple[str, Slots],
    had: Assignment | None,
    now: int,
    *,
    senior: bool,
) -> Assignment | None:
    task, slots = chosen
    before = None if had is None else had.place
    step = assignment.take(before, slots, seat.rules, now, senior=senior)
    if isinstance(step, assignment.No):
        return None
    held = had or Assignment(
        annotator=seat.annotator, task=task, project=seat.project, token=_token(),
        place=step.place,
    )  # fmt: skip
    held = replace(held, place=step.place)
    if had is None:
        assignments.add(conn, held, now)
    else:
        assignments.move(conn, held, now)
    if seat.reserving:
        # A task of which only reserved slots are left is ranked anew, for those who passed it.
        # Gold never is; so each turn asks for a rank, lest a quicker one were gold.
        work.move_ranked(conn, seat.project, task, step.slots, step.state, moves=step.requeue)
    else:
        work.move(conn, task, step.slots, step.state)
    passed = _passed(seat, found, task)
    seats.move(conn, replace(seat, turns=seat.turns + 1, passed=passed))
    return held


def _passed(seat: Seat, found: dict[str, list[Candidate]], given: str | None) -> dict[str, int]:
    """How far the annotator is: up to what they were given, where nothing before it is left."""
    passed = dict(seat.passed)
    for part, candidates in found.items():
        if not candidates:
            passed[part] = seat.tail
        elif candidates[0].task == given:
            passed[part] = candidates[0].rank
        else:
            passed[part] = candidates[0].rank - 1
    return passed


def _token() -> str:
    return secrets.token_urlsafe(18)
