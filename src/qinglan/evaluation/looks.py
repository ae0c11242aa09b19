"""How often a held-out set was looked at.

A set that is looked at again and again is held out in name only: choices made by its figures leak
it, one look at a time. So each look is written down, and every report says which look it was.
"""

from __future__ import annotations

from pydantic import AwareDatetime, Field

from qinglan.records import Digest, Record


class Look(Record):
    """One scoring of one model on the set."""

    model: str = Field(min_length=1)
    """Digest of the weights, or the name of a served model."""
    why: str = Field(min_length=1, max_length=500)
    when: AwareDatetime
    identity = ("model", "why", "when")


class Looks(Record):
    """All looks at one held-out set, in order. Append-only: ``look`` gives a longer record."""

    held_out: Digest
    looks: tuple[Look, ...] = ()
    identity = ("held_out", "looks")

    @property
    def count(self) -> int:
        """Scorings in all."""
        return len(self.looks)

    @property
    def models(self) -> int:
        """Distinct models that were scored: what choices could have been made between."""
        return len({look.model for look in self.looks})

    def look(self, look: Look) -> Looks:
        """The record with one more look."""
        return self.model_copy(update={"looks": (*self.looks, look)})
