"""How much many votes on one task are worth, so that a posterior means what it says.

Every model of annotators takes their errors for independent, given the truth. They are not: a task
that misleads one misleads others, and no model can tell twenty people who see clearly from twenty
who fall into the same trap. So posteriors come out far too sure, the more so the more votes there
are. Here m votes of correlation ρ count as m / (1 + (m − 1) ρ) independent ones, the design effect
of clustered samples: what the votes of a task say is raised to the power β = 1 / (1 + (m − 1) ρ).
A single vote is left as it is, and the most probable class stays so.

What the votes alone reveal of ρ did not help: how votes on one task hang together, what foretells
held-out votes best, and the numbers of votes and classes were tried as guides, judged leaving one
set out of nineteen, and none did better than one number for all. Tasks on which all err together
look just like easy ones. So without gold ρ is ``ASSUMED``, the middle of what public sets ask for,
which lies between 0.1 and 0.8; and with gold it is fitted, drawn towards that.

Sources: Kish (1965), "Survey Sampling", chapter 5, for the design effect; Guo et al. (2017), "On
Calibration of Modern Neural Networks", for powers fitted by log-loss.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from qinglan.quality.evidence import LEAST
from qinglan.quality.votes import Floats, Votes, total

ASSUMED = 0.25
"""Correlation of errors on one task where no gold tells."""
SPREAD = 0.7
"""Standard deviation of log ρ between public sets: how freely gold may move it."""
RANGE = (0.01, 4.0)
"""Where a fitted ρ may lie; above 1, further votes take certainty away."""
SMALL = 1e-300
"""Keeps logarithms finite."""


def exponents(votes: Votes, correlation: float) -> Floats:
    """β of each task, (tasks,), in (0, 1]; 1 for a task with one vote or none.

    Votes that are weighted (``quality.families``) count by their weights.
    """
    size: Floats = np.diff(votes.starts).astype(np.float64)
    if votes.weights is not None:
        size = total(votes.tasks, votes.weights, votes.n_tasks)
    beta: Floats = 1 / (1 + (np.maximum(size, 1) - 1) * correlation)
    return beta


def temper(posteriors: Floats, beta: Floats, evidence: Floats | None = None) -> Floats:
    """Posteriors (tasks, classes) raised to ``beta`` (tasks,) row by row, and normalised.

    ``evidence``: log-likelihoods from sources other than votes that are already in the posteriors,
    (tasks, classes). It has its own reliability and is left whole: only the votes' part is
    tempered, so gold may now outweigh votes that outweighed it.
    """
    scores = np.maximum(posteriors, SMALL)
    np.log(scores, out=scores)
    if evidence is not None:
        scores -= evidence
    scores *= beta[:, None]
    if evidence is not None:
        scores += evidence
    scores -= scores.max(axis=1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores


def fit_correlation(votes: Votes, posteriors: Floats, tasks: ArrayLike, truth: ArrayLike) -> float:
    """The ρ under which known answers are least surprising, drawn towards ``ASSUMED``.

    Args:
        votes: the votes.
        posteriors: made from them without the known answers, (tasks, classes).
        tasks: tasks whose class is known, integers.
        truth: the class of each.
    """
    from scipy.optimize import minimize_scalar

    rows, right = np.asarray(tasks, dtype=np.int64), np.asarray(truth, dtype=np.int64)
    own = posteriors[rows]

    def loss(log_rho: float) -> float:
        soft = temper(own, exponents(votes, float(np.exp(log_rho)))[rows])
        said = soft[np.arange(len(rows)), right]
        surprise = -float(np.log(np.maximum(said, LEAST)).sum())
        return surprise + 0.5 * float((log_rho - np.log(ASSUMED)) / SPREAD) ** 2

    found = minimize_scalar(loss, bounds=tuple(np.log(RANGE)), method="bounded")
    return float(np.exp(found.x))
