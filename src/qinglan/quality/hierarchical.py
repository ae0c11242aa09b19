"""IBCC whose prior is learned from the crowd: newcomers are taken for people like the others.

IBCC imagines the same few labels in everybody's confusion matrix. Here those imagined labels are
parameters: how the crowd as a whole confuses classes, and how far its members differ. Where all
mistake one neighbouring class for another, someone with three labels is believed to do so too.

For given posteriors the matrices can be integrated out; what remains is one Dirichlet-multinomial
a class, whose parameters climb by a fixed-point step that never lowers the bound. A gamma prior
around IBCC's own values keeps them finite in a crowd of one.

Where annotators have tiers (``quality.tiers``), each tier is a crowd of its own with a prior of its
own, so that an expert's first label already weighs what experts' labels turned out to weigh.

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
    how strongly, in annotators. ``tiers``: the tier of each annotator, codes from 0; empty where
    all are one crowd.
    """

    name: ClassVar[str] = "hierarchical"
    iterations: int = 300
    tolerance: float = 1e-6
    right: float = 4.0
    wrong: float = 1.0
    weight: float = 1.0
    tiers: tuple[int, ...] = ()

    def climb(self, votes: Votes, evidence: Floats | None = None) -> Fit:
        """Fit to gathered votes.

        Raises:
            ValueError: tiers, but not one for each annotator.
        """
        if self.tiers and len(self.tiers) != votes.n_annotators:
            raise ValueError(f"{len(self.tiers)} tiers for {votes.n_annotators} annotators")
        check_size(votes, self.name)
        first = start(votes, evidence)
        model = _Model(self, votes, first.states)
        return climb(
            votes, model.maximise, first, evidence=evidence,
            iterations=self.iterations, tolerance=self.tolerance,
        )  # fmt: skip


class _Model:
    """The M-step. It keeps the learned priors, (tier, label, class), from step to step."""

    def __init__(self, method: Hierarchical, votes: Votes, classes: Floats) -> None:
        self.weight = method.weight
        self.base = method.wrong + (method.right - method.wrong) * np.eye(votes.n_classes)
        self.tier = np.array(method.tiers or (0,) * votes.n_annotators)
        active = votes.counts().sum(axis=1) > 0
        self.members = [active & (self.tier == t) for t in range(int(self.tier.max()) + 1)]
        self.priors: Floats = np.tile(self.base, (len(self.members), 1, 1))
        # The prior over classes is the majority's, as in ``ebcc``.
        self.classes = classes + 1e-9

    def maximise(self, now: Statistics) -> Parameters:
        for prior, own in zip(self.priors, self.members, strict=True):
            counts = now.counts[own]
            for _ in range(STEPS):
                prior[:] = self._learn(counts, prior)
        # One prior for all is not copied for each.
        prior = self.priors[0] if len(self.priors) == 1 else self.priors[self.tier]
        weights, totals = now.counts + prior, now.states + self.classes
        logs, log_totals = expect_log(weights, 1), expect_log(totals, 0)
        cost = divergence(weights, prior, logs, 1)
        cost += divergence(totals, self.classes, log_totals, 0)
        pull = self.weight * float((self.base * np.log(self.priors) - self.priors).sum())
        return Parameters(logs.reshape(-1, weights.shape[2]), log_totals, pull - cost)

    def _learn(self, counts: Floats, a: Floats) -> Floats:
        """One step of a tier's prior ``a``, (label, class), from its members' counts."""
        from scipy.special import psi

        cells = a * (psi(counts + a) - psi(a)).sum(axis=0)
        columns = (psi((counts + a).sum(axis=1)) - psi(a.sum(axis=0))).sum(axis=0)
        learned: Floats = np.maximum(
            (cells + self.weight * self.base) / (columns + self.weight), LEAST
        )
        return learned
