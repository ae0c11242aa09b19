"""Reports on a file of labels or votes: typed results, and the machine-readable form.

The keys of ``to_json`` are a contract with scripts that read them.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from qinglan.errors import UsageError
from qinglan.intervals import Interval
from qinglan.quality.agreement import Agreement
from qinglan.quality.calibration import Calibration
from qinglan.quality.cells import safe
from qinglan.quality.discrimination import Discernment
from qinglan.quality.estimates import Consensus
from qinglan.quality.pairwise import Standings
from qinglan.quality.tables import LabelTable, Place
from qinglan.quality.tiers import Tiers, reliabilities

DIGITS = 6

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ConsensusReport:
    """Consensus of a file of labels. Accuracies are fractions; ``None`` without truth.

    ``truth_unlabelled`` counts tasks of known answer that have no label; they are not scored.
    """

    table: LabelTable
    consensus: Consensus
    accuracy: Interval | None
    majority_accuracy: Interval | None
    truth_tasks: int
    truth_unlabelled: int
    tiers: Tiers | None = None
    calibration: Calibration | None = None

    def to_json(self) -> dict[str, Json]:
        """The machine-readable form: numbers, names of annotators with their reliability."""
        table, found, trust = self.table, self.consensus, self.consensus.reliability
        return {
            "method": found.method,
            "tasks": len(table.tasks),
            "annotators": len(table.annotators),
            "labels": len(table.label),
            "classes": list(table.classes),
            "replaced": table.replaced,
            "accuracy": _estimate(self.accuracy),
            "accuracy_low": _bound(self.accuracy, "low"),
            "accuracy_high": _bound(self.accuracy, "high"),
            "majority_accuracy": _estimate(self.majority_accuracy),
            "majority_accuracy_low": _bound(self.majority_accuracy, "low"),
            "majority_accuracy_high": _bound(self.majority_accuracy, "high"),
            "truth_tasks": self.truth_tasks,
            "truth_unlabelled": self.truth_unlabelled,
            **self._calibration(),
            "iterations": found.iterations,
            "converged": found.converged,
            "log_likelihood": None if found.log_likelihood is None else float(found.log_likelihood),
            "parts": {name: round(weight, DIGITS) for name, weight in found.parts},
            "alarms": [alarm_key(alarm) for alarm in found.alarms],
            "reliability": [
                {
                    "annotator": name, "labels": int(trust.labels[i]),
                    "reliability": round(float(trust.mean[i]), DIGITS),
                    "low": round(float(trust.low[i]), DIGITS),
                    "high": round(float(trust.high[i]), DIGITS),
                }
                for i, name in enumerate(table.annotators)
            ],
            "tiers": list(self._tiers()),
        }  # fmt: skip

    def _calibration(self) -> dict[str, Json]:
        found = self.calibration
        return {
            "calibration_error": None if found is None else round(found.error, DIGITS),
            "calibration_by_chance": None
            if found is None
            else round(found.expected_by_chance, DIGITS),
            "too_sure_by": None if found is None else _rounded(found.gap.estimate),
        }

    def _tiers(self) -> Iterator[Json]:
        if self.tiers is None:
            return
        found = reliabilities(self.tiers, self.consensus.reliability)
        for name, (people, labels, right) in zip(self.tiers.names, found, strict=True):
            yield {
                "tier": name, "annotators": people, "labels": labels,
                "reliability": _rounded(right.estimate), "low": _rounded(right.low),
                "high": _rounded(right.high),
            }  # fmt: skip

    def rows(self) -> Iterator[list[str | float]]:
        """Rows under ``header``: task, label, probability, and the posterior of each class."""
        found, names = self.consensus, self.table.classes
        best, sure = found.labels, found.probability
        for i, task in enumerate(self.table.tasks):
            chances = [round(float(p), DIGITS) for p in found.posteriors[i]]
            yield [task, names[int(best[i])], round(float(sure[i]), DIGITS), *chances]

    def header(self) -> list[str]:
        """Columns of ``rows``."""
        return ["task", "label", "probability", *(f"p_{name}" for name in self.table.classes)]

    def write(self, path: Place) -> None:
        """Write ``rows`` to a .csv or .parquet file; see ``write_rows``."""
        write_rows(path, self.header(), self.rows())


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """Krippendorff's alpha of a file of labels."""

    agreement: Agreement
    annotators: int
    replaced: int
    classes: tuple[tuple[str, Agreement], ...] = ()
    """Each class against the rest, for nominal labels."""
    people: tuple[tuple[str, tuple[float, float, float, int] | None], ...] = ()
    """Each annotator against the others, for nominal labels."""

    def to_json(self) -> dict[str, Json]:
        """The machine-readable form."""
        found = self.agreement
        return {
            "alpha": _rounded(found.alpha), "low": _rounded(found.low),
            "high": _rounded(found.high), "level": found.level, "confidence": found.confidence,
            "tasks": found.tasks, "annotators": self.annotators, "labels": found.labels,
            "replaced": self.replaced,
            "by_class": [
                {
                    "label": name, "alpha": _rounded(part.alpha), "low": _rounded(part.low),
                    "high": _rounded(part.high), "tasks": part.tasks,
                }
                for name, part in self.classes
            ],
            "by_annotator": [
                {
                    "annotator": name, "alpha": _rounded(own[0] if own else None),
                    "low": _rounded(own[1] if own else None),
                    "high": _rounded(own[2] if own else None), "tasks": own[3] if own else 0,
                }
                for name, own in self.people
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RankReport:
    """Standings of a file of pairwise votes."""

    items: list[str]
    standings: Standings
    votes: int
    ties: int
    annotators: list[str] = field(default_factory=list)
    discernment: Discernment | None = None
    """``None`` where the file does not say who voted, or has too many annotators to tell apart."""
    alarms: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The machine-readable form: items from the strongest to the weakest, annotators from the
        keenest to the least discerning.
        """
        found = self.standings
        side, tie = found.left_advantage, found.tie_rate
        return {
            "items": [
                {
                    "item": self.items[i], "rank": place,
                    "score": round(float(found.scores[i]), DIGITS),
                    "low": round(float(found.low[i]), DIGITS),
                    "high": round(float(found.high[i]), DIGITS),
                    "wins": float(found.wins[i]), "votes": int(found.votes[i]),
                    "group": int(found.groups[i]),
                }
                for place, i in enumerate(found.order.tolist(), start=1)
            ],
            "votes": self.votes,
            "ties": self.ties,
            "left_advantage": three(side),
            "tie_rate": None if tie is None else _rounded(tie[0]),
            "groups": int(found.groups.max()) + 1,
            "annotators": list(self._annotators()),
            "alarms": [alarm_key(alarm) for alarm in self.alarms],
            "converged": found.converged,
        }  # fmt: skip

    def _annotators(self) -> Iterator[Json]:
        found = self.discernment
        if found is None:
            return
        for i in np.argsort(-found.discrimination[:, 0], kind="stable").tolist():
            tie = None if found.tie_rate is None else found.tie_rate[i]
            yield {
                "annotator": self.annotators[i], "votes": int(found.votes[i]),
                "discrimination": three(found.discrimination[i]),
                "left_advantage": three(found.left_advantage[i]),
                "tie_rate": None if tie is None else three(tie),
            }  # fmt: skip


def check_format(path: Place) -> str:
    """The extension of a file that rows can be written to, ``.csv`` or ``.parquet``.

    Raises:
        UsageError: another extension.
    """
    kind = Path(path).suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise UsageError("quality.out_format", file=os.fspath(path))
    return kind


def write_rows(path: Place, header: list[str], rows: Iterable[list[str | float]]) -> None:
    """Write rows of text and numbers. The file appears whole or not at all.

    Raises:
        UsageError: see ``check_format``.
    """
    kind, target = check_format(path), Path(path)
    part = target.with_name(f".{target.name}.part")
    try:
        (_write_csv if kind == ".csv" else _write_parquet)(part, header, rows)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write_csv(path: Path, header: list[str], rows: Iterable[list[str | float]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(safe(cell) for cell in header)
        for row in rows:
            writer.writerow(safe(cell) if isinstance(cell, str) else cell for cell in row)


def _write_parquet(path: Path, header: list[str], rows: Iterable[list[str | float]]) -> None:
    import polars as pl

    pl.DataFrame(list(rows), schema=header, orient="row", infer_schema_length=None).write_parquet(
        path
    )


def alarm_key(alarm: str) -> str:
    """The key of an alarm's phrase."""
    return f"alarm.quality.{alarm}"


def _estimate(score: Interval | None) -> float | None:
    return None if score is None else _rounded(score.estimate)


def _bound(score: Interval | None, side: str) -> float | None:
    return None if score is None else _rounded(score.low if side == "low" else score.high)


def three(values: Iterable[float]) -> dict[str, Json]:
    """An estimate and the ends of its interval."""
    rounded = (round(float(value), DIGITS) for value in values)
    return dict(zip(("score", "low", "high"), rounded, strict=True))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
