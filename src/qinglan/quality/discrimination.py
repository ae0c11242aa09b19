"""Standings from pairwise votes by annotators who differ in how well they tell items apart.

As in ``pairwise``, with three parameters for each annotator a: discrimination d_a, by which every
gap of strengths is multiplied (0 guesses, 1 is the crowd's mean, below 0 votes the wrong way
round), the advantage γ_a of the left side, and the log tie rate τ_a. A vote between l (left) and r
goes to l in proportion to exp(d_a θ_l + γ_a), to r to exp(d_a θ_r), and is tied to
exp(τ_a + (d_a θ_l + γ_a + d_a θ_r) / 2). So a careless annotator moves standings less than a keen
one, however many votes they cast.

Each kind of parameter has one normal prior for the crowd, whose width is learned: an annotator of
three votes is believed to be like the others. The crowd's mean γ and τ are parameters too, so that
intervals know how little a small crowd tells of them. Fisher scoring over all parameters at once;
annotators touch each other only through items and the crowd, so what must be inverted is hardly
larger than the number of items. Scale is fixed by a mean discrimination of 1, and the intervals
account for it.

Sources: Chen, Bennett, Collins-Thompson and Horvitz (2013), "Pairwise Ranking Aggregation in a
Crowdsourced Setting", WSDM, for annotators in Bradley–Terry; Davidson (1970) for ties; Dempster,
Rubin and Tsutakawa (1981), JASA 76, for learned variances.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import LimitError
from qinglan.intervals.interval import check_level
from qinglan.quality.numbers import codes
from qinglan.quality.pairwise import (
    PRIOR,
    SIDE_PRIOR,
    TIE_PRIOR,
    Pairs,
    Standings,
    rank,
    stand,
    tally,
)
from qinglan.quality.votes import Floats, total

CELLS = 20_000_000
"""Most cells, items × annotators: three such tables are held, of 0.5 GB."""
WIDTHS = np.array([0.5, 0.5, 0.5])
"""Where the learned widths of discrimination, side and log tie rate start."""
PULL = 2.0
"""Imagined annotators who hold the learned widths near those."""
LEAST = 0.05
CROWD = np.array([SIDE_PRIOR, TIE_PRIOR])
"""Standard deviations of the crowd's side and log tie rate, as in ``pairwise``."""
LEARN = 15
"""Steps in which the crowd is learned; after them only parameters move."""
STEPS = 60
TOLERANCE = 1e-5
"""Logits."""
CONTRARY = 0.25
"""Mean discrimination below which the crowd contradicts itself and scale is left to the prior."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Discernment:
    """What annotators of pairwise votes are like: (annotators, 3), value, low and high.

    ``discrimination`` (1 is the mean of the annotators), ``left_advantage`` in logits,
    ``tie_rate`` the odds of a tie between equals against either winning; ``None`` where no vote
    tied. ``votes``: (annotators,). One without votes has the crowd's values and wide intervals.
    """

    discrimination: Floats
    left_advantage: Floats
    tie_rate: Floats | None
    votes: NDArray[np.int64]


def rank_annotators(
    left: ArrayLike,
    right: ArrayLike,
    outcome: ArrayLike,
    annotators: ArrayLike,
    *,
    n_items: int | None = None,
    n_annotators: int | None = None,
    level: float = 0.95,
) -> tuple[Standings, Discernment]:
    """Rank items, and tell how well each annotator tells them apart.

    Args:
        left: item shown left in each vote, shape (n,), integers from 0.
        right: item shown right, likewise.
        outcome: 0 left won, 1 right won, 2 tie.
        annotators: who voted, shape (n,), integers from 0.
        n_items: how many items there are; by default one more than the largest code.
        n_annotators: likewise.
        level: of the intervals.

    Returns:
        Standings, whose ``left_advantage`` and ``tie_rate`` are means over the annotators, and the
        annotators.

    Raises:
        InputError: see ``pairwise.rank``; the same for annotators.
        LimitError: more than ``CELLS`` cells.
    """
    check_level(level)
    pairs = tally(left, right, outcome, n_items)
    who, people = codes("annotators", annotators, np.asarray(outcome).size, n_annotators)
    if pairs.items * people > CELLS:
        raise LimitError(
            "quality.too_many_judges", items=pairs.items, annotators=people, limit=CELLS
        )
    votes = _Cells.of(np.asarray(left), np.asarray(right), np.asarray(outcome), who,
                      pairs.items, people)  # fmt: skip
    start = rank(left, right, outcome, n_items=pairs.items)
    model = _Model(votes, bool(pairs.ended[:, 2].any()), start)
    converged = model.climb()
    return _told(model, pairs, votes, converged, level)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Distinct (annotator, left, right), and how often each ended left, right or tied."""

    who: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    ended: Floats
    items: int
    people: int

    @classmethod
    def of(
        cls, left: NDArray[np.int64], right: NDArray[np.int64], outcome: NDArray[np.int64],
        who: NDArray[np.int64], items: int, people: int,
    ) -> _Cells:  # fmt: skip
        fair = left != right  # an item against itself says nothing of its strength
        cell = (who * items + left) * items + right
        met, place = np.unique(cell[fair], return_inverse=True)
        ended = np.bincount(place * 3 + outcome[fair], minlength=len(met) * 3).reshape(-1, 3)
        pair = met % (items * items)
        return cls(met // (items * items), pair // items, pair % items, ended.astype(np.float64),
                   items, people)  # fmt: skip


class _Model:
    """Parameters: ``strength`` (items,), ``own`` (annotators, 3): discrimination, side, log tie.

    ``mean`` and ``width`` (3,) are the crowd's; the mean discrimination stays 1.
    """

    def __init__(self, cells: _Cells, tied: bool, start: Standings) -> None:
        self.cells, self.tied = cells, tied
        tie = 0.0 if start.tie_rate is None else float(np.log(start.tie_rate[0]))
        self.mean: Floats = np.array([1.0, start.left_advantage[0], tie])
        self.width: Floats = WIDTHS.copy()
        self.strength: Floats = start.scores.copy()
        self.own: Floats = np.tile(self.mean, (cells.people, 1))
        self.count: Floats = cells.ended.sum(axis=1)
        self.active = total(cells.who, self.count, cells.people) > 0

    def gap(self, strength: Floats, own: Floats) -> Floats:
        """By how much left leads in each cell, in logits: all that ends depend on, beside τ."""
        cells = self.cells
        apart = strength[cells.left] - strength[cells.right]
        gap: Floats = own[cells.who, 0] * apart + own[cells.who, 1]
        return gap

    def ends(self, gap: Floats, own: Floats) -> tuple[Floats, Floats, Floats]:
        """Chance of left and of a tie in each cell, and the log of what they are shares of.

        The three ends have odds exp(gap / 2), exp(−gap / 2) and exp(τ).
        """
        tie = own[self.cells.who, 2] if self.tied else np.full(len(gap), -np.inf)
        half = gap / 2
        peak = np.maximum(np.abs(half), tie)
        whole = peak + np.log(np.exp(half - peak) + np.exp(-half - peak) + np.exp(tie - peak))
        return np.exp(half - whole), np.exp(tie - whole), whole

    def evident(self, strength: Floats, own: Floats) -> float:
        """The log-likelihood."""
        won, lost, tied = self.cells.ended.T
        gap = self.gap(strength, own)
        told = (won - lost) @ gap / 2 - self.count @ self.ends(gap, own)[2]
        return float(told + tied @ own[self.cells.who, 2] if self.tied else told)

    def height(self, strength: Floats, own: Floats, mean: Floats) -> float:
        """The log-likelihood, less what the priors cost."""
        apart = ((own - mean) / self.width) ** 2
        return self.evident(strength, own) - 0.5 * float(
            (strength**2).sum() / PRIOR**2 + apart.sum() + ((mean[1:] / CROWD) ** 2).sum()
        )

    def derive(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Gradients by items and annotators; information: items, annotators, between them."""
        cells, n, people = self.cells, self.cells.items, self.cells.people
        left, tie, _ = self.ends(self.gap(self.strength, self.own), self.own)
        sharp, apart = (
            self.own[cells.who, 0],
            self.strength[cells.left] - self.strength[cells.right],
        )
        share = left + tie / 2
        pull = cells.ended[:, 0] + cells.ended[:, 2] / 2 - self.count * share
        drawn = cells.ended[:, 2] - self.count * tie
        # Information on the gap, on τ, and between the two: variances of what a vote scores.
        known = self.count * (left + tie / 4 - share**2)
        across = self.count * tie * (0.5 - share)
        known_tie = self.count * tie * (1 - tie)

        def by_item(values: Floats) -> Floats:
            """What moves the left item up moves the right one down."""
            return total(cells.left, values, n) - total(cells.right, values, n)

        def by_both(values: Floats) -> Floats:
            table = total(cells.left * people + cells.who, values, n * people)
            table -= total(cells.right * people + cells.who, values, n * people)
            return table.reshape(n, people)

        def by_person(values: Floats) -> Floats:
            return total(cells.who, values, people)

        met = total(cells.left * n + cells.right, sharp**2 * known, n * n).reshape(n, n)
        around: Floats = np.diag(met.sum(axis=0) + met.sum(axis=1)) - met - met.T
        blocks = np.empty((people, 3, 3))
        for (i, j), values in {
            (0, 0): apart**2 * known, (0, 1): apart * known, (0, 2): apart * across,
            (1, 1): known, (1, 2): across, (2, 2): known_tie,
        }.items():  # fmt: skip
            blocks[:, i, j] = blocks[:, j, i] = by_person(values)
        between = np.stack(
            [by_both(sharp * apart * known), by_both(sharp * known), by_both(sharp * across)],
            axis=2,
        )
        own = np.stack([by_person(apart * pull), by_person(pull), by_person(drawn)], axis=1)
        return by_item(sharp * pull), own, around, blocks, between

    def information(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """With the priors, n items and after them the crowd's γ and τ: gradients (n + 2,) and of
        annotators; the inverse (n + 2, n + 2) with annotators taken out; the inverse of each
        annotator's own block; and (n + 2, annotators, 3) how those two meet, times the latter.
        """
        slope, own, table, blocks, meet = self.derive()
        n, people = len(slope), len(own)
        apart = (self.own - self.mean) / self.width**2
        crowd = apart.sum(axis=0)[1:] - self.mean[1:] / CROWD**2
        slope = np.concatenate([slope - self.strength / PRIOR**2, crowd])
        own = own - apart
        between = np.zeros((n + 2, people, 3))
        between[:n] = meet
        between[n, :, 1], between[n + 1, :, 2] = -(self.width[1:] ** -2)
        inner: Floats = np.asarray(np.linalg.inv(blocks + np.diag(self.width**-2)))
        spread = np.einsum("naj,ajk->nak", between, inner)
        rest = np.diag(
            np.concatenate([np.full(n, PRIOR**-2), people * self.width[1:] ** -2 + CROWD**-2])
        )
        rest[:n, :n] += table
        rest -= spread.reshape(n + 2, -1) @ between.reshape(n + 2, -1).T
        return slope, own, np.asarray(np.linalg.inv(rest)), inner, spread

    def climb(self) -> bool:
        """Step until nothing moves; whether it came to that."""
        for number in range(STEPS):
            slope, own, outer, inner, spread = self.information()
            up = outer @ (slope - np.einsum("nak,ak->n", spread, own))
            over = np.einsum("ajk,ak->aj", inner, own) - np.einsum("nak,n->ak", spread, up)
            now = self.height(self.strength, self.own, self.mean)
            most = float(max(np.abs(up).max(), np.abs(over).max()))
            n, size = len(self.strength), 1.0
            along = np.concatenate([[0.0], up[n:]])
            while size * most > TOLERANCE and (
                self.height(
                    self.strength + size * up[:n], self.own + size * over, self.mean + size * along
                )
                < now
            ):
                size /= 2
            self.strength = self.strength + size * up[:n]
            self.own = self.own + size * over
            self.mean = self.mean + size * along
            if number < LEARN:
                self._learn(inner)
            elif size * most <= TOLERANCE:
                return True
        return False

    def _learn(self, inner: Floats) -> None:
        """The crowd's widths, from its members and how well each is known."""
        own, known = self.own[self.active], inner[self.active]
        square = ((own - self.mean) ** 2 + np.einsum("ajj->aj", known)).sum(axis=0)
        self.width = np.maximum(np.sqrt((square + PULL * WIDTHS**2) / (len(own) + PULL)), LEAST)


def _told(
    model: _Model, pairs: Pairs, cells: _Cells, converged: bool, level: float
) -> tuple[Standings, Discernment]:
    """Parameters in the scale of the mean discrimination, with their intervals."""
    _, _, outer, inner, spread = model.information()
    z = NormalDist().inv_cdf(0.5 + level / 2)
    active = model.active / model.active.sum()
    centred = model.strength - model.strength.mean()
    mean = float(active @ model.own[:, 0])
    fixed = mean >= CONTRARY
    scale = mean if fixed else 1.0
    # Covariance with the mean of each kind over annotators: (annotators, 3), items, its variance.
    to_items = np.einsum("nak,a->kn", spread, active)
    with_items = -to_items @ outer
    to_own = active[:, None] * np.einsum("ajj->aj", inner) - np.einsum(
        "nak,kn->ak", spread, with_items
    )
    of_mean = np.einsum("a,ak->k", active**2, np.einsum("ajj->aj", inner))
    of_mean -= np.einsum("kn,kn->k", to_items, with_items)
    variance = np.einsum("ajj->aj", inner) + np.einsum(
        "nak,nak->ak", spread, np.einsum("nm,mak->nak", outer, spread)
    )
    sharp = model.own[:, 0] / scale
    n = len(centred)
    centre = np.eye(n) - 1.0 / n
    of_strength = np.diag(centre @ outer[:n, :n] @ centre).copy()
    if fixed:
        variance[:, 0] += sharp**2 * of_mean[0] - 2 * sharp * to_own[:, 0]
        variance[:, 0] /= scale**2
        # A strength times the mean: the scale's own doubt falls out of both.
        drift = centred / scale
        of_strength += 2 * drift * (centre @ with_items[0, :n]) + drift**2 * of_mean[0]
        of_strength *= scale**2
    half = z * np.sqrt(np.maximum(variance, 0))
    own = np.column_stack([sharp, model.own[:, 1], model.own[:, 2]])
    told = np.stack([own, own - half, own + half], axis=2)
    crowd = active @ model.own
    found = np.concatenate([scale * centred, crowd[1:2], crowd[2:] if model.tied else [-np.inf]])
    standings = stand(
        pairs, found, np.concatenate([of_strength, of_mean[1:]]),
        model.evident(model.strength, model.own), converged, level,
    )  # fmt: skip
    return standings, Discernment(
        discrimination=told[:, 0], left_advantage=told[:, 1],
        tie_rate=np.exp(told[:, 2]) if model.tied else None,
        votes=total(cells.who, model.count, cells.people).astype(np.int64),
    )  # fmt: skip
