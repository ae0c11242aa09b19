"""Standings from pairwise votes: Bradley–Terry with ties and the advantage of the left side.

Votes enter only through how often each ordered pair ended which way, so a million votes over a
hundred items are ten thousand counts. The log-likelihood is concave; a few Newton steps find its
top, and the curvature there gives every score its interval.

With strengths θ, side advantage γ and tie rate ν, a vote between l (shown left) and r is won by l
in proportion to exp(θ_l + γ), by r to exp(θ_r), and tied to ν exp((θ_l + γ + θ_r) / 2). A weak
normal prior keeps an item that always won finite, and what no vote tells unknown.

Sources: Bradley and Terry (1952), Biometrika 39; Davidson (1970), J. Am. Stat. Assoc. 65, for
ties; Davidson and Beaver (1977), Biometrics 33, for the order of presentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import InputError, LimitError
from qinglan.intervals.interval import check_level
from qinglan.quality.votes import Floats, total

ITEMS = 5_000
"""Most items: the curvature is a dense matrix, here of 0.2 GB."""
PRIOR = 3.0
"""Standard deviation of strengths (logits): odds of 20 to 1 between two items are ordinary."""
SIDE_PRIOR = 1.0
TIE_PRIOR = 3.0
ITERATIONS = 100
TOLERANCE = 1e-9
"""Logits: the search ends where no parameter moves by more."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Standings:
    """Scores of items, in logits around their mean 0; (items,) each.

    A gap of 1 is odds of e to 1. ``left_advantage`` (logits) and ``tie_rate`` (ν, the odds of a
    tie between equals against either winning) with their intervals; ``None`` where no vote tied.
    ``groups`` tells items that no chain of votes connects: across groups scores do not compare.
    """

    scores: Floats
    low: Floats
    high: Floats
    wins: Floats
    votes: NDArray[np.int64]
    left_advantage: tuple[float, float, float]
    tie_rate: tuple[float, float, float] | None
    groups: NDArray[np.int32]
    log_likelihood: float
    converged: bool

    @property
    def order(self) -> NDArray[np.int64]:
        """Items from the strongest to the weakest; of equals, the smaller code first."""
        return np.argsort(-self.scores, kind="stable").astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Distinct ordered pairs and how often each ended (left won, right won, tied)."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    ended: Floats
    items: int


def rank(
    left: ArrayLike,
    right: ArrayLike,
    outcome: ArrayLike,
    *,
    n_items: int | None = None,
    level: float = 0.95,
    prior: float = PRIOR,
) -> Standings:
    """Rank items from votes.

    Args:
        left: item shown left in each vote, shape (n,), integers from 0.
        right: item shown right, likewise.
        outcome: 0 left won, 1 right won, 2 tie.
        n_items: how many items there are; by default one more than the largest code.
        level: of the intervals.
        prior: standard deviation of the strengths, in logits; infinity for plain maximum
            likelihood, which may not exist.

    Raises:
        InputError: no votes, arrays of other shapes or types, codes out of range.
        LimitError: more than ``ITEMS`` items.
    """
    check_level(level)
    pairs = tally(left, right, outcome, n_items)
    found, curvature, log_likelihood, converged = _newton(pairs, prior)
    return stand(pairs, found, np.diag(curvature), log_likelihood, converged, level)


def tally(left: ArrayLike, right: ArrayLike, outcome: ArrayLike, n_items: int | None) -> Pairs:
    """Checked votes as counts; arguments and errors as in ``rank``."""
    a, b, end = np.asarray(left), np.asarray(right), np.asarray(outcome)
    if end.size == 0:
        raise InputError("quality.no_labels")
    for what, codes in (("left", a), ("right", b), ("outcome", end)):
        if codes.shape != (end.size,) or codes.dtype.kind not in "iu":
            raise InputError(
                "quality.shape", what=what, expected=end.size, shape=codes.shape, type=codes.dtype
            )
    n = int(max(a.max(), b.max())) + 1 if n_items is None else n_items
    if n > ITEMS:
        raise LimitError("quality.too_many_items", items=n, limit=ITEMS)
    for what, codes, last in (("left", a, n - 1), ("right", b, n - 1), ("outcome", end, 2)):
        bad = (codes < 0) | (codes > last)
        if bad.any():
            place = int(np.flatnonzero(bad)[0])
            raise InputError(
                "quality.code", what=what, code=int(codes[place]), position=place, last=last
            )
    cell = (a.astype(np.int64) * n + b) * 3 + end
    ended = np.bincount(cell, minlength=n * n * 3).reshape(n * n, 3)
    ended[np.arange(n) * (n + 1)] = 0  # an item against itself says nothing of its strength
    met = np.flatnonzero(ended.any(axis=1))
    return Pairs(met // n, met % n, ended[met].astype(np.float64), n)


def _chances(pairs: Pairs, at: Floats) -> tuple[Floats, Floats]:
    """Probabilities of the three ends of each pair, and the log-likelihood of each."""
    strength, side, tie = at[:-2], at[-2], at[-1]
    first, second = strength[pairs.left], strength[pairs.right]
    scores = np.stack([first + side, second, (first + side + second) / 2 + tie], axis=1)
    scores -= scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return np.exp(logs), (pairs.ended * np.where(pairs.ended > 0, logs, 0)).sum(axis=1)


def _newton(pairs: Pairs, prior: float) -> tuple[Floats, Floats, float, bool]:
    """Parameters (strengths, side, log ν), their covariance, log-likelihood, converged."""
    n = pairs.items
    tied = bool(pairs.ended[:, 2].any())
    free = np.arange(n + 2 if tied else n + 1)
    at = np.zeros(n + 2)
    at[-1] = 0.0 if tied else -np.inf
    weight = np.full(n + 2, 0.0 if np.isinf(prior) else prior**-2)
    weight[-2:] = SIDE_PRIOR**-2, TIE_PRIOR**-2

    def height(x: Floats) -> float:
        return float(_chances(pairs, x)[1].sum() - 0.5 * (weight[free] * x[free] ** 2).sum())

    now, converged = height(at), False
    for _ in range(ITERATIONS):
        step = np.zeros(n + 2)
        slope, curve = _derive(pairs, at)
        slope[free] -= weight[free] * at[free]
        step[free] = np.linalg.solve(_regular(curve, weight, n)[np.ix_(free, free)], slope[free])
        # A full step may overshoot where an item has only won; halve until it climbs.
        after = height(at + step)
        while after < now and np.abs(step[free]).max() > TOLERANCE:
            step /= 2
            after = height(at + step)
        if np.abs(step[free]).max() <= TOLERANCE:
            converged = True
            break
        at, now = at + step, after
    curve = _regular(_derive(pairs, at)[1], weight, n)
    cover = np.zeros_like(curve)
    cover[np.ix_(free, free)] = np.linalg.inv(curve[np.ix_(free, free)])
    centre = np.eye(n + 2)
    centre[:n, :n] -= 1.0 / n
    return at, centre @ cover @ centre.T, float(_chances(pairs, at)[1].sum()), converged


def _regular(curve: Floats, weight: Floats, n: int) -> Floats:
    """The curvature with the prior, made regular: strengths are known up to a constant only."""
    curve = curve + np.diag(weight + 1e-12)
    curve[:n, :n] += 1.0 / n
    return curve


def _derive(pairs: Pairs, at: Floats) -> tuple[Floats, Floats]:
    """Gradient and negative Hessian of the log-likelihood."""
    n, count = pairs.items, pairs.ended.sum(axis=1)
    chance = _chances(pairs, at)[0]
    # Each end is a row of features over (left strength, right strength, side, tie).
    features = np.array([[1.0, 0, 1, 0], [0, 1, 0, 0], [0.5, 0.5, 0.5, 1]])
    pull = (pairs.ended - count[:, None] * chance) @ features
    mean = chance @ features
    spread = np.einsum("pk,ki,kj->pij", chance, features, features)
    spread -= mean[:, :, None] * mean[:, None, :]
    spread *= count[:, None, None]
    place = np.stack(
        [pairs.left, pairs.right, np.full(len(count), n), np.full(len(count), n + 1)], axis=1
    )
    slope = total(place.ravel(), pull.ravel(), n + 2)
    cell = place[:, :, None] * (n + 2) + place[:, None, :]
    curve = total(cell.ravel(), spread.ravel(), (n + 2) ** 2)
    return slope, curve.reshape(n + 2, n + 2)


def stand(
    pairs: Pairs, found: Floats, variance: Floats, log_likelihood: float, ok: bool, level: float
) -> Standings:
    """Standings from strengths, side and log tie rate (−∞ without ties), and their variances."""
    from scipy import sparse

    n = pairs.items
    z = NormalDist().inv_cdf(0.5 + level / 2)
    half = z * np.sqrt(np.maximum(variance, 0))
    scores = found[:n] - found[:n].mean()
    win = total(pairs.left, pairs.ended @ [1, 0, 0.5], n)
    win += total(pairs.right, pairs.ended @ [0, 1, 0.5], n)
    count = pairs.ended.sum(axis=1)
    votes = total(pairs.left, count, n) + total(pairs.right, count, n)
    graph = sparse.coo_array((count, (pairs.left, pairs.right)), shape=(n, n))
    _, groups = sparse.csgraph.connected_components(graph, directed=False)
    side, tie = float(found[-2]), float(found[-1])
    rate = None
    if np.isfinite(tie):
        rate = (float(np.exp(tie)), float(np.exp(tie - half[-1])), float(np.exp(tie + half[-1])))
    return Standings(
        scores=scores, low=scores - half[:n], high=scores + half[:n], wins=win,
        votes=votes.astype(np.int64),
        left_advantage=(side, side - float(half[-2]), side + float(half[-2])), tie_rate=rate,
        groups=groups, log_likelihood=log_likelihood, converged=ok,
    )  # fmt: skip
