"""Consensus over named numbers: each task's value, and how sure it is to be near enough.

The robust model of ``numbers`` by name, in the shape that the flow keeps. Its answer is a normal
posterior; the probability of a verdict is that the true value lies within the task's tolerance of
it, or within ``NEAR`` of its size where the task states none. A normal posterior knows one peak:
where two answers are far apart the model settles on one of them. So heads bound the probability:
those whose answer the value explains, out of all who answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor, log10

import numpy as np

from qinglan.quality.estimates import reliability
from qinglan.quality.names import encode
from qinglan.quality.numbers import estimate
from qinglan.quality.open_answers import by_name
from qinglan.quality.result import EMPTY, Judgement
from qinglan.quality.votes import Floats, total
from qinglan.records import Estimate

METHOD = "robust-mean"
Z95 = 1.959964
NEAR = 0.05
"""Of a value: how near is near enough where no tolerance is stated."""
SMALL = 0.01
"""Of the median answer: a value counts as at least that large, for nothing is within 5 % of 0."""
TIED = 0.499999
"""Where no more than half of the answers are explained: not enough for any verdict."""
KNOWN = 5
"""Answers of an annotator from which their bias and spread explain what they say."""
DIGITS = 6
"""Digits of a value that are kept below the spread of all answers."""


def fit(votes: Sequence[tuple[str, str, str]], within: Mapping[str, float]) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    Args:
        votes: values are canonical numbers, such as ``18``, ``2.5`` or ``1/3``.
        within: tolerance by task; 0 or absent where it states none.
    """
    if not votes:
        return EMPTY
    task, tasks = encode(vote[0] for vote in votes)
    who, people = encode(vote[1] for vote in votes)
    given = np.array([float(Fraction(vote[2])) for vote in votes])
    found = estimate(task, who, given, n_tasks=len(tasks), n_annotators=len(people))
    sd = (found.high - found.low) / (2 * Z95)
    counts = np.bincount(who, minlength=len(people))
    stated = np.array([within.get(name, 0.0) for name in tasks])
    least = SMALL * float(np.median(np.abs(given)))
    near = np.where(stated > 0, stated, NEAR * np.maximum(np.abs(found.values), least))
    same = float(given.std()) == 0
    heads = np.bincount(task, minlength=len(tasks))
    known = counts[who] >= KNOWN
    off = given - found.values[task] - np.where(known, found.bias[who], 0.0)
    reach = np.maximum(near[task], np.where(known, 2 * found.deviation[who], 0.0))
    explained = total(task, np.abs(off) <= reach, len(tasks))
    bound = np.where(2 * explained > heads, (explained + 1) / (heads + 2), TIED)
    sure = bound if same else np.minimum(_chance(np.zeros(len(tasks)), near, sd), bound)
    right = np.ones(len(given)) if same else _chance(off, near[task], sd[task])
    trust = reliability(
        total(who, right, len(people)), counts, total(who, right * (1 - right), len(people))
    )
    digits = _digits(float(given.std()))
    posterior: dict[str, dict[str, float]] = {}
    nearest: dict[str, str] = {}
    estimates: dict[str, tuple[Estimate, ...]] = {}
    majority: dict[str, dict[str, float]] = {}
    order = np.lexsort((given, task))
    starts = np.searchsorted(task[order], np.arange(len(tasks)))
    ends = np.searchsorted(task[order], np.arange(len(tasks)), side="right")
    for t, name in enumerate(tasks):
        own = order[starts[t] : ends[t]]
        value = _write(float(found.values[t]), digits)
        if same:
            value = votes[int(own[0])][2]
        posterior[name] = {value: float(sure[t])}
        best = min(own.tolist(), key=lambda i: (abs(given[i] - found.values[t]), votes[i][2]))
        nearest[name] = votes[best][2]
        majority[name] = {votes[int(own[(len(own) - 1) // 2])][2]: 1.0}
        low, high = (_write(float(end), digits) for end in (found.low[t], found.high[t]))
        estimates[name] = (Estimate(name="", value=value, low=low, high=high),)
    return Judgement(
        posterior=posterior, majority=majority, annotators=by_name(people, trust), method=METHOD,
        nearest=nearest, estimates=estimates,
    )  # fmt: skip


def _chance(off: Floats, near: Floats, sd: Floats) -> Floats:
    """The chance that what is ``off`` by so much from a mean lies within ``near`` of the truth."""
    from scipy.special import ndtr

    wide = np.maximum(sd, 1e-300)
    chance: Floats = ndtr((near - off) / wide) - ndtr((-near - off) / wide)
    return chance


def _digits(spread: float) -> int:
    """Decimals to which values are written: a few digits below the spread of all answers."""
    return 0 if spread <= 0 else min(max(DIGITS - 1 - floor(log10(spread)), 0), 15)


def _write(value: float, digits: int) -> str:
    """Plain decimal text without superfluous zeros."""
    text = format(Decimal(repr(round(value, digits))), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
