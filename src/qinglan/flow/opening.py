"""Looking at one's own work: at which desks one has a seat, and one task of one's own queue."""

from __future__ import annotations

from dataclasses import dataclass

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import hands, offering
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import Desk, InHand, annotator_id, seat_of
from qinglan.records import Actor
from qinglan.storage import assignments, projects, seats
from qinglan.work import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A task that somebody was given, and how they stand with it."""

    task: InHand
    standing: Standing


def desks(context: Context, actor: Actor) -> list[Desk]:
    """The desks at which ``actor`` has a seat, by project."""
    allow("annotate", actor)
    found = []
    with context.storage.read() as conn:
        for project in projects.all(conn):
            seat = seats.get(conn, annotator_id(context, project.name, actor.name))
            if seat is not None:
                found.append(hands.desk(context, conn, project.name, seat))
    return found


def desk_of(context: Context, actor: Actor, project: str) -> Desk:
    """The desk of ``project`` (by name), at which ``actor`` has a seat.

    Raises:
        PermissionDenied: they have none, or there is no such project.
    """
    with context.storage.read() as conn:
        return hands.desk(context, conn, project, seat_of(context, conn, actor, project))


def open_task(context: Context, actor: Actor, project: str, task: str) -> Seen:
    """One task that ``actor`` was given, with their draft and their answer.

    Raises:
        PermissionDenied: they have no seat, or were never given the task.
        UsageError: they gave it back.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        held = assignments.get(conn, seat.annotator, task)
        if held is None:
            raise PermissionDenied("assignment.not_yours", task=task)
        standing = held.place.standing
        if standing is Standing.SKIPPED:
            raise UsageError("assignment.given_back", task=task)
        if standing is Standing.LATE:  # looks like any other answer, as in the queue
            standing = Standing.ANSWERED
        shown = offering.offered(context, conn, seat, held, hands.show(context, conn, held))
        return Seen(task=shown, standing=standing)
