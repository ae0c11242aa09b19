"""What several seeds say together: the method's figures, where one seed shows one checkpoint.

Each seed is a whole story of its own: questions, base, teacher, experts and students. Arms are
compared within a seed, so that how good its teacher came out is taken out of the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from qinglan.demo.outcome import OutgrowResult
from qinglan.intervals import t_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One figure over the seeds, in shares: an arm's pass@1, or an arm's minus another's."""

    values: tuple[float, ...]
    """One a seed, in the order of the seeds."""
    mean: float
    sd: float | None
    """Sample standard deviation; ``None`` for a single seed."""
    low: float | None
    high: float | None
    """Student's 95 % interval of the mean over seeds."""
    above: int
    """Seeds in which the value is above nought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreads:
    """All arms over all seeds."""

    seeds: tuple[int, ...]
    arms: dict[str, Spread]
    """Pass@1 on the held-out split."""
    gains: dict[str, Spread]
    """Each arm minus its own seed's teacher."""
    head_to_head: Spread
    """Experts by headroom minus experts at random, within each seed."""
    failed: dict[int, tuple[str, ...]]
    """Seeds of which a claim does not hold, with the claims."""


def gather(results: Sequence[OutgrowResult]) -> Spreads:
    """The spread over ``results``, one a seed.

    Raises:
        ValueError: no results, a seed twice, or an arm that was not scored.
    """
    seeds = tuple(result.seed for result in results)
    if not seeds or len(set(seeds)) != len(seeds):
        raise ValueError(f"each seed once, and one at least; not {seeds}")
    names = list(dict.fromkeys(cell.arm for result in results for cell in result.cells))
    passed = {name: [_scored(result, name) for result in results] for name in names}

    def gap(arm: str, other: str) -> Spread:
        return spread([a - b for a, b in zip(passed[arm], passed[other], strict=True)])

    return Spreads(
        seeds=seeds,
        arms={name: spread(values) for name, values in passed.items()},
        gains={name: gap(name, "teacher") for name in names if name not in ("base", "teacher")},
        head_to_head=gap("headroom", "random"),
        failed={
            result.seed: tuple(claim.key for claim in result.failed())
            for result in results
            if result.failed()
        },
    )


def spread(values: Sequence[float]) -> Spread:
    """Mean, spread and Student's interval of ``values``, one a seed."""
    within = t_interval(values) if len(values) > 1 else None
    return Spread(
        values=tuple(values),
        mean=fmean(values),
        sd=stdev(values) if len(values) > 1 else None,
        low=within.low if within else None,
        high=within.high if within else None,
        above=sum(value > 0 for value in values),
    )


def _scored(result: OutgrowResult, arm: str) -> float:
    passed = result.cell(arm).pass1
    if passed is None:
        raise ValueError(f"seed {result.seed}: {arm} was not scored")
    return passed
