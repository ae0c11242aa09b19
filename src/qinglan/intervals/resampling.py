"""The percentile bootstrap of a mean, over items or over groups of items.

Items that share a source (one problem, one document, one annotator) are not independent; give
their group, and whole groups are drawn. An interval over items speaks of the one checkpoint or
method that was scored; it says nothing about another training seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qinglan.intervals.interval import Interval, check_level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_CHUNK = 1 << 20
"""Indices drawn at a time: bounds memory, keeps the sequence of draws the same."""


def bootstrap_mean(
    values: ArrayLike,
    *,
    level: float = 0.95,
    draws: int = 10_000,
    seed: int = 0,
    groups: ArrayLike | None = None,
) -> Interval:
    """The mean of ``values`` with its percentile-bootstrap interval.

    Args:
        values: shape (n,), finite; leave unscored items out, they are not zeros.
        level: confidence level.
        draws: bootstrap resamples.
        seed: of the generator; the same seed gives the same interval.
        groups: shape (n,), any hashable labels; whole groups are drawn.

    Source: Efron and Tibshirani (1993), chapter 13; for groups, Davison and Hinkley (1997), 3.8.

    Raises:
        ValueError: no values, values not finite, shapes that differ, or too few draws.
    """
    import numpy as np

    check_level(level)
    scores = as_scores(values)
    sums, sizes = fold(scores, groups)
    means = np.concatenate(list(resampled_means(sums, sizes, draws, seed)))
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(scores.mean()), float(low), float(high), level)


def as_scores(values: ArrayLike) -> NDArray[np.float64]:
    """``values`` as a one-dimensional float array.

    Raises:
        ValueError: empty, not one-dimensional, or not finite.
    """
    import numpy as np

    scores = np.asarray(values, dtype=np.float64)
    if scores.ndim != 1 or scores.size == 0:
        raise ValueError(
            f"scores must be one-dimensional and not empty, not of shape {scores.shape}"
        )
    if not np.isfinite(scores).all():
        raise ValueError("a score is missing or not finite; leave unscored items out")
    return scores


def fold(
    scores: NDArray[np.float64], groups: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum and size of each group of ``scores``; each item its own group without ``groups``."""
    import numpy as np

    if groups is None:
        return scores, np.ones_like(scores)
    labels = np.asarray(groups)
    if labels.shape != scores.shape:
        raise ValueError(f"groups have shape {labels.shape}, scores {scores.shape}")
    _, code = np.unique(labels, return_inverse=True)
    sums = np.bincount(code, scores)
    sizes = np.bincount(code).astype(np.float64)
    return sums.astype(np.float64), sizes


def resampled_means(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], draws: int, seed: int
) -> Iterator[NDArray[np.float64]]:
    """Means of ``draws`` resamples of the groups, a chunk at a time."""
    import numpy as np

    if draws < 100:
        raise ValueError(f"at least 100 bootstrap draws, not {draws}")
    rng = np.random.default_rng(seed)
    count = len(sums)
    at_once = max(1, _CHUNK // count)
    even = bool((sizes == 1).all())
    for start in range(0, draws, at_once):
        picked = rng.integers(0, count, (min(at_once, draws - start), count))
        total = sums[picked].sum(axis=1)
        yield total / (count if even else sizes[picked].sum(axis=1))
