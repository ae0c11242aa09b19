"""The first wrong step of a worked solution, or none, from several annotators.

Answers are ordered, so confusion matrices over step numbers would waste what is known: someone
who marks step 5 has passed steps 1 to 4. An annotator is read as walking down the solution with
three rates of their own:

- *strictness* f: chance to reject a step that is right;
- *miss rate* m: chance to pass the first wrong step;
- *late rate* g: chance to reject each step after it, once it was missed.

With n steps and the first wrong one at z (z = n: none is wrong), an answer i has probability
(1−f)^i f for i < z; (1−f)^z (1−m) for i = z < n; (1−f)^z m (1−g)^(i−z−1) g for z < i < n; and what
is left for "none". Every factor is a coin, so EM with Beta priors has closed steps.

The model is ours; it is the ordered kin of one-coin Dawid–Skene (1979), with the first-error
labels of PRM800K (Lightman et al., 2023) in mind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import InputError
from qinglan.intervals import beta_bounds
from qinglan.quality.votes import Floats, Ints, total

ITERATIONS = 500
TOLERANCE = 1e-8
PRIORS = np.array([[1.0, 9.0], [2.0, 6.0], [1.0, 3.0]])
"""Imagined coins (yes, no) for strictness, miss and late rate: careful people, mildly."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rate:
    """A rate of every annotator with its 95 % interval; (annotators,) each."""

    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StepConsensus:
    """Posteriors over the first wrong step.

    ``starts`` (tasks + 1) cuts ``posterior`` into tasks: n + 1 numbers each, step 0 to n − 1 and
    last "none is wrong".
    """

    posterior: Floats
    starts: NDArray[np.int64]
    strictness: Rate
    miss: Rate
    late: Rate
    none_wrong: float
    """Share of solutions without a wrong step, as estimated."""
    log_likelihood: float
    iterations: int
    converged: bool

    def of(self, task: int) -> Floats:
        """Posterior of one task, (steps + 1,)."""
        return self.posterior[self.starts[task] : self.starts[task + 1]]

    def right_so_far(self, task: int) -> Floats:
        """Chance that the solution is right up to and including each step, (steps,)."""
        chance: Floats = np.clip(1 - np.cumsum(self.of(task)[:-1]), 0, 1)
        return chance

    @property
    def first_wrong(self) -> NDArray[np.int64]:
        """Most probable first wrong step by task; the number of steps where none is wrong."""
        found = [int(self.of(t).argmax()) for t in range(len(self.starts) - 1)]
        return np.array(found, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Walks:
    """Every vote against every place the first wrong step could be: one line each.

    ``coins[r, 0]`` is how often rate r came up "yes" on that line, ``coins[r, 1]`` "no".
    """

    who: Ints
    place: NDArray[np.int64]
    coins: Floats
    place_task: NDArray[np.int64]
    starts: NDArray[np.int64]
    steps: NDArray[np.int64]
    people: int


def consensus(
    tasks: ArrayLike,
    annotators: ArrayLike,
    first_wrong: ArrayLike,
    steps: ArrayLike,
    weights: Floats | None = None,
) -> StepConsensus:
    """Judge step labels.

    Args:
        tasks: task of each answer, shape (n,), integers from 0.
        annotators: who gave it, likewise.
        first_wrong: the step they marked as the first wrong one, from 0; the number of steps
            where they found none. Leave "unsure" out.
        steps: number of steps of each task, shape (tasks,), at least 1.
        weights: how much each answer counts, shape (n,), in (0, 1]; see ``families``.

    Raises:
        InputError: no answers, arrays of other shapes or types, or a step that is not there.
    """
    task, who, answer, length = _check(tasks, annotators, first_wrong, steps)
    walks = _walk(task, who, answer, length)
    if weights is not None:
        walks.coins[:] *= np.repeat(weights, length[task] + 1)
    rates = np.repeat(PRIORS[:, :1] / PRIORS.sum(axis=1, keepdims=True), walks.people, axis=1)
    clean, before = 0.5, -np.inf
    for done in range(1, ITERATIONS + 1):
        posterior, height = _expect(walks, rates, clean)
        if height - before < TOLERANCE * len(task) and done > 1:
            break
        before = height
        counts = _tally(walks, posterior) + PRIORS[:, :, None]
        rates = counts[:, 0] / counts.sum(axis=1)
        ends = posterior[walks.starts[1:] - 1]
        clean = float((ends.sum() + 1) / (len(length) + 2))
    found = [_interval(walks, posterior, kind) for kind in range(3)]
    return StepConsensus(
        posterior=posterior, starts=walks.starts, strictness=found[0], miss=found[1],
        late=found[2], none_wrong=clean, log_likelihood=height, iterations=done,
        converged=done < ITERATIONS,
    )  # fmt: skip


def _check(
    tasks: ArrayLike, annotators: ArrayLike, first_wrong: ArrayLike, steps: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    task, who, answer = (np.asarray(a) for a in (tasks, annotators, first_wrong))
    length = np.asarray(steps)
    if answer.size == 0:
        raise InputError("quality.no_labels")
    for what, codes in (("tasks", task), ("annotators", who), ("first_wrong", answer)):
        if codes.shape != (answer.size,) or codes.dtype.kind not in "iu":
            raise InputError(
                "quality.shape", what=what, expected=answer.size, shape=codes.shape,
                type=codes.dtype,
            )  # fmt: skip
    if length.ndim != 1 or length.dtype.kind not in "iu" or (length < 1).any():
        raise InputError(
            "quality.shape", what="steps", expected=int(task.max()) + 1, shape=length.shape,
            type=length.dtype,
        )  # fmt: skip
    for what, codes, last in (
        ("tasks", task, np.full(task.shape, len(length) - 1)), ("annotators", who, who),
        ("first_wrong", answer, length[np.clip(task, 0, len(length) - 1)]),
    ):  # fmt: skip
        bad = np.flatnonzero((codes < 0) | (codes > last))
        if len(bad):
            place = int(bad[0])
            raise InputError(
                "quality.code", what=what, code=int(codes[place]), position=place,
                last=int(last[place]),
            )  # fmt: skip
    return (
        task.astype(np.int64), who.astype(np.int64), answer.astype(np.int64),
        length.astype(np.int64),
    )  # fmt: skip


def _walk(
    task: NDArray[np.int64], who: NDArray[np.int64], answer: NDArray[np.int64],
    steps: NDArray[np.int64],
) -> _Walks:  # fmt: skip
    starts = np.concatenate([[0], np.cumsum(steps + 1)])
    many = steps[task] + 1
    line = np.repeat(np.arange(len(task)), many)
    z = np.arange(len(line)) - np.repeat(np.cumsum(many) - many, many)
    i, n = answer[line], steps[task][line]
    coins = np.zeros((3, 2, len(line)))
    marked = i < n
    coins[0, 0] = (i < z) & marked  # rejected a right step
    coins[0, 1] = np.minimum(i, z)  # passed that many right ones
    reached = (z < n) & (i >= z)
    coins[1, 0] = reached & (i > z)
    coins[1, 1] = reached & (i == z)
    late = reached & (i > z)
    coins[2, 0] = late & marked
    coins[2, 1] = np.where(late, np.minimum(i, n) - z - 1, 0)
    return _Walks(
        who=who[line].astype(np.int32), place=starts[task][line] + z, coins=coins,
        place_task=np.repeat(np.arange(len(steps)), steps + 1), starts=starts, steps=steps,
        people=int(who.max()) + 1,
    )  # fmt: skip


def _expect(walks: _Walks, rates: Floats, clean: float) -> tuple[Floats, float]:
    """Posterior of every place, and the objective (with the priors of the rates)."""
    yes, no = np.log(rates), np.log1p(-rates)
    line = sum(
        walks.coins[r, 0] * yes[r, walks.who] + walks.coins[r, 1] * no[r, walks.who]
        for r in range(3)
    )
    prior = np.log((1 - clean) / walks.steps)[walks.place_task]
    prior[walks.starts[1:] - 1] = np.log(clean)
    score = total(walks.place, np.asarray(line), len(prior)) + prior
    peak = np.maximum.reduceat(score, walks.starts[:-1])
    mass = np.exp(score - peak[walks.place_task])
    evident = np.add.reduceat(mass, walks.starts[:-1])
    height = float(peak.sum() + np.log(evident).sum())
    height += float((PRIORS[:, 0] @ yes + PRIORS[:, 1] @ no).sum())
    return mass / evident[walks.place_task], height


def _tally(walks: _Walks, posterior: Floats) -> Floats:
    """Expected coins: (rate, yes/no, annotators)."""
    weight = posterior[walks.place]
    return np.stack(
        [
            np.stack([total(walks.who, coin * weight, walks.people) for coin in pair])
            for pair in walks.coins
        ]
    )


def _interval(walks: _Walks, posterior: Floats, kind: int) -> Rate:
    """A rate with its interval: Beta on expected coins, widened by doubt about the truth."""
    weight = posterior[walks.place]
    yes, no = (total(walks.who, coin * weight, walks.people) for coin in walks.coins[kind])
    # Doubt: the variance, over the posterior, of the coins of one vote.
    doubt = total(walks.who, walks.coins[kind, 0] * weight * (1 - weight), walks.people)
    a, b = yes + PRIORS[kind, 0], no + PRIORS[kind, 1]
    mean, size = a / (a + b), a + b
    variance = mean * (1 - mean) / (size + 1) + doubt / size**2
    width = np.maximum(mean * (1 - mean) / variance - 1, 1e-3)
    low, high = beta_bounds(mean * width, (1 - mean) * width)
    return Rate(mean=mean, low=low, high=high)
