"""Live consensus: a new label moves its task and its annotator at once; a refit settles the rest.

Between refits the confusion matrices are the sufficient statistics they were made from, so one
label costs one row of Bayes' rule and one update of counts, whatever the number of labels. It is
the step that IBCC takes over all labels (``ebcc``), taken for one: right after a refit, posteriors
are those of the full fit. What it does not do is go back over the annotator's older tasks;
``refit`` does, and how far the two may differ is measured in the tests.

Source: incremental EM, Neal and Hinton (1998), "A View of the EM Algorithm that Justifies
Incremental, Sparse, and Other Variants".
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from qinglan.quality.ebcc import Ibcc
from qinglan.quality.sweep import start
from qinglan.quality.votes import Floats, gather

RIGHT, WRONG, LEAST = 4.0, 1.0, 1e-9
"""Imagined labels in each confusion matrix and of each class, as in ``ebcc``."""


class Live:
    """Posteriors and confusion counts under new labels. Not safe for threads: one writer."""

    def __init__(self, n_tasks: int, n_annotators: int, n_classes: int) -> None:
        self.n_classes = n_classes
        prior = WRONG + (RIGHT - WRONG) * np.eye(n_classes)
        # (annotator, label, class), as in ``sweep.Statistics``.
        self._prior = prior.T.copy()
        self._counts = np.tile(self._prior, (n_annotators, 1, 1))
        self._states = np.ones(n_classes)
        self._scores = np.zeros((n_tasks, n_classes))
        self._given: list[list[tuple[int, int]]] = [[] for _ in range(n_tasks)]

    @classmethod
    def start(
        cls, tasks: ArrayLike, annotators: ArrayLike, labels: ArrayLike, *, n_classes: int
    ) -> Self:
        """From labels so far, by one full fit; shapes as in ``votes.gather``."""
        votes = gather(tasks, annotators, labels, n_classes=n_classes)
        live = cls(votes.n_tasks, votes.n_annotators, n_classes)
        for task, who, label in zip(
            votes.tasks.tolist(), votes.annotators.tolist(), votes.labels.tolist(), strict=True
        ):
            live._given[task].append((who, label))
        live.refit()
        return live

    def add(self, task: int, annotator: int, label: int) -> Floats:
        """Take in one label; the task's new posterior, (classes,).

        Tasks and annotators beyond those known are added.

        Raises:
            ValueError: a negative code, or a label outside the classes.
        """
        if not (task >= 0 and annotator >= 0 and 0 <= label < self.n_classes):
            raise ValueError(f"no such vote: task {task}, annotator {annotator}, label {label}")
        self._make_room(task, annotator)
        before = self.posterior(task) if self._given[task] else None
        self._given[task].append((annotator, label))
        self._scores[task] += self._log_row(annotator, label)
        after = self.posterior(task)
        change = after if before is None else after - before
        self._states += change
        for who, given in self._given[task][:-1]:
            self._counts[who, given] += change
        self._counts[annotator, label] += after
        return after

    def posterior(self, task: int) -> Floats:
        """The task's posterior, (classes,); the prior where nobody labelled it."""
        from scipy.special import psi

        # Less a constant, the expected logarithm of the classes' shares.
        score = self._scores[task] + psi(self._states)
        score = np.exp(score - score.max())
        chance: Floats = score / score.sum()
        return chance

    def reliability(self, annotator: int) -> float:
        """The chance that the annotator's label is right, with the prior's imagined labels."""
        counts = self._counts[annotator]
        return float(np.trace(counts) / counts.sum())

    def refit(self) -> None:
        """Fit everything anew (IBCC); after it, state and full fit are the same."""
        votes = [(t, who, label) for t, row in enumerate(self._given) for who, label in row]
        if not votes:
            return
        task, who, label = np.array(votes, dtype=np.int32).T
        gathered = gather(
            task, who, label, n_tasks=len(self._given), n_annotators=len(self._counts),
            n_classes=self.n_classes,
        )  # fmt: skip
        fit = Ibcc(tolerance=1e-9).climb(gathered)
        self._counts = fit.statistics.counts + self._prior
        self._states = fit.statistics.states + start(gathered).states + LEAST
        table = fit.parameters.table
        for block in gathered.blocks:
            self._scores[block.first : block.last] = block.matrix @ table

    def _log_row(self, annotator: int, label: int) -> Floats:
        from scipy.special import psi

        counts = self._counts[annotator]
        row: Floats = psi(counts[label]) - psi(counts.sum(axis=0))
        return row

    def _make_room(self, task: int, annotator: int) -> None:
        while task >= len(self._given):
            self._given.append([])
        if task >= len(self._scores):
            more = np.zeros(
                (max(task + 1, 2 * len(self._scores)) - len(self._scores), self.n_classes)
            )
            self._scores = np.concatenate([self._scores, more])
        if annotator >= len(self._counts):
            size = max(annotator + 1, 2 * len(self._counts)) - len(self._counts)
            self._counts = np.concatenate([self._counts, np.tile(self._prior, (size, 1, 1))])
