"""``board``: one project at a glance, from running counts alone.

It opens as fast on five million answers as on five: nothing here counts rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from qinglan.flow.context import MAY, Context, allow
from qinglan.flow.hands import milliseconds
from qinglan.flow.status import StatusLine, status_line
from qinglan.records import Actor
from qinglan.storage import pay, pulses
from qinglan.storage.pulses import Pulse

__all__ = ["Board", "Day", "Pulse", "board", "by_day", "speed"]

DAYS = 60
MOST = 2_000
"""Moments that a curve rests on."""
RECENT = 7
"""Days that say how fast work goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Answers that came on one day (UTC)."""

    day: date
    answers: int


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
    budget: Decimal | None
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
    moments = (*kept, here)
    days = tuple(by_day(moments))
    pace = speed(moments)
    judged = here.answers / here.judged if here.judged else None
    left = None
    if pace and judged is not None:
        left = line.waiting * judged / pace
    return Board(
        line=line, answers=here.answers, in_hand=in_hand, moments=moments, days=days, a_day=pace,
        days_left=left, budget=None if rate is None else rate.budget, pays=actor.role in MAY["pay"],
    )  # fmt: skip


def by_day(moments: Iterable[Pulse]) -> Iterable[Day]:
    """Answers a day, from how many there were at the end of each; days without word are left out.

    What came between two moments on different days counts for the later one.
    """
    last: int | None = None
    counted: dict[date, int] = {}
    for one in moments:
        day = datetime.fromtimestamp(one.at / 1000, UTC).date()
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
