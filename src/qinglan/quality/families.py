"""Near-copies of one source: their votes are worth less than their number.

Three checkpoints of one teacher, or three prompts to one model, share their errors. Counted as
three witnesses they outvote two people who looked. So where several annotators of one family
label the same task, their votes are weighted by the design effect of clustered samples: m votes of
correlation ρ carry the information of m / (1 + (m − 1) ρ) independent ones. With ρ = 1 a family
has one vote however large it is; with ρ = 0 nothing changes.

ρ is measured where members of a family and strangers label the same tasks: ``correlation`` compares
how often the former err together with how often the latter do. ``weigh`` does so for any kind of
answer, and is drawn towards ``ASSUMED`` where few pairs tell.

Sources: Kish (1965), "Survey Sampling", chapter 5, for the design effect; Varin, Reid and Firth
(2011), Stat. Sinica 21, for weighted composite likelihoods.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.quality.estimates import Consensus
from qinglan.quality.votes import Floats, Ints, Votes

Name = TypeVar("Name", bound=Hashable)

ASSUMED = 0.8
"""Correlation where none was measured: near-copies are nearly one."""
PAIRS = 200
"""Pairs of answers within families that weigh as much as what is assumed."""


def discount(
    tasks: ArrayLike, annotators: ArrayLike, families: ArrayLike, correlation: float = ASSUMED
) -> Floats:
    """Weight of each vote, shape (n,), in (0, 1].

    Args:
        tasks: task of each vote, integers from 0, shape (n,).
        annotators: annotator of each vote, likewise.
        families: family of each annotator, shape (annotators,); −1 for one who has none.
        correlation: of errors within a family, in [0, 1].

    Raises:
        ValueError: shapes that do not match, or a correlation outside [0, 1].
    """
    if not 0 <= correlation <= 1:
        raise ValueError(f"a correlation of errors lies between 0 and 1, not {correlation!r}")
    task, who = np.asarray(tasks, dtype=np.int64), np.asarray(annotators, dtype=np.int64)
    family = np.asarray(families, dtype=np.int64)
    if task.shape != who.shape or (who.size and int(who.max()) >= len(family)):
        raise ValueError("one family for each annotator, one annotator for each task")
    of_vote = family[who]
    together = _together(task, of_vote)
    weights: Floats = 1 / (1 + (together - 1) * correlation)
    return weights


def _together(task: NDArray[np.int64], family: NDArray[np.int64]) -> Floats:
    """How many votes of its family each vote stands among, on its task; 1 without a family."""
    own = family >= 0
    count = np.ones(len(task))
    if own.any():
        cell = task[own] * (int(family.max()) + 1) + family[own]
        _, place, size = np.unique(cell, return_inverse=True, return_counts=True)
        count[own] = size[place]
    return count


def correlation(votes: Votes, consensus: Consensus, families: ArrayLike) -> float | None:
    """Correlation of errors within families, beyond that of strangers; ``None`` where unknown.

    The consensus must not rest on the family alone, or its shared errors look right.
    """
    error = 1 - consensus.posteriors[votes.tasks, votes.labels]
    found, _ = _correlate(
        votes.tasks.astype(np.int64), votes.annotators.astype(np.int64), error,
        np.asarray(families, dtype=np.int64),
    )  # fmt: skip
    return found


def weigh(
    tasks: Ints,
    annotators: Ints,
    names: Sequence[Name],
    families: Mapping[Name, str],
    errors: Callable[[Floats], Floats],
) -> Floats | None:
    """Weights of votes by a correlation that the votes themselves show.

    Args:
        tasks: task of each vote, integers from 0; annotators likewise.
        annotators: see ``tasks``.
        names: of the annotators, by code.
        families: the family of those who have one.
        errors: from weights to the chance that each vote is wrong, under whatever model suits the
            answers. It is asked once, with each family counted as one, so that a family's shared
            errors do not look right by their number.

    Returns:
        ``None`` where no two annotators are of one family, or all are of the same: then there is
        nobody to outvote, and nobody by whom to tell copies from tasks on which all err.
    """
    named = [families[name] for name in names if name in families]
    families_there = len(set(named))
    if families_there == len(named) or (families_there == 1 and len(named) == len(names)):
        return None
    at = {family: code for code, family in enumerate(dict.fromkeys(named))}
    codes = np.array([at[families[n]] if n in families else -1 for n in names], dtype=np.int64)
    task, who = tasks.astype(np.int64), annotators.astype(np.int64)
    found, pairs = _correlate(task, who, errors(discount(task, who, codes, 1.0)), codes)
    rho = ASSUMED if found is None else (pairs * found + PAIRS * ASSUMED) / (pairs + PAIRS)
    return discount(task, who, codes, rho)


def _correlate(
    task: NDArray[np.int64], who: NDArray[np.int64], error: Floats, families: NDArray[np.int64]
) -> tuple[float | None, float]:
    """The correlation, and how many pairs within families it rests on.

    The error of a vote is its chance to be wrong, less its annotator's mean. Its mean product over
    pairs of one family on one task, less that over pairs of strangers (hard tasks make all err),
    divided by its variance, is the estimate.
    """
    family = families[who]
    counts = np.maximum(np.bincount(who), 1)
    error = error - (np.bincount(who, error) / counts)[who]
    own = family >= 0
    cell = task * (int(family.max()) + 2) + family + 1
    inside, pairs = _products(cell[own], error[own])
    all_products, all_pairs = _products(task, error)
    if pairs == 0 or all_pairs == pairs:
        return None, pairs
    strangers = (all_products - inside) / (all_pairs - pairs)
    variance = float((error**2).mean()) - strangers
    if variance <= 0:
        return None, pairs
    return float(np.clip((inside / pairs - strangers) / variance, 0, 1)), pairs


def _products(cell: NDArray[np.int64], error: Floats) -> tuple[float, float]:
    """Sum of products over pairs within a cell, and the number of such pairs."""
    if not len(cell):
        return 0.0, 0.0
    _, place, size = np.unique(cell, return_inverse=True, return_counts=True)
    first, second = np.bincount(place, error), np.bincount(place, error**2)
    return float((first**2 - second).sum() / 2), float((size * (size - 1)).sum() / 2)
