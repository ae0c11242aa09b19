"""The loop that every EM method here runs, and the front they share.

A method is a start and an M-step; both speak in ``sweep.Statistics``. Variational methods add the
cost of their parameters (a negative number) to the likelihood, which makes it a lower bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from qinglan.errors import LimitError
from qinglan.quality.estimates import Consensus, rely
from qinglan.quality.sweep import Statistics, sweep
from qinglan.quality.votes import Floats, Votes, gather

FLOOR = 1e-10
"""Least probability: keeps logarithms finite where nothing was observed."""

PARAMETERS = 100_000_000
"""Most cells, annotators × classes × states, of all confusion matrices: 0.8 GB."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What an M-step yields: the table and prior that ``sweep`` reads, and the parameters' cost."""

    table: Floats
    log_prior: Floats
    cost: float = 0.0


Maximise: TypeAlias = Callable[[Statistics], Parameters]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Fit:
    """Where EM ended: posteriors (tasks, states) and the statistics that go with them."""

    posteriors: Floats
    statistics: Statistics
    parameters: Parameters
    objective: float
    iterations: int
    converged: bool


def climb(
    votes: Votes,
    maximise: Maximise,
    first: Statistics,
    *,
    iterations: int,
    tolerance: float,
    evidence: Floats | None = None,
) -> Fit:
    """Alternate M and E steps until the objective gains less than ``tolerance`` nats a vote."""
    if iterations < 1:
        raise ValueError(f"EM needs at least one iteration, not {iterations}")
    statistics, before, converged, done = first, -np.inf, False, 0
    posteriors = np.empty((votes.n_tasks, first.counts.shape[2]))
    parameters = maximise(first)
    while True:
        statistics = sweep(
            votes, parameters.table, parameters.log_prior, evidence=evidence, keep=posteriors
        )
        objective = statistics.log_likelihood + parameters.cost
        done += 1
        converged = objective - before < tolerance * len(votes)
        if converged or done == iterations:
            break
        before = objective
        parameters = maximise(statistics)
    return Fit(
        posteriors=posteriors, statistics=statistics, parameters=parameters,
        objective=objective, iterations=done, converged=converged,
    )  # fmt: skip


class Method(ABC):
    """The one shape of every consensus method."""

    name: ClassVar[str]

    def fit_predict(
        self,
        tasks: ArrayLike,
        annotators: ArrayLike,
        labels: ArrayLike,
        *,
        n_tasks: int | None = None,
        n_annotators: int | None = None,
        n_classes: int | None = None,
        evidence: ArrayLike | None = None,
        weights: ArrayLike | None = None,
    ) -> Consensus:
        """Judge flat arrays of codes.

        Args:
            tasks: task of each vote, shape (n,), integers from 0; annotators, labels likewise.
            annotators: see ``tasks``.
            labels: see ``tasks``.
            n_tasks: how many there are, where the largest code may not have voted or been voted
                for; n_annotators, n_classes likewise.
            n_annotators: see ``n_tasks``.
            n_classes: see ``n_tasks``.
            evidence: log-likelihood of each class from sources other than votes (gold, a
                verifier, a model's probabilities), shape (tasks, classes), finite; see
                ``quality.evidence``.
            weights: how much each vote counts, shape (n,), in (0, 1]; see ``quality.families``.

        Raises:
            InputError, LimitError: see ``votes.gather``.
        """
        votes = gather(
            tasks, annotators, labels,
            n_tasks=n_tasks, n_annotators=n_annotators, n_classes=n_classes, weights=weights,
        )  # fmt: skip
        return self.fit(votes, evidence)

    @abstractmethod
    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Judge gathered votes."""


class EmMethod(Method):
    """A method that climbs: it yields a ``Fit`` whose states belong to classes in equal groups."""

    @abstractmethod
    def climb(self, votes: Votes, evidence: Floats | None = None) -> Fit:
        """Fit to gathered votes and checked evidence."""

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Judge gathered votes; ``evidence`` as in ``fit_predict``."""
        return conclude(self.name, votes, self.climb(votes, as_evidence(evidence, votes)))


def conclude(name: str, votes: Votes, fit: Fit) -> Consensus:
    """The consensus that a fit amounts to: states folded into classes."""
    k = votes.n_classes
    posteriors, states = fit.posteriors, fit.statistics.states
    counts = fit.statistics.counts
    if len(states) > k:
        posteriors = posteriors.reshape(votes.n_tasks, k, -1).sum(axis=2)
        states = states.reshape(k, -1).sum(axis=1)
        counts = counts.reshape(votes.n_annotators, k, k, -1).sum(axis=3)
    return Consensus(
        method=name, posteriors=posteriors, reliability=rely(fit.statistics, votes, posteriors),
        prior=states / states.sum(), log_likelihood=fit.objective, iterations=fit.iterations,
        converged=fit.converged, confusions=confusions(counts),
    )  # fmt: skip


def confusions(counts: Floats) -> Floats:
    """Confusion matrices (annotator, true class, label) from expected counts (…, label, class).

    A class that an annotator never met has no row to show: its cells are NaN.
    """
    met = counts.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        share = np.where(met > FLOOR, counts / met, np.nan)
    return np.ascontiguousarray(share.transpose(0, 2, 1))


def as_evidence(evidence: ArrayLike | None, votes: Votes) -> Floats | None:
    """``evidence`` as a finite (tasks, classes) array.

    Raises:
        ValueError: another shape, or a value that is not finite.
    """
    if evidence is None:
        return None
    array = np.asarray(evidence, dtype=np.float64)
    if array.shape != (votes.n_tasks, votes.n_classes):
        raise ValueError(
            f"evidence has shape {array.shape}, not {(votes.n_tasks, votes.n_classes)}"
        )
    if not np.isfinite(array).all():
        raise ValueError("evidence must be finite: no source is certain beyond all doubt")
    return array


def check_size(votes: Votes, method: str, states: int | None = None) -> None:
    """Refuse confusion matrices that would not fit.

    Raises:
        LimitError: more than ``PARAMETERS`` cells.
    """
    size = votes.n_annotators * votes.n_classes * (states or votes.n_classes)
    if size > PARAMETERS:
        raise LimitError(
            "quality.too_many_classes", classes=votes.n_classes, annotators=votes.n_annotators,
            size=size, limit=PARAMETERS, method=method,
        )  # fmt: skip


def log_prior(states: Floats) -> Floats:
    """Logarithm of the share of tasks in each state."""
    prior: Floats = np.log(np.maximum(states / states.sum(), FLOOR))
    return prior
