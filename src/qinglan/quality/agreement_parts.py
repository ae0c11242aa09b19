"""Agreement taken apart: which class, and which annotator, the others do not agree with.

Per class, labels become "this class" or "another", and alpha is that of the two. Per annotator,
their labels are held against everybody else's on the same tasks; chance is what the labels of all
would give. The interval is Wilson's on the share that disagrees, with one trial a task.

Source: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", for both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.intervals import wilson
from qinglan.quality.agreement import Agreement, alpha

CLASSES = 50
"""Classes beyond which none is looked at alone."""


def by_class(tasks: ArrayLike, labels: ArrayLike, n_classes: int, seed: int = 0) -> list[Agreement]:
    """Alpha of each class against the rest; none where there are more than ``CLASSES``.

    Args:
        tasks: as in ``agreement.alpha``.
        labels: codes from 0, shape (n,).
        n_classes: how many there are.
        seed: of the resampling.
    """
    if n_classes > CLASSES:
        return []
    label = np.asarray(labels)
    return [alpha(tasks, (label == k).astype(np.int64), seed=seed) for k in range(n_classes)]


def by_annotator(
    tasks: ArrayLike, annotators: ArrayLike, labels: ArrayLike, n_annotators: int
) -> list[tuple[float, float, float, int] | None]:
    """How far each annotator agrees with the others: value, low, high, and tasks shared.

    ``None`` where they share no task with anybody, or all labels are equal. One label of each
    annotator on a task.

    Args:
        tasks: codes from 0, shape (n,); annotators, labels likewise.
        annotators: see ``tasks``.
        labels: see ``tasks``.
        n_annotators: how many there are.
    """
    task, who, label = (np.asarray(a, dtype=np.int64) for a in (tasks, annotators, labels))
    size = np.bincount(task)
    shared = size[task] > 1
    task, who, label = task[shared], who[shared], label[shared]
    if not len(task):
        return [None] * n_annotators
    k, n = int(label.max()) + 1, len(label)
    cell = task * k + label
    _, place, same = np.unique(cell, return_inverse=True, return_counts=True)
    others = size[task] - 1
    apart = 1 - (same[place] - 1) / others
    totals = np.bincount(label, minlength=k).astype(np.float64)
    chance = float((n**2 - totals @ totals) / (n * (n - 1)))
    count: NDArray[np.int64] = np.bincount(who, minlength=n_annotators)
    missed = np.bincount(who, apart, minlength=n_annotators)
    found: list[tuple[float, float, float, int] | None] = []
    for trials, miss in zip(count.tolist(), missed.tolist(), strict=True):
        if not trials or not chance:
            found.append(None)
            continue
        share = wilson(min(miss, trials), trials)
        value, low, high = (1 - rate / chance for rate in (miss / trials, share.high, share.low))
        found.append((value, low, high, trials))
    return found
