"""The canonical form of an answer: the text that two equal answers share.

An answer that cannot be read has no canonical form and a reason instead; it is never folded
into some default, for a default would collect votes.
"""

from __future__ import annotations

from dataclasses import dataclass

from qinglan.records import Reason

__all__ = ["WRITTEN", "Canonical"]

WRITTEN = "(written)"
"""What a verdict says where a reviewer took a text that states no answer; no answer is so."""


@dataclass(frozen=True, slots=True)
class Canonical:
    """A canonical text, or the reason why there is none; exactly one of the two is set."""

    value: str | None
    reason: Reason | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("a canonical form has either a value or a reason")
