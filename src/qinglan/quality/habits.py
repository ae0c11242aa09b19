"""Signs in how answers came about: one answer over and over, near texts, pasted texts.

- *Stamps*: the answer somebody gives most often, beside how often others give it on the same
  tasks. The tail of that sum of unequal chances is bounded by Chernoff's inequality, times the
  number of answers there are to choose from.
- *Near texts*: pairs whose texts on one task share at least four fifths of their shingles (five
  characters), more often than other pairs of the crowd. A task has few answers, so every pair is
  compared exactly and nothing is estimated.
- *Pasted*: how many of somebody's longer texts were pasted almost whole, beside the others'.
  People paste for many reasons: this is evidence to look at, and says nothing by itself.

Sources: Hoeffding (1963), J. Am. Stat. Assoc. 58, theorem 1; Broder (1997), "On the resemblance
and containment of documents".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.quality.signs import RATE, SHARED, Kind, Sign, discover, poisson_tail
from qinglan.quality.votes import Votes

LEAST_TEXT = 40
"""Characters without spaces from which a text is long enough to be compared."""
NEAR = 0.8
SHINGLE = 5
WHOLE = 0.8
"""Share of a text that was pasted, from which it counts as pasted."""
_APART = 0.2
"""How much more of one answer than others give, at least: less is taste."""


def find_stamps(votes: Votes, rate: float = RATE) -> list[Sign]:
    """Annotators who give one answer far more often than others do on the same tasks."""
    n, k = votes.n_annotators, votes.n_classes
    given = votes.counts().astype(np.float64)
    told = given.sum(axis=1)
    of_task = np.zeros((votes.n_tasks, k))
    np.add.at(of_task, (votes.tasks, votes.labels), 1.0)
    share = (given.sum(axis=0) + 1) / (given.sum() + k)
    others = of_task[votes.tasks]
    others[np.arange(len(votes)), votes.labels] -= 1
    chances = (others + share) / (others.sum(axis=1, keepdims=True) + 1)
    met = np.zeros((n, k))
    np.add.at(met, votes.annotators, chances)
    most = given.argmax(axis=1)
    here = np.arange(n)
    shown = given[here, most] / np.maximum(told, 1)
    usual = np.clip(met[here, most] / np.maximum(told, 1), 1e-9, 1 - 1e-9)
    far = (told >= SHARED) & (shown >= usual + _APART)
    p = np.where(far, np.minimum(1.0, k * np.exp(-told * _divergence(shown, usual))), 1.0)
    return [
        Sign(
            kind="stamps", annotators=(int(a),), tasks=int(told[a]), shown=float(shown[a]),
            expected=float(usual[a]), p_value=float(p[a]),
        )
        for a in discover(p, rate) if far[a]
    ]  # fmt: skip


def find_near_texts(
    tasks: Sequence[str], annotators: ArrayLike, texts: Sequence[str], rate: float = RATE
) -> list[Sign]:
    """Pairs whose texts on the same tasks are nearly the same more often than other pairs'.

    Args:
        tasks: the task of each text.
        annotators: who wrote it, integers from 0.
        texts: what was written; short ones are left out.
        rate: share of false signs among all signs.

    Raises:
        ValueError: lengths that differ.
    """
    who = np.asarray(annotators, dtype=np.int64)
    if not len(tasks) == len(who) == len(texts):
        raise ValueError("one task and one annotator for each text")
    by_task: dict[str, list[tuple[int, frozenset[str]]]] = {}
    for task, one, text in zip(tasks, who.tolist(), texts, strict=True):
        pieces = shingles(text)
        if len(pieces) > LEAST_TEXT - SHINGLE:
            by_task.setdefault(task, []).append((one, pieces))
    met: dict[tuple[int, int], list[bool]] = {}
    for written in by_task.values():
        for (a, first), (b, second) in combinations(sorted(written, key=lambda w: w[0]), 2):
            if a != b:
                met.setdefault((a, b), []).append(alike(first, second) >= NEAR)
    pairs = [pair for pair, near in met.items() if len(near) >= SHARED]
    if not pairs:
        return []
    seen = np.array([float(sum(met[pair])) for pair in pairs])
    shared = np.array([float(len(met[pair])) for pair in pairs])
    every, near_all = sum(map(len, met.values())), float(sum(map(sum, met.values())))
    # The pair's own texts say nothing of what is usual; one more keeps nought from being certain.
    usual = shared * (near_all - seen + 1) / np.maximum(every - shared + 1, 1)
    p = np.where(seen >= 3, poisson_tail(seen, usual), 1.0)
    return [
        Sign(
            kind="near_texts", annotators=pairs[i], tasks=int(shared[i]), shown=float(seen[i]),
            expected=float(usual[i]), p_value=float(p[i]),
        )
        for i in discover(p, rate)
    ]  # fmt: skip


def find_pasted(annotators: ArrayLike, pasted: ArrayLike, rate: float = RATE) -> list[Sign]:
    """Annotators most of whose longer texts were pasted, where others' were not.

    Args:
        annotators: who, one entry a text, integers from 0.
        pasted: whether it was pasted almost whole, likewise.
        rate: share of false signs among all signs.

    Raises:
        ValueError: shapes that differ.
    """
    who, whole = np.asarray(annotators, dtype=np.int64), np.asarray(pasted, dtype=np.bool_)
    if who.shape != whole.shape or who.ndim != 1:
        raise ValueError("one mark for each entry of annotators")
    if not len(who):
        return []
    told = np.bincount(who).astype(np.float64)
    hits = np.bincount(who, weights=whole.astype(np.float64))
    usual = (hits.sum() - hits + 1) / (told.sum() - told + 2)
    shown = hits / np.maximum(told, 1)
    far = (told >= SHARED) & (shown >= 0.5) & (shown >= usual + _APART)
    bound = np.exp(-told * _divergence(shown, np.clip(usual, 1e-9, 1 - 1e-9)))
    p = np.where(far, bound, 1.0)
    kind: Kind = "pasted"
    return [
        Sign(
            kind=kind, annotators=(int(a),), tasks=int(told[a]), shown=float(shown[a]),
            expected=float(usual[a]), p_value=float(p[a]),
        )
        for a in discover(p, rate) if far[a]
    ]  # fmt: skip


def shingles(text: str) -> frozenset[str]:
    """The runs of five characters of ``text``, case and spaces aside."""
    folded = "".join(text.casefold().split())
    return frozenset(folded[i : i + SHINGLE] for i in range(max(0, len(folded) - SHINGLE + 1)))


def alike(first: frozenset[str], second: frozenset[str]) -> float:
    """What two texts share of all their shingles (Jaccard); nought where there are none."""
    either = len(first | second)
    return len(first & second) / either if either else 0.0


def _divergence(shown: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kullback–Leibler divergence of Bernoulli ``shown`` from ``usual``, nought below it."""
    x = np.clip(shown, 1e-12, 1 - 1e-12)
    far: NDArray[np.float64] = x * np.log(x / usual) + (1 - x) * np.log((1 - x) / (1 - usual))
    return np.where(shown > usual, far, 0.0)
