"""The page of headroom: by skill, who can do it, and who could teach it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from markupsafe import Markup
from pydantic import Field

from qinglan.pages import charts
from qinglan.pages.labels import Estimate, Label, phrase
from qinglan.pages.shell import page
from qinglan.pages.training import HeadroomRow, Shown, Skill, any_flat, points, points_interval
from qinglan.records import Split
from qinglan.wording import LANGUAGES, Language


class HeadroomReport(Shown):
    """Everything the page shows. Rates and differences are shares, not points."""

    k: int = Field(ge=1)
    simulated: bool
    """An expert, or a key, is simulated."""
    teacher: str
    student: str | None
    experts: tuple[str, ...]
    release: str
    split: Split
    items: int = Field(ge=0)
    looks: int = Field(ge=1)
    pilot_answers: int = Field(ge=0)
    left_out: int = Field(default=0, ge=0)
    """Questions that experts answered and that are not in the set."""
    left_out_right: int = Field(default=0, ge=0)
    skills: tuple[Skill, ...]
    headroom: tuple[HeadroomRow, ...]
    """In the order shown."""
    commands: tuple[str, ...] = ()

    def skill(self, key: str) -> Label:
        """What people read for a skill."""
        return next(skill.label for skill in self.skills if skill.key == key)


def render(report: HeadroomReport, *, language: Language = "en") -> str:
    """The report as one offline HTML file in both languages; ``language`` is shown first."""
    return page(
        "headroom.html.j2", language, report=report, charts={"headroom": _drawn(report)},
        points=points, points_interval=points_interval, any_flat=any_flat,
        title=phrase("report.gap.title"),
    )  # fmt: skip


def _drawn(report: HeadroomReport) -> Markup:
    """The figure in each language."""
    rows = [charts.Arms(label=report.skill(row.skill), arms=tuple(_arms(report, row)))
            for row in report.headroom]  # fmt: skip
    if not rows:
        return Markup("")
    frame = Markup('<div class="{}">{}</div>')
    return Markup("").join(
        # our own drawing, in which every label was escaped
        frame.format(language, Markup(_picture(rows, language)))  # noqa: S704
        for language in LANGUAGES
    )


def _picture(rows: list[charts.Arms], language: Language) -> str:
    title = phrase("report.training.headroom.title")
    return charts.dumbbell(rows, title=title, language=language, percent=True)


def _arms(report: HeadroomReport, row: HeadroomRow) -> Iterable[Estimate]:
    for name, rate in (
        ("student", row.student),
        ("teacher", row.teacher),
        ("best", row.best_of_k),
        ("expert", row.expert),
    ):
        if rate is not None:
            yield replace(rate, label=phrase(f"report.training.column.{name}", k=report.k))
