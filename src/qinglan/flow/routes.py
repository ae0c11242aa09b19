"""Who may be given what: skills that are for a tier alone, and languages that people state.

A task can ask for a language and a tier in the file it comes from; a project can say that tasks of
a skill are for a tier alone. Whoever does not meet what a task asks for is never given it; whoever
stands higher may do what asks for less. Nobody states a tier of their own, and nobody states
another's languages.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id, checked
from qinglan.kinds.languages import read_language
from qinglan.records import Actor
from qinglan.storage import pools, projects, seats, tiers, users

__all__ = ["languages", "need_tier", "needs", "state_languages"]

MOST = 20
"""Languages of one person."""


def need_tier(context: Context, actor: Actor, project: str, skill: str, tier: str | None) -> None:
    """Give tasks of ``skill`` to people of ``tier`` and above alone, from now on; ``None``: to all.

    What is in somebody's hands stays there.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: the desk is not open, or there is no such tier.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    checked({"skill": skill})
    if not skill:
        raise UsageError("tiers.no_skill")

    def keep(conn: Connection) -> None:
        if seats.rules_of(conn, target.id) is None:
            raise UsageError("assignment.no_desk", project=project)
        known = tiers.names(conn, target.id)
        if tier is not None and tier not in known:
            raise UsageError("tiers.none_such", tier=tier, known=", ".join(known) or "—")
        before = pools.needs(conn, target.id)
        after = {name: asked for name, asked in before.items() if name != skill}
        if tier is not None:
            after[skill] = tier
        if after != before:
            pools.set_needs(conn, target.id, after)
            context.note(conn, target, activity, skill=skill, needs_tier=tier)

    context.write(target, keep)


def needs(context: Context, actor: Actor, project: str) -> dict[str, str]:
    """Which skill is for which tier alone.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return dict(sorted(pools.needs(conn, target.id).items()))


def state_languages(context: Context, actor: Actor, words: Sequence[str]) -> list[str]:
    """Let ``actor`` say in which languages they can work, such as ``zh`` or ``pt-br``.

    Holds at every desk where they sit, and where they will.

    Returns:
        The languages as they are kept.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: a word names no language, or there are too many.
    """
    allow("annotate", actor)
    found = []
    for word in words:
        language = read_language(word)
        if language is None:
            raise UsageError("tiers.bad_language", word=word[:100])
        found.append(language)
    kept = sorted(set(found))
    if len(kept) > MOST:
        raise UsageError("tiers.many_languages", most=MOST)
    context.begin("annotate", actor)

    def keep(conn: Connection) -> None:
        users.put_languages(conn, actor.name, kept)
        for project in projects.all(conn):
            seats.put_languages(conn, annotator_id(context, project.name, actor.name), kept)

    context.storage.write(keep)
    return kept


def languages(context: Context, actor: Actor) -> list[str]:
    """The languages that ``actor`` stated.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("annotate", actor)
    with context.storage.read() as conn:
        return users.languages(conn, actor.name)
