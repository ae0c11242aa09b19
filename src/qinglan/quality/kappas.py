"""Cohen's and Fleiss' kappa, for comparison with figures that were published in them.

Alpha is the better statistic (it takes missing labels and any number of annotators); kappa is
what many papers print. Two kappas differ in how they take chance: Cohen's by each annotator's own
habits, Fleiss' by the habits of all.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from qinglan.errors import InputError
from qinglan.intervals import Interval
from qinglan.intervals.interval import check_level
from qinglan.quality.votes import Floats


def cohen(
    first: ArrayLike,
    second: ArrayLike,
    *,
    weights: Literal["none", "linear", "quadratic"] = "none",
    confidence: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Interval:
    """Cohen's kappa of two annotators on the same tasks, with a bootstrap interval over tasks.

    Args:
        first: class codes of one annotator, shape (n,), integers from 0, in order where weighted.
        second: of the other, on the same tasks.
        weights: penalty by distance of the codes.
        confidence: of the interval.
        draws: bootstrap resamples.
        seed: of the resampling.

    Without variation (both always say the same one class) kappa is unknown: no estimate.

    Sources: Cohen (1960), Educ. Psychol. Meas. 20; Cohen (1968) for weights.

    Raises:
        InputError: arrays of other shapes or types, or empty.
    """
    check_level(confidence)
    a, b = np.asarray(first), np.asarray(second)
    if a.size == 0:
        raise InputError("quality.no_labels")
    for what, codes in (("first", a), ("second", b)):
        if codes.shape != (a.size,) or codes.dtype.kind not in "iu" or codes.min() < 0:
            raise InputError(
                "quality.shape", what=what, expected=a.size, shape=codes.shape, type=codes.dtype
            )
    k = int(max(a.max(), b.max())) + 1
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(np.float64)
    penalty = {"none": (apart > 0) * 1.0, "linear": apart, "quadratic": apart**2}[weights]
    table = np.bincount(a.astype(np.int64) * k + b, minlength=k * k)

    def rate(cells: Floats) -> Floats:
        square = cells.reshape(-1, k, k)
        n = square.sum(axis=(1, 2))
        seen = (square * penalty).sum(axis=(1, 2)) * n
        chance = np.einsum("di,ij,dj->d", square.sum(axis=2), penalty, square.sum(axis=1))
        return _beyond(seen, chance)

    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(a.size, table / a.size, size=draws).astype(np.float64)
    return _interval(rate(table[None, :].astype(np.float64)), rate(drawn), confidence)


def fleiss(
    counts: ArrayLike, *, confidence: float = 0.95, draws: int = 1000, seed: int = 0
) -> Interval:
    """Fleiss' kappa with a bootstrap interval over tasks.

    Args:
        counts: how many annotators gave each task each class, (tasks, classes); every task the
            same number of labels, at least two.
        confidence: of the interval.
        draws: bootstrap resamples.
        seed: of the resampling.

    Source: Fleiss (1971), Psychol. Bull. 76, 378–382.

    Raises:
        InputError: tasks with different numbers of labels, or fewer than two.
    """
    check_level(confidence)
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or table.size == 0:
        raise InputError("quality.no_labels")
    each = table.sum(axis=1)
    if each[0] < 2 or (each != each[0]).any():
        raise InputError("quality.uneven", low=int(each.min()), high=int(each.max()))
    m = each[0]
    patterns, times = np.unique(table, axis=0, return_counts=True)
    apart = (m**2 - (patterns**2).sum(axis=1)) / (m * (m - 1))

    def rate(weights: Floats) -> Floats:
        n = weights.sum(axis=1)
        share = weights @ patterns / (n * m)[:, None]
        return _beyond(weights @ apart / n, 1 - (share**2).sum(axis=1))

    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(table), times / len(table), size=draws).astype(np.float64)
    return _interval(rate(times[None, :].astype(np.float64)), rate(drawn), confidence)


def _beyond(seen: Floats, chance: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(chance > 1e-12, 1 - seen / chance, np.nan)
    return found


def _interval(estimate: Floats, drawn: Floats, confidence: float) -> Interval:
    known = drawn[np.isfinite(drawn)]
    if not np.isfinite(estimate[0]) or not len(known):
        return Interval(None, -1.0, 1.0, confidence)
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return Interval(float(estimate[0]), float(low), float(high), confidence)
