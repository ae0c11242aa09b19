"""Raising flags on people, and the pause that comes by itself. Not a verb."""

from __future__ import annotations

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


def flags_on(conn: Connection, seat: Seat) -> list[Flag]:
    """The flags on the holder of ``seat``, newest first."""
    return flags.all(conn, seat.project, seat.annotator)


def _too_poor(conn: Connection, seat: Seat) -> bool:
    if seat.marks is None:
        return False
    fared = outcomes.all(conn, seat.annotator, seat.since)
    return assignment.review(fared, seat.marks, seat.rules.gold_per_mille).too_poor
