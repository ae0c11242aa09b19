"""Majority: the share of votes; and weighted majority, where annotators count by their skill.

Nothing beats majority for being understood, so it stands beside every other method's answer.
Weighted majority (the Wawa rule: Worker Agreement With Aggregate) weighs each annotator by how
often they agree with the plain majority.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from qinglan.quality.em import FLOOR, Method, as_evidence, check_size
from qinglan.quality.estimates import Consensus, reliability, rely
from qinglan.quality.sweep import fold, normalise, shares
from qinglan.quality.votes import Votes, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority(Method):
    """The share of votes for each class. A tie is shown as a tie."""

    name: ClassVar[str] = "majority"

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Count gathered votes. Needs no confusion matrices, so ten thousand classes will do."""
        k, task = votes.n_classes, votes.tasks
        cells = np.bincount(
            task.astype(np.int64) * k + votes.labels, votes.weights, minlength=votes.n_tasks * k
        )
        posteriors = cells.reshape(votes.n_tasks, k).astype(np.float64)
        given = posteriors.sum(axis=1, keepdims=True)
        np.divide(posteriors, given, out=posteriors, where=given > 0)
        posteriors[given[:, 0] == 0] = 1 / k
        known = as_evidence(evidence, votes)
        if known is not None:
            posteriors, _, _ = normalise(np.log(np.maximum(posteriors, 1e-6)) + known)
        chance = posteriors[task, votes.labels]
        trust = reliability(
            total(votes.annotators, votes.weigh(chance), votes.n_annotators),
            np.bincount(votes.annotators, minlength=votes.n_annotators),
            total(votes.annotators, votes.weigh(chance * (1 - chance)), votes.n_annotators),
            total(votes.annotators, votes.weigh(np.ones(len(votes))), votes.n_annotators),
        )
        return Consensus(
            method=self.name, posteriors=posteriors, reliability=trust,
            prior=posteriors.mean(axis=0), log_likelihood=None, iterations=1, converged=True,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedMajority(Method):
    """Votes weighted by each annotator's agreement with the majority."""

    name: ClassVar[str] = "weighted-majority"

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Weigh and count gathered votes."""
        check_size(votes, self.name)
        k = votes.n_classes
        plain = Majority().fit(votes, evidence)
        best = plain.posteriors >= plain.posteriors.max(axis=1, keepdims=True) - 1e-9
        agree = fold(votes, best / best.sum(axis=1, keepdims=True)).counts
        right = np.einsum("all->a", agree)
        weight = right / np.maximum(agree.sum(axis=(1, 2)), FLOOR)
        table = (weight[:, None, None] * np.eye(k)).reshape(-1, k)
        posteriors = np.empty((votes.n_tasks, k))
        for block in votes.blocks:
            posteriors[block.first : block.last] = shares(block, table)
        now = fold(votes, posteriors)
        return Consensus(
            method=self.name, posteriors=posteriors, reliability=rely(now, votes, posteriors),
            prior=now.states / votes.n_tasks, log_likelihood=None, iterations=2, converged=True,
        )  # fmt: skip
