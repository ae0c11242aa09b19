"""What people agree to before their first answer: a statement of rights, in versions.

A project without one asks nothing. With one, nobody begins before they agreed to its newest
version, and a release leaves out what people gave who agreed to none; each is counted, and comes
back with the next release once they have agreed. For imported answers whoever brings them in
declares it instead.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import checked, milliseconds, seat_of
from qinglan.records import Actor
from qinglan.storage import annotators, rights
from qinglan.storage.rights import Statement

__all__ = ["Statement", "agree", "agreement", "see_agreed", "set_statement", "statement"]

LONGEST = 20_000
"""Characters of a statement in one language."""


def set_statement(
    context: Context, actor: Actor, project: str, *, en: str, zh: str, now: datetime | None = None
) -> Statement:
    """Ask people to agree to these words from now on; what is asked already is no new version.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: one of the two is empty or too long.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    words, time = (en.strip(), zh.strip()), milliseconds(now)
    if not all(words) or any(len(one) > LONGEST for one in words):
        raise UsageError("rights.bad_statement", most=LONGEST)
    checked({"en": words[0], "zh": words[1]})

    def keep(conn: Connection) -> Statement:
        before = rights.newest(conn, target.id)
        if before is not None and (before.en, before.zh) == words:
            return before
        made = Statement(1 if before is None else before.version + 1, *words, time)
        rights.add(conn, target.id, made, activity.id)
        context.note(conn, target, activity, rights=made.version)
        return made

    return context.write(target, keep)


def statement(context: Context, actor: Actor, project: str) -> Statement | None:
    """What the project asks people to agree to now.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return rights.newest(conn, target.id)


def agreement(context: Context, actor: Actor, project: str) -> tuple[Statement | None, bool]:
    """What ``actor`` is asked to agree to at the desk of ``project``, and whether that is done;
    models and programs are asked nothing.

    Raises:
        PermissionDenied: they have no seat there, or there is no such project.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        asked = rights.newest(conn, seat.project)
        if asked is None:
            return None, True
        who = annotators.get(conn, seat.annotator)
        if who is not None and who.type != "person":
            return None, True
        done = rights.agreed(conn, seat.annotator)
    return asked, done is not None and done[0] >= asked.version


def see_agreed(context: Context, actor: Actor, project: str) -> None:
    """Let nobody begin who has not agreed.

    Raises:
        PermissionDenied: they have no seat there, or have not agreed.
    """
    if not agreement(context, actor, project)[1]:
        raise PermissionDenied("rights.not_agreed", project=project)


def agree(
    context: Context, actor: Actor, project: str, version: int, *, now: datetime | None = None
) -> None:
    """Keep that ``actor`` agrees to the ``version`` that they were shown.

    Raises:
        PermissionDenied: they have no seat there.
        UsageError: it is not what is asked now: another version came meanwhile.
    """
    asked, done = agreement(context, actor, project)
    if asked is None or done:
        return
    if asked.version != version:
        raise UsageError("rights.other_version", project=project)
    target = context.project(project)
    activity, time = context.begin("annotate", actor), milliseconds(now)

    def keep(conn: Connection) -> None:
        seat = seat_of(context, conn, actor, project)
        if rights.agree(conn, seat.annotator, version, time):
            context.note(conn, target, activity, annotator=seat.annotator, agreed=version)

    context.write(target, keep)
