"""What a report measures of a project's votes beside the consensus itself.

Not a verb. Each measure is linear in the votes, and what would not be (dealing labels again and
again) is done on a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from itertools import groupby

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
from qinglan.quality import curve
from qinglan.quality.agreement import Agreement
from qinglan.quality.confusion import confuse
from qinglan.quality.names import encode
from qinglan.quality.spans import alpha_by
from qinglan.quality.votes import Floats
from qinglan.records import Project
from qinglan.storage import annotations as answers

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
    """Expected error against labels paid for; ``None`` where no task has two labels."""
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
    values: list[str] = []
    with context.storage.read() as conn:
        for task, rows in groupby(answers.made(conn, project.id), key=lambda row: row.task):
            made = {row.annotation: (_monday(row.started), row.version) for row in rows}
            given: dict[tuple[date, int], list[Vote]] = {}
            for vote in labels.votes.get(task, ()):
                # One that was withdrawn since the votes were read has no place any more.
                if vote.annotation in made:
                    given.setdefault(made[vote.annotation], []).append(vote)
            for (week, version), votes in given.items():
                for _, value in one_vote_each(votes):
                    weeks.append(week)
                    versions.append(version)
                    tasks.append(task)
                    values.append(value)
    task_codes, value_codes = encode(tasks)[0], encode(values)[0]

    by_week = alpha_by(weeks, task_codes, value_codes) if len(set(weeks)) > 1 else {}
    by_version = alpha_by(versions, task_codes, value_codes) if len(set(versions)) > 1 else {}
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
