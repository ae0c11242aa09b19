"""Intervals for proportions, and the unbiased pass@k.

Wilson's interval stays inside [0, 1] and keeps its coverage at few trials and at rates near 0 or
1, where the textbook normal interval fails; that is where gold items and pass rates live.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from qinglan.intervals.interval import Interval, check_level

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def wilson(k: float, n: float, level: float = 0.95) -> Interval:
    """Wilson's score interval for ``k`` successes in ``n`` trials.

    Both may be fractional (shared credit, expected counts). Nothing tried means nothing known:
    ``n = 0`` gives no estimate and the interval from 0 to 1.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22, 209–212.

    Raises:
        ValueError: not 0 <= k <= n, or ``level`` outside (0, 1).
    """
    check_level(level)
    if not (0 <= k <= n and math.isfinite(n)):
        raise ValueError(f"successes and trials must satisfy 0 <= k <= n, not k={k!r}, n={n!r}")
    if n == 0:
        return Interval(None, 0.0, 1.0, level)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    p = k / n
    shrink = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrink
    half = z / shrink * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends the bound is exactly 0 or 1; rounding must not say otherwise.
    low = 0.0 if k == 0 else max(0.0, centre - half)
    high = 1.0 if k == n else min(1.0, centre + half)
    return Interval(p, low, high, level)


def newcombe(k: float, n: float, other_k: float, other_n: float, level: float = 0.95) -> Interval:
    """The difference of two independent proportions, ``k / n - other_k / other_n``.

    Wilson's bounds of each are put together as if they were standard errors (the hybrid score
    interval). It stays inside [-1, 1], and keeps its coverage where few were tried.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Raises:
        ValueError: as ``wilson``.
    """
    one, other = wilson(k, n, level), wilson(other_k, other_n, level)
    if one.estimate is None or other.estimate is None:
        return Interval(None, -1.0, 1.0, level)
    gap = one.estimate - other.estimate
    return Interval(
        gap,
        gap - math.hypot(one.estimate - one.low, other.high - other.estimate),
        gap + math.hypot(one.high - one.estimate, other.estimate - other.low),
        level,
    )


def beta_interval(a: float, b: float, level: float = 0.95) -> Interval:
    """Mean and equal-tailed interval of a Beta(``a``, ``b``) distribution.

    Raises:
        ValueError: ``a`` or ``b`` not positive and finite, or ``level`` outside (0, 1).
    """
    low, high = beta_bounds([a], [b], level)
    return Interval(a / (a + b), float(low[0]), float(high[0]), level)


def beta_bounds(
    a: ArrayLike, b: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Equal-tailed bounds of many Beta distributions at once: two arrays of the inputs' shape.

    Raises:
        ValueError: a parameter not positive and finite, or ``level`` outside (0, 1).
    """
    import numpy as np
    from scipy.special import betaincinv

    check_level(level)
    first = np.asarray(a, dtype=np.float64)
    second = np.asarray(b, dtype=np.float64)
    both = np.stack(np.broadcast_arrays(first, second))
    if not (np.isfinite(both).all() and (both > 0).all()):
        raise ValueError("the parameters of a Beta distribution must be positive and finite")
    tail = (1 - level) / 2
    return betaincinv(first, second, tail), betaincinv(first, second, 1 - tail)


def pass_at_k(n: int, c: int, k: int) -> float:
    """The unbiased estimate of pass@k from ``n`` samples of which ``c`` are right.

    1 − C(n−c, k) / C(n, k): the chance that a random k of the n samples holds a right one.
    (The plug-in 1 − (1 − c/n)^k is biased low.)

    Source: Chen et al. (2021), "Evaluating Large Language Models Trained on Code", section 2.1.

    Raises:
        ValueError: not 0 <= c <= n, or not 1 <= k <= n.
    """
    if not 0 <= c <= n:
        raise ValueError(f"right samples must satisfy 0 <= c <= n, not c={c!r}, n={n!r}")
    if not 1 <= k <= n:
        raise ValueError(f"pass@k needs 1 <= k <= n, not k={k!r}, n={n!r}")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)
