"""Tiers of people and what they showed of what they can: who gave what, why, and when.

A tier is a project's own name for a kind of people, such as ``crowd`` or ``expert``. It says whom
they resemble, not that they are right: consensus learns how far each tier can be relied on, and the
queue gives work that asks for a tier to that tier and those above it. Everything here is an entry
in the project's history; words about people stay out of it, because it can never forget.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id, checked, in_words, milliseconds
from qinglan.records import Actor, Annotator, Project
from qinglan.storage import annotators, pools, rights, seats, tiers
from qinglan.storage.tiers import Credential, Tiering

__all__ = [
    "Credential", "Roster", "Tiered", "Tiering", "add_credential", "end_credential", "give_tier",
    "name_tiers", "roster", "see_known",
]  # fmt: skip

LONGEST_TIER = 40
LONGEST_LINK = 500
MOST = 20
"""Tiers of one project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiered:
    """Somebody with a seat or a tier, as a lead sees them."""

    name: str
    type: str
    seated: bool
    active: bool
    tier: str | None
    languages: tuple[str, ...]
    agreed: tuple[int, int] | None
    """The newest version of the rights statement that they agreed to, and when; ms since 1970."""
    history: tuple[Tiering, ...]
    """The newest first."""
    credentials: tuple[Credential, ...]
    """The newest first, with those that were taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The tiers of a project, from the lowest to the highest, and its people by name."""

    project: str
    tiers: tuple[str, ...]
    people: tuple[Tiered, ...]


def name_tiers(context: Context, actor: Actor, project: str, names: Sequence[str]) -> list[str]:
    """Let ``names`` be the project's tiers, from the lowest to the highest.

    Returns:
        The names as they are kept.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: one cannot be a name, is there twice, or somebody has a tier that is left out.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    kept = [_name(word) for word in names]
    if len(kept) > MOST or len(set(kept)) < len(kept):
        raise UsageError("tiers.bad_list", most=MOST)

    def keep(conn: Connection) -> None:
        used = {*tiers.of(conn, target.id).values(), *pools.tiers_asked(conn, target.id)}
        gone = used - set(kept)
        if gone:
            raise UsageError("tiers.in_use", tier=min(gone))
        if tiers.names(conn, target.id) != kept:
            tiers.name_all(conn, target.id, kept)
            context.note(conn, target, activity, tiers=[*kept])

    context.write(target, keep)
    return kept


def give_tier(
    context: Context, actor: Actor, project: str, name: str, tier: str | None, why: str,
    *, now: datetime | None = None,
) -> None:  # fmt: skip
    """Give the annotator ``name`` a tier of the project, or take theirs away (``None``).

    Raises:
        PermissionDenied: the actor's role may not, or ``name`` is the actor.
        UsageError: there is no such annotator or tier, or no reason is given.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    words, time = in_words(why), milliseconds(now)

    def keep(conn: Connection) -> None:
        who = _other(context, conn, target, actor, name)
        if tier is not None:
            see_known(conn, target, tier)
        if tiers.of(conn, target.id).get(who.id) == tier:
            return
        tiers.give(conn, who.id, Tiering(tier, actor.name, words, time))
        context.note(conn, target, activity, tier=tier, annotator=who.id)

    context.write(target, keep)


def add_credential(
    context: Context, actor: Actor, project: str, name: str, words: str, link: str = "",
    *, now: datetime | None = None,
) -> int:  # fmt: skip
    """Keep that ``actor`` saw evidence of what the annotator ``name`` can; its number.

    Args:
        context: the workspace.
        actor: who looked at the evidence.
        project: name of the project.
        name: of the annotator.
        words: what it is, such as a degree, and what was checked.
        link: where the evidence lies. It is only ever shown as text.
        now: when; default: this moment.

    Raises:
        PermissionDenied: the actor's role may not, or ``name`` is the actor.
        UsageError: there is no such annotator, no words, or the link cannot be one.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    said, place, time = in_words(words), link.strip(), milliseconds(now)
    if len(place) > LONGEST_LINK or any(mark.isspace() or _hidden(mark) for mark in place):
        raise UsageError("tiers.bad_link", most=LONGEST_LINK)
    checked({"link": place})

    def keep(conn: Connection) -> int:
        who = _other(context, conn, target, actor, name)
        number = tiers.note(conn, who.id, said, place or None, actor.name, time)
        context.note(conn, target, activity, credential=number, annotator=who.id)
        return number

    return context.write(target, keep)


def end_credential(
    context: Context, actor: Actor, project: str, name: str, number: int,
    *, now: datetime | None = None,
) -> None:  # fmt: skip
    """Let a credential of the annotator ``name`` count no longer; it stays to be seen.

    Raises:
        PermissionDenied: the actor's role may not, or ``name`` is the actor.
        UsageError: they have no such credential.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    time = milliseconds(now)

    def keep(conn: Connection) -> None:
        who = _other(context, conn, target, actor, name)
        if not tiers.take_back(conn, who.id, number, actor.name, time):
            raise UsageError("tiers.no_credential", number=number, name=name)
        context.note(conn, target, activity, credential_ended=number, annotator=who.id)

    context.write(target, keep)


def roster(context: Context, actor: Actor, project: str) -> Roster:
    """The project's tiers, and everybody who has a seat or a tier there.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        given = tiers.of(conn, target.id)
        every = annotators.all(conn, target.id)
        seated = {who.id: seat for who in every if (seat := seats.get(conn, who.id)) is not None}
        people = tuple(
            Tiered(
                name=who.name, type=who.type, seated=who.id in seated,
                active=who.id in seated and seated[who.id].active, tier=given.get(who.id),
                languages=seated[who.id].languages if who.id in seated else (),
                agreed=rights.agreed(conn, who.id),
                history=tuple(tiers.history(conn, who.id)),
                credentials=tuple(tiers.credentials(conn, who.id)),
            )
            for who in sorted(every, key=lambda one: one.name)
            if who.id in seated or who.id in given
        )  # fmt: skip
        named = tuple(tiers.names(conn, target.id))
    return Roster(project=project, tiers=named, people=people)


def see_known(conn: Connection, project: Project, tier: str) -> None:
    """See that ``tier`` is one of the project's.

    Raises:
        UsageError: it is none.
    """
    known = tiers.names(conn, project.id)
    if tier not in known:
        raise UsageError("tiers.none_such", tier=tier, known=", ".join(known) or "—")


def _other(
    context: Context, conn: Connection, project: Project, actor: Actor, name: str
) -> Annotator:
    """The annotator of that name, who must not be the actor."""
    if not assignment.may_review(actor.name, name):
        raise PermissionDenied("tiers.own", actor=actor.name)
    found = annotators.get(conn, annotator_id(context, project.name, name))
    if found is None:
        raise UsageError("tiers.no_annotator", name=name, project=project.name)
    return found


def _name(word: str) -> str:
    name = " ".join(unicodedata.normalize("NFKC", word).split())
    if not name or len(name) > LONGEST_TIER or "," in name or any(map(_hidden, name)):
        raise UsageError("tiers.bad_name", word=word[:100], most=LONGEST_TIER)
    return name


def _hidden(mark: str) -> bool:
    return unicodedata.category(mark)[0] == "C"
