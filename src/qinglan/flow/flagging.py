"""Raising flags on people, and the pause that comes by itself. Not a verb."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds, seat_of
from qinglan.provenance import identity
from qinglan.records import Activity, Actor, Project, Role
from qinglan.storage import flags, outcomes, seats
from qinglan.storage.flags import Flag
from qinglan.storage.seats import Seat

BY_ITSELF = Actor(name="qinglan", role=Role.OWNER)
"""Who pauses where no person did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Something seen of an annotator (by id), ready to be a flag."""

    kind: str
    annotator: str
    other: str | None
    facts: dict[str, Any]


def stop_where_due(
    context: Context, actor: Actor, project: str, *, now: datetime | None = None
) -> bool:
    """Pause ``actor`` where their gold answers are surely below the mark; whether that was so."""
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        if not (seat.active and _too_poor(conn, seat)):
            return False
    target = context.project(project)
    activity = context.begin("desk", BY_ITSELF)

    def keep(conn: Connection) -> bool:
        held = seats.get(conn, seat.annotator, lock=True)
        if held is None or not (held.active and _too_poor(conn, held)) or held.marks is None:
            return False
        trust = assignment.Trust.of(outcomes.all(conn, held.annotator, held.since))
        facts = {
            "right": trust.right, "tasks": trust.decided, "mark": held.marks.least,
            "high": trust.interval.high,
        }  # fmt: skip
        seats.pause(conn, held.annotator)
        flag = new_flag(target, held.annotator, "too_poor", facts, milliseconds(now))
        raise_flag(context, conn, target, activity, flag)
        return True

    return context.write(target, keep)


def new_flag(
    project: Project, annotator: str, kind: str, facts: dict[str, Any], now: int,
    other: str | None = None,
) -> Flag:  # fmt: skip
    """A flag under a random id."""
    return Flag(
        id=identity.random_id("flg"), project=project.id, annotator=annotator, other=other,
        kind=kind, facts=facts, at=now,
    )  # fmt: skip


def raise_flag(
    context: Context, conn: Connection, project: Project, activity: Activity, flag: Flag
) -> None:
    """Keep ``flag``, and that it was raised, in one transaction."""
    flags.add(conn, flag)
    context.note(conn, project, activity, flag=flag.id, kind=flag.kind, annotator=flag.annotator)


def drifts(conn: Connection, project: Project) -> Iterator[Seen]:
    """Who has fallen since their first gold answers."""
    for annotator, fared in outcomes.by_annotator(conn, project.id).items():
        seat = seats.get(conn, annotator)
        if seat is None or seat.marks is None:
            continue
        mine = [one.right for one in fared if one.at >= seat.since]
        if assignment.review(mine, seat.marks, 0).drift is None:
            continue
        late = assignment.Trust.of(mine[assignment.REFERENCE :])
        facts = {
            "tasks": len(mine), "tasks_first": assignment.REFERENCE, "right": late.right,
            "late": late.decided,
        }  # fmt: skip
        yield Seen(kind="drift", annotator=annotator, other=None, facts=facts)


def raise_news(
    context: Context,
    conn: Connection,
    project: Project,
    activity: Activity,
    seen: Iterable[Seen],
    now: int,
) -> dict[str, int]:
    """Raise what is new, or seen on twice as much work as before; how many of each kind."""
    there = flags.all(conn, project.id)
    raised: dict[str, int] = {}
    for one in seen:
        if _is_news(one, there):
            flag = new_flag(project, one.annotator, one.kind, one.facts, now, other=one.other)
            raise_flag(context, conn, project, activity, flag)
            raised[one.kind] = raised.get(one.kind, 0) + 1
    return raised


def _is_news(seen: Seen, there: list[Flag]) -> bool:
    same = [
        flag for flag in there
        if (flag.kind, flag.annotator, flag.other) == (seen.kind, seen.annotator, seen.other)
    ]  # fmt: skip
    return all(seen.facts["tasks"] >= 2 * int(flag.facts["tasks"]) for flag in same)


def flags_on(conn: Connection, seat: Seat) -> list[Flag]:
    """The flags on the holder of ``seat``, newest first."""
    return flags.all(conn, seat.project, seat.annotator)


def _too_poor(conn: Connection, seat: Seat) -> bool:
    if seat.marks is None:
        return False
    fared = outcomes.all(conn, seat.annotator, seat.since)
    return assignment.review(fared, seat.marks, seat.rules.gold_per_mille).too_poor
