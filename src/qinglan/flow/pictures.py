"""Pictures as people bring them and see them.

A lead brings them for tasks and guidelines, an annotator for an answer; importing brings them with
its rows. Whoever may look at the office sees every picture. An annotator sees their own, and those
of the tasks, lessons and guidelines that they were given; any other sounds like one that is not
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qinglan.errors import IntegrityError, LimitError, PermissionDenied
from qinglan.flow import illustrating
from qinglan.flow.context import MAY, Context, allow
from qinglan.flow.hands import annotator_id, milliseconds, peek, seat_of
from qinglan.provenance import identity
from qinglan.records import Actor, Picture
from qinglan.storage import pictures, projects, seats

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A picture that is on the disk, and the Markdown that shows it."""

    picture: Picture
    reference: str


def bring(
    context: Context, actor: Actor, project: str, data: bytes, name: str, *, alt: str = ""
) -> Brought:
    """Keep a picture for tasks or the guideline of ``project``; unused it stays for a day.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project.
        data: the file.
        name: what its sender calls it, for errors.
        alt: what is on it.

    Raises:
        PermissionDenied: the actor's role may not import.
        InputError: it is no picture that can be taken, or too large.
    """
    allow("import", actor)
    target = context.project(project)
    illustrating.sweep(context)
    activity = context.begin("import", actor)
    picture = illustrating.keep(context, activity, data, name)
    context.remember(target, activity, picture=picture.id, media=picture.media)
    return Brought(picture=picture, reference=illustrating.reference(picture, alt))


def attach(
    context: Context, actor: Actor, project: str, task: str, token: str, data: bytes, name: str, *,
    alt: str = "", now: datetime | None = None,
) -> Brought:  # fmt: skip
    """Keep a picture for ``actor``'s answer to a task of theirs; unused it stays for a day.

    Args:
        context: the workspace.
        actor: who answers.
        project: name of the project.
        task: its id.
        token: of the lease.
        data: the file.
        name: what its sender calls it, for errors.
        alt: what is on it.
        now: the time of asking; default: this moment.

    Raises:
        PermissionDenied: the task is not theirs, or the token is not that of its lease.
        InputError: it is no picture that can be taken, or too large.
        LimitError: they brought too many in the last hour.
    """
    since = milliseconds(now) - HOUR_MS
    most = context.settings.pictures_an_hour
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        peek(conn, seat.annotator, task, token)
        if pictures.brought(conn, seat.annotator, since) >= most:
            raise LimitError("flow.too_many_pictures", most=most)
    illustrating.sweep(context)
    activity = context.begin("annotate", actor)
    picture = illustrating.keep(context, activity, data, name, owner=seat.annotator)
    target = context.project(project)
    context.remember(target, activity, picture=picture.id, annotator=seat.annotator)
    return Brought(picture=picture, reference=illustrating.reference(picture, alt))


def known(context: Context, actor: Actor, id_: str, *, desk: str | None = None) -> Picture:
    """What the picture called ``id_`` is, where ``actor`` may see it.

    With ``desk``, only what their seat in that project (by name) lets them see.

    Raises:
        PermissionDenied: they may not, or there is none: both sound alike.
    """
    with context.storage.read() as conn:
        picture = pictures.get(conn, id_)
        if picture is None or not _may_see(context, conn, actor, id_, desk):
            raise PermissionDenied("flow.no_picture")
    return picture


def show(
    context: Context, actor: Actor, id_: str, *, desk: str | None = None
) -> tuple[Picture, bytes]:
    """The picture called ``id_`` and its bytes, where ``actor`` may see it; ``desk`` as there.

    Raises:
        PermissionDenied: as ``known``.
        IntegrityError: the bytes were changed by hand.
    """
    picture = known(context, actor, id_, desk=desk)
    with context.storage.read() as conn:
        body = pictures.body(conn, id_)
    if body is None:  # withdrawn meanwhile
        raise PermissionDenied("flow.no_picture")
    if identity.sha256(body) != picture.sha256:
        raise IntegrityError("flow.picture_altered", id=id_)
    return picture, body


def _may_see(context: Context, conn: Connection, actor: Actor, id_: str, desk: str | None) -> bool:
    if desk is None and actor.role in MAY["look"]:
        return True
    for project in projects.all(conn):
        if desk is not None and project.name != desk:
            continue
        annotator = annotator_id(context, project.name, actor.name)
        first = identity.mint(context.secret, "gdl", project.name, 1)
        if seats.get(conn, annotator) is not None and pictures.shown_to(
            conn, id_, annotator, project.id, first
        ):
            return True
    return False
