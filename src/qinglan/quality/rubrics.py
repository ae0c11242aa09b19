"""Rubrics: ordinal scores with the severity of raters and the difficulty of items.

A many-facet graded response model. Work t has quality θ_t, standard normal. Rater a, scoring it on
item i, gives level k or more with probability σ(d · (θ_t − s_a − b_i − c_k)): s_a is the rater's
severity (positive: strict), b_i the item's difficulty, c_1 < … < c_{K−1} the thresholds between
levels, d how sharply scores follow quality. Severities and difficulties sum to 0.

Marginal maximum likelihood: θ is integrated over a grid; the parameters climb by L-BFGS with exact
gradients and weak normal priors on severities, difficulties and thresholds. Without severities a
work that met a strict rater would look worse than its equal that met a mild one.

Sources: Samejima (1969), "Estimation of Latent Ability Using a Response Pattern of Graded Scores",
Psychometrika monograph 17; Linacre (1989), "Many-Facet Rasch Measurement"; Bock and Aitkin (1981),
Psychometrika 46, for marginal maximum likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import InputError, LimitError
from qinglan.quality.numbers import codes
from qinglan.quality.votes import Floats, total

NODES = 41
REACH = 4.5
"""The grid of θ, in its standard deviations to either side."""
FACET_PRIOR = 1.5
"""Standard deviation of severities and difficulties, in those of quality."""
THRESHOLD_PRIOR = 3.0
ITERATIONS = 300
FACETS = 4_000
"""Most raters and items: the information of all is a dense matrix, here of 0.13 GB."""
Z95 = 1.959964


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rubric:
    """Quality of works (posterior mean and 95 % interval), in standard deviations of works.

    ``severity`` by rater and ``difficulty`` by item on the same scale, each (n, 3): value, low and
    high; ``thresholds`` (levels − 1) in order; ``discrimination`` d.
    """

    quality: Floats
    low: Floats
    high: Floats
    deviation: Floats
    """Of the posterior of quality."""
    severity: Floats
    difficulty: Floats
    thresholds: Floats
    discrimination: float
    log_likelihood: float
    converged: bool

    def expected(self, item: int, quality: Floats | None = None) -> Floats:
        """Mean score of each work on an item by a rater of mean severity; (works,), from 0.

        ``quality``: in place of the works' own.
        """
        place = self.quality if quality is None else quality
        gap = place[:, None] - self.difficulty[item, 0] - self.thresholds
        scores: Floats = _logistic(self.discrimination * gap).sum(axis=1)
        return scores


def estimate(
    works: ArrayLike, raters: ArrayLike, items: ArrayLike, scores: ArrayLike, *, levels: int
) -> Rubric:
    """Fit flat arrays of codes, one a score.

    Args:
        works: what was rated, shape (n,), integers from 0; raters, items likewise.
        raters: see ``works``.
        items: see ``works``; all 0 where there is one scale only.
        scores: level given, 0 to ``levels`` − 1.
        levels: of the scale, at least 2.

    Raises:
        InputError: no scores, arrays of other shapes or types, codes out of range.
        LimitError: more than ``FACETS`` raters and items.
        ValueError: fewer than two levels.
    """
    if levels < 2:
        raise ValueError(f"a scale has at least two levels, not {levels}")
    given = np.asarray(scores)
    if given.size == 0:
        raise InputError("quality.no_labels")
    score, _ = codes("scores", given, given.size, levels)
    work, n_works = codes("works", works, given.size, None)
    rater, n_raters = codes("raters", raters, given.size, None)
    item, n_items = codes("items", items, given.size, None)
    if n_raters + n_items > FACETS:
        raise LimitError("quality.too_many_facets", facets=n_raters + n_items, limit=FACETS)
    model = _Model(work, rater, item, score, (n_works, n_raters, n_items, levels))
    from scipy.optimize import minimize

    found: Any = minimize(
        model.loss, model.start(), jac=True, method="L-BFGS-B",
        options={"maxiter": ITERATIONS, "ftol": 1e-10},
    )  # fmt: skip
    severity, difficulty, thresholds, sharp = model.unpack(found.x)
    chance, evident = model.expect(severity, difficulty, thresholds, sharp)
    mean = chance @ model.grid
    above = np.cumsum(chance, axis=1)
    low, high = (model.grid[(above < q).sum(axis=1).clip(0, NODES - 1)] for q in (0.025, 0.975))
    by_rater, by_item = model.halves(severity, difficulty, thresholds, sharp)
    return Rubric(
        quality=mean, deviation=np.sqrt(np.maximum(chance @ model.grid**2 - mean**2, 0)),
        low=np.minimum(low, mean), high=np.maximum(high, mean),
        severity=_around(severity, by_rater), difficulty=_around(difficulty, by_item),
        thresholds=thresholds, discrimination=sharp,
        log_likelihood=evident, converged=bool(found.success),
    )  # fmt: skip


class _Model:
    """Scores as codes, and the loss: minus log posterior, with its gradient."""

    def __init__(
        self, work: NDArray[np.int64], rater: NDArray[np.int64], item: NDArray[np.int64],
        score: NDArray[np.int64], sizes: tuple[int, int, int, int],
    ) -> None:  # fmt: skip
        self.work, self.rater, self.item, self.score = work, rater, item, score
        self.n_works, self.n_raters, self.n_items, self.levels = sizes
        self.grid: Floats = np.linspace(-REACH, REACH, NODES)
        density = np.exp(-(self.grid**2) / 2)
        self.log_weight: Floats = np.log(density / density.sum())

    def start(self) -> Floats:
        """Thresholds at the normal quantiles of the scores' shares; all else 0."""
        from scipy.special import ndtri

        counts = np.bincount(self.score, minlength=self.levels) + 0.5
        c = ndtri(np.cumsum(counts)[:-1] / counts.sum())
        gaps = np.log(np.maximum(np.diff(c), 0.05))
        return np.concatenate([np.zeros(self.n_raters + self.n_items), c[:1], gaps, [np.log(1.5)]])

    def unpack(self, x: Floats) -> tuple[Floats, Floats, Floats, float]:
        """Severities and difficulties around 0, ordered thresholds, discrimination."""
        a, b = self.n_raters, self.n_raters + self.n_items
        first = np.concatenate([x[b : b + 1], np.exp(x[b + 1 : -1])])
        return (
            x[:a] - x[:a].mean(), x[a:b] - x[a:b].mean(), np.cumsum(first), float(np.exp(x[-1]))
        )  # fmt: skip

    def _edges(
        self, severity: Floats, difficulty: Floats, thresholds: Floats, sharp: float
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Gaps to the thresholds below and above each score, (n, nodes), and their logistics."""
        place = severity[self.rater] + difficulty[self.item]
        wide = np.concatenate([[-np.inf], thresholds, [np.inf]])
        below = self.grid - (place + wide[self.score])[:, None]
        above = self.grid - (place + wide[self.score + 1])[:, None]
        return below, above, _logistic(sharp * below), _logistic(sharp * above)

    def expect(
        self, severity: Floats, difficulty: Floats, thresholds: Floats, sharp: float
    ) -> tuple[Floats, float]:
        """Posterior of each work over the grid, and the log-likelihood."""
        _, _, upper, lower = self._edges(severity, difficulty, thresholds, sharp)
        return self._posterior(np.log(np.maximum(upper - lower, 1e-12)))

    def _posterior(self, logs: Floats) -> tuple[Floats, float]:
        sums = np.stack([total(self.work, column, self.n_works) for column in logs.T], axis=1)
        sums += self.log_weight
        peak = sums.max(axis=1, keepdims=True)
        mass = np.exp(sums - peak)
        whole = mass.sum(axis=1, keepdims=True)
        return mass / whole, float((peak + np.log(whole)).sum())

    def _pulls(
        self, severity: Floats, difficulty: Floats, thresholds: Floats, sharp: float
    ) -> tuple[Floats, Floats, Floats, float]:
        """How each score pulls at its lower and upper threshold and at d, and the likelihood."""
        below, above, upper, lower = self._edges(severity, difficulty, thresholds, sharp)
        level = np.maximum(upper - lower, 1e-12)
        chance, evident = self._posterior(np.log(level))
        weight = chance[self.work] / level
        up, down = weight * upper * (1 - upper), weight * lower * (1 - lower)
        finite = [np.where(np.isfinite(g), g, 0.0) for g in (below, above)]
        by_sharp = (up * finite[0] - down * finite[1]).sum(axis=1)
        return sharp * up.sum(axis=1), sharp * down.sum(axis=1), by_sharp, evident

    def halves(
        self, severity: Floats, difficulty: Floats, thresholds: Floats, sharp: float
    ) -> tuple[Floats, Floats]:
        """Half widths of the 95 % intervals of severities and difficulties.

        Works are independent, so the information is the sum over works of the outer product of
        their scores (Berndt, Hall, Hall and Hausman 1974), plus the priors'.
        """
        from scipy import sparse

        up, down, by_sharp, _ = self._pulls(severity, difficulty, thresholds, sharp)
        a, b, k = self.n_raters, self.n_raters + self.n_items, self.levels - 1
        parts = [
            (self.rater, down - up), (a + self.item, down - up),
            (np.full(len(up), b + k), by_sharp),
            (b + np.minimum(self.score, k - 1), np.where(self.score < k, down, 0.0)),
            (b + np.maximum(self.score - 1, 0), np.where(self.score > 0, -up, 0.0)),
        ]  # fmt: skip
        place = np.concatenate([where for where, _ in parts])
        value = np.concatenate([pull for _, pull in parts])
        pulls = sparse.csr_array(
            (value, (np.tile(self.work, len(parts)), place)), shape=(self.n_works, b + k + 1)
        )
        prior = np.full(b + k + 1, FACET_PRIOR**-2)
        prior[b:] = THRESHOLD_PRIOR**-2
        prior[-1] = sharp**-2
        cover = np.linalg.inv((pulls.T @ pulls).toarray() + np.diag(prior))

        def half(block: slice) -> Floats:
            own = cover[block, block]
            own = own - own.mean(axis=0)
            own = own - own.mean(axis=1, keepdims=True)
            return np.asarray(Z95 * np.sqrt(np.maximum(np.diag(own), 0)))

        return half(slice(0, a)), half(slice(a, b))

    def loss(self, x: Floats) -> tuple[float, Floats]:
        """Minus log posterior and its gradient (Fisher's identity: expected complete gradient)."""
        severity, difficulty, thresholds, sharp = self.unpack(x)
        up_sum, down_sum, by_sharp, evident = self._pulls(severity, difficulty, thresholds, sharp)
        d_sharp, d_place = float(by_sharp.sum()), down_sum - up_sum
        d_rater = total(self.rater, d_place, self.n_raters) - severity / FACET_PRIOR**2
        d_item = total(self.item, d_place, self.n_items) - difficulty / FACET_PRIOR**2
        wide = total(self.score + 1, down_sum, self.levels + 1)
        wide -= total(self.score, up_sum, self.levels + 1)
        d_threshold = wide[1:-1] - thresholds / THRESHOLD_PRIOR**2
        tail = np.cumsum(d_threshold[::-1])[::-1]
        steps = np.diff(thresholds)
        slope = np.concatenate(
            [d_rater - d_rater.mean(), d_item - d_item.mean(), tail[:1], tail[1:] * steps,
             [d_sharp * sharp - np.log(sharp)]]
        )  # fmt: skip
        prior = (severity @ severity + difficulty @ difficulty) / FACET_PRIOR**2
        prior += thresholds @ thresholds / THRESHOLD_PRIOR**2 + np.log(sharp) ** 2
        return float(prior / 2 - evident), -slope


def _around(value: Floats, half: Floats) -> Floats:
    return np.column_stack([value, value - half, value + half])


def _logistic(x: Floats) -> Floats:
    value: Floats = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
    return value
