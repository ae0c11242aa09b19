"""Signs that a person should look at: copied answers, labels without information, haste.

None of these is proof, so none pauses or pays anybody less: each is a finding for a reviewer, with
what was seen beside what is usual, a p-value after correction for how many were looked at, and a
right of appeal. Right answers that agree are what one hopes for; so copying is sought only where
agreement should be rare, in answers that are probably wrong. Hard tasks make honest people agree
on wrong answers too; so a pair is held against what pairs of this crowd usually show, not against
independence. The false-alarm rates in the tests are on simulated annotators and say nothing yet
of real ones.

Sources: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, for many tests at once; Wesolowsky
(2000), J. Appl. Stat. 27, for copying seen in shared wrong answers.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.quality.estimates import Consensus
from qinglan.quality.signs import RATE, SHARED, Sign, discover, poisson_tail
from qinglan.quality.votes import Floats, Votes, total


def find_copies(votes: Votes, consensus: Consensus, rate: float = RATE) -> list[Sign]:
    """Pairs that give the same probably wrong answer more often than pairs of this crowd do.

    The pair's own influence on the posterior hides part of what they share, so this errs towards
    silence. Pairs are sorted by p-value; ``rate`` bounds the share of false signs.
    """
    seen, expected, shared = _pairs(votes, consensus)
    first, second = np.nonzero(np.triu(shared >= SHARED, 1))
    if not len(first):
        return []
    o, e, n = seen[first, second], expected[first, second], shared[first, second]
    # How much more often than independence honest pairs agree, from the bulk of the pairs.
    usual = max(1.0, float(np.median(o / np.maximum(e, 1e-9))), float(o.sum() / e.sum()))
    p = poisson_tail(o, usual * e)
    return [
        Sign(
            kind="copies", annotators=(int(first[i]), int(second[i])), tasks=int(n[i]),
            shown=float(o[i]), expected=float(usual * e[i]), p_value=float(p[i]),
        )
        for i in discover(p, rate)
    ]  # fmt: skip


def find_uninformed(votes: Votes, consensus: Consensus, rate: float = RATE) -> list[Sign]:
    """Annotators whose labels could as well come from their habits: rubber stamps, guessers.

    The label is held against the posterior as if both were drawn independently with the
    annotator's own habits; who is not above that by a one-sided test at 2.5 % is a sign, if an
    informed annotator (half way between chance and the crowd) would almost surely have been.
    """
    trust = consensus.reliability
    n = trust.labels.astype(np.float64)
    habits = votes.counts() / np.maximum(n, 1)[:, None]
    met = np.stack(
        [
            total(votes.annotators, consensus.posteriors[votes.tasks, k], votes.n_annotators)
            for k in range(votes.n_classes)
        ],
        axis=1,
    )
    chance = (habits * met / np.maximum(n, 1)[:, None]).sum(axis=1)
    shown = trust.right / np.maximum(n, 1)
    crowd = float(trust.right.sum() / n.sum())
    halfway = (chance + crowd) / 2
    spread = np.sqrt(np.maximum(halfway * (1 - halfway), 1e-9) / np.maximum(n, 1))
    # How improbable so low a share is for a half-way informed annotator.
    p = np.array([NormalDist().cdf(float(z)) for z in (shown - halfway) / spread])
    above = shown > chance + 1.96 * np.sqrt(chance * (1 - chance) / np.maximum(n, 1))
    looked = (n >= SHARED) & (halfway > chance + 0.02)
    p = np.where(looked & ~above, p, 1.0)
    return [
        Sign(
            kind="no_information", annotators=(int(a),), tasks=int(n[a]), shown=float(shown[a]),
            expected=float(chance[a]), p_value=float(p[a]),
        )
        for a in discover(p, rate)
    ]  # fmt: skip


def find_hurried(annotators: ArrayLike, seconds: ArrayLike, rate: float = RATE) -> list[Sign]:
    """Annotators whose typical time on a task lies far below the others'.

    Args:
        annotators: who, one entry a task done, integers from 0.
        seconds: time taken, positive.
        rate: share of false signs among all signs.

    Compares medians of log seconds with a robust spread over annotators (median absolute
    deviation), so a few very slow tasks or people do not matter.

    Raises:
        ValueError: shapes that differ, or times that are not positive.
    """
    who, time = np.asarray(annotators, dtype=np.int64), np.asarray(seconds, dtype=np.float64)
    if who.shape != time.shape or who.ndim != 1 or not (time > 0).all():
        raise ValueError("one positive time in seconds for each entry of annotators")
    counts = np.bincount(who)
    people = np.flatnonzero(counts >= SHARED)
    if len(people) < 3:
        return []
    pace = np.array([np.median(np.log(time[who == a])) for a in people])
    centre = float(np.median(pace))
    spread = max(1.4826 * float(np.median(np.abs(pace - centre))), 0.1)
    p = np.array([NormalDist().cdf((x - centre) / spread) for x in pace])
    return [
        Sign(
            kind="hurried", annotators=(int(people[i]),), tasks=int(counts[people[i]]),
            shown=float(np.exp(pace[i])), expected=float(np.exp(centre)), p_value=float(p[i]),
        )
        for i in discover(p, rate)
    ]  # fmt: skip


def _pairs(votes: Votes, consensus: Consensus) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """By pair: probably wrong answers shared, the same under independence, tasks shared."""
    from scipy import sparse

    n, k = votes.n_annotators, votes.n_classes
    shape = (votes.n_tasks, n)
    who, task, label = votes.annotators, votes.tasks, votes.labels
    there = sparse.csr_array((np.ones(len(votes)), (task, who)), shape=shape)
    seen, expected = np.zeros((n, n)), np.zeros((n, n))
    confusion = np.nan_to_num(_confusions(votes, consensus))
    for c in range(k):
        chosen = label == c
        same = sparse.csr_array(
            (np.ones(int(chosen.sum())), (task[chosen], who[chosen])), shape=shape
        )
        wrong = 1 - consensus.posteriors[:, c]
        seen += (same.T @ same.multiply(wrong[:, None])).toarray()
        met = (there.T @ there.multiply(consensus.posteriors[:, c][:, None])).toarray()
        off = confusion[:, c, :].copy()
        off[:, c] = 0
        expected += met * (off @ off.T)
    return seen, expected, (there.T @ there).toarray().round().astype(np.int64)


def _confusions(votes: Votes, consensus: Consensus) -> Floats:
    """Confusion matrices under the posterior, with half a label in every cell."""
    counts = np.full((votes.n_annotators * votes.n_classes, votes.n_classes), 0.5)
    for block in votes.blocks:
        counts += block.transpose @ consensus.posteriors[block.first : block.last]
    cube = counts.reshape(votes.n_annotators, votes.n_classes, -1).transpose(0, 2, 1)
    share: Floats = cube / cube.sum(axis=2, keepdims=True)
    return share
