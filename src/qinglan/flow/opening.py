"""Looking at one's own work: at which desks one has a seat, and one task of one's own queue."""

from __future__ import annotations

from dataclasses import dataclass

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import hands
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import InHand, annotator_id, seat_of
from qinglan.records import Actor, Guideline, Kind
from qinglan.storage import assignments, guidelines, projects, seats
from qinglan.work import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One desk at which somebody has a seat. They get nothing new where it is not ``active``."""

    project: str
    kind: Kind
    active: bool
    guideline: Guideline | None


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
                text = guidelines.get(conn, project.guideline)
                found.append(
                    Desk(
                        project=project.name, kind=project.kind, active=seat.active,
                        guideline=text,
                    )
                )  # fmt: skip
    return found


def desk_of(context: Context, actor: Actor, project: str) -> Desk:
    """The desk of ``project`` (by name), at which ``actor`` has a seat.

    Raises:
        PermissionDenied: they have none, or there is no such project.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        known = projects.get(conn, project)
        if known is None:  # a seat is of a project, so it was there a moment ago
            raise PermissionDenied("assignment.no_seat", actor=actor.name, project=project)
        text = guidelines.get(conn, known.guideline)
    return Desk(project=project, kind=known.kind, active=seat.active, guideline=text)


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
        return Seen(task=hands.show(context, conn, held), standing=standing)
