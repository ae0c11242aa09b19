"""Numbers from several annotators: a robust mean, with each annotator's bias and spread.

Annotator a's answer to task t is x_t + bias_a + noise of variance v_a; task values come from one
normal distribution. Noise is Student-t with ``FREEDOM`` degrees, so that a slipped digit is an
outlier and not a reason to distrust the annotator for good. EM over values and outlier weights,
conditional maximisation of biases and variances. Biases sum to 0 over annotators of a connected
graph (a bias that all share is invisible), those far looser than the crowd aside; a weak prior ties
variances to the crowd's, so that an annotator of two labels is not believed to be exact.

Sources: Dempster, Laird and Rubin (1977) for EM; Lange, Little and Taylor (1989), "Robust
Statistical Modeling Using the t Distribution", JASA 84; Raykar et al. (2010), "Learning From
Crowds", JMLR 11, section 4, for annotators with variances.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.errors import InputError
from qinglan.intervals.interval import check_level
from qinglan.quality.votes import Floats, total

FREEDOM = 4.0
PRIOR = 3.0
"""Imagined labels of the crowd's variance in each annotator's."""
LOOSE = 16.0
"""Times the crowd's variance: about there an annotator stops counting for where biases sum to 0."""
ITERATIONS = 500
TOLERANCE = 1e-8
"""Of the spread of all answers: the search ends where no value moves by more."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Numbers:
    """Values of tasks with intervals, and ``bias`` and ``deviation`` of annotators.

    Units are those of the answers. A task without answers has the crowd's mean and an interval as
    wide as the crowd; an annotator without answers has bias 0 and the crowd's deviation.
    """

    values: Floats
    low: Floats
    high: Floats
    bias: Floats
    deviation: Floats
    iterations: int
    converged: bool


def estimate(
    tasks: ArrayLike,
    annotators: ArrayLike,
    answers: ArrayLike,
    *,
    n_tasks: int | None = None,
    n_annotators: int | None = None,
    level: float = 0.95,
) -> Numbers:
    """Values of tasks from flat arrays.

    Args:
        tasks: task of each answer, shape (n,), integers from 0; annotators likewise.
        annotators: see ``tasks``.
        answers: finite numbers, shape (n,).
        n_tasks: how many there are, where the largest code may not have been answered.
        n_annotators: likewise.
        level: of the intervals.

    Raises:
        InputError: no answers, arrays of other shapes or types, an answer that is not finite.
    """
    check_level(level)
    y = np.asarray(answers, dtype=np.float64)
    if y.size == 0:
        raise InputError("quality.no_labels")
    if y.ndim != 1:
        raise InputError(
            "quality.shape", what="answers", expected=y.size, shape=y.shape, type=y.dtype
        )
    if not np.isfinite(y).all():
        raise InputError("quality.not_a_number", position=int(np.flatnonzero(~np.isfinite(y))[0]))
    task, t_count = codes("tasks", tasks, y.size, n_tasks)
    who, a_count = codes("annotators", annotators, y.size, n_annotators)
    centre, scale = float(np.median(y)), float(y.std())
    if scale == 0:
        same = np.full(t_count, centre)
        nought = np.zeros(a_count)
        return Numbers(values=same, low=same, high=same, bias=nought, deviation=nought,
                       iterations=0, converged=True)  # fmt: skip
    found = _climb((y - centre) / scale, task, who, t_count, a_count)
    values, information, bias, variance, iterations, converged = found
    half = NormalDist().inv_cdf(0.5 + level / 2) / np.sqrt(information)
    return Numbers(
        values=centre + scale * values, low=centre + scale * (values - half),
        high=centre + scale * (values + half), bias=scale * bias,
        deviation=scale * np.sqrt(variance), iterations=iterations, converged=converged,
    )  # fmt: skip


def codes(
    what: str, given: ArrayLike, expected: int, count: int | None
) -> tuple[NDArray[np.int64], int]:
    """``given`` as checked codes, and how many codes there are."""
    found = np.asarray(given)
    if found.shape != (expected,) or found.dtype.kind not in "iu":
        raise InputError(
            "quality.shape", what=what, expected=expected, shape=found.shape, type=found.dtype
        )
    size = int(found.max()) + 1 if count is None else count
    bad = np.flatnonzero((found < 0) | (found >= size))
    if len(bad):
        place = int(bad[0])
        raise InputError(
            "quality.code", what=what, code=int(found[place]), position=place, last=size - 1
        )
    return found.astype(np.int64), size


def _climb(
    y: Floats, task: NDArray[np.int64], who: NDArray[np.int64], n_tasks: int, n_people: int
) -> tuple[Floats, Floats, Floats, Floats, int, bool]:
    """Values, information on them, biases, variances; in units of the spread of all answers."""
    given = total(who, np.ones(len(y)), n_people)
    counts = np.maximum(total(task, np.ones(len(y)), n_tasks), 1)
    values = total(task, y, n_tasks) / counts
    bias, common = np.zeros(n_people), max(float(((y - values[task]) ** 2).mean()), 1e-6)
    variance = np.full(n_people, common)
    weight = np.ones(len(y))
    mean, width = 0.0, 1.0
    precision = np.ones(n_tasks)
    done, converged = 0, False
    while done < ITERATIONS and not converged:
        done += 1
        before = values
        pull = weight / variance[who]
        precision = total(task, pull, n_tasks) + 1 / width
        values = (total(task, pull * (y - bias[who]), n_tasks) + mean / width) / precision
        mean = float(values.mean())
        width = max(float((1 / precision + (values - mean) ** 2).mean()), 1e-9)
        rest = y - values[task]
        bias = total(who, weight * rest, n_people) / (total(who, weight, n_people) + 1)
        # One wild answer must not move everybody else's bias: the far too loose hardly count.
        firm = given / (1 + (variance / (LOOSE * common)) ** 2)
        bias = np.where(given > 0, bias - np.average(bias, weights=firm), 0.0)
        square = (rest - bias[who]) ** 2 + 1 / precision[task]
        scatter = total(who, weight * square, n_people)
        variance = np.maximum((scatter + PRIOR * common) / (given + PRIOR), 1e-9)
        common = float(np.exp(np.average(np.log(variance), weights=given)))
        weight = (FREEDOM + 1) / (FREEDOM + square / variance[who])
        converged = bool(np.abs(values - before).max() < TOLERANCE)
    # Given its weight a label tells 1 / variance; but the weight comes of the label itself, and
    # what is left on average is (ν + 1) / (ν + 3) of that (Lange, Little and Taylor).
    told = total(task, pull, n_tasks) * (FREEDOM + 1) / (FREEDOM + 3) + 1 / width
    return values, told, bias, variance, done, converged
