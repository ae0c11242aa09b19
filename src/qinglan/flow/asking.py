"""Whom to ask next: what one more answer of each seat is expected to mend, as the last judging
left it.
"""

from __future__ import annotations

from dataclasses import dataclass

from qinglan import assignment
from qinglan.flow.context import Context, allow
from qinglan.records import Actor, Annotator
from qinglan.storage import annotators, pools, prospects, seats, tiers
from qinglan.storage.prospects import Prospect, Span
from qinglan.storage.seats import Seat

__all__ = ["Asking", "Candidate", "Part", "Span", "whom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may be given tasks of a part. Where nothing is known of them there, the figures
    are ``None``: unknown, not nought.
    """

    name: str
    simulated: bool
    tier: str | None
    answers: int
    """Of theirs there, that another answer or a check speaks about."""
    right: Span | None
    """How often they are right there."""
    mended: Span | None
    """By how much the expected error of a task in doubt falls with one answer of theirs."""
    told: Span | None
    """What that answer tells, in bits."""
    an_hour: float | None
    """Answers of theirs in an hour of work, where their time is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A skill in a language (``None``: of none), with whom to ask: who tells most first, by the
    hour where the time of all is known; who is unknown last.
    """

    skill: str | None
    language: str | None
    tasks: int
    """With a verdict's posterior."""
    doubtful: int
    """Of them, those in doubt."""
    error: float
    """Expected share of wrong verdicts."""
    people: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What the last judging expects; ``at`` in ms since 1970."""

    project: str
    at: int
    parts: tuple[Part, ...]
    """The most doubtful tasks first. None where answers of the kind are not right or wrong."""


def whom(context: Context, actor: Actor, project: str) -> Asking | None:
    """Whom to ask next in ``project`` (by name); ``None`` before its first judging.

    Of everybody who is seated and active, and may be given tasks of the part.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = prospects.of(conn, target.id)
        if found is None:
            return None
        every = {one.id: one for one in annotators.all(conn, target.id)}
        seated = [seat for id_ in every if (seat := seats.get(conn, id_)) is not None]
        needs, ladder = pools.needs(conn, target.id), tiers.names(conn, target.id)
    known = {(one.annotator, one.skill, one.language): one for one in found.people}
    parts = []
    for part in found.parts:
        people = [
            _candidate(
                seat, every[seat.annotator], found.seconds.get(seat.annotator),
                known.get((seat.annotator, part.skill, part.language)),
            )
            for seat in seated
            if seat.active and seat.admitted
            and (seat.skills is None or part.skill is None or part.skill in seat.skills)
            and assignment.may_take(
                language=part.language, tiers=(needs.get(part.skill or ""),),
                languages=seat.languages, tier=seat.tier, ladder=ladder,
            )
        ]  # fmt: skip
        timed = all(one.an_hour is not None for one in people if one.told is not None)
        people.sort(key=lambda one: (one.told is None, -_worth(one, timed=timed), one.name))
        parts.append(
            Part(
                skill=part.skill, language=part.language, tasks=part.tasks,
                doubtful=part.doubtful, error=part.error, people=tuple(people),
            )
        )  # fmt: skip
    parts.sort(key=lambda part: -part.doubtful)
    return Asking(project=project, at=found.at, parts=tuple(parts))


def _candidate(
    seat: Seat, who: Annotator, seconds: float | None, known: Prospect | None
) -> Candidate:
    return Candidate(
        name=who.name, simulated=who.simulated, tier=seat.tier,
        answers=0 if known is None else known.answers,
        right=None if known is None else known.right,
        mended=None if known is None else known.mended,
        told=None if known is None else known.told,
        an_hour=3600 / seconds if seconds else None,
    )  # fmt: skip


def _worth(one: Candidate, *, timed: bool) -> float:
    """Bits an hour, or an answer where not everybody's time is known."""
    if one.told is None:
        return 0.0
    return one.told.value * (one.an_hour or 0.0) if timed else one.told.value
