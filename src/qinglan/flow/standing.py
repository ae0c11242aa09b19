"""One's own standing at a desk: how one fares, and what was said of it.

The figures change only when a whole batch of answers has settled, and leave out the newest, which
can still be revised; else somebody could answer one task, look here, and learn whether it was
gold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds, moment, peek, seat_of
from qinglan.intervals import Interval
from qinglan.records import Actor
from qinglan.storage import annotators, behaviour, flags, outcomes, suggestions, work_times
from qinglan.storage.flags import Flag
from qinglan.storage.outcomes import Outcome
from qinglan.storage.work_times import Total
from qinglan.work import Marks

BATCH = 20
"""Answers between two changes of the figures."""
OPEN = 11
"""Newest answers left out: ten can be revised, and one may not have been looked at."""
MOST = 2**20
"""Largest count that a page may send."""
WEEK = 7 * 24 * 3600 * 1000
"""Milliseconds."""
NOTICE = 3
"""Version of the words that say what is recorded."""
RECORDED = ("answers", "times", "working", "known", "writing", "suggested")
"""What the notice says is recorded, on every face: the last parts of its words' names."""
USED = ("figures", "flags", "pause", "never", "seen_by")
"""What it says that is used for, and what is never done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """How somebody fared in the week that begins on ``day`` (Monday, UTC)."""

    day: str
    tasks: int
    share: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What somebody may see of their own standing; never which task was gold."""

    project: str
    active: bool
    admitted: bool
    marks: Marks | None
    stage: assignment.Stage | None
    """``None`` while too little has settled."""
    trust: assignment.Trust
    weeks: tuple[Week, ...]
    time: Total
    """All their work here, the time away left out."""
    week: Total
    """Of it, on tasks that they last worked on in the last seven days."""
    flags: tuple[Flag, ...]


def own(context: Context, actor: Actor, project: str) -> Own:
    """The standing of ``actor`` at the desk of ``project`` (by name).

    Raises:
        PermissionDenied: they have no seat there, or there is no such project.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        until = outcomes.settled_at(conn, seat.annotator, OPEN, BATCH)
        fared = [] if until is None else outcomes.settled(conn, seat.annotator, until)
        raised = flags.all(conn, seat.project, seat.annotator)
        time = work_times.total(conn, seat.annotator)
        week = work_times.total(conn, seat.annotator, milliseconds(None) - WEEK)
    fared = [one for one in fared if one.at >= seat.since]
    trust = assignment.Trust.of([one.right for one in fared])
    stage = None
    if seat.marks is not None and fared:
        stage = assignment.review([one.right for one in fared], seat.marks, 0).stage
    return Own(
        project=project, active=seat.active, admitted=seat.admitted, marks=seat.marks,
        stage=stage, trust=trust, weeks=tuple(_weeks(fared)), time=time, week=week,
        flags=tuple(raised),
    )  # fmt: skip


def told(context: Context, actor: Actor, project: str) -> bool:
    """Whether ``actor`` was told what is recorded of their work in ``project``; programs need not
    be.

    Raises:
        PermissionDenied: they have no seat there.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        if behaviour.told(conn, seat.annotator, NOTICE):
            return True
        who = annotators.get(conn, seat.annotator)
        return who is not None and who.type != "person"


def licence_of(context: Context, actor: Actor, project: str) -> str | None:
    """What ``actor``'s answers in ``project`` may be used under; ``None`` where nothing was said.

    Raises:
        PermissionDenied: they have no seat there.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        who = annotators.get(conn, seat.annotator)
    return None if who is None else who.origin.licence


def see_told(context: Context, actor: Actor, project: str) -> None:
    """Let nobody begin who was not told what is recorded.

    Raises:
        PermissionDenied: they have no seat there, or have not read it.
    """
    if not told(context, actor, project):
        raise PermissionDenied("conduct.not_told", project=project)


def tell(context: Context, actor: Actor, project: str, *, now: datetime | None = None) -> None:
    """Keep that ``actor`` read what is recorded, and begins.

    Raises:
        PermissionDenied: they have no seat there.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
    time = milliseconds(now)
    context.storage.write(lambda conn: behaviour.tell(conn, seat.annotator, NOTICE, time))


def behave(
    context: Context, actor: Actor, project: str, task: str, token: str,
    *, pasted: int, typed: int, away: int, taken: int = 0, taken_ms: int = 0,
) -> None:  # fmt: skip
    """Keep what the page counted while ``actor`` wrote: evidence for a person, never a verdict.

    ``taken`` are parts of a suggestion that were taken as they were, ``taken_ms`` after how long
    in all.

    Raises:
        PermissionDenied: the task is not theirs, or the token is not that of its lease.
        UsageError: a count that cannot be one.
    """
    if not all(0 <= count <= MOST for count in (pasted, typed, away, taken, taken_ms)):
        raise UsageError("conduct.bad_count", most=MOST)

    def keep(conn: Connection) -> None:
        seat = seat_of(context, conn, actor, project)
        peek(conn, seat.annotator, task, token)
        counts = {"pasted": pasted, "typed": typed, "away": away}
        behaviour.behave(conn, seat.annotator, task, **counts)
        if taken:
            suggestions.take(conn, seat.annotator, task, taken, taken_ms)

    context.storage.write(keep)


def spend(
    context: Context, actor: Actor, project: str, task: str, token: str, spent: int,
    *, now: datetime | None = None,
) -> int:  # fmt: skip
    """Add ``spent`` ms of work on ``task``, as ``actor``'s page counted them; how many are taken.

    A page is believed no further than our own clock: no more than has passed since the task was
    given, and since the last time that any page of theirs said so.

    Raises:
        PermissionDenied: the task is not theirs, or the token is not that of its lease.
        UsageError: a number that cannot be one.
    """
    if not 0 <= spent <= WEEK:
        raise UsageError("conduct.bad_count", most=WEEK)
    time = milliseconds(now)

    def keep(conn: Connection) -> int:
        seat = seat_of(context, conn, actor, project, lock=True)
        peek(conn, seat.annotator, task, token)
        return work_times.add(conn, seat.annotator, task, spent, time)

    return context.storage.write(keep)


def _weeks(fared: Iterable[Outcome]) -> Iterable[Week]:
    by_week: dict[str, list[bool | None]] = {}
    for one in fared:
        year, week, _ = moment(one.at).isocalendar()
        day = datetime.fromisocalendar(year, week, 1).date().isoformat()
        by_week.setdefault(day, []).append(one.right)
    for day, found in sorted(by_week.items()):
        trust = assignment.Trust.of(found)
        yield Week(day=day, tasks=trust.decided, share=trust.interval)
