"""One-coin: each annotator has one skill, and errs evenly over the other classes.

Far fewer parameters than a confusion matrix, so it holds with a handful of labels an annotator;
it fails where annotators confuse the same two classes the same way.

Source: Zhang, Chen, Zhou and Jordan (2016), "Spectral Methods Meet EM", JMLR 17; the model goes
back to Dawid and Skene (1979), section 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from qinglan.quality.dawid_skene import confusions
from qinglan.quality.em import FLOOR, Method, Parameters, as_evidence, check_size, climb, log_prior
from qinglan.quality.estimates import Consensus, rely
from qinglan.quality.sweep import Statistics, start
from qinglan.quality.votes import Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCoin(Method):
    """Maximum-likelihood one-coin Dawid–Skene; ``smoothing`` adds that many labels of each kind."""

    name: ClassVar[str] = "one-coin"
    iterations: int = 100
    tolerance: float = 1e-5
    smoothing: float = 0.0

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Fit to gathered votes."""
        check_size(votes, self.name)
        k = votes.n_classes
        given = votes.counts().sum(axis=1)
        diagonal = np.eye(k, dtype=bool)

        def maximise(now: Statistics) -> Parameters:
            right = np.einsum("all->a", now.counts) + self.smoothing
            total = np.maximum(given + self.smoothing * k, FLOOR)
            skill = np.clip(right / total, FLOOR, 1 - FLOOR)[:, None, None]
            share = np.where(diagonal, skill, np.maximum((1 - skill) / max(k - 1, 1), FLOOR))
            return Parameters(np.log(share).reshape(-1, k), log_prior(now.states))

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
