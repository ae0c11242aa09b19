"""What a consensus method returns: posteriors, and how far each annotator can be relied on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.intervals import beta_bounds
from qinglan.quality.sweep import Statistics
from qinglan.quality.votes import Floats, Votes

LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reliability:
    """The chance that an annotator's label is right, with its 95 % interval; (annotators,) each.

    ``right`` is the expected number of right labels out of ``labels``. An annotator without
    labels keeps the prior: an interval that says nothing.
    """

    mean: Floats
    low: Floats
    high: Floats
    right: Floats
    labels: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Consensus:
    """The result of one method on one set of votes. Arrays are read-only.

    ``posteriors``: (tasks, classes). ``reliability``: per annotator. ``prior``: (classes,).
    ``log_likelihood``: of the votes under the fitted model, in nats (a lower bound for the
    variational methods); ``None`` where the method has no likelihood. ``confusions``:
    (annotators, true class, label), where the method has them.
    """

    method: str
    posteriors: Floats
    reliability: Reliability
    prior: Floats
    log_likelihood: float | None
    iterations: int
    converged: bool
    confusions: Floats | None = None
    alarms: tuple[str, ...] = field(default=())
    """Keys, under ``alarm.quality``, of what a person should know before trusting this."""
    parts: tuple[tuple[str, float], ...] = field(default=())
    """Methods that were blended, and the weight of each."""

    def __post_init__(self) -> None:
        for array in (self.posteriors, self.prior, self.confusions):
            if array is not None:
                array.flags.writeable = False

    @property
    def labels(self) -> NDArray[np.int64]:
        """The most probable class of each task; the smaller code where several are equal."""
        return np.asarray(self.posteriors.argmax(axis=1), dtype=np.int64)

    @property
    def probability(self) -> Floats:
        """The posterior of each task's most probable class."""
        return np.asarray(self.posteriors.max(axis=1))

    def accuracy(self, tasks: ArrayLike, truth: ArrayLike) -> float:
        """Accuracy on tasks of known class, as a fraction; classes that tie share the credit."""
        return float(credit(self.posteriors, tasks, truth).mean())


def credit(posteriors: Floats, tasks: ArrayLike, truth: ArrayLike) -> Floats:
    """Credit per task of known class: 1 if right, 1/m if it is among m classes that tie, else 0."""
    rows = posteriors[np.asarray(tasks)]
    best = rows >= rows.max(axis=1, keepdims=True) - 1e-9
    at_truth = best[np.arange(len(rows)), np.asarray(truth)]
    share: Floats = at_truth / best.sum(axis=1)
    return share


def rely(statistics: Statistics, votes: Votes, posteriors: Floats) -> Reliability:
    """Reliability of every annotator, from the posteriors and its labels.

    The chance that a label is right is Beta-distributed given the truth (Jeffreys prior); the
    truth itself is only known by its posterior, which adds the variance Σ p (1 − p) of the number
    of right labels. A Beta with that mean and total variance gives the interval.
    """
    k = votes.n_classes
    by_class = statistics.counts.reshape(votes.n_annotators, k, k, -1).sum(axis=3)
    right = np.einsum("all->a", by_class)
    doubt = np.zeros(votes.n_annotators)
    for block in votes.blocks:
        # p (1 − p) at the label voted for: a weighted count of the same matrix.
        part = posteriors[block.first : block.last]
        spread = block.transpose @ (part * (1 - part))
        doubt += np.einsum("all->a", spread.reshape(votes.n_annotators, k, k))
    return reliability(right, votes.counts().sum(axis=1), doubt, by_class.sum(axis=(1, 2)))


def reliability(
    right: Floats, labels: NDArray[np.int64], doubt: Floats, weight: Floats | None = None
) -> Reliability:
    """Reliability from expected right labels, labels given, and the variance of the former.

    ``weight``: what the labels amount to, where votes are discounted; else their number.
    """
    n = labels.astype(np.float64) if weight is None else weight
    right = np.clip(right, 0.0, n)
    a, b = right + 0.5, n - right + 0.5
    mean = a / (n + 1)
    variance = a * b / ((n + 1) ** 2 * (n + 2)) + doubt / (n + 1) ** 2
    # A Beta of given mean m and variance v has a + b = m (1 − m) / v − 1.
    weight = np.maximum(mean * (1 - mean) / variance - 1, 1e-3)
    low, high = beta_bounds(mean * weight, (1 - mean) * weight, LEVEL)
    return Reliability(mean=mean, low=low, high=high, right=right, labels=labels)
