"""Dawid–Skene: each annotator has a confusion matrix; EM finds it together with the truth.

Source: Dawid and Skene (1979), "Maximum Likelihood Estimation of Observer Error-Rates Using the
EM Algorithm", Applied Statistics 28(1), 20–28. Start, floor and order of steps follow the
implementation that the field compares with (crowd-kit), so posteriors agree to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from qinglan.quality.em import FLOOR, Method, Parameters, as_evidence, check_size, climb, log_prior
from qinglan.quality.estimates import Consensus, rely
from qinglan.quality.sweep import Statistics, start
from qinglan.quality.votes import Floats, Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class DawidSkene(Method):
    """Maximum-likelihood Dawid–Skene.

    ``smoothing`` is added to every cell of the expected counts before they are normalised; 0 is
    the 1979 estimate. ``tolerance`` is the gain in log-likelihood per vote (nats) below which EM
    stops; minus infinity always runs ``iterations``.
    """

    name: ClassVar[str] = "dawid-skene"
    iterations: int = 100
    tolerance: float = 1e-5
    smoothing: float = 0.0

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Fit to gathered votes."""
        check_size(votes, self.name)
        # A label that an annotator never gave takes no share of the floor.
        seen = np.ones(1) if self.smoothing else (votes.counts() > 0)[:, :, None]

        def maximise(now: Statistics) -> Parameters:
            counts = np.maximum(now.counts + self.smoothing, FLOOR) * seen
            share = counts / np.maximum(counts.sum(axis=1, keepdims=True), FLOOR * FLOOR)
            table = np.log(np.maximum(share, FLOOR)).reshape(-1, votes.n_classes)
            return Parameters(table, log_prior(now.states))

        known = as_evidence(evidence, votes)
        fit = climb(
            votes, maximise, start(votes, known), evidence=known,
            iterations=self.iterations, tolerance=self.tolerance,
        )  # fmt: skip
        return Consensus(
            method=self.name, posteriors=fit.posteriors,
            reliability=rely(fit.statistics, votes, fit.posteriors),
            prior=np.exp(log_prior(fit.statistics.states)), log_likelihood=fit.objective,
            iterations=fit.iterations, converged=fit.converged,
            confusions=confusions(maximise(fit.statistics).table, votes),
        )  # fmt: skip


def confusions(table: Floats, votes: Votes) -> Floats:
    """Confusion matrices (annotator, true class, label) from the table of log-likelihoods."""
    cube = np.exp(table).reshape(votes.n_annotators, votes.n_classes, -1)
    return np.ascontiguousarray(cube.transpose(0, 2, 1))
