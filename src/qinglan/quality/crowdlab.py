"""CROWDLAB: a model's probabilities beside the labels, as one more annotator that saw every task.

The posterior is a weighted average. An annotator who labelled the task says "my label, with
probability P; the rest evenly", where P is how often labels agree with the majority; the model
says its own probabilities. Weights follow from how far each errs less than somebody who always
gives the commonest class: annotators by their agreement with one another, the model by its
agreement with the majority, times the root of the mean labels a task (it speaks once where
annotators speak several times). A model no better than that baseline weighs next to nothing.

When to prefer it: where the model's probabilities are not to be trusted as numbers. Six real sets
with a simulated model of honest probabilities, right in 60, 80 or 90 % of cases, gave 84, 83 and
91 % here against 89, 91 and 93 % for IBCC with the same probabilities as ``evidence``; with two
labels a task 71, 81 and 91 % against 77, 84 and 90 %. A model that is sure and wrong misleads
the latter and not this one.

Source: Goh, Tkachenko and Mueller (2022), "CROWDLAB: Supervised learning to infer consensus labels
and quality scores for data with multiple annotators", arXiv 2210.06812; the cases that the paper
leaves open (ties, tasks of one label, nobody to compare with) as in the authors' cleanlab.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.quality.em import Method, as_evidence, check_size
from qinglan.quality.estimates import Consensus, rely
from qinglan.quality.evidence import as_probabilities
from qinglan.quality.sweep import fold, normalise
from qinglan.quality.votes import Floats, Votes, total

LEAST = 1e-6
"""Least weight and least error: nobody is silenced, nothing is divided by nought."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crowdlab(Method):
    """CROWDLAB with a model's ``probabilities``, (tasks, classes); a row of NaN is an unseen task.

    The model must not have been trained on the very labels it is held against (use out-of-sample
    probabilities), or it will agree with their errors. Without a model the annotators' part alone
    remains.
    """

    name: ClassVar[str] = "crowdlab"
    probabilities: ArrayLike | None = None

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Average annotators and model, twice: the first average is the second's majority.

        Raises:
            ValueError: probabilities of another shape, negative, or rows that do not sum to 1.
        """
        check_size(votes, self.name)
        said = _tally(votes)
        model = self._model(votes)
        majority = _majority(votes, said, model)
        first = _average(votes, said, model, _even(majority))
        leading = _leading(np.ones(first.shape, dtype=bool), first)
        # Where the average ties, the majority among the tied decides.
        agreed = leading & majority
        leading[agreed.any(axis=1)] = agreed[agreed.any(axis=1)]
        posteriors = _average(votes, said, model, _even(leading))
        known = as_evidence(evidence, votes)
        if known is not None:
            posteriors, _, _ = normalise(np.log(np.maximum(posteriors, LEAST)) + known)
        now = fold(votes, posteriors)
        return Consensus(
            method=self.name, posteriors=posteriors, reliability=rely(now, votes, posteriors),
            prior=now.states / votes.n_tasks, log_likelihood=None, iterations=2, converged=True,
        )  # fmt: skip

    def _model(self, votes: Votes) -> Floats:
        shape = (votes.n_tasks, votes.n_classes)
        if self.probabilities is None:
            return np.full(shape, np.nan)
        given = as_probabilities(self.probabilities)
        if given.shape != shape:
            raise ValueError(f"a model's probabilities have shape {given.shape}, not {shape}")
        return given


def _average(votes: Votes, said: Floats, model: Floats, consensus: Floats) -> Floats:
    """Weighted average of model and labels, (tasks, classes), around a first consensus.

    ``consensus``: 1 at the class of each task; classes that tie share the 1.
    """
    k = votes.n_classes
    shared = said.sum(axis=1) > 1
    share = np.einsum("tk,tk->t", said, consensus) / np.maximum(said.sum(axis=1), 1)
    # Without a task of two labels nothing compares: halfway between chance and certainty.
    right = float(share[shared].mean()) if shared.any() else (1 + 1 / k) / 2
    wrong = (1 - right) / max(k - 1, 1)
    people, trust = _weights(votes, said, model, consensus, shared)
    weight = votes.weigh(people[votes.annotators])
    mixed = np.where(np.isnan(model), 0.0, model) * trust[:, None]
    mixed += (total(votes.tasks, weight, votes.n_tasks) * wrong)[:, None]
    mixed += total(_cells(votes), weight * (right - wrong), mixed.size).reshape(mixed.shape)
    whole = mixed.sum(axis=1, keepdims=True)
    mixed[whole[:, 0] == 0] = 1.0
    average: Floats = mixed / np.where(whole == 0, k, whole)
    return average


def _weights(
    votes: Votes, said: Floats, model: Floats, consensus: Floats,
    shared: NDArray[np.bool_],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Weights of annotators, and of the model by task: 0 where it did not see the task."""
    seen = np.asarray(~np.isnan(model).any(axis=1))
    if not shared.any():
        return np.ones(votes.n_annotators), seen.astype(np.float64)
    baseline = max(1 - float(consensus[shared].mean(axis=0).max()), LEAST)
    agree = _agreement(votes, said)
    people = np.maximum(1 - (1 - agree) / baseline, LEAST)
    compared = seen & shared
    error = 1.0
    if compared.any():
        chosen = _even(_leading(np.ones(model.shape, dtype=bool), model)[compared])
        error = 1 - float((chosen * consensus[compared]).sum(axis=1).mean())
    each = said.sum(axis=1)
    labels = float(each[each > 0].mean())
    trust = max(1 - error / baseline, LEAST) * math.sqrt(labels)
    by_task: Floats = np.where(seen, trust, 0.0)
    return people, by_task


def _agreement(votes: Votes, said: Floats) -> Floats:
    """How often each annotator's labels meet the same label of another on the same task.

    One who shares no task with anybody is taken for the mean of the others.
    """
    same = said.ravel()[_cells(votes)] - 1
    others = said.sum(axis=1)[votes.tasks] - 1
    met = total(votes.annotators, same, votes.n_annotators)
    could = total(votes.annotators, others, votes.n_annotators)
    agree = np.divide(met, could, out=np.zeros_like(met), where=could > 0)
    agree[could == 0] = agree[could > 0].mean()
    return agree


def _majority(votes: Votes, said: Floats, model: Floats) -> NDArray[np.bool_]:
    """The majority of each task; ties go to the model, the rarer class, the better annotators.

    Where even those tie the authors draw; here the tie stands, so that no name decides it.
    """
    first = said >= said.max(axis=1, keepdims=True)
    settled = first.sum(axis=1) == 1
    first = _leading(first, np.where(np.isnan(model), 0.0, model))
    first = _leading(first, np.broadcast_to(-said.sum(axis=0), said.shape))
    return _leading(first, _standing(votes, said, settled))


def _leading(among: NDArray[np.bool_], by: Floats) -> NDArray[np.bool_]:
    """Those of ``among`` that are highest ``by``; what rounding tells apart is a tie."""
    shown = np.where(among & ~np.isnan(by), by, -np.inf)
    return np.asarray(among & (shown >= shown.max(axis=1, keepdims=True) - 1e-9))


def _even(leading: NDArray[np.bool_]) -> Floats:
    """Leading classes sharing 1."""
    shared: Floats = leading / leading.sum(axis=1, keepdims=True)
    return shared


def _standing(votes: Votes, said: Floats, settled: NDArray[np.bool_]) -> Floats:
    """Mean agreement, with the settled majorities, of those who gave each class to each task."""
    of_vote = settled[votes.tasks]
    hit = (said.argmax(axis=1)[votes.tasks] == votes.labels) & of_vote
    right = total(votes.annotators, hit, votes.n_annotators)
    judged = total(votes.annotators, of_vote, votes.n_annotators)
    share = np.divide(right, judged, out=np.zeros_like(right), where=judged > 0)
    share[judged == 0] = share[judged > 0].mean() if (judged > 0).any() else 0.5
    by_cell = total(_cells(votes), share[votes.annotators], said.size).reshape(said.shape)
    return np.divide(by_cell, said, out=np.zeros_like(said), where=said > 0)


def _cells(votes: Votes) -> NDArray[np.int64]:
    return votes.tasks.astype(np.int64) * votes.n_classes + votes.labels


def _tally(votes: Votes) -> Floats:
    """Labels by task and class."""
    flat = np.bincount(_cells(votes), minlength=votes.n_tasks * votes.n_classes)
    return flat.reshape(votes.n_tasks, votes.n_classes).astype(np.float64)
