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

from qinglan.quality.em import Method, as_evidence, check_size
from qinglan.quality.estimates import Consensus, rely
from qinglan.quality.sweep import Statistics, shares, start
from qinglan.quality.votes import Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority(Method):
    """The share of votes for each class. A tie is shown as a tie."""

    name: ClassVar[str] = "majority"

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Count gathered votes."""
        check_size(votes, self.name)
        posteriors = np.empty((votes.n_tasks, votes.n_classes))
        now = start(votes, as_evidence(evidence, votes), keep=posteriors)
        return Consensus(
            method=self.name, posteriors=posteriors, reliability=rely(now, votes, posteriors),
            prior=now.states / votes.n_tasks, log_likelihood=None, iterations=1, converged=True,
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
        agree = best / best.sum(axis=1, keepdims=True)
        right = np.zeros(votes.n_annotators)
        for block in votes.blocks:
            counts = block.transpose @ agree[block.first : block.last]
            right += np.einsum("all->a", counts.reshape(-1, k, k))
        weight = right / np.maximum(votes.counts().sum(axis=1), 1)
        table = (weight[:, None, None] * np.eye(k)).reshape(-1, k)
        posteriors = np.empty((votes.n_tasks, k))
        counts = np.zeros_like(table)
        for block in votes.blocks:
            part = shares(block, table)
            counts += block.transpose @ part
            posteriors[block.first : block.last] = part
        now = Statistics(counts.reshape(-1, k, k), posteriors.sum(axis=0), float("nan"))
        return Consensus(
            method=self.name, posteriors=posteriors, reliability=rely(now, votes, posteriors),
            prior=now.states / votes.n_tasks, log_likelihood=None, iterations=2, converged=True,
        )  # fmt: skip
