"""Adaptive overlap: ask for another label where it is worth it, and stop where it is not.

A fixed overlap pays the same for the task on which three people agreed as for the one that split
them. Here a task is open until its expected error, one minus its posterior, is below a target;
open tasks get the next label, most uncertain first where money is short.

``replay`` shows what that would have cost on labels already collected: labels of each task are
dealt in a random order, each round judges what has been dealt so far, and the rule says who gets
one more. It reports the whole curve, since one percentage would hide that sets differ: some have
forty labels a task, some four. A replay can only deal labels that exist: a task that runs out
stays as it is, which favours no rule but caps all.

Source: Sheng, Provost and Ipeirotis (2008), "Get Another Label?", KDD.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import InputError
from qinglan.quality.ebcc import Ibcc
from qinglan.quality.em import Method
from qinglan.quality.estimates import credit
from qinglan.quality.votes import Floats, gather

Rule: TypeAlias = Literal["fixed", "adaptive", "uncertain"]
RULES: tuple[Rule, ...] = ("fixed", "uncertain", "adaptive")
START = 2
"""Labels that every task gets before any rule applies: one alone agrees with itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """After a round: labels paid for, labels a task, accuracy (ties share), tasks still open."""

    rule: Rule
    labels: int
    each: float
    accuracy: float
    expected_error: float
    open: int


def needs_label(
    posteriors: Floats, target: float, counts: NDArray[np.int64], most: int
) -> NDArray[np.bool_]:
    """Which tasks should get one more label.

    Args:
        posteriors: (tasks, classes).
        target: greatest expected error of a finished task, in (0, 1).
        counts: labels of each task so far.
        most: labels beyond which a task goes to a reviewer instead: asking more has not helped.

    Raises:
        ValueError: ``target`` outside (0, 1).
    """
    if not 0 < target < 1:
        raise ValueError(f"the target error lies strictly between 0 and 1, not {target!r}")
    unsure = 1 - posteriors.max(axis=1) > target
    needed: NDArray[np.bool_] = (unsure | (counts < START)) & (counts < most)
    return needed


def replay(
    tasks: ArrayLike,
    annotators: ArrayLike,
    labels: ArrayLike,
    truth: ArrayLike,
    *,
    rule: Rule,
    target: float = 0.02,
    share: float = 0.2,
    seed: int = 0,
    method: Method | None = None,
) -> list[Point]:
    """Deal collected labels by a rule, and score each round against the truth.

    Args:
        tasks: task of each label, shape (n,), integers from 0; annotators, labels likewise.
        annotators: see ``tasks``.
        labels: see ``tasks``.
        truth: class of each task, shape (tasks,); −1 where unknown (dealt, but not scored).
        rule: ``fixed`` gives every task one more each round; ``uncertain`` the ``share`` of tasks
            that are least sure; ``adaptive`` those that ``needs_label`` names.
        target: expected error of a finished task, for ``adaptive``.
        share: of tasks that get a label in a round of ``uncertain``.
        seed: of the order of dealing.
        method: judges each round; by default IBCC, which is fast and bears few labels.

    Raises:
        InputError: shapes that differ, or no task of known class.
    """
    task, who, label = (np.asarray(a, dtype=np.int64) for a in (tasks, annotators, labels))
    known = np.asarray(truth, dtype=np.int64)
    scored = np.flatnonzero(known >= 0)
    if not len(scored) or not len(task) == len(who) == len(label):
        raise InputError("quality.no_labels")
    judge = method or Ibcc()
    turn = deal_order(task, seed)
    held = np.bincount(task, minlength=len(known))
    sizes = {
        "n_annotators": int(who.max()) + 1,
        "n_classes": int(max(label.max(), known.max())) + 1,
    }
    dealt = np.minimum(START, held)
    points: list[Point] = []
    while True:
        seen = turn < dealt[task]
        votes = gather(task[seen], who[seen], label[seen], n_tasks=len(known), **sizes)
        posteriors = judge.fit(votes).posteriors
        more = _RULES[rule](posteriors, dealt, held, target, share)
        points.append(
            Point(
                rule=rule, labels=int(seen.sum()), each=float(dealt.mean()),
                accuracy=float(credit(posteriors, scored, known[scored]).mean()),
                expected_error=float((1 - posteriors.max(axis=1)).mean()), open=int(more.sum()),
            )
        )  # fmt: skip
        if not more.any():
            return points
        dealt = dealt + more


def labels_for(points: list[Point], accuracy: float) -> int | None:
    """Labels after which a curve reached ``accuracy`` for good; ``None`` where it never did."""
    reached = None
    for point in points:
        if point.accuracy < accuracy:
            reached = None
        elif reached is None:
            reached = point.labels
    return reached


def deal_order(task: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Position of each label in a random order of its task's labels."""
    order = np.lexsort((np.random.default_rng(seed).random(len(task)), task))
    counts = np.bincount(task)
    turn = np.empty(len(task), dtype=np.int64)
    turn[order] = np.arange(len(task)) - np.repeat(np.cumsum(counts) - counts, counts)
    return turn


def _fixed(
    posteriors: Floats,
    dealt: NDArray[np.int64],
    held: NDArray[np.int64],
    target: float,
    share: float,
) -> NDArray[np.bool_]:
    return np.asarray(dealt < held)


def _adaptive(
    posteriors: Floats,
    dealt: NDArray[np.int64],
    held: NDArray[np.int64],
    target: float,
    share: float,
) -> NDArray[np.bool_]:
    return needs_label(posteriors, target, dealt, int(held.max())) & (dealt < held)


def _uncertain(
    posteriors: Floats,
    dealt: NDArray[np.int64],
    held: NDArray[np.int64],
    target: float,
    share: float,
) -> NDArray[np.bool_]:
    doubt = np.where(dealt < held, 1 - posteriors.max(axis=1), -1.0)
    chosen = np.zeros(len(held), dtype=bool)
    chosen[np.argsort(-doubt, kind="stable")[: max(1, round(share * len(held)))]] = True
    return chosen & (dealt < held)


_Choice: TypeAlias = Callable[
    [Floats, NDArray[np.int64], NDArray[np.int64], float, float], NDArray[np.bool_]
]
_RULES: dict[Rule, _Choice] = {"fixed": _fixed, "adaptive": _adaptive, "uncertain": _uncertain}
