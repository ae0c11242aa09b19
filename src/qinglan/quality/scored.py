"""Consensus over named scores: each task's level on each criterion, with raters' severity out.

The many-facet model of ``rubrics``, criterion by criterion, in the shape that the flow keeps. A
work's quality on a criterion has a normal posterior; the level is what a rater of mean severity
expects of it, rounded, and its chance is that the expectation rounds so. Strict raters thus cost a
work nothing, and a level gets surer with every rater.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qinglan.quality.estimates import Reliability, reliability
from qinglan.quality.names import encode
from qinglan.quality.open_answers import by_name
from qinglan.quality.result import EMPTY, Judgement, six
from qinglan.quality.rubrics import Rubric, estimate
from qinglan.quality.votes import Floats, Ints, total
from qinglan.records import Estimate

METHOD = "graded-rubric"
DIGITS = 4
"""Of a chance: the search for the model's top is no finer."""
FINE = np.linspace(-8, 8, 1601)
"""Qualities at which the expected score is looked up, in standard deviations of works."""

Given = tuple[str, str, str, int]
"""Work, rater, criterion, level."""
Scale = tuple[int, int]
"""Lowest and highest level."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scored:
    """Levels of works on one criterion, with chances, and what the model says of the raters."""

    works: list[str]
    raters: list[str]
    low: int
    chance: Floats
    """(works, levels)."""
    expected: Floats
    """(works, 3): score expected of a rater of mean severity, with its 95 % interval."""
    severity: Floats
    """(raters, 3): positive is strict, in standard deviations of works, with its interval."""
    counts: Ints
    right: Floats
    """By rater: expected number of levels that are the work's own."""
    doubt: Floats

    def level(self, place: int) -> tuple[int, float]:
        """The most probable level of a work, and its chance."""
        best = int(self.chance[place].argmax())
        return self.low + best, round(float(self.chance[place, best]), DIGITS)


def grade(given: Sequence[Given], scales: Mapping[str, Scale]) -> dict[str, Scored]:
    """By criterion, what its scores say.

    Args:
        given: scores; each rater scores a work once on a criterion.
        scales: of every criterion in ``given``; scores beyond it are left out.

    Raises:
        LimitError: too many raters (see ``rubrics``).
    """
    found = {}
    for key in dict.fromkeys(one[2] for one in given):
        low, high = scales[key]
        here = [one for one in given if one[2] == key and low <= one[3] <= high]
        if here:
            found[key] = _grade(here, low, high)
    return found


def _grade(given: list[Given], low: int, high: int) -> Scored:
    work, works = encode(one[0] for one in given)
    rater, raters = encode(one[1] for one in given)
    score = np.array([one[3] - low for one in given])
    levels = high - low + 1
    model = estimate(work, rater, np.zeros(len(given), dtype=np.int64), score, levels=levels)
    chance = _chances(model, levels)
    ends = [model.expected(0, x) + low for x in (model.quality, model.low, model.high)]
    right = chance[work, score]
    size = len(raters)
    return Scored(
        works=works, raters=raters, low=low, chance=chance, expected=np.column_stack(ends),
        severity=model.severity, counts=np.bincount(rater, minlength=size).astype(np.int32),
        right=total(rater, right, size), doubt=total(rater, right * (1 - right), size),
    )  # fmt: skip


def _chances(model: Rubric, levels: int) -> Floats:
    """(works, levels): the chance that the expected score rounds to each level."""
    from scipy.special import ndtr

    curve = model.expected(0, FINE)
    cuts = np.interp(np.arange(levels - 1) + 0.5, curve, FINE, left=-np.inf, right=np.inf)
    sd = np.maximum(model.deviation, 1e-3)[:, None]
    below = ndtr((cuts - model.quality[:, None]) / sd)
    edges = np.column_stack([np.zeros(len(below)), below, np.ones(len(below))])
    return np.maximum(np.diff(edges, axis=1), 0)


def fit(votes: Sequence[tuple[str, str, str]], scales: Mapping[str, Scale]) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    The probability is that of the criterion which is least certain.

    Args:
        votes: values are canonical scores, ``accuracy=4 tone=3``.
        scales: of every criterion.
    """
    if not votes:
        return EMPTY
    said = [(task, who, read(value)) for task, who, value in votes]
    given = [(t, w, key, level) for t, w, levels in said for key, level in levels.items()]
    graded = grade(given, scales)
    places = {key: {n: i for i, n in enumerate(one.works)} for key, one in graded.items()}
    posterior: dict[str, dict[str, float]] = {}
    nearest: dict[str, str] = {}
    estimates: dict[str, tuple[Estimate, ...]] = {}
    by_task: dict[str, list[tuple[str, dict[str, int]]]] = {}
    for (task, _, value), (_, _, levels) in zip(votes, said, strict=True):
        by_task.setdefault(task, []).append((value, levels))
    for task, answers in by_task.items():
        keys = [key for key in answers[0][1] if task in places.get(key, {})]
        best = {key: graded[key].level(places[key][task]) for key in keys}
        value = " ".join(f"{key}={level}" for key, (level, _) in best.items())
        posterior[task] = {value: min((p for _, p in best.values()), default=0.0)}
        nearest[task] = min(answers, key=lambda one: (_distance(one[1], best), one[0]))[0]
        estimates[task] = tuple(
            figure(key, graded[key].expected[places[key][task]]) for key in keys
        )
    return Judgement(
        posterior=posterior, majority={task: _medians(a) for task, a in by_task.items()},
        annotators=by_name(*trust(graded)), method=METHOD, nearest=nearest, estimates=estimates,
    )  # fmt: skip


def figure(name: str, expected: Floats) -> Estimate:
    """The expected score on a criterion, with its interval."""
    value, low, high = (six(float(x)) for x in expected)
    return Estimate(name=name, value=value, low=low, high=high)


def trust(graded: Mapping[str, Scored]) -> tuple[list[str], Reliability]:
    """The raters, and their reliabilities: the chance that a level given is the work's own."""
    people = list(dict.fromkeys(name for one in graded.values() for name in one.raters))
    at = {name: i for i, name in enumerate(people)}
    sums = np.zeros((3, len(people)))
    for one in graded.values():
        where = [at[name] for name in one.raters]
        sums[:, where] += np.stack([one.right, one.counts, one.doubt])
    return people, reliability(sums[0], sums[1].astype(np.int64), sums[2])


def read(value: str) -> dict[str, int]:
    """Level by criterion of a canonical text."""
    pairs = (part.partition("=") for part in value.split(" "))
    return {key: int(level) for key, _, level in pairs}


def _distance(levels: Mapping[str, int], best: Mapping[str, tuple[int, float]]) -> int:
    return sum(abs(levels[key] - level) for key, (level, _) in best.items() if key in levels)


def _medians(answers: list[tuple[str, dict[str, int]]]) -> dict[str, float]:
    """The plain middle: the lower median of each criterion."""
    keys = list(answers[0][1])
    sorted_by = {key: sorted(levels[key] for _, levels in answers if key in levels) for key in keys}
    middle = {key: levels[(len(levels) - 1) // 2] for key, levels in sorted_by.items()}
    return {" ".join(f"{key}={level}" for key, level in middle.items()): 1.0}
