"""Dawid–Skene: each annotator has a confusion matrix; EM finds it together with the truth.

Source: Dawid and Skene (1979), "Maximum Likelihood Estimation of Observer Error-Rates Using the
EM Algorithm", Applied Statistics 28(1), 20–28. Start, floor and order of steps follow the
implementation that the field compares with (crowd-kit), so posteriors agree to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qinglan.quality.em import FLOOR, EmMethod, Fit, Parameters, check_size, climb, log_prior
from qinglan.quality.sweep import Statistics, start
from qinglan.quality.votes import Floats, Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class DawidSkene(EmMethod):
    """Maximum-likelihood Dawid–Skene.

    ``smoothing`` is added to every cell of the expected counts before they are normalised; 0 is
    the 1979 estimate. ``tolerance`` is the gain in log-likelihood per vote (nats) below which EM
    stops; minus infinity always runs ``iterations``.
    """

    name: ClassVar[str] = "dawid-skene"
    iterations: int = 100
    tolerance: float = 1e-5
    smoothing: float = 0.0

    def climb(self, votes: Votes, evidence: Floats | None = None) -> Fit:
        """Fit to gathered votes."""
        check_size(votes, self.name)
        # A label that an annotator never gave takes no share of the floor.
        seen = np.ones(1) if self.smoothing else (votes.counts() > 0)[:, :, None]

        def maximise(now: Statistics) -> Parameters:
            counts = np.maximum(now.counts + self.smoothing, FLOOR) * seen
            share = counts / np.maximum(counts.sum(axis=1, keepdims=True), FLOOR * FLOOR)
            table = np.log(np.maximum(share, FLOOR * FLOOR)).reshape(-1, votes.n_classes)
            return Parameters(table, log_prior(now.states))

        return climb(
            votes, maximise, start(votes, evidence), evidence=evidence,
            iterations=self.iterations, tolerance=self.tolerance,
        )  # fmt: skip
