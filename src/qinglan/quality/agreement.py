"""Krippendorff's alpha: how far annotators agree beyond what their habits would give by chance.

Alpha takes any number of annotators, missing labels and three levels of measurement. All three
come down to sums over tasks, so it needs no coincidence matrix: for nominal labels the squared
counts of each task, for intervals the first two moments, and the ordinal metric is the interval
metric on mid-ranks. One million labels take a fraction of a second.

The interval resamples tasks. Tasks with the same labels are one pattern, and a draw is one
multinomial over patterns, which is the same bootstrap at a thousandth of the cost.

Sources: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability"; Hayes and Krippendorff
(2007) for the bootstrap; Efron and Tibshirani (1993), chapter 21, for the influence function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import InputError
from qinglan.intervals.interval import check_level
from qinglan.quality.votes import Floats

Level: TypeAlias = Literal["nominal", "ordinal", "interval"]
LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
CELLS = 50_000_000
"""Most counts, tasks × values, for the exact bootstrap; beyond it, the influence function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Alpha with its interval; ``None`` where nothing can be compared or nothing varies.

    ``tasks`` counts those with two labels or more, ``labels`` the labels on them.
    """

    alpha: float | None
    low: float | None
    high: float | None
    level: Level
    confidence: float
    tasks: int
    labels: int


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Labels that can be compared: task and value codes, and the distinct values, in order."""

    task: NDArray[np.int64]
    value: NDArray[np.int64]
    values: Floats
    n_tasks: int


def alpha(
    tasks: ArrayLike,
    labels: ArrayLike,
    *,
    level: Level = "nominal",
    confidence: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> Agreement:
    """Krippendorff's alpha of flat arrays.

    Args:
        tasks: task of each label, shape (n,), integers from 0.
        labels: labels, shape (n,): numbers; for ``nominal`` any codes.
        level: how labels compare.
        confidence: of the interval.
        draws: bootstrap resamples of the tasks.
        seed: of the resampling.

    Raises:
        InputError: arrays of other shapes or types, or a label that is not finite.
    """
    check_level(confidence)
    counts = _compare(tasks, labels)
    n = len(counts.task)
    if n == 0 or len(counts.values) < 2:
        return Agreement(
            alpha=None, low=None, high=None, level=level, confidence=confidence,
            tasks=counts.n_tasks, labels=n,
        )  # fmt: skip
    if counts.n_tasks * len(counts.values) <= CELLS:
        estimate, low, high = _by_patterns(counts, level, confidence, draws, seed)
    else:
        estimate, low, high = _by_influence(counts, level, confidence)
    return Agreement(
        alpha=estimate, low=low, high=high, level=level, confidence=confidence,
        tasks=counts.n_tasks, labels=n,
    )  # fmt: skip


def _compare(tasks: ArrayLike, labels: ArrayLike) -> _Counts:
    """The labels of tasks that have at least two."""
    task, label = np.asarray(tasks), np.asarray(labels)
    if label.ndim != 1 or label.dtype.kind not in "iufb":
        raise InputError(
            "quality.shape", what="labels", expected=label.size, shape=label.shape, type=label.dtype
        )
    if task.shape != label.shape or (task.size and task.dtype.kind not in "iu"):
        raise InputError(
            "quality.shape", what="tasks", expected=label.size, shape=task.shape, type=task.dtype
        )
    if label.size and int(task.min()) < 0:
        place = int(task.argmin())
        raise InputError(
            "quality.code", what="tasks", code=int(task[place]), position=place,
            last=int(task.max()),
        )  # fmt: skip
    if not np.isfinite(label).all():
        place = int(np.flatnonzero(~np.isfinite(label))[0])
        raise InputError("quality.not_a_number", position=place)
    task = task.astype(np.int64, copy=False)
    votes = np.bincount(task)
    kept = votes[task] > 1
    number = np.cumsum(votes > 1) - 1
    values, code = _distinct(label[kept])
    return _Counts(number[task[kept]], code, values, int((votes > 1).sum()))


def _distinct(label: NDArray[np.generic]) -> tuple[Floats, NDArray[np.int64]]:
    """Distinct values in order and each label's code; small integers without a sort."""
    if label.dtype.kind in "iu" and label.size:
        low, high = int(label.min()), int(label.max())
        if high - low < 100_000:
            shifted = label.astype(np.int64) - low
            seen = np.bincount(shifted) > 0
            values = (np.flatnonzero(seen) + low).astype(np.float64)
            return values, (np.cumsum(seen) - 1)[shifted]
    distinct, code = np.unique(label, return_inverse=True)
    return distinct.astype(np.float64), code.astype(np.int64)


def _by_patterns(
    counts: _Counts, level: Level, confidence: float, draws: int, seed: int
) -> tuple[float | None, float | None, float | None]:
    """Alpha and its bootstrap interval over patterns of counts."""
    k = len(counts.values)
    flat = np.bincount(counts.task * k + counts.value, minlength=counts.n_tasks * k)
    patterns, times = _patterns(flat.reshape(counts.n_tasks, k))
    rate = _rate(patterns.astype(np.float64), counts.values, level)
    estimate = rate(times[None, :].astype(np.float64))[0]
    if draws < 100:
        raise ValueError(f"at least 100 bootstrap draws, not {draws}")
    rng = np.random.default_rng(seed)
    chunk = max(1, 4_000_000 // len(times))
    found = []
    for begin in range(0, draws, chunk):
        size = min(chunk, draws - begin)
        drawn = rng.multinomial(counts.n_tasks, times / times.sum(), size=size)
        found.append(rate(drawn.astype(np.float64)))
    spread = np.concatenate(found)
    # A draw in which nothing varies has no alpha; it is no evidence either way.
    spread = spread[np.isfinite(spread)]
    if not len(spread):
        return float(estimate), None, None
    tail = (1 - confidence) / 2
    low, high = np.quantile(spread, [tail, 1 - tail])
    return float(estimate), float(low), float(high)


def _patterns(table: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct rows of a table of counts, and how often each occurs."""
    base = int(table.max()) + 1
    if base ** table.shape[1] < 2**62:
        # A row is one number in mixed radix: sorting numbers is far faster than sorting rows.
        key = table @ base ** np.arange(table.shape[1], dtype=np.int64)
        _, first, times = np.unique(key, return_index=True, return_counts=True)
        return table[first], times
    rows, times = np.unique(table, axis=0, return_counts=True)
    return rows, times


def _rate(patterns: Floats, values: Floats, level: Level) -> Callable[[Floats], Floats]:
    """A function from weights of patterns, (draws, patterns), to alpha, (draws,)."""
    size = patterns.sum(axis=1)

    def metric(weights: Floats, scale: Floats) -> tuple[Floats, Floats]:
        """Observed and expected disagreement under the interval metric on ``scale`` (draws, k)."""
        if len(scale) == 1:  # the same values in every draw: three sums do
            first, second = patterns @ scale[0], patterns @ scale[0] ** 2
            seen = weights @ ((size * second - first**2) / (size - 1))
            all_first, all_second = weights @ first, weights @ second
        else:
            first, second = scale @ patterns.T, scale**2 @ patterns.T
            seen = (weights * ((size * second - first**2) / (size - 1))).sum(axis=1)
            all_first = (weights * first).sum(axis=1)
            all_second = (weights * second).sum(axis=1)
        return seen, (weights @ size) * all_second - all_first**2

    def rate(weights: Floats) -> Floats:
        n = weights @ size
        if level == "nominal":
            seen = weights @ ((size**2 - (patterns**2).sum(axis=1)) / (size - 1))
            chance = n**2 - ((weights @ patterns) ** 2).sum(axis=1)
        elif level == "interval":
            seen, chance = metric(weights, (values - values.mean())[None, :])
        else:
            totals = weights @ patterns
            ranks = np.cumsum(totals, axis=1) - totals / 2
            seen, chance = metric(weights, ranks - n[:, None] / 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = np.where(chance > 1e-9 * n, 1 - (n - 1) * seen / chance, np.nan)
        return found

    return rate


def _by_influence(counts: _Counts, level: Level, confidence: float) -> tuple[float, float, float]:
    """Alpha, and a normal interval from the influence of each task.

    For very many values. Ordinal ranks are held fixed, as if the margins were known.
    """
    task, k = counts.task, len(counts.values)
    n = float(len(task))
    size = np.bincount(task).astype(np.float64)
    totals = np.bincount(counts.value).astype(np.float64)
    if level == "nominal":
        pairs, times = np.unique(task * k + counts.value, return_counts=True)
        squares = np.bincount(pairs // k, times.astype(np.float64) ** 2)
        seen = (size**2 - squares) / (size - 1)
        chance = n**2 - float(totals @ totals)
        pull = 2 * n * size - 2 * np.bincount(task, totals[counts.value])
    else:
        scale = counts.values if level == "interval" else np.cumsum(totals) - totals / 2
        x = scale[counts.value] - scale[counts.value].mean()
        first, second = np.bincount(task, x), np.bincount(task, x * x)
        seen = (size * second - first**2) / (size - 1)
        chance = n * second.sum() - first.sum() ** 2
        pull = size * second.sum() + n * second - 2 * first.sum() * first
    ratio = seen.sum() / chance
    estimate = 1 - (n - 1) * ratio
    influence = -((n - 1) * seen / chance + size * ratio - (n - 1) * ratio * pull / chance)
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * float(
        np.sqrt(((influence - influence.mean()) ** 2).sum())
    )
    return float(estimate), float(estimate - half), min(1.0, float(estimate + half))
