"""MACE: each label is either known or spam; an annotator has a trust and a spamming habit.

A label that is spam follows the annotator's own distribution over labels and says nothing about
the task. So MACE separates "often wrong" from "not looking", which majority and one-coin cannot.

Source: Hovy, Berg-Kirkpatrick, Vaswani and Hovy (2013), "Learning Whom to Trust with MACE",
NAACL-HLT; variational Bayes with the priors of the authors' code: Beta(½, ½) on trust,
Dirichlet(10) on habits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from qinglan.quality.dirichlet import divergence, expect_log
from qinglan.quality.em import FLOOR, EmMethod, Fit, Parameters, check_size, climb
from qinglan.quality.sweep import Statistics, start
from qinglan.quality.votes import Floats, Votes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mace(EmMethod):
    """Variational MACE; ``trust`` and ``habit`` are the priors' imagined labels."""

    name: ClassVar[str] = "mace"
    iterations: int = 200
    tolerance: float = 1e-6
    trust: float = 0.5
    habit: float = 10.0

    def climb(self, votes: Votes, evidence: Floats | None = None) -> Fit:
        """Fit to gathered votes."""
        check_size(votes, self.name)
        model = _Model(votes.n_annotators, votes.n_classes, self.trust, self.habit)
        return climb(
            votes, model.maximise, start(votes, evidence), evidence=evidence,
            iterations=self.iterations, tolerance=self.tolerance,
        )  # fmt: skip


class _Model:
    """The M-step. It keeps how likely an agreeing label was to be known under the last table."""

    def __init__(self, people: int, classes: int, trust: float, habit: float) -> None:
        self.classes = classes
        self.trust, self.habit = trust, habit
        self.known: Floats = np.full((people, classes), 0.5)

    def maximise(self, now: Statistics) -> Parameters:
        k = self.classes
        agree = np.einsum("all->al", now.counts)
        knew = agree * self.known
        spam = now.counts.sum(axis=2) - knew
        weights = np.stack([knew.sum(axis=1), spam.sum(axis=1)], axis=1) + self.trust
        habits = spam + self.habit
        log_trust, log_habit = expect_log(weights, 1), expect_log(habits, 1)
        blind = np.exp(log_trust[:, 1:] + log_habit)
        informed = np.exp(log_trust[:, 0])[:, None]
        self.known = informed / (informed + blind)
        table = blind[:, :, None] + informed[:, :, None] * np.eye(k)
        cost = divergence(weights, self.trust, log_trust, 1)
        cost += divergence(habits, self.habit, log_habit, 1)
        return Parameters(
            np.log(np.maximum(table, FLOOR)).reshape(-1, k), np.full(k, -np.log(k)), -cost
        )
