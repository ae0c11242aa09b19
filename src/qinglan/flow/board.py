"""``board``: one project at a glance, from running counts alone.

It opens as fast on five million answers as on five: nothing here counts rows, but for a thousand
at most of those that wait for a tier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.flow import budget as budgets
from qinglan.flow.context import MAY, Context, allow
from qinglan.flow.hands import milliseconds, moment
from qinglan.flow.status import StatusLine, status_line
from qinglan.records import Actor
from qinglan.storage import pay, pulses, seats, tiers, work
from qinglan.storage.pulses import Pulse

__all__ = ["FEW", "Board", "Day", "Pulse", "Waiting", "board", "by_day", "speed", "waiting"]

DAYS = 60
MOST = 2_000
"""Moments that a curve rests on."""
FEW = 1_000
"""So many waiting tasks are counted; whoever has more sees that there are more."""
RECENT = 7
"""Days that say how fast work goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Answers that came on one day (UTC)."""

    day: date
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Tasks that only people who stand high enough can go on with, and who could."""

    tasks: int
    """Up to ``FEW``; that many says "or more"."""
    tier: str | None
    """The tier from which on one stands high enough; ``None``: those whose answers tell most."""
    people: int
    """Of those who are seated and active, how many stand high enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What a lead looks at every morning."""

    line: StatusLine
    answers: int
    """Those that stand."""
    in_hand: int
    moments: tuple[Pulse, ...]
    """The last two months, oldest first; this moment is the last."""
    days: tuple[Day, ...]
    a_day: float | None
    """Answers a day of late; ``None`` where a day is not over yet."""
    days_left: float | None
    """At that pace, until every task has its answers; ``None`` where it cannot be told."""
    waiting: Waiting | None
    """Tasks that wait for people who stand high enough; ``None`` where none does."""
    budget: Decimal | None
    spent: bool
    """The budget allows no further task, so nobody is given one."""
    pays: bool
    """The actor may see what was spent."""


def board(context: Context, actor: Actor, project: str, *, now: datetime | None = None) -> Board:
    """How ``project`` (by name) goes.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("status", actor)
    target = context.project(project)
    at = milliseconds(now)
    with context.storage.read() as conn:
        line = status_line(conn, target)
        kept = pulses.since(conn, target.id, at - DAYS * 86_400_000, MOST)
        here = pulses.now(conn, target.id, at)
        in_hand = pay.in_hand(conn, target.id)
        rate = pay.newest(conn, target.id)
        spent = budgets.reached(conn, target.id)
        waits = _waiting(conn, target.id)
    moments = (*kept, here)
    days = tuple(by_day(moments))
    pace = speed(moments)
    judged = here.answers / here.judged if here.judged else None
    left = None
    if pace and judged is not None:
        left = line.waiting * judged / pace
    return Board(
        line=line, answers=here.answers, in_hand=in_hand, moments=moments, days=days, a_day=pace,
        days_left=left, waiting=waits, spent=spent,
        budget=None if rate is None else rate.budget, pays=actor.role in MAY["pay"],
    )  # fmt: skip


def waiting(context: Context, actor: Actor, project: str) -> Waiting | None:
    """Tasks of ``project`` (by name) that wait for people who stand high enough.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("status", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return _waiting(conn, target.id)


def _waiting(conn: Connection, project: str) -> Waiting | None:
    rules = seats.rules_of(conn, project)
    if rules is None or not seats.reserving(conn, project):
        return None
    count = work.count_reserved(conn, project, FEW)
    if not count:
        return None
    ladder = tiers.names(conn, project)
    people = sum(
        assignment.senior(rules, tier=tier, ladder=ladder, keen=keen)
        for tier, keen in seats.standings(conn, project)
    )
    return Waiting(tasks=count, tier=rules.reserved_for, people=people)


def by_day(moments: Iterable[Pulse]) -> Iterable[Day]:
    """Answers a day, from how many there were at the end of each; days without word are left out.

    What came between two moments on different days counts for the later one.
    """
    last: int | None = None
    counted: dict[date, int] = {}
    for one in moments:
        day = moment(one.at).date()
        if last is not None:  # how many of the first came on its day nobody knows
            counted[day] = counted.get(day, 0) + one.answers - last
        last = one.answers
    # A withdrawal takes answers away; a day on which more went than came shows none.
    return [Day(day=day, answers=max(0, n)) for day, n in counted.items()]


def speed(moments: tuple[Pulse, ...]) -> float | None:
    """Answers a day over the last week; ``None`` while there is less than an hour to go by."""
    newest = moments[-1]
    start = newest.at - RECENT * int(timedelta(days=1).total_seconds() * 1000)
    recent = [one for one in moments if one.at >= start]
    spell = (newest.at - recent[0].at) / 86_400_000
    if spell < 1 / 24:
        return None
    return max(0, newest.answers - recent[0].answers) / spell
