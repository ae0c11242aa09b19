"""What people agree to before their first answer: a statement of rights, in versions.

A project without one asks nothing. With one, nobody is given a task before they agreed to its
newest version, and a release leaves out what was given under a version that its author never
agreed to, nor to a later one; each is counted, and comes back with the next release once they have
agreed. For imported answers whoever brings them in declares it instead.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import checked, milliseconds, owes, seat_of
from qinglan.records import Actor
from qinglan.storage import rights
from qinglan.storage.rights import Statement

__all__ = [
    "Missing", "Statement", "agree", "agreement", "missing", "set_statement", "statement",
]  # fmt: skip

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
        owed = owes(conn, seat)
        if not owed and (seat.agreed is None or seat.asked is None):
            return None, True
        return rights.newest(conn, seat.project), not owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Somebody whose accepted answers no agreement covers: no release holds them."""

    name: str
    answers: int
    asked: int
    """The newest version that was asked when they gave one of these."""
    agreed: int | None
    """The newest version that they agreed to."""


def missing(context: Context, actor: Actor, project: str) -> list[Missing]:
    """Who has yet to agree before their accepted answers can be released, by name.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = rights.uncovered(conn, target.id)
    counted = Counter(one.name for one in found)
    newest = {one.name: one for one in sorted(found, key=lambda one: one.asked)}
    return [
        Missing(name=name, answers=counted[name], asked=one.asked, agreed=one.agreed)
        for name, one in sorted(newest.items())
    ]


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
