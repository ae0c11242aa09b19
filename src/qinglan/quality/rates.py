"""How often each sign names simulated annotators without fault: the kept figures.

Made by ``simulated``, which has the recipe. Apart from it, so that a page that shows a figure
loads nothing numeric.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from qinglan.intervals import wilson

FILE = "flag_rates.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRate:
    """Of ``people`` simulated annotators without fault, ``named`` got the flag; 95 % interval."""

    kind: str
    named: int
    people: int
    rate: float
    low: float
    high: float
    counts: tuple[int, ...]
    """How many were named, crowd by crowd."""


@cache
def rates() -> dict[str, FlagRate]:
    """The kept figures, by kind of sign."""
    kept = json.loads(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    people = kept["people"] * kept["crowds"]
    found = {}
    for kind, counts in kept["named"].items():
        span = wilson(sum(counts), people)
        found[kind] = FlagRate(
            kind=kind, named=sum(counts), people=people, rate=sum(counts) / people, low=span.low,
            high=span.high, counts=tuple(counts),
        )  # fmt: skip
    return found
