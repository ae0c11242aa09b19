"""``keys dispute``, ``keys list`` and ``keys decide``: a key that may be wrong is a finding.

Who saw a key may dispute it: a reviewer, or an annotator to whom practice showed it. A person who
has no part in the task decides, and everything that rests on the key follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import rekeying
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id, checked, milliseconds, seat_of
from qinglan.kinds import canonical_key
from qinglan.records import Actor, Project, Role, Task
from qinglan.storage import annotations as answers
from qinglan.storage import claims, keys, lessons, sightings, tasks
from qinglan.storage.claims import Claim

WORDS = 2_000
"""Characters of a reason, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A task whose key is disputed, and what is said against it."""

    task: str
    prompt: str
    key: str
    words: str


def dispute(context: Context, actor: Actor, project: str, task: str, words: str) -> None:
    """Say that the key of ``task`` is wrong, and why; it counts until it is decided.

    Raises:
        PermissionDenied: the actor was never shown that key.
        UsageError: the task has no key, or nothing says what is wrong with it.
    """
    words = _words(words)
    if actor.role is Role.ANNOTATOR:
        with context.storage.read() as conn:
            seat = seat_of(context, conn, actor, project)
            practised = {one.task for one in lessons.of(conn, seat.project, "practice")}
            if task not in practised & set(lessons.answered(conn, seat.annotator, seat.project)):
                raise PermissionDenied("assignment.not_yours", task=task)
    else:
        allow("review", actor)
    target = context.project(project)
    activity = context.begin("dispute", actor)

    def keep(conn: Connection) -> None:
        asked = _task(conn, target, task)
        key, claim = keys.get(conn, task), claims.get(conn, task)
        if key is None and claim is None:
            raise UsageError("flow.no_key_here", task=task)
        value = key.value if key is not None else claim.value if claim is not None else ""
        writer, need = (None, 0) if claim is None else (claim.writer, claim.need)
        said = "" if claim is None or claim.state != "disputed" else f"{claim.words}\n\n"
        stands = Claim(asked.id, "disputed", value, writer, need, (said + words)[: 5 * WORDS])
        claims.put(conn, target.id, stands, milliseconds(None))
        context.note(conn, target, activity, key=task, state="disputed")

    context.write(target, keep)


def disputed(context: Context, actor: Actor, project: str) -> list[Disputed]:
    """The disputed keys of a project, by task.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("look", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = claims.of(conn, target.id, "disputed")
        asked = tasks.find(conn, [claim.task for claim in found])
    return [
        Disputed(task=one.task, prompt=asked[one.task].prompt, key=one.value, words=one.words)
        for one in found
    ]


def decide(
    context: Context, actor: Actor, project: str, task: str, *, key: str | None = None, words: str
) -> None:
    """Let a disputed key stand, or be ``key`` from now on; checks and verdicts follow at once.

    Raises:
        PermissionDenied: the actor's role may not, or they were given the task, answered it, or
            wrote it.
        UsageError: the key is not disputed, the new one says nothing certain, or no reason is
            given.
    """
    allow("review", actor)
    words = _words(words)
    target = context.project(project)
    me = annotator_id(context, project, actor.name)
    activity = context.begin("decide", actor)

    def keep(conn: Connection) -> None:
        asked = _task(conn, target, task)
        claim = claims.get(conn, task)
        if claim is None or claim.state != "disputed":
            raise UsageError("flow.not_disputed", task=task)
        mine = any(one.annotator == me for one in answers.of_task(conn, task))
        if mine or claim.writer == me or sightings.given(conn, me, [task]):
            raise PermissionDenied("assignment.self_review", actor=actor.name)
        value = claim.value if key is None else key.strip()
        if canonical_key(asked.kind, asked.options, value).value is None:
            raise UsageError("flow.unreadable_key", task=task)
        sightings.add(conn, me, [task], milliseconds(None))
        rekeying.decide(context, conn, target, activity, asked, value, words)

    context.write(target, keep)


def _words(words: str) -> str:
    checked({"words": words})
    if not words.strip() or len(words) > WORDS:
        raise UsageError("flow.dispute_words", most=WORDS)
    return words.strip()


def _task(conn: Connection, project: Project, task: str) -> Task:
    found = tasks.find(conn, [task]).get(task)
    if found is None or found.project != project.id:
        raise UsageError("assignment.no_such_task", task=task, project=project.name)
    return found
