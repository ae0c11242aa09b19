"""The nouns of work in hand: what ``assignment`` decides on and ``storage`` keeps.

These are state, not records: nothing here is hashed, and rows change. A *place* is where one
annotator stands with one task; *slots* are how many answers the task has, awaits and wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Marks", "Place", "Rules", "SkipReason", "Slots", "Standing", "TaskState"]


class Standing(StrEnum):
    """Where one annotator stands with one task they were given."""

    LEASED = "leased"
    ANSWERED = "answered"
    LATE = "late"
    """Answered when the task had all its answers: kept apart, never counted."""
    SKIPPED = "skipped"
    LAPSED = "lapsed"
    SENT_BACK = "sent_back"


class SkipReason(StrEnum):
    """Why somebody gave no answer; each is an honest one."""

    SKIP = "skip"
    UNSURE = "unsure"
    BAD_PROBLEM = "bad_problem"
    GIVE_UP = "give_up"


class TaskState(StrEnum):
    """What may happen to a task next. Only open and reserved ones are in the queue."""

    OPEN = "open"
    RESERVED = "reserved"
    """All slots that are free are for those who stand high enough: in their queue alone."""
    FULL = "full"
    """As many answers and live leases as wanted."""
    DONE = "done"
    STOPPED = "stopped"
    """Reported as a bad problem by enough people: the lead decides."""
    APART = "apart"
    """Never given by the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a project's work is given out.

    Raises:
        ValueError: a number is out of its range; the message names it.
    """

    overlap: int = 1
    """Answers wanted per task."""
    most: int | None = None
    """Answers asked for while fewer than ``overlap`` of them agree; ``None``: never more."""
    gold_per_mille: int = 0
    """How many of a thousand tasks given to an annotator are gold, while there is gold."""
    lease_seconds: int = 1800
    """How long a task stays with an annotator of whom nothing is heard."""
    stop_after: int = 2
    """Reports of a bad problem that take a task off the queue."""
    reserved: int = 0
    """Of the answers wanted, at least so many by people of ``reserved_for`` or above."""
    reserved_for: str | None = None
    """A tier of the project; ``None``: everybody stands high enough."""
    by_gain: bool = False
    """What is most in doubt goes first after each judging, and an answer that is asked for because
    others disagree goes to those who stand high enough: of ``reserved_for``, or else those from
    whom an answer is expected to tell most."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("overlap", 1, 1000), ("gold_per_mille", 0, 500), ("lease_seconds", 1, 7 * 86_400),
            ("stop_after", 1, 1000), ("reserved", 0, self.overlap),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: {low}–{high}")
        if self.most is not None and not self.overlap <= self.most <= 1000:
            raise ValueError(f"most: {self.overlap}–1000")
        if self.reserved and self.reserved_for is None:
            raise ValueError("reserved_for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a project asks of its annotators on tasks whose answer is known; shares in thousandths.

    Raises:
        ValueError: a number is out of its range, or the aim is below the least; names it.
    """

    least: int = 700
    """Share of right answers below which somebody is paused."""
    aim: int = 850
    """Share at which gold comes seldom."""
    calibration: int = 10
    """Gold answers in the batch that comes first."""
    floor: int = 20
    """Gold tasks in a thousand for those who are trusted most."""
    passing: int = 700
    """Share of right answers that the qualification asks for."""

    def __post_init__(self) -> None:
        for name, low, high in (
            ("least", 1, 999), ("aim", 1, 999), ("calibration", 0, 200), ("floor", 0, 500),
            ("passing", 1, 999),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name}: {low}–{high}")
        if self.aim < self.least:
            raise ValueError(f"aim: {self.least}–999")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """The answers of one task: ``given``, still ``held`` by a lease, and ``wanted``.

    ``wanted`` is ``None`` for a task that the queue never gives and that takes any number.
    """

    wanted: int | None
    given: int = 0
    held: int = 0
    reports: int = 0
    """How many said that the problem is bad."""
    reserved: int = 0
    """How many of those wanted are for people who stand high enough."""
    seniors: int = 0
    """How many of those given and held are by such people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one annotator stands with one task. ``until`` is in milliseconds since 1970 (UTC)."""

    standing: Standing
    until: int
    answered: bool = False
    """An earlier answer of theirs counts, whatever happens to this lease."""
    late: bool = False
    """An earlier answer of theirs is kept as late."""
    reason: SkipReason | None = None
    senior: bool = False
    """They stood high enough for a reserved slot when they took the task."""
