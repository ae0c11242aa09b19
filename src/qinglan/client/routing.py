"""Who may be given what, what people agree to, and whom to ask next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from qinglan.client.asking import Asking, part
from qinglan.client.models import Asked, Sent

Tag = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Tier = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class Languages(Asked):
    """In which languages the caller can work, as tags such as ``zh``."""

    languages: list[Tag] = Field(max_length=100)


class Spoken(Sent):
    """The languages that the caller stated."""

    languages: list[str]


class TierNames(Asked):
    """A project's tiers, from the lowest to the highest."""

    tiers: list[Tier] = Field(max_length=100)


class Tiers(Sent):
    """A project's tiers, from the lowest to the highest."""

    tiers: list[str]


class Need(Asked):
    """A skill that is for a tier and those above it alone; ``None``: for all."""

    skill: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    tier: Tier | None


class Needs(Sent):
    """Every skill that is for a tier alone, with the tier."""

    needs: dict[str, str]


class NewRights(Asked):
    """What people are to agree to from now on, in both languages."""

    en: Text
    zh: Text


class Missing(Sent):
    """Somebody whose accepted answers no release holds until they agree."""

    name: str
    answers: int
    asked: int
    """The newest version that was asked when they gave one of these."""
    agreed: int | None
    """The newest version that they agreed to."""


class RightsAsked(Sent):
    """The statement of rights; ``version`` is ``None`` where the project asks nothing."""

    version: int | None
    en: str
    zh: str
    since: datetime | None
    missing: list[Missing]


class Span(Sent):
    """A figure, with the range that it has over the 95 % interval of what it rests on."""

    value: float
    low: float
    high: float


class Candidate(Sent):
    """Somebody who may be asked; ``None`` where nothing is known of them: unknown, not nought."""

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


class AskedPart(Sent):
    """A skill in a language (``None``: of none), and whom to ask there, who tells most first."""

    skill: str | None
    language: str | None
    tasks: int
    doubtful: int
    error: float
    people: list[Candidate]


class Whom(Sent):
    """Whom to ask next, as the last judging left it; ``judged`` is ``None`` before the first."""

    project: str
    judged: datetime | None
    parts: list[AskedPart]


class RoutingCalls(Asking):
    """The part of a client that says who may be given what."""

    def languages(self) -> list[str]:
        """The languages that the caller stated."""
        return self._get("/me/languages", Spoken).languages

    def state_languages(self, languages: Sequence[str]) -> list[str]:
        """Say in which languages one can work; as they are kept."""
        sent = Languages(languages=list(languages))
        return self._send("PUT", "/me/languages", sent, Spoken).languages

    def tier_names(self, project: str) -> list[str]:
        """The project's tiers, from the lowest to the highest."""
        return self._get(f"/projects/{part(project)}/tiers", Tiers).tiers

    def name_tiers(self, project: str, tiers: Sequence[str]) -> list[str]:
        """Set the project's tiers, from the lowest to the highest; as they are kept."""
        sent = TierNames(tiers=list(tiers))
        return self._send("PUT", f"/projects/{part(project)}/tiers", sent, Tiers).tiers

    def needs(self, project: str) -> dict[str, str]:
        """Every skill that is for a tier alone."""
        return self._get(f"/projects/{part(project)}/needs", Needs).needs

    def need_tier(self, project: str, skill: str, tier: str | None) -> dict[str, str]:
        """Let a skill be for a tier and those above it alone, or (``None``) for all."""
        sent = Need(skill=skill, tier=tier)
        return self._send("PUT", f"/projects/{part(project)}/needs", sent, Needs).needs

    def rights(self, project: str) -> RightsAsked:
        """What people agree to, and who has yet to."""
        return self._get(f"/projects/{part(project)}/rights", RightsAsked)

    def set_rights(self, project: str, *, en: str, zh: str) -> RightsAsked:
        """Ask people to agree to these words from now on."""
        sent = NewRights(en=en, zh=zh)
        return self._send("PUT", f"/projects/{part(project)}/rights", sent, RightsAsked)

    def whom_to_ask(self, project: str) -> Whom:
        """Whom to ask next, by skill and language."""
        return self._get(f"/projects/{part(project)}/asking", Whom)
