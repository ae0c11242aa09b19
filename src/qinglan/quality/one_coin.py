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

from qinglan.quality.em import FLOOR, EmMethod, Fit, Parameters, check_size, climb, log_prior
from qinglan.quality.sweep import Statistics, start
from qinglan.quality.votes import Floats, Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCoin(EmMethod):
    """Maximum-likelihood one-coin Dawid–Skene; ``smoothing`` adds that many labels of each kind."""

    name: ClassVar[str] = "one-coin"
    iterations: int = 100
    tolerance: float = 1e-5
    smoothing: float = 0.0

    def climb(self, votes: Votes, evidence: Floats | None = None) -> Fit:
        """Fit to gathered votes."""
        check_size(votes, self.name)
        k = votes.n_classes
        diagonal = np.eye(k, dtype=bool)

        def maximise(now: Statistics) -> Parameters:
            right = np.einsum("all->a", now.counts) + self.smoothing
            total = np.maximum(now.counts.sum(axis=(1, 2)) + self.smoothing * k, FLOOR)
            skill = np.clip(right / total, FLOOR, 1 - FLOOR)[:, None, None]
            share = np.where(diagonal, skill, np.maximum((1 - skill) / max(k - 1, 1), FLOOR))
            return Parameters(np.log(share).reshape(-1, k), log_prior(now.states))

        return climb(
            votes, maximise, start(votes, evidence), evidence=evidence,
            iterations=self.iterations, tolerance=self.tolerance,
        )  # fmt: skip
