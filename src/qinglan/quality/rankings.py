"""Rankings of several items at once: Plackett–Luce.

A ranking is a chain of choices: first the best of all, then the best of the rest, and so on; each
item is chosen in proportion to exp(θ). A ranking may be partial (the top three of eight): what was
not ranked is known only to lie below. With two items a ranking it is Bradley–Terry.

The log-likelihood is concave; Newton steps with a weak normal prior find its top, and the curvature
there gives the intervals, as in ``pairwise``.

Sources: Plackett (1975), "The Analysis of Permutations", Applied Statistics 24; Luce (1959),
"Individual Choice Behavior"; Hunter (2004), Annals of Statistics 32, for partial rankings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from qinglan.errors import InputError, LimitError
from qinglan.intervals.interval import check_level
from qinglan.quality.pairwise import ITEMS, ITERATIONS, PRIOR, TOLERANCE
from qinglan.quality.votes import Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ranked:
    """Scores of items in logits around their mean 0, with intervals; (items,) each.

    ``times``: rankings in which the item stood. ``cover``: the scores' covariance, (items, items).
    """

    scores: Floats
    low: Floats
    high: Floats
    times: NDArray[np.int64]
    cover: Floats
    log_likelihood: float
    converged: bool

    @property
    def order(self) -> NDArray[np.int64]:
        """Items from the strongest to the weakest; of equals, the smaller code first."""
        return np.argsort(-self.scores, kind="stable").astype(np.int64)


def rank_lists(
    rankings: Sequence[Sequence[int]],
    *,
    shown: Sequence[Sequence[int]] | None = None,
    n_items: int | None = None,
    level: float = 0.95,
    prior: float = PRIOR,
) -> Ranked:
    """Rank items from rankings, best first.

    Args:
        rankings: item codes from 0, each ranking without repetition.
        shown: what was to be ranked, where a ranking names only the top of it.
        n_items: how many items there are; by default one more than the largest code.
        level: of the intervals.
        prior: standard deviation of the strengths, in logits.

    Raises:
        InputError: no rankings, an item named twice or never shown, a code out of range.
        LimitError: more than ``pairwise.ITEMS`` items.
    """
    check_level(level)
    choices = _choices(rankings, shown)
    if not choices:
        raise InputError("quality.no_labels")
    largest = max(max(rest) for _, rest in choices)
    n = largest + 1 if n_items is None else n_items
    for position, (_, rest) in enumerate(choices):
        bad = [code for code in rest if not 0 <= code < n]
        if bad:
            raise InputError(
                "quality.code", what="rankings", code=bad[0], position=position, last=n - 1
            )
    if n > ITEMS:
        raise LimitError("quality.too_many_items", items=n, limit=ITEMS)
    winner = np.array([first for first, _ in choices])
    line = np.repeat(np.arange(len(choices)), [len(rest) for _, rest in choices])
    among = np.concatenate([np.array(rest) for _, rest in choices])
    scores, cover, evident, converged = _newton(winner, line, among, n, prior)
    half = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(np.maximum(np.diag(cover), 0))
    lists = rankings if shown is None else shown
    times = np.bincount([code for given in lists for code in set(given)], minlength=n)
    return Ranked(
        scores=scores, low=scores - half, high=scores + half, times=times.astype(np.int64),
        cover=cover, log_likelihood=evident, converged=converged,
    )  # fmt: skip


def _choices(
    rankings: Sequence[Sequence[int]], shown: Sequence[Sequence[int]] | None
) -> list[tuple[int, list[int]]]:
    """Each choice: what was chosen, and from what. A last item alone is no choice."""
    if shown is not None and len(shown) != len(rankings):
        raise InputError("quality.length", what="shown", length=len(shown), expected=len(rankings))
    found = []
    for place, given in enumerate(rankings):
        rest = list(dict.fromkeys(given if shown is None else shown[place]))
        if len(set(given)) != len(given) or not set(given) <= set(rest):
            raise InputError("quality.bad_ranking", position=place)
        for code in given:
            if len(rest) > 1:
                found.append((code, list(rest)))
            rest.remove(code)
    return found


def _newton(
    winner: NDArray[np.int64], line: NDArray[np.int64], among: NDArray[np.int64], n: int,
    prior: float,
) -> tuple[Floats, Floats, float, bool]:  # fmt: skip
    """Strengths around 0, their covariance, the log-likelihood, and whether it converged."""
    weight = 0.0 if np.isinf(prior) else prior**-2
    wins = np.bincount(winner, minlength=n).astype(np.float64)
    at, converged = np.zeros(n), False

    def chances(x: Floats) -> tuple[Floats, float]:
        raw = np.exp(x - x.max())
        whole = np.bincount(line, raw[among])
        evident = float(wins @ (x - x.max()) - np.log(whole).sum())
        return raw[among] / whole[line], evident

    def curvature(chance: Floats) -> Floats:
        from scipy import sparse

        table = sparse.csr_array((chance, (line, among)), shape=(int(line[-1]) + 1, n))
        curve = np.diag(np.bincount(among, chance, minlength=n)) - (table.T @ table).toarray()
        curve += np.eye(n) * (weight + 1e-12) + 1.0 / n
        return np.asarray(curve)

    chance, evident = chances(at)
    for _ in range(ITERATIONS):
        slope = wins - np.bincount(among, chance, minlength=n) - weight * at
        step = np.linalg.solve(curvature(chance), slope)
        now = evident - weight * float(at @ at) / 2
        # A full step may overshoot where an item has only won; halve until it climbs.
        while True:
            chance, evident = chances(at + step)
            after = evident - weight * float((at + step) @ (at + step)) / 2
            if after >= now or np.abs(step).max() <= TOLERANCE:
                break
            step /= 2
        at = at + step
        if np.abs(step).max() <= TOLERANCE:
            converged = True
            break
    centre = np.eye(n) - 1.0 / n
    cover = centre @ np.linalg.inv(curvature(chance)) @ centre
    return at - at.mean(), cover, evident, converged
