"""The report of a release: what came in, what left and why, how good the rest is, what to ask next.

``ReleaseReport`` holds everything the page shows, so the page can be rendered from literals and
kept beside the release. Whether counts add up is computed here, never taken on trust; a section
without data is left out; an unknown number is a dash.
"""

from __future__ import annotations

from typing import Literal

from markupsafe import Markup
from pydantic import AwareDatetime, Field, model_validator

from qinglan.pages import charts, reliability
from qinglan.pages.labels import Estimate, Label, clean, phrase, tell
from qinglan.pages.measures import (
    ConfusionFacts,
    CostFacts,
    Shown,
    Spans,
    draw_cost,
    draw_weeks,
)
from qinglan.pages.shell import page
from qinglan.records import Digest, Outcome, Purpose, Reason, Split
from qinglan.wording import LANGUAGES, Language

StageName = Literal["import", "generate", "verify", "judge", "release"]
CHART_ROWS = 30
"""A figure of more rows is no longer looked at; the table beside it holds them all."""


class Stage(Shown):
    """One stage of the line: what entered, what went on, what was set aside.

    ``unit`` says what is counted (rows, answers, tasks), since stages count different things.
    """

    stage: StageName
    unit: Label = ""
    entered: int = Field(ge=0)
    left: int = Field(ge=0)
    set_aside: int = Field(ge=0)

    @property
    def balances(self) -> bool:
        """Whether in = out + set aside."""
        return self.entered == self.left + self.set_aside


class Example(Shown):
    """One set-aside record: where it was and what was found there."""

    file: str | None = None
    line: int | None = Field(default=None, ge=1)
    field: str | None = None
    record: str | None = None
    detail: str = ""


class Rejects(Shown):
    """How many records left a stage for one reason, with some of them."""

    stage: StageName
    reason: Reason
    n: int = Field(ge=1)
    examples: tuple[Example, ...] = ()


class AnnotatorRow(Shown):
    """One annotator: reliability (``estimate``), and how many answers it rests on."""

    estimate: Estimate
    answers: int | None = Field(default=None, ge=0)
    type: Literal["person", "model", "program"]
    simulated: bool = False


class Checks(Shown):
    """What verifiers concluded on one annotator's answers, and why some stay undecided."""

    annotator: Label
    verified: int = Field(ge=0)
    refuted: int = Field(ge=0)
    undecided: int = Field(ge=0)
    reasons: tuple[tuple[Reason, int], ...] = ()


class CalibrationBin(Shown):
    """Cases of similar stated probability: what was said, and how often it was so."""

    stated: float = Field(ge=0, le=1)
    observed: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)
    n: int = Field(ge=1)


class CalibrationFacts(Shown):
    """Expected calibration error, what chance alone would show, and the bins behind it."""

    error: float = Field(ge=0, le=1)
    by_chance: float = Field(ge=0, le=1)
    n: int = Field(ge=1)
    bins: tuple[CalibrationBin, ...]


class OriginRow(Shown):
    """Material of one source: how it reached us, under which licence, how many rows."""

    source: str
    channel: Literal["own", "published", "weights", "api", "person", "simulated"]
    licence: str | None = None
    n: int | None = Field(default=None, ge=0)


class ReleaseFacts(Shown):
    """What a reader needs to check the release: its root, who signed it, its splits."""

    name: str
    root: Digest
    signer: str | None = None
    """Id of the signing key; ``None`` where the release is unsigned."""
    splits: tuple[tuple[Split, int], ...] = ()


class Headroom(Shown):
    """Tasks of one skill that nobody solved: where the next expert hour may be worth most."""

    skill: str | None
    unsolved: int = Field(ge=0)
    tasks: int = Field(ge=0)


class ReleaseReport(Shown):
    """Everything the page of a release shows."""

    title: Label
    project: str
    purpose: Purpose | None
    """``None`` where nothing was released yet."""
    built: AwareDatetime
    simulated: bool
    simulated_annotators: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    rejects: tuple[Rejects, ...] = ()
    examples_shown: int = Field(default=5, ge=0)
    agreement: tuple[Estimate, ...] = ()
    agreement_method: Label = ""
    spans: Spans = Spans()
    annotators: tuple[AnnotatorRow, ...] = ()
    tiers: tuple[Estimate, ...] = ()
    """How often the people of each tier are right; empty where nobody has one."""
    severities: tuple[Estimate, ...] = ()
    """How strict each rater is on each criterion; empty where nothing is scored."""
    biases: tuple[Estimate, ...] = ()
    """How far too high each annotator's numbers are; empty where nothing is measured."""
    accuracy: tuple[Estimate, ...] = ()
    """Accuracy of majority and consensus against the key; empty where no key is known."""
    calibration: CalibrationFacts | None = None
    """Posteriors made without keys against the keys; ``None`` where too few keys are known."""
    confusion: ConfusionFacts | None = None
    """``None`` where answers are open, or of too many classes to be read."""
    cost: CostFacts | None = None
    """``None`` where no task has two labels."""
    intervals: Label = ""
    """How the intervals were made, such as "95% bootstrap over tasks"."""
    checks: tuple[Checks, ...] = ()
    origins: tuple[OriginRow, ...] = ()
    posteriors: tuple[float | None, ...] = ()
    release: ReleaseFacts | None = None
    headroom: tuple[Headroom, ...] = ()
    commands: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _label_simulation(self) -> ReleaseReport:
        """What rests on simulated annotators must say so."""
        if not self.simulated and (
            self.simulated_annotators
            or any(row.simulated for row in self.annotators)
            or any(row.channel == "simulated" for row in self.origins)
            or (self.confusion and any(row.simulated for row in self.confusion.annotators))
        ):
            raise ValueError("simulated annotators are shown, so simulated must be true")
        return self

    def accounts(self, stage: Stage) -> bool:
        """Whether the stage balances and every record set aside there has a reason."""
        told = sum(row.n for row in self.rejects if row.stage == stage.stage)
        return stage.balances and told == stage.set_aside

    def simulated_names(self) -> str:
        """The simulated annotators by name; each once."""
        rows = (tell(row.estimate.label, "en") for row in self.annotators if row.simulated)
        return ", ".join(dict.fromkeys((*map(clean, self.simulated_annotators), *rows)))


def render(report: ReleaseReport, *, language: Language = "en") -> str:
    """The report as one offline HTML file in both languages; ``language`` is shown first."""
    return page(
        "report.html.j2", language, report=report, charts=_charts(report), chart_rows=CHART_ROWS
    )


FIGURES = (
    "weeks",
    "cost",
    "annotators",
    "tiers",
    "severities",
    "biases",
    "accuracy",
    "calibration",
    "checks",
    "posteriors",
    "origins",
)


def _charts(report: ReleaseReport) -> dict[str, Markup | None]:
    """The figure of each section that can have one; ``None`` where there is nothing to draw."""
    pictures: dict[str, list[Markup]] = {}
    for language in LANGUAGES:
        for name, svg in _drawn(report, language).items():
            # our own drawing, in which every label was escaped
            picture = Markup(svg)  # noqa: S704
            frame = Markup('<div class="{}">{}</div>').format(language, picture)
            pictures.setdefault(name, []).append(frame)
    return dict.fromkeys(FIGURES) | {
        name: Markup("").join(both_of) for name, both_of in pictures.items()
    }


def _drawn(report: ReleaseReport, language: Language) -> dict[str, str]:
    """One language's figures."""
    drawn: dict[str, str] = {}

    def title(key: str) -> Label:
        return phrase(f"report.{key}.title")

    if report.spans.weeks:
        drawn["weeks"] = draw_weeks(report.spans.weeks, CHART_ROWS, language=language)
    if report.cost is not None:
        drawn["cost"] = draw_cost(report.cost, language=language)
    if report.annotators:
        rows = [row.estimate for row in report.annotators[:CHART_ROWS]]
        drawn["annotators"] = charts.forest(rows, title=title("annotators"), language=language)
    if report.tiers:
        rows = list(report.tiers[:CHART_ROWS])
        drawn["tiers"] = charts.forest(rows, title=title("tiers"), language=language)
    for name, found in (("severities", report.severities), ("biases", report.biases)):
        if found:
            shown = found[:CHART_ROWS]
            drawn[name] = charts.forest(shown, title=title(name), language=language)
    if report.accuracy:
        drawn["accuracy"] = charts.forest(
            report.accuracy, title=title("accuracy"), language=language, percent=True
        )
    if report.calibration is not None:
        bins = [reliability.Bin(**b.model_dump()) for b in report.calibration.bins]
        drawn["calibration"] = reliability.diagram(
            bins, title=title("calibration"), language=language
        )
    if report.checks:
        stacks = [_stack(row) for row in report.checks[:CHART_ROWS]]
        drawn["checks"] = charts.stacked(stacks, title=title("checks"), language=language)
    if any(value is not None for value in report.posteriors):
        drawn["posteriors"] = charts.histogram(
            report.posteriors, title=title("posteriors"), language=language
        )
    if len(report.origins) > 1:
        bars = [charts.Bar(label=row.source, n=row.n) for row in report.origins[:CHART_ROWS]]
        drawn["origins"] = charts.bars(bars, title=title("origins"), language=language)
    return drawn


def _stack(row: Checks) -> charts.Stack:
    counts = (row.verified, row.refuted, row.undecided)
    names = [phrase(f"report.outcome.{outcome}") for outcome in Outcome]
    return charts.Stack(label=row.annotator, parts=tuple(zip(names, counts, strict=True)))
