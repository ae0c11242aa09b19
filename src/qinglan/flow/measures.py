"""What a report measures of a project's votes beside the consensus itself.

Not a verb. Each measure is linear in the votes, and what would not be (dealing labels again and
again) is done on a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import groupby
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from qinglan.flow import scaled
from qinglan.flow.context import Context
from qinglan.flow.labels import OPEN, Cast, Labels, Vote, fitting, one_vote_each
from qinglan.intervals import Interval, wilson
from qinglan.pages.labels import Estimate, Label, phrase
from qinglan.pages.measures import (
    Confusion,
    ConfusionFacts,
    ConfusionRow,
    CostFacts,
    CostPoint,
    Spans,
)
from qinglan.quality import curve, numbers
from qinglan.quality.agreement import Agreement, Level, alpha
from qinglan.quality.confusion import confuse
from qinglan.quality.names import encode
from qinglan.quality.spans import alpha_by
from qinglan.quality.votes import Floats
from qinglan.records import Kind, Project
from qinglan.storage import annotations as answers

Group = TypeVar("Group", date, int)

MATRICES = 30
"""Annotators whose confusion is shown."""


def cast(labels: Labels) -> list[Cast]:
    """(task, annotator, value): each annotator's one answer to a task."""
    return [(task, *one) for task, given in labels.votes.items() for one in one_vote_each(given)]


def confusion(project: Project, labels: Labels) -> ConfusionFacts | None:
    """What is taken for what; ``None`` for open answers, or where there are too many classes."""
    found = None if project.kind in OPEN else confuse(labels.posterior, cast(labels))
    if found is None:
        return None
    by_size = sorted(found.annotators, key=lambda who: (-found.annotators[who].sum(), who))
    return ConfusionFacts(
        classes=found.classes,
        pooled=Confusion(
            label=phrase("flow.report.all_annotators"),
            rows=tuple(_rows(found.classes, found.pooled)),
        ),
        annotators=tuple(
            Confusion(
                label=labels.annotators[who].name,
                simulated=labels.annotators[who].simulated,
                rows=tuple(_rows(found.classes, found.annotators[who])),
            )
            for who in by_size[:MATRICES]
        ),
        left_out=max(0, len(by_size) - MATRICES),
    )


def _rows(classes: tuple[str, ...], counts: Floats) -> Iterator[ConfusionRow]:
    for place, name in enumerate(classes):
        n = float(counts[place].sum())
        seen = n >= 0.5
        right = wilson(min(float(counts[place, place]), n), n) if seen else None
        yield ConfusionRow(
            true=name, n=n, right=_estimate("", right, round(n)),
            shares=tuple(float(c) / n if seen else None for c in counts[place]),
        )  # fmt: skip


def cost(context: Context, project: Project, labels: Labels) -> CostFacts | None:
    """Expected error against labels paid for; ``None`` where no task has two labels.

    Also ``None`` for answers that are no classes: there a value may have any error.
    """
    if project.kind in scaled.KINDS and project.kind in OPEN:
        return None
    fit = fitting(context, project, labels.annotators, method="ibcc")
    found = curve.draw(cast(labels), lambda votes: fit(votes, None))
    if found is None:
        return None
    return CostFacts(
        tasks=found.tasks, sampled_from=found.sampled_from, target=found.target,
        fixed=tuple(_points(found.fixed)), adaptive=tuple(_points(found.adaptive)),
    )  # fmt: skip


def _points(points: Iterable[curve.Point]) -> Iterator[CostPoint]:
    for point in points:
        yield CostPoint(each=point.each, error=_estimate("", point.error, None))


def spans(context: Context, project: Project, labels: Labels) -> Spans:
    """Krippendorff's alpha by the week in which answers came in and by guideline version."""
    weeks: list[date] = []
    versions: list[int] = []
    tasks: list[str] = []
    values: list[float | str] = []
    compared = scaled.units(context, project, cast(labels))
    with context.storage.read() as conn:
        for task, rows in groupby(answers.made(conn, project.id), key=lambda row: row.task):
            made = {row.annotation: (_monday(row.started), row.version) for row in rows}
            given: dict[tuple[date, int], list[Vote]] = {}
            for vote in labels.votes.get(task, ()):
                # One that was withdrawn since the votes were read has no place any more.
                if vote.annotation in made:
                    given.setdefault(made[vote.annotation], []).append(vote)
            for (week, version), votes in given.items():
                for who, value in one_vote_each(votes):
                    for unit, said in compared.parts((task, who, value)):
                        weeks.append(week)
                        versions.append(version)
                        tasks.append(unit)
                        values.append(said)
    codes = encode(tasks)[0], numbered(values, compared.level)

    def apart(groups: list[Group]) -> dict[Group, Agreement]:
        several = len(set(groups)) > 1
        return alpha_by(groups, *codes, level=compared.level) if several else {}

    by_week, by_version = apart(weeks), apart(versions)
    return Spans(
        weeks=tuple(
            _agreed(phrase("flow.report.week", which=week), by_week[week])
            for week in sorted(by_week)
        ),
        versions=tuple(
            _agreed(phrase("flow.report.version", which=number), by_version[number])
            for number in sorted(by_version)
        ),
    )


def agreement(context: Context, project: Project, labels: Labels) -> Agreement | None:
    """Krippendorff's alpha over all answers, by what of them compares; ``None`` without any."""
    votes = cast(labels)
    compared = scaled.units(context, project, votes)
    parts = [part for vote in votes for part in compared.parts(vote)]
    if not parts:
        return None
    said = numbered([said for _, said in parts], compared.level)
    return alpha(encode(unit for unit, _ in parts)[0], said, level=compared.level)


def numbered(values: list[float | str], level: Level) -> ArrayLike:
    """What was said as ``alpha`` takes it: numbers where they are measured, else codes."""
    return encode(values)[0] if level == "nominal" else np.array(values, dtype=np.float64)


def severities(context: Context, project: Project, labels: Labels) -> Iterator[Estimate]:
    """How strict each rater is on each criterion, in standard deviations of works."""
    for key, one in scaled.graded(context, project, cast(labels)).items():
        for place, rater in enumerate(one.raters):
            value, low, high = (float(x) for x in one.severity[place])
            yield Estimate(
                label=f"{labels.annotators[rater].name} · {key}", value=value, low=low, high=high,
                n=int(one.counts[place]),
            )  # fmt: skip


def biases(project: Project, labels: Labels) -> Iterator[Estimate]:
    """By how much each annotator's numbers are too high, in deviations of a typical answer."""
    votes = cast(labels) if project.kind is Kind.NUMBER else []
    if not votes:
        return
    given = np.array([float(Fraction(value)) for _, _, value in votes])
    who, people = encode(name for _, name, _ in votes)
    found = numbers.estimate(encode(task for task, _, _ in votes)[0], who, given)
    counts = np.bincount(who, minlength=len(people))
    typical = float(np.sqrt(np.average(found.deviation**2, weights=counts))) or 1.0
    for place, name in enumerate(people):
        bias, spread = float(found.bias[place]), float(found.deviation[place])
        half = 1.96 * spread / float(np.sqrt(counts[place]))
        yield Estimate(
            label=labels.annotators[name].name, value=bias / typical,
            low=(bias - half) / typical, high=(bias + half) / typical, n=int(counts[place]),
            note=f"{bias:+.4g} ± {spread:.4g}",
        )  # fmt: skip


@cache
def _monday(started: str) -> date:
    day = date.fromisoformat(started[:10])
    return day - timedelta(days=day.weekday())


def _agreed(label: Label, found: Agreement) -> Estimate:
    return Estimate(label=label, value=found.alpha, low=found.low, high=found.high, n=found.tasks)


def _estimate(label: Label, found: Interval | None, n: int | None) -> Estimate:
    if found is None or found.estimate is None:
        return Estimate(label=label, value=None, n=n)
    return Estimate(label=label, value=found.estimate, low=found.low, high=found.high, n=n)
