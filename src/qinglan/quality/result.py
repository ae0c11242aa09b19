"""Consensus by name rather than by number: what the flow keeps and a page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from qinglan.records import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorQuality:
    """The chance that an annotator's answer is right, with its 95 % interval."""

    value: float
    low: float
    high: float
    votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What consensus makes of named votes.

    ``posterior``: task → value given → probability; what is missing from 1 is the chance that no
    value given is right. ``majority``: task → most frequent values, which share 1 evenly.
    ``alarms``: keys of phrases under ``alarm.quality`` that a person should read.

    Where answers are not classes the value may be one that nobody gave. Then ``nearest`` has, by
    task, the value given that comes nearest to it, and ``estimates`` what it rests on.
    """

    posterior: dict[str, dict[str, float]]
    annotators: dict[str, AnnotatorQuality]
    majority: dict[str, dict[str, float]]
    method: str
    alarms: tuple[str, ...] = field(default=())
    nearest: dict[str, str] = field(default_factory=dict)
    estimates: dict[str, tuple[Estimate, ...]] = field(default_factory=dict)


EMPTY = Judgement(posterior={}, annotators={}, majority={}, method="none")
"""The judgement on no votes at all."""


def six(value: float) -> str:
    """A figure as a verdict stores it: six decimals."""
    found = Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
    return str(found or abs(found))  # no −0
