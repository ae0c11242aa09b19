"""Numbers, rubrics and rankings of a file: typed results, and the machine-readable form.

The keys of ``to_json`` are a contract with scripts that read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qinglan.intervals import Interval, bootstrap_mean
from qinglan.quality import numbers as number_model
from qinglan.quality import rankings, rubrics
from qinglan.quality.cells import number
from qinglan.quality.numbers import Numbers
from qinglan.quality.rankings import Ranked
from qinglan.quality.reports import DIGITS, Json, three, write_rows
from qinglan.quality.rubrics import Rubric
from qinglan.quality.scale_tables import ScoreTable, read_rankings, read_scores
from qinglan.quality.tables import (
    Duplicates,
    LabelTable,
    Place,
    numbers,
    read_labels,
    read_truth,
    refuse_text,
)
from qinglan.quality.votes import Floats, total


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NumberReport:
    """Numbers of a file. Errors are mean absolute ones, of ours and of the plain mean; ``None``
    without truth.
    """

    table: LabelTable
    found: Numbers
    counts: Floats
    error: Interval | None
    mean_error: Interval | None
    truth_tasks: int

    def to_json(self) -> dict[str, Json]:
        """The machine-readable form."""
        table, found = self.table, self.found
        return {
            "kind": "number",
            "tasks": len(table.tasks),
            "annotators": len(table.annotators),
            "labels": len(table.label),
            "replaced": table.replaced,
            "error": _ends(self.error),
            "mean_error": _ends(self.mean_error),
            "truth_tasks": self.truth_tasks,
            "bias": [
                {
                    "annotator": name, "labels": int(self.counts[i]),
                    "bias": _round(found.bias[i]), "deviation": _round(found.deviation[i]),
                }
                for i, name in enumerate(table.annotators)
            ],
            "iterations": found.iterations,
            "converged": found.converged,
        }  # fmt: skip

    def header(self) -> list[str]:
        """Columns of ``rows``."""
        return ["task", "value", "low", "high"]

    def rows(self) -> Iterator[list[str | float]]:
        """One row a task."""
        found = self.found
        for i, task in enumerate(self.table.tasks):
            yield [task, *(_round(x[i]) for x in (found.values, found.low, found.high))]

    def write(self, path: Place) -> None:
        """Write ``rows`` to a .csv or .parquet file; see ``reports.write_rows``."""
        write_rows(path, self.header(), self.rows())


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RubricReport:
    """Scores of a file. Quality is in standard deviations of works; ``expected`` the score that a
    rater of mean severity gives, mean over criteria.
    """

    table: ScoreTable
    found: Rubric

    def to_json(self) -> dict[str, Json]:
        """The machine-readable form."""
        table, found = self.table, self.found
        counts = np.bincount(table.rater, minlength=len(table.raters))
        return {
            "kind": "rubric",
            "tasks": len(table.works),
            "annotators": len(table.raters),
            "labels": len(table.score),
            "replaced": table.replaced,
            "levels": list(table.levels),
            "severity": [
                {"annotator": name, "labels": int(counts[i]), **three(found.severity[i])}
                for i, name in enumerate(table.raters)
            ],
            "difficulty": [
                {"criterion": name, **three(found.difficulty[i])}
                for i, name in enumerate(table.criteria)
            ],
            "thresholds": [_round(value) for value in found.thresholds],
            "discrimination": _round(found.discrimination),
            "log_likelihood": _round(found.log_likelihood),
            "converged": found.converged,
        }

    def header(self) -> list[str]:
        """Columns of ``rows``."""
        return ["task", "quality", "low", "high", "expected"]

    def rows(self) -> Iterator[list[str | float]]:
        """One row a work."""
        table, found = self.table, self.found
        place = np.mean([found.expected(i) for i in range(len(table.criteria))], axis=0)
        expected: Floats = np.asarray(np.interp(place, np.arange(len(table.levels)), table.levels))
        for i, work in enumerate(table.works):
            yield [work, *(_round(x[i]) for x in (found.quality, found.low, found.high, expected))]

    def write(self, path: Place) -> None:
        """Write ``rows`` to a .csv or .parquet file; see ``reports.write_rows``."""
        write_rows(path, self.header(), self.rows())


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RankingReport:
    """Standings from rankings of several items at once."""

    items: list[str]
    found: Ranked
    rankings: int

    def to_json(self) -> dict[str, Json]:
        """The machine-readable form: items from the strongest to the weakest."""
        found = self.found
        return {
            "kind": "ranking",
            "items": [
                {
                    "item": self.items[i], "rank": place,
                    **three((found.scores[i], found.low[i], found.high[i])),
                    "rankings": int(found.times[i]),
                }
                for place, i in enumerate(found.order.tolist(), start=1)
            ],
            "rankings": self.rankings,
            "log_likelihood": _round(found.log_likelihood),
            "converged": found.converged,
        }  # fmt: skip


def number_file(
    path: Place, *, truth: Place | None = None, duplicates: Duplicates = "refuse"
) -> NumberReport:
    """Values of the tasks of a file of numbers; see ``numbers`` for the model.

    Args:
        path: as for ``consensus_file``; labels are numbers.
        truth: file of known values, to score against.
        duplicates: ``refuse`` or ``last``.

    Raises:
        InputError, RowError: see ``tables``; a label or a known value that is not a number.
    """
    table = read_labels(path, duplicates)
    answers = numbers(table, path)
    sizes = len(table.tasks), len(table.annotators)
    found = number_model.estimate(
        table.task, table.annotator, answers, n_tasks=sizes[0], n_annotators=sizes[1]
    )
    ones = np.ones(len(answers))
    plain: Floats = total(table.task, answers, sizes[0]) / total(table.task, ones, sizes[0])
    known = {} if truth is None else _values(truth)
    at = [i for i, name in enumerate(table.tasks) if name in known]
    true = np.array([known[table.tasks[i]] for i in at])
    ours, mean = (
        (bootstrap_mean(np.abs(x[at] - true)) if at else None) for x in (found.values, plain)
    )
    return NumberReport(
        table=table, found=found, counts=total(table.annotator, ones, sizes[1]), error=ours,
        mean_error=mean, truth_tasks=len(known),
    )  # fmt: skip


def _values(path: Place) -> dict[str, float]:
    known = read_truth(path)
    values = {name: number(text) for name, text in known.items()}
    bad = {known[name] for name, value in values.items() if value is None}
    if bad:
        refuse_text(path, bad, ("truth", "label"))
    return {name: value for name, value in values.items() if value is not None}


def rubric_file(path: Place, *, duplicates: Duplicates = "refuse") -> RubricReport:
    """Quality of the works of a file of scores; see ``scale_tables.read_scores`` for its columns.

    Raises:
        InputError, RowError, LimitError: see ``scale_tables`` and ``rubrics``.
    """
    table = read_scores(path, duplicates)
    found = rubrics.estimate(
        table.work, table.rater, table.criterion, table.score, levels=len(table.levels)
    )
    return RubricReport(table=table, found=found)


def ranking_file(path: Place, *, level: float = 0.95) -> RankingReport:
    """Standings of the items of a file of rankings; see ``scale_tables.read_rankings``.

    Raises:
        InputError, RowError, LimitError: see ``scale_tables`` and ``rankings``.
    """
    table = read_rankings(path)
    found = rankings.rank_lists(
        table.rankings, shown=table.shown, n_items=len(table.items), level=level
    )
    return RankingReport(items=table.items, found=found, rankings=len(table.rankings))


def _round(value: float) -> float:
    return round(float(value), DIGITS)


def _ends(found: Interval | None) -> Json:
    if found is None or found.estimate is None:
        return None
    return three((found.estimate, found.low, found.high))
