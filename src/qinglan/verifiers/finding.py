"""What every verifier is and returns.

The shape is small so that a verifier can be a program of ten lines in someone else's package:
a pinned name, the kinds it reads, and ``check``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from qinglan.records import Answer, Kind, Outcome, Reason

__all__ = ["Finding", "Verifier"]


@dataclass(frozen=True, slots=True)
class Finding:
    """An outcome, the canonical answer that was read, and why nothing was decided.

    ``reason`` is set exactly when the outcome is undecided.
    """

    outcome: Outcome
    answer: str | None = None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.UNDECIDED) != (self.reason is not None):
            raise ValueError("a finding has a reason exactly when it is undecided")


@runtime_checkable
class Verifier(Protocol):
    """Compares one answer with its key. Pure: same input, same finding."""

    @property
    def name(self) -> str:
        """Name and version, such as ``numeric/1``; the version changes when findings could."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of task whose answers it reads."""

    def check(
        self, answer: Answer, key: str | None, kind: Kind, options: tuple[str, ...] = ()
    ) -> Finding:
        """Whether ``answer`` is right. No key, or one it cannot read, is undecided."""
