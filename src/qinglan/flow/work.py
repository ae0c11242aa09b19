"""The annotator's verbs: the next task, drafts, answers, giving back, taking back, the queue.

Each looks only at what its own actor holds. An answer is acknowledged when it is on disk, with
the same validation, commitment and provenance as an imported one; the answers of one day form
one activity in the project's history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection

from qinglan import assignment, pictures
from qinglan.errors import PermissionDenied, StorageError, UsageError
from qinglan.flow import budget, flagging, giving, hands, illustrating, offering
from qinglan.flow.arrangement import arrange
from qinglan.flow.context import Context, allow, version
from qinglan.flow.events import Event, emit
from qinglan.flow.hands import (
    Desk,
    InHand,
    agreed,
    annotator_id,
    checked,
    hold,
    milliseconds,
    seat_of,
    settle,
)
from qinglan.kinds import canonical, support, validate
from qinglan.provenance import identity
from qinglan.records import Actor, Annotation, Answer, Reason
from qinglan.storage import annotations as answers
from qinglan.storage import assignments, drafts, seats
from qinglan.storage.assignments import Assignment, Listed
from qinglan.storage.columns import encode
from qinglan.storage.seats import Seat
from qinglan.work import SkipReason, Slots, Standing

T = TypeVar("T")

__all__ = [
    "InHand", "Listed", "Page", "next_task", "queue", "save_draft", "skip", "submit",
    "submit_onward", "undo",
]  # fmt: skip

UNDO = 10
"""How many answers back an annotator may go."""

PAGE = 50

SWEEP_TURNS = 8
"""Lapsed leases are looked for at each eighth answer, and whenever no task is found."""

_LISTS: dict[str, tuple[Standing, ...]] = {
    "todo": (Standing.LEASED,),
    "drafts": (Standing.LEASED, Standing.LAPSED, Standing.SENT_BACK),
    "submitted": (Standing.ANSWERED, Standing.LATE),
    "sent_back": (Standing.SENT_BACK,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the queue, newest first. ``after`` asks for the rest; ``None`` at the end."""

    lines: tuple[Listed, ...]
    after: str | None


def next_task(
    context: Context, actor: Actor, project: str, *, now: datetime | None = None
) -> InHand | None:
    """The task that ``actor`` is to do now: the one in hand, or else the next of the queue.

    Returns:
        The task under a lease, or ``None`` when nothing is left for them at this moment.

    Raises:
        PermissionDenied: they have no seat at this desk, are paused, or have not agreed to the
            newest statement of rights; or the project's budget is reached.
    """
    time = milliseconds(now)

    def take(conn: Connection) -> InHand | None:
        seat = seat_of(context, conn, actor, project, lock=True)
        if not seat.active:
            raise PermissionDenied("assignment.paused", actor=actor.name, project=project)
        if not seat.admitted:
            raise PermissionDenied("assignment.not_admitted", project=project)
        if hands.owes(conn, seat):
            raise PermissionDenied("rights.not_agreed", project=project)
        held = _in_hand(conn, seat, time) or giving.give(context, conn, seat, time)
        if giving.sweep(conn, seat, time) and held is None:
            seat = seat_of(context, conn, actor, project, lock=True)
            held = giving.give(context, conn, seat, time)
        return None if held is None else _shown(context, conn, seat, held, time)

    found = context.storage.write(take)
    if found is None and flagging.stop_where_due(context, actor, project, now=now):
        raise PermissionDenied("assignment.paused", actor=actor.name, project=project)
    if found is None:
        with context.storage.read() as conn:
            target = seat_of(context, conn, actor, project).project
            spent = budget.reached(conn, target)
        if spent:
            context.storage.write(lambda conn: budget.tell(conn, target, project))
            raise PermissionDenied("pay.budget_reached", project=project)
    return found


def save_draft(
    context: Context,
    actor: Actor,
    project: str,
    task: str,
    token: str,
    body: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> None:
    """Keep what ``actor`` has typed so far, and the task with it for another lease.

    Raises:
        PermissionDenied: the task is not theirs, or the token is not that of its lease.
        UsageError: it was answered or given back; reopen it first.
        RowError: the draft cannot be kept.
    """
    time = milliseconds(now)
    text = checked(body)

    def keep(conn: Connection) -> None:
        seat = seat_of(context, conn, actor, project)
        held, _ = hold(conn, seat.annotator, task, token)
        if held.place.standing in (Standing.ANSWERED, Standing.LATE):
            raise UsageError("assignment.already_answered", task=task)
        if held.place.standing is Standing.LEASED:
            until = time + 1000 * seat.rules.lease_seconds
            kept = replace(held, place=replace(held.place, until=until))
            assignments.move(conn, kept, time)
        drafts.keep(conn, seat.annotator, task, text, time)

    context.storage.write(keep)


def submit(
    context: Context,
    actor: Actor,
    project: str,
    task: str,
    token: str,
    payload: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> None:
    """Take ``actor``'s answer to a task they were given. When this returns, it is on disk.

    The same answer again changes nothing. One that comes after its lease counts while the task
    has room, and is kept as late otherwise; the annotator is not told which.

    Args:
        context: the workspace.
        actor: who answers.
        project: name of the project.
        task: its id.
        token: of the lease, as ``next_task`` gave it.
        payload: the answer's fields, as an import would have them.
        now: the time of asking; default: this moment.

    Raises:
        PermissionDenied: the task is not theirs, or the token is not that of its lease.
        RowError: the answer does not fit its kind; names the field.
        UsageError: another answer of theirs stands.
    """
    given = _read(context, actor, project, task, token, payload, now)

    def keep(conn: Connection) -> None:
        seat_, hold_ = _ask(context, conn, actor, given)
        _keep(context, conn, given, seat_(), hold_)

    _write(context, actor, given, keep)


def submit_onward(
    context: Context,
    actor: Actor,
    project: str,
    task: str,
    token: str,
    payload: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> tuple[Desk, InHand | None]:
    """``submit`` and then ``next_task``, with one wait for the disk where both go at once.

    The answer never depends on what comes next: where that has to wait for somebody, or fails,
    the answer is kept by itself first.

    Raises:
        PermissionDenied: as ``submit``; or, when the answer is kept, as ``next_task``.
        RowError: as ``submit``.
        UsageError: as ``submit``.
    """
    given = _read(context, actor, project, task, token, payload, now)

    def alone(conn: Connection) -> tuple[Desk, None]:
        seat_, hold_ = _ask(context, conn, actor, given)
        seat = seat_()
        _keep(context, conn, given, seat, hold_)
        return hands.desk(context, conn, project, seat), None

    def both(conn: Connection) -> tuple[Desk, Callable[[], InHand] | None]:
        seat_, hold_ = _ask(context, conn, actor, given, lock=True)
        busy = assignments.ask_other(conn, annotator_id(context, project, actor.name), task)
        seat = seat_()
        moved = _keep(context, conn, given, seat, hold_)
        place = hands.desk(context, conn, project, seat)
        # Ranks are locked now, or another task is in hand: the locks have an order.
        if moved or not (seat.active and seat.admitted) or busy() or hands.owes(conn, seat):
            return place, None
        held = giving.give(context, conn, seat, given.time, rounds=1)
        if seat.turns % SWEEP_TURNS == 0:
            giving.sweep(conn, seat, given.time)
        return place, None if held is None else _ask_shown(context, conn, seat, held, given.time)

    try:
        place, found = _write(context, actor, given, both)
    except StorageError:
        place, found = _write(context, actor, given, alone)
    return place, found() if found is not None else next_task(context, actor, project, now=now)


def skip(
    context: Context,
    actor: Actor,
    project: str,
    task: str,
    token: str,
    reason: SkipReason,
    *,
    note: str | None = None,
    now: datetime | None = None,
) -> None:
    """Give a task back without an answer, and say why; others may have it then.

    Raises:
        PermissionDenied: the task is not theirs, or the token is not that of its lease.
        UsageError: an answer of theirs stands, or it was given back for another reason.
    """
    time = milliseconds(now)
    checked({"note": note})

    def keep(conn: Connection) -> None:
        seat = seat_of(context, conn, actor, project)
        held, slots = hold(conn, seat.annotator, task, token)
        step = agreed(assignment.skip(held.place, slots, seat.rules, time, reason), task)
        if step.place != held.place:
            settle(conn, replace(held, note=note), step, time)

    context.storage.write(keep)


def undo(
    context: Context,
    actor: Actor,
    project: str,
    *,
    task: str | None = None,
    now: datetime | None = None,
) -> InHand:
    """Reopen one of ``actor``'s last ten answers (default: the newest); it counts meanwhile.

    Raises:
        PermissionDenied: they have no seat at this desk.
        UsageError: the task is none of these ten.
    """
    time = milliseconds(now)

    def reopen(conn: Connection) -> InHand:
        seat = seat_of(context, conn, actor, project)
        left = UNDO - assignments.revising(conn, seat.annotator)
        last = assignments.recent(conn, seat.annotator, max(left, 0))
        chosen = last[0] if task is None and last else task
        if chosen is None or chosen not in last:
            raise UsageError("assignment.nothing_to_undo", most=UNDO)
        held, slots = hold(conn, seat.annotator, chosen, None)
        step = agreed(assignment.reopen(held.place, slots, seat.rules, time), chosen)
        again = settle(conn, held, step, time)
        return offering.offered(context, conn, seat, again, hands.show(context, conn, again))

    return context.storage.write(reopen)


def queue(
    context: Context,
    actor: Actor,
    project: str,
    part: Literal["todo", "drafts", "submitted", "sent_back"] = "todo",
    *,
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """One part of ``actor``'s own queue, newest first.

    Raises:
        PermissionDenied: they have no seat at this desk.
        UsageError: there is no such part, or ``after`` is none of ours.
    """
    if part not in _LISTS:
        raise UsageError("assignment.bad_list", word=part)
    before = None if after is None else _cursor(after)
    most = max(1, min(limit, 10 * PAGE))
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        lines = assignments.page(
            conn, seat.annotator, _LISTS[part], before=before, limit=most + 1,
            drafted=part == "drafts",
        )  # fmt: skip
    more = len(lines) > most
    shown = tuple(_alike(line) for line in lines[:most])
    return Page(lines=shown, after=f"{shown[-1].moved}.{shown[-1].task}" if more else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """An answer that fits its task, ready to be kept."""

    project: str
    """By name."""
    task: str
    token: str
    options: tuple[str, ...]
    """Of the task, in the record's order."""
    answer: Answer
    value: str | None
    reason: Reason | None
    shows: tuple[str, ...]
    """The pictures in it, by id."""
    time: int
    day: str
    """All its answers of one day, by one version of the code, are one activity."""


class _NewDay(Exception):
    """The annotator's activity is of another day, or of another version."""


def _read(
    context: Context, actor: Actor, project: str, task: str, token: str,
    payload: Mapping[str, Any], now: datetime | None,
) -> _Given:  # fmt: skip
    """See that ``payload`` answers a task of ``actor``'s, before anybody waits for it."""
    allow("annotate", actor)
    shows = pictures.referred([checked(payload)])
    annotator = annotator_id(context, project, actor.name)
    asked = context.storage.glance(lambda conn: assignments.asked(conn, annotator, task))
    if asked is None or not hands.fits(asked.token, token):
        with context.storage.read() as conn:
            seat_of(context, conn, actor, project)  # without a seat, that is what is said
        raise PermissionDenied("assignment.not_yours", task=task)
    if shows:
        with context.storage.read() as conn:
            illustrating.see_own(conn, shows, annotator, task)
    seen = arrange(context.secret, annotator, task, asked.kind, asked.options)
    answer = seen.back(validate(asked.kind, seen.show(asked.options), payload))
    read = canonical(answer, asked.options)
    return _Given(
        project=project, task=task, token=token, options=asked.options, answer=answer,
        value=read.value, reason=read.reason, shows=tuple(shows), time=milliseconds(now),
        day=f"{version()} {datetime.now(UTC).date().isoformat()}",
    )  # fmt: skip


def _write(
    context: Context, actor: Actor, given: _Given, fn: Callable[[Connection], T]
) -> T:  # fmt: skip
    """Write ``fn``, which keeps ``given``; begin the day where that is its first answer."""
    while True:
        try:
            return context.storage.write(fn)
        except _NewDay:
            with context.storage.read() as conn:
                seat = seat_of(context, conn, actor, given.project)
            activity = context.begin("annotate", actor)
            project = context.project(given.project)
            context.remember(project, activity, annotator=seat.annotator)
            begin = (seat.annotator, given.day, activity.id)
            context.storage.write(lambda conn, begin=begin: seats.begin_session(conn, *begin))  # type: ignore[misc]


def _ask(
    context: Context, conn: Connection, actor: Actor, given: _Given, *, lock: bool = False
) -> tuple[Callable[[], Seat], Callable[[], tuple[Assignment, Slots]]]:
    """The seat of ``actor`` and what they answer, asked for together."""
    seat = hands.ask_seat(context, conn, actor, given.project, lock=lock)
    annotator = annotator_id(context, given.project, actor.name)
    return seat, hands.ask_hold(conn, annotator, given.task, given.token)


def _keep(
    context: Context,
    conn: Connection,
    given: _Given,
    seat: Seat,
    look: Callable[[], tuple[Assignment, Slots]],
) -> bool:
    """Keep the answer, and where its task stands now; whether that changed the queue.

    Raises:
        _NewDay: the answer needs an activity of today's.
    """
    if seat.session != given.day or seat.activity is None:
        raise _NewDay
    answer, rules = given.answer, seat.rules
    held, slots = look()
    same = _said(conn, held) == encode(answer.model_dump(mode="json"))
    step = agreed(assignment.submit(held.place, slots, rules, given.time, same=same), given.task)
    if step.answer:
        made, number = _annotation(context, held, answer), held.answers + 1
        said = (made, given.value, given.reason)
        if not answers.add_one(conn, held.project, said, seat.activity):
            # Imported since the task was given out: this one revises it.
            held = replace(held, annotation=made.id, answers=1)
            made, number = _annotation(context, held, answer), 2
            answers.add_one(conn, held.project, (made, *said[1:]), seat.activity)
        if given.shows:
            illustrating.link(conn, [(made.id, given.shows)])
        if rules.most is not None:
            values = answers.values_of(conn, held.project, held.task)
            said_so = support(seat.kind, given.options, values)
            step = assignment.widened(step, rules, said_so)
        after = replace(held, annotation=made.id, answers=number, late=None, note=None)
        settle(conn, after, step, given.time)
        if seat.told:
            emit(
                conn, held.project, Event.ANNOTATION_SUBMITTED, project=given.project,
                task=held.task, annotation=made.id, annotator=held.annotator,
                revises=made.supersedes,
            )  # fmt: skip
    elif step.late:
        late = replace(held, late=encode(answer.model_dump(mode="json")))
        settle(conn, late, step, given.time)
    drafts.drop(conn, seat.annotator, given.task)
    return step.requeue


def _shown(
    context: Context, conn: Connection, seat: Seat, held: Assignment, now: int
) -> InHand:  # fmt: skip
    """What the desk shows of a task that is given out, with what is suggested."""
    return offering.offer(context, conn, seat, held, hands.show(context, conn, held), now)


def _ask_shown(
    context: Context, conn: Connection, seat: Seat, held: Assignment, now: int
) -> Callable[[], InHand]:
    """As ``_shown``; may be looked at when the transaction is over."""
    if seat.suggests is None:
        return hands.ask_show(context, conn, held)
    shown = _shown(context, conn, seat, held, now)
    return lambda: shown


def _alike(line: Listed) -> Listed:
    """A late answer looks like any other: gold takes any number, so it never has late ones."""
    return line._replace(standing=Standing.ANSWERED) if line.standing is Standing.LATE else line


def _cursor(after: str) -> tuple[int, str]:
    moved, dot, task = after.partition(".")
    if not dot or not (moved.isascii() and moved.isdigit()) or len(moved) > 15:
        raise UsageError("assignment.bad_list", word=after)
    return int(moved), task


def _in_hand(conn: Connection, seat: Seat, now: int) -> Assignment | None:
    """What the annotator has in hand already, with its lease renewed."""
    found = assignments.current(conn, seat.annotator)
    held = None if found is None else assignments.get(conn, seat.annotator, found.task, lock=True)
    if held is not None and held.place.standing is Standing.SENT_BACK:
        return held  # what a reviewer waits for goes before anything new
    if held is None or held.place.standing is not Standing.LEASED:
        return None
    until = now + 1000 * seat.rules.lease_seconds
    renewed = replace(held, place=replace(held.place, until=until))
    assignments.move(conn, renewed, now)
    return renewed


def _annotation(context: Context, held: Assignment, answer: Answer) -> Annotation:
    """The record of an answer: the first has the id that an import would give it."""
    place: tuple[str | int, ...] = (held.task, held.annotator)
    if held.answers:
        place = (*place, held.answers + 1)
    return Annotation(
        id=identity.mint(context.secret, "ann", *place),
        task=held.task,
        annotator=held.annotator,
        answer=answer,
        supersedes=held.annotation,
        salt=identity.new_salt(),
    )


def _said(conn: Connection, held: Assignment) -> str | None:
    """What the annotator submitted last, as JSON."""
    if held.place.standing is Standing.LATE:
        return held.late
    if held.place.standing is not Standing.ANSWERED or held.annotation is None:
        return None
    found = answers.get(conn, held.annotation)
    return None if found is None else encode(found.answer.model_dump(mode="json"))
