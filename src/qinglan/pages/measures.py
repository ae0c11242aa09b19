"""How good answers are, as a report shows it: agreement over time, confusion, what labels buy.

Facts from literals, and the pictures of those that have one; ``pages.report`` puts them on its
page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field, model_validator

from qinglan.pages import charts
from qinglan.pages.labels import Estimate, Label, phrase
from qinglan.wording import Language

SHADES = 5
"""Steps of grey behind the cells of a confusion matrix."""


class Shown(BaseModel):
    """Base of what a report holds: frozen and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ConfusionRow(Shown):
    """Tasks that are most likely of one class: what they were called, as shares of ``n`` labels.

    ``n`` is an expected count, for the class is known by its posterior. ``right``: the share
    called by their own class, with its interval; ``shares`` are ``None`` where n is 0.
    """

    true: str
    n: float = Field(ge=0)
    shares: tuple[float | None, ...]
    right: Estimate

    def shade(self, place: int) -> int:
        """How dark the cell is, from 0 to ``SHADES``."""
        share = self.shares[place]
        return 0 if share is None else min(SHADES, round(share * SHADES + 0.3))


class Confusion(Shown):
    """One annotator's matrix, or that of all together."""

    label: Label
    simulated: bool = False
    rows: tuple[ConfusionRow, ...]


class ConfusionFacts(Shown):
    """Matrices over the same classes: of all, and of annotators, those of most labels first."""

    classes: tuple[str, ...]
    pooled: Confusion
    annotators: tuple[Confusion, ...]
    left_out: int = Field(default=0, ge=0)
    """Annotators of fewer labels who are not shown."""

    @model_validator(mode="after")
    def _square(self) -> ConfusionFacts:
        """Every matrix has one row and one column a class."""
        for matrix in (self.pooled, *self.annotators):
            if tuple(row.true for row in matrix.rows) != self.classes or any(
                len(row.shares) != len(self.classes) for row in matrix.rows
            ):
                raise ValueError("a confusion matrix has one row and one column a class")
        return self


class CostPoint(Shown):
    """Labels a task so far, and the expected error after them."""

    each: float = Field(ge=0)
    error: Estimate


class CostFacts(Shown):
    """What labels buy under two rules, measured on ``tasks`` of ``sampled_from`` tasks."""

    tasks: int = Field(ge=1)
    sampled_from: int = Field(ge=1)
    target: float = Field(gt=0, lt=1)
    fixed: tuple[CostPoint, ...]
    adaptive: tuple[CostPoint, ...]

    @model_validator(mode="after")
    def _rises(self) -> CostFacts:
        """Labels are only ever added."""
        for points in (self.fixed, self.adaptive):
            if any(a.each >= b.each for a, b in pairwise(points)):
                raise ValueError("each point of a curve has more labels than the one before")
        return self


class Spans(Shown):
    """Agreement by week (of the answers' arrival) and by version of the guideline, oldest first.

    Empty where there is but one: it would say the same as all together.
    """

    weeks: tuple[Estimate, ...] = ()
    versions: tuple[Estimate, ...] = ()


def draw_weeks(weeks: Sequence[Estimate], most: int, *, language: Language) -> str:
    """The latest ``most`` weeks, the oldest of them on top."""
    rows = [replace(row, note="") for row in weeks[-most:]]
    return charts.forest(rows, title=phrase("report.weeks.title"), language=language)


def draw_cost(facts: CostFacts, *, language: Language) -> str:
    """Expected error over labels a task, a curve a rule."""
    series = [
        charts.Series(
            label=phrase(f"report.rule.{name}"),
            points=tuple((p.each, p.error.value) for p in points if p.error.value is not None),
        )
        for name, points in (("fixed", facts.fixed), ("adaptive", facts.adaptive))
    ]
    return charts.line(
        series, title=phrase("report.cost.title"), language=language,
        steps=phrase("report.column.each"), share=True,
    )  # fmt: skip
