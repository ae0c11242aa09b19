"""What is known of a task beside its votes, as log-likelihoods with their own reliability.

Gold, a verifier's outcome and a model's probabilities are witnesses, not switches: each may be
wrong at a stated rate, so a wrong key can be outvoted and a class is never ruled out for good.
Witnesses of one task that are independent add up; those that are not (two prompts to one model)
must be given once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from qinglan.quality.votes import Floats

LEAST = 1e-6
"""Least probability: no witness is sure beyond one in a million."""


def gold(
    tasks: ArrayLike, labels: ArrayLike, n_tasks: int, n_classes: int, reliability: float = 0.99
) -> Floats:
    """Evidence (tasks, classes) of answers from a source that is right ``reliability`` of the time.

    Raises:
        ValueError: ``reliability`` outside (0, 1).
    """
    _rate("reliability", reliability)
    evidence = np.zeros((n_tasks, n_classes))
    wrong = np.log(max((1 - reliability) / max(n_classes - 1, 1), LEAST))
    row, column = np.asarray(tasks), np.asarray(labels)
    np.add.at(evidence, row, wrong)
    np.add.at(evidence, (row, column), np.log(reliability) - wrong)
    return evidence


def checks(
    tasks: ArrayLike,
    labels: ArrayLike,
    verified: ArrayLike,
    n_tasks: int,
    n_classes: int,
    *,
    passes_right: float = 0.98,
    passes_wrong: float = 0.05,
) -> Floats:
    """Evidence of a verifier that looked at one label of a task. Leave undecided outcomes out.

    Args:
        tasks: task of each check; labels: the label checked; verified: whether it held.
        labels: see ``tasks``.
        verified: see ``tasks``.
        n_tasks: tasks in all.
        n_classes: classes in all.
        passes_right: chance that a right label is verified.
        passes_wrong: chance that a wrong label is verified.

    Raises:
        ValueError: a rate outside (0, 1).
    """
    _rate("passes_right", passes_right)
    _rate("passes_wrong", passes_wrong)
    held = np.asarray(verified, dtype=bool)
    if_right = np.log(np.where(held, passes_right, 1 - passes_right))
    if_wrong = np.log(np.where(held, passes_wrong, 1 - passes_wrong))
    evidence = np.zeros((n_tasks, n_classes))
    row, column = np.asarray(tasks), np.asarray(labels)
    np.add.at(evidence, row, if_wrong[:, None])
    np.add.at(evidence, (row, column), if_right - if_wrong)
    return evidence


def probabilities(given: ArrayLike, trust: float = 1.0) -> Floats:
    """Evidence of a model's class probabilities (tasks, classes) for the methods that multiply.

    ``trust`` scales the logarithms: 1 takes the model at its word, 0 ignores it. A row of NaN is a
    task that the model did not see. ``quality.crowdlab`` weighs the model by itself instead.

    Raises:
        ValueError: negative probabilities, rows that do not sum to 1, or ``trust`` outside [0, 1].
    """
    if not 0 <= trust <= 1:
        raise ValueError(f"trust lies between 0 and 1, not {trust!r}")
    p = as_probabilities(given)
    unseen = np.isnan(p).all(axis=1)
    evidence = np.zeros_like(p)
    evidence[~unseen] = trust * np.log(np.maximum(p[~unseen], LEAST))
    return evidence


def as_probabilities(given: ArrayLike) -> Floats:
    """A model's class probabilities (tasks, classes), checked; a row of NaN is an unseen task.

    Raises:
        ValueError: negative probabilities, or rows that do not sum to 1.
    """
    p = np.asarray(given, dtype=np.float64)
    if p.ndim != 2:
        raise ValueError(f"a model's probabilities are (tasks, classes), not {p.shape}")
    seen = p[~np.isnan(p).all(axis=1)]
    if np.isnan(seen).any() or (seen < 0).any() or not np.allclose(seen.sum(axis=1), 1, atol=1e-3):
        raise ValueError("each row of a model's probabilities must be non-negative and sum to 1")
    return p


def _rate(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} lies strictly between 0 and 1, not {value!r}")
