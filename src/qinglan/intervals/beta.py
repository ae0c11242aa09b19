"""The Beta distribution without SciPy: a server that starts within a second must not load it.

Its distribution function is also the binomial's tail: P(X >= k) of n trials at rate p is
``beta_cdf(p, k, n - k + 1)``, which is what exact (Clopper–Pearson) bounds are made of.

Source: the continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions,
evaluated by the method of Lentz (1976), Applied Optics 15.
"""

from __future__ import annotations

import math

_SMALL = 1e-300
_ROUNDS = 500


def log_beta(a: float, b: float) -> float:
    """The logarithm of the Beta function."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def beta_cdf(x: float, a: float, b: float) -> float:
    """The chance that a Beta(``a``, ``b``) variable is at most ``x``; good to some 1e-13.

    Raises:
        ValueError: ``a`` or ``b`` not positive and finite, or ``x`` outside [0, 1].
    """
    if not (0 < a < math.inf and 0 < b < math.inf and 0 <= x <= 1):
        raise ValueError(f"no Beta distribution or no chance: x={x!r}, a={a!r}, b={b!r}")
    if x in (0.0, 1.0):
        return float(x)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on the other side
        return 1.0 - _tail(1 - x, b, a)
    return _tail(x, a, b)


def beta_quantile(share: float, a: float, b: float) -> float:
    """Where ``share`` of a Beta(``a``, ``b``) distribution lies below; by bisection.

    Raises:
        ValueError: ``a`` or ``b`` not positive and finite, or ``share`` outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {share!r}")
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _tail(x: float, a: float, b: float) -> float:
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta(a, b)) / a
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1)
    d = 1.0 / (d or _SMALL)
    fraction = d
    for m in range(1, _ROUNDS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 / ((1.0 + step * d) or _SMALL)
            c = (1.0 + step / c) or _SMALL
            fraction *= c * d
        if abs(c * d - 1.0) < 1e-15:
            break
    return min(1.0, front * fraction)
