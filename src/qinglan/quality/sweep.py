"""One pass over the votes: posteriors from parameters, and expected counts from posteriors.

Dawid–Skene, one-coin, MACE, IBCC and EBCC differ in how they turn expected counts into the table
of log-likelihoods, not in what they do with the votes; so that part exists once. The statistics
of two sets of tasks add up to those of their union: shards can be judged apart and merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from qinglan.quality.votes import Block, Floats, Votes


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """What an M-step needs to know of all tasks.

    ``counts[a, l, s]``: expected votes of annotator a for label l on tasks in state s.
    ``states[s]``: expected tasks in state s. ``log_likelihood``: of all votes, in nats.
    ``entropy``: of the posteriors, summed over tasks. ``moved``: largest change of any posterior
    since the last pass, where that was asked for.
    """

    counts: Floats
    states: Floats
    log_likelihood: float
    entropy: float = 0.0

    def __add__(self, other: Self) -> Statistics:
        return Statistics(
            self.counts + other.counts,
            self.states + other.states,
            self.log_likelihood + other.log_likelihood,
            self.entropy + other.entropy,
        )


def sweep(
    votes: Votes,
    table: Floats,
    log_prior: Floats,
    *,
    evidence: Floats | None = None,
    keep: Floats | None = None,
) -> Statistics:
    """Posteriors under the given parameters, folded into statistics block by block.

    Args:
        votes: the votes.
        table: log-likelihood of a vote, (annotators × classes, states): row a·K + l, column s.
        log_prior: log prior of each state, (states,).
        evidence: log-likelihood of each task's class from other sources, (tasks, classes).
            States are grouped by class: state s belongs to class s // (states / classes).
        keep: array (tasks, states) that receives the posteriors.
    """
    counts = np.zeros_like(table)
    states = np.zeros_like(log_prior)
    log_likelihood = entropy = 0.0
    for block in votes.blocks:
        scores = block.matrix @ table
        scores += log_prior
        if evidence is not None:
            _add_evidence(scores, evidence[block.first : block.last])
        posterior, evident, spread = normalise(scores)
        log_likelihood += evident
        entropy += spread
        counts += block.transpose @ posterior
        states += posterior.sum(axis=0)
        if keep is not None:
            keep[block.first : block.last] = posterior
    shape = (votes.n_annotators, votes.n_classes, len(log_prior))
    return Statistics(counts.reshape(shape), states, log_likelihood, entropy)


def fold(votes: Votes, posteriors: Floats) -> Statistics:
    """Statistics of given posteriors, (tasks, classes), whichever method made them."""
    counts = np.zeros((votes.n_annotators * votes.n_classes, posteriors.shape[1]))
    for block in votes.blocks:
        counts += block.transpose @ posteriors[block.first : block.last]
    shape = (votes.n_annotators, votes.n_classes, posteriors.shape[1])
    return Statistics(counts.reshape(shape), posteriors.sum(axis=0), float("nan"))


def start(
    votes: Votes,
    evidence: Floats | None = None,
    keep: Floats | None = None,
    *,
    kinds: int = 1,
    rng: np.random.Generator | None = None,
) -> Statistics:
    """Statistics of the majority: each task's posterior is its share of the votes.

    Where there is evidence, shares are weighted by it. A task without votes has no share: it is
    even over the classes. With several ``kinds`` a class is split among them at random.
    """
    eye = np.tile(np.eye(votes.n_classes), (votes.n_annotators, 1))
    counts = np.zeros((len(eye), votes.n_classes * kinds))
    states = np.zeros(votes.n_classes * kinds)
    for block in votes.blocks:
        posterior = shares(block, eye)
        if evidence is not None:
            scores = np.log(np.maximum(posterior, 1e-6)) + evidence[block.first : block.last]
            posterior, _, _ = normalise(scores)
        if kinds > 1 and rng is not None:
            split = rng.dirichlet(np.ones(kinds), posterior.shape)
            posterior = (posterior[:, :, None] * split).reshape(len(posterior), -1)
        counts += block.transpose @ posterior
        states += posterior.sum(axis=0)
        if keep is not None:
            keep[block.first : block.last] = posterior
    shape = (votes.n_annotators, votes.n_classes, len(states))
    return Statistics(counts.reshape(shape), states, float("nan"))


def shares(block: Block, weights: Floats) -> Floats:
    """Each task's share of the weighted votes by class, (tasks in the block, classes)."""
    tally: Floats = block.matrix @ weights
    total = tally.sum(axis=1, keepdims=True)
    tally[total[:, 0] == 0] = 1.0
    tally /= np.where(total == 0, tally.shape[1], total)
    return tally


def normalise(scores: Floats) -> tuple[Floats, float, float]:
    """Turn log-scores into probabilities in place, row by row.

    Returns the probabilities, the summed log normaliser, and the summed entropy (nats).
    """
    if scores.shape[1] <= 8:
        # Column by column: a maximum over a short last axis is several times slower.
        peak = scores[:, 0].copy()
        for column in range(1, scores.shape[1]):
            np.maximum(peak, scores[:, column], out=peak)
    else:
        peak = scores.max(axis=1)
    scores -= peak[:, None]
    expected = scores.copy()
    np.exp(scores, out=scores)
    total = scores @ np.ones(scores.shape[1])
    scores /= total[:, None]
    log_total = np.log(total)
    evident = float(peak.sum() + log_total.sum())
    # −Σ p log p = Σ log total − Σ p · score, and p · score → 0 where p underflows.
    spread = float(log_total.sum() - np.einsum("ij,ij->", scores, expected))
    return scores, evident, spread


def _add_evidence(scores: Floats, evidence: Floats) -> None:
    groups = scores.shape[1] // evidence.shape[1]
    scores += evidence if groups == 1 else np.repeat(evidence, groups, axis=1)
