"""Votes as flat integer arrays, grouped by task once and read in blocks that fit a cache.

Every EM method here reads its votes the same way: for each vote, look up a row of log-likelihoods
by (annotator, label), add the rows of a task, normalise, and add the resulting posterior back to
the (annotator, label) row as expected counts. Both directions are products with one sparse 0/1
matrix, tasks × (annotator, label). Cutting it by tasks into blocks of some 10⁵ votes keeps a
block's posteriors in cache, so one pass over the votes is one iteration and allocates next to
nothing; and since a block's statistics only add up, blocks could as well lie on many machines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import InputError, LimitError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]

BLOCK = 1 << 17
"""Votes in a block: with four classes some 800 kB of posteriors, which is a second-level cache."""

CELLS = 400_000_000
"""Most posteriors, tasks × classes, that are held at once: 3.2 GB."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The votes of a run of tasks: ``matrix`` is (tasks in the block, annotators × classes)."""

    first: int
    last: int
    matrix: Any
    transpose: Any


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """All votes, sorted by task.

    ``codes[i]`` is annotator × n_classes + label of the i-th vote, ``starts`` (n_tasks + 1) where
    each task's votes begin. A task without votes is allowed.
    """

    codes: Ints
    starts: Ints
    n_tasks: int
    n_annotators: int
    n_classes: int
    blocks: tuple[Block, ...]
    weights: Floats | None = None
    """How much each vote counts, in (0, 1]; ``None``: all count fully. See ``families``."""

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def annotators(self) -> Ints:
        """The annotator of each vote."""
        return self.codes // self.n_classes

    @property
    def labels(self) -> Ints:
        """The label of each vote."""
        return self.codes % self.n_classes

    @property
    def tasks(self) -> Ints:
        """The task of each vote."""
        return np.repeat(np.arange(self.n_tasks, dtype=np.int32), np.diff(self.starts))

    def counts(self) -> NDArray[np.int64]:
        """How often each annotator gave each label: (annotators, classes); weights aside."""
        size = self.n_annotators * self.n_classes
        return np.bincount(self.codes, minlength=size).reshape(self.n_annotators, self.n_classes)

    def weigh(self, values: Floats) -> Floats:
        """``values``, one a vote, times the votes' weights."""
        return values if self.weights is None else values * self.weights


def gather(
    tasks: ArrayLike,
    annotators: ArrayLike,
    labels: ArrayLike,
    *,
    n_tasks: int | None = None,
    n_annotators: int | None = None,
    n_classes: int | None = None,
    weights: ArrayLike | None = None,
) -> Votes:
    """Check flat arrays of codes and group them by task.

    Args:
        tasks: task of each vote, shape (n,), integers from 0.
        annotators: annotator of each vote, likewise.
        labels: class of each vote, likewise.
        n_tasks: how many tasks there are; by default one more than the largest code.
        n_annotators: likewise.
        n_classes: likewise; state it where a class may happen never to be voted for.
        weights: how much each vote counts, shape (n,), in (0, 1].

    Raises:
        ValueError: weights of another shape or outside (0, 1].
        InputError: no votes, arrays of other shapes or types, or a code out of range.
        LimitError: more posteriors than ``CELLS``.
    """
    given = np.asarray(labels)
    if given.size == 0:
        raise InputError("quality.no_labels")
    label, classes = _codes("labels", given, len(given) if given.ndim else 0, n_classes)
    task, task_count = _codes("tasks", np.asarray(tasks), len(label), n_tasks)
    who, people = _codes("annotators", np.asarray(annotators), len(label), n_annotators)
    if task_count * classes > CELLS:
        raise LimitError(
            "quality.too_many_cells", tasks=task_count, classes=classes,
            size=task_count * classes, limit=CELLS,
        )  # fmt: skip
    if people * classes > np.iinfo(np.int32).max:
        raise LimitError(
            "quality.too_many_classes", classes=classes, annotators=people,
            size=people * classes, limit=np.iinfo(np.int32).max, method="votes",
        )  # fmt: skip
    weight = None if weights is None else _weights(weights, len(label))
    codes, starts, weight = _by_task(task, who * np.int32(classes) + label, task_count, weight)
    blocks = tuple(_cut(codes, starts, people * classes, weight))
    return Votes(codes, starts, task_count, people, classes, blocks, weight)


def _weights(given: ArrayLike, expected: int) -> Floats:
    weights = np.asarray(given, dtype=np.float64)
    if weights.shape != (expected,) or not ((weights > 0) & (weights <= 1)).all():
        raise ValueError(f"one weight in (0, 1] for each of the {expected} votes")
    return weights


def total(group: NDArray[np.integer], weight: NDArray[np.float64 | np.bool_], size: int) -> Floats:
    """Sums of ``weight`` by group code: (size,)."""
    return np.bincount(group, weight, minlength=size).astype(np.float64, copy=False)


def _codes(what: str, given: NDArray[Any], expected: int, count: int | None) -> tuple[Ints, int]:
    """``given`` as int32 codes, and how many codes there are."""
    if given.ndim != 1 or len(given) != expected or given.dtype.kind not in "iu":
        raise InputError(
            "quality.shape", what=what, expected=expected, shape=given.shape, type=given.dtype
        )
    low, high = int(given.min()), int(given.max())
    total = high + 1 if count is None else count
    last = min(total, np.iinfo(np.int32).max) - 1
    if low < 0 or high > last:
        position = int(np.argmin(given)) if low < 0 else int(np.argmax(given))
        raise InputError(
            "quality.code", what=what, code=int(given[position]), position=position, last=last
        )
    return given.astype(np.int32, copy=False), total


def _by_task(
    task: Ints, code: Ints, n_tasks: int, weight: Floats | None
) -> tuple[Ints, Ints, Floats | None]:
    """Codes and weights sorted by task (stable), and where each task starts."""
    starts = np.zeros(n_tasks + 1, dtype=np.int32)
    np.cumsum(np.bincount(task, minlength=n_tasks), out=starts[1:])
    if (task[1:] >= task[:-1]).all():
        return code, starts, weight
    from scipy import sparse

    # A transposition is a counting sort: linear in the votes, and stable.
    rows = np.arange(len(task) + 1, dtype=np.int32)
    turned = sparse.csr_array((code, task, rows), shape=(len(task), n_tasks)).tocsc()
    return turned.data, starts, None if weight is None else weight[turned.indices]


def _cut(codes: Ints, starts: Ints, width: int, weight: Floats | None) -> Iterator[Block]:
    """Blocks of whole tasks, of about ``BLOCK`` votes or as many as the parameters are wide."""
    from scipy import sparse

    size = max(BLOCK, width)
    marks = np.arange(size, len(codes), size)
    cuts = np.unique(np.concatenate([[0], np.searchsorted(starts, marks), [len(starts) - 1]]))
    spans = [(int(a), int(b)) for a, b in pairwise(cuts)]
    longest = max(int(starts[b] - starts[a]) for a, b in spans)
    # Without weights every block's values are ones, and one buffer serves them all.
    ones = np.ones(longest if weight is None else 0)
    for first, last in spans:
        begin, end = int(starts[first]), int(starts[last])
        values = ones[: end - begin] if weight is None else weight[begin:end]
        matrix = sparse.csr_array(
            (values, codes[begin:end], starts[first : last + 1] - starts[first]),
            shape=(last - first, width),
        )
        yield Block(first, last, matrix, matrix.T)
