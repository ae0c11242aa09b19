"""IBCC and EBCC: Bayesian confusion matrices, alone or with hidden kinds of task.

IBCC is Dawid–Skene with Dirichlet priors, so an annotator with three labels is not believed to
the letter. EBCC gives each class several hidden kinds of task; annotators who err together on the
same kind no longer count as independent witnesses. With one kind a class, EBCC is IBCC.

Sources: Kim and Ghahramani (2012), "Bayesian Classifier Combination", AISTATS; Li, Rubinstein and
Cohn (2019), "Exploiting Worker Correlation for Label Aggregation in Crowdsourcing", ICML, with
the priors of the authors' code (4 on the diagonal, 1 beside it; 0.1 over the kinds of a class).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qinglan.quality.dirichlet import divergence, expect_log
from qinglan.quality.em import EmMethod, Fit, Parameters, check_size, climb
from qinglan.quality.sweep import Statistics, start
from qinglan.quality.votes import Floats, Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ebcc(EmMethod):
    """Variational EBCC.

    ``kinds`` of task a class; the best of ``restarts`` random starts by lower bound is kept,
    seeded by ``seed``. ``right`` and ``wrong``: imagined labels in each confusion matrix.
    """

    name: ClassVar[str] = "ebcc"
    kinds: int = 10
    restarts: int = 10
    seed: int = 0
    iterations: int = 500
    tolerance: float = 1e-6
    right: float = 4.0
    wrong: float = 1.0
    spread: float = 0.1

    def climb(self, votes: Votes, evidence: Floats | None = None) -> Fit:
        """Fit to gathered votes; the states are class by kind."""
        check_size(votes, self.name, votes.n_classes * self.kinds)
        classes = start(votes, evidence).states
        prior = np.repeat(
            self.wrong + (self.right - self.wrong) * np.eye(votes.n_classes), self.kinds, axis=1
        )

        def maximise(now: Statistics) -> Parameters:
            return self._maximise(now, prior, classes)

        def attempt(number: int) -> Fit:
            rng = np.random.default_rng((self.seed, number))
            first = start(votes, evidence, kinds=self.kinds, rng=rng)
            return climb(
                votes, maximise, first, evidence=evidence,
                iterations=self.iterations, tolerance=self.tolerance,
            )  # fmt: skip

        tries = range(self.restarts if self.kinds > 1 else 1)
        return max(map(attempt, tries), key=lambda fit: fit.objective)

    def _maximise(self, now: Statistics, prior: Floats, classes: Floats) -> Parameters:
        weights = now.counts + prior
        kinds = now.states.reshape(-1, self.kinds) + self.spread / self.kinds
        # The prior over classes is the majority's, as the authors set it (their empirical prior).
        totals = now.states.reshape(-1, self.kinds).sum(axis=1) + classes + 1e-9
        logs = expect_log(weights, 1)
        log_kinds, log_totals = expect_log(kinds, 1), expect_log(totals, 0)
        cost = divergence(weights, prior, logs, 1)
        cost += divergence(kinds, self.spread / self.kinds, log_kinds, 1)
        cost += divergence(totals, classes + 1e-9, log_totals, 0)
        log_prior = (log_kinds + log_totals[:, None]).reshape(-1)
        return Parameters(logs.reshape(-1, weights.shape[2]), log_prior, -cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ibcc(Ebcc):
    """Variational IBCC: EBCC with one kind of task a class."""

    name: ClassVar[str] = "ibcc"
    kinds: int = 1
    restarts: int = 1
