"""The permit: what the gate said yes to, for which use, on which day, by which registry.

A release, a training and a model's endpoint ask for one in their signatures. It cannot be made
by hand: its constructor wants a token that only this package holds. (Python has no walls; this
one stops forgetfulness and shortcuts, not malice.) Its JSON goes into the release, where
``review`` reads it again years later.
"""

from __future__ import annotations

import hashlib
from dataclasses import InitVar, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

import rfc8785
from pydantic import BaseModel, ConfigDict

from qinglan.records import Digest, Origin, Purpose

FORMAT = "qinglan-permit/1"
_TOKEN: Final = object()


class Ruling(StrEnum):
    """What the gate concludes on one origin. Only the first two permit."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    UNREAD = "unread"
    FORBIDDEN = "forbidden"
    TEST_PART = "test_part"

    @property
    def permits(self) -> bool:
        """Whether the use may go ahead (for ``conditional``: under its obligations)."""
        return self in (Ruling.ALLOWED, Ruling.CONDITIONAL)


class Decision(BaseModel):
    """The gate's word on one origin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origin: Origin
    ruling: Ruling
    rules: tuple[str, ...] = ()
    """Ids of the rules that it rests on; empty where no rule was found."""
    obligations: tuple[str, ...] = ()
    """Ids of what the use owes; each has wording under ``obligation.…``."""
    reviewed: bool
    """Whether a named person has reviewed every rule it rests on."""
    expires: date | None = None
    """The last day on which all its rules count; ``None`` where none of them ends."""


class PermitBody(BaseModel):
    """A permit as written to a file. Reading one back gives no permit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = FORMAT
    purpose: Purpose
    judged: date
    registry: Digest
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, kw_only=True)
class Permit:
    """The gate's yes. Only ``policy.judge`` makes one."""

    purpose: Purpose
    decisions: tuple[Decision, ...]
    registry: str
    """Digest of the registry it was judged by."""
    judged: date
    token: InitVar[object] = None

    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("a Permit is minted by qinglan.policy.judge only")

    def __reduce__(self) -> str:
        raise TypeError("a Permit is not pickled; ask the gate again")

    @property
    def origins(self) -> frozenset[Origin]:
        """What it covers."""
        return frozenset(decision.origin for decision in self.decisions)

    @property
    def obligations(self) -> tuple[str, ...]:
        """Everything the use owes, sorted."""
        return tuple(sorted({o for decision in self.decisions for o in decision.obligations}))

    @property
    def digest(self) -> str:
        """SHA-256 over ``to_json``."""
        return hashlib.sha256(self.to_json()).hexdigest()

    def to_json(self) -> bytes:
        """Canonical JSON (RFC 8785)."""
        body: Any = PermitBody(
            purpose=self.purpose,
            judged=self.judged,
            registry=self.registry,
            decisions=self.decisions,
        ).model_dump(mode="json")
        return rfc8785.dumps(body)


def mint(purpose: Purpose, decisions: tuple[Decision, ...], registry: str, judged: date) -> Permit:
    """For the gate alone."""
    return Permit(
        purpose=purpose, decisions=decisions, registry=registry, judged=judged, token=_TOKEN
    )
