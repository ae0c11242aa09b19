"""The report of a training: did a student outgrow its teacher, on which skills, at what cost.

``TrainingReport`` holds everything the page shows, so the page can be rendered from literals and
kept beside the runs. What a figure does not say is said before it: whether experts were
simulated, and that an interval over questions speaks of one checkpoint. An unknown number is a
dash; a claim may hold, fail, or be undecided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Annotated, Literal

from markupsafe import Markup
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from qinglan.pages import charts
from qinglan.pages.labels import UNKNOWN, Estimate, Label, phrase
from qinglan.pages.shell import page
from qinglan.records import Digest
from qinglan.wording import LANGUAGES, Language

Provider = Literal["own", "teacher", "expert", "simulated_expert"]
PROVIDERS: tuple[Provider, ...] = ("own", "teacher", "expert", "simulated_expert")
"""Who answered an example."""
DRAWN = 5
"""Arms or curves of one figure: as many as there are colours, so no two look alike."""
FIGURES = ("outgrown", "passk", "data", "losses", "base_losses")
SLACK = 1e-9
"""An interval's end computed in floating point may stray this far past its bound."""


def _within(row: Estimate, least: float) -> Estimate:
    for number in (row.value, row.low, row.high):
        if number is not None and not least - SLACK <= number <= 1 + SLACK:
            raise ValueError(f"{number} is not between {least:g} and 1; shares, not percent")
    return row


Share = Annotated[Estimate, AfterValidator(lambda row: _within(row, 0))]
"""A share from 0 to 1 with its interval."""
Difference = Annotated[Estimate, AfterValidator(lambda row: _within(row, -1))]
"""A difference of two shares, from −1 to 1, with its interval."""


class Shown(BaseModel):
    """Base of what a report holds: frozen and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Skill(Shown):
    """A skill: the key that scores name it by, and what people read."""

    key: str = Field(min_length=1)
    label: Label


class Arm(Shown):
    """A model that is scored or trained, and its part in the story."""

    key: str = Field(min_length=1)
    label: Label
    role: Literal["base", "teacher", "student"]


class Claim(Shown):
    """One thing the run had to show, with its figures in the text; ``None`` is undecided."""

    text: Label
    holds: bool | None


class Score(Shown):
    """One arm on one skill's held-out questions (``skill=None``: on all of them)."""

    arm: str
    skill: str | None
    n: int | None = Field(ge=0)
    """Questions decided; those undecided are kept apart."""
    undecided: int | None = Field(ge=0)
    pass1: Share
    passk: Share | None = None
    difference: Difference | None = None
    """pass@1 minus the teacher's on the same questions; ``None`` for the teacher itself."""
    p_value: float | None = Field(default=None, ge=0, le=1)

    def asked(self) -> int | None:
        """Questions in all; ``None`` where a part is unknown."""
        return None if self.n is None or self.undecided is None else self.n + self.undecided


class Comparison(Shown):
    """A further paired difference of pass@1, named by its label."""

    difference: Difference
    p_value: float | None = Field(default=None, ge=0, le=1)


class HeadroomRow(Shown):
    """One skill before training: who can do it, and who could teach it."""

    skill: str
    teacher: Share
    best_of_k: Share
    student: Share | None
    expert: Share | None
    teachable: Difference
    """Teacher's best of k minus student."""
    experts_only: Difference
    """Expert minus teacher's best of k."""
    sent: int | None = Field(ge=0)
    """Tasks of this skill sent to experts."""


class RunFacts(Shown):
    """One training: what it saw, what it cost, where it came from."""

    arm: str
    examples: tuple[tuple[Provider, int], ...] = ()
    expert_answers: int | None = Field(default=None, ge=0)
    """Single expert answers asked for, used or not."""
    teacher_answers: int | None = Field(default=None, ge=0)
    steps: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=0)
    losses: tuple[tuple[int, float | None], ...] = ()
    """(step, loss); a loss that was no number is ``None``."""
    run: str | None = None
    release: str | None = None
    root: Digest | None = None

    def by(self, provider: Provider) -> int:
        """Examples that this provider answered."""
        return sum(n for who, n in self.examples if who == provider)

    def total(self) -> int | None:
        """All examples; ``None`` where no count is known."""
        return sum(n for _, n in self.examples) if self.examples else None

    def curve(self) -> tuple[tuple[float, float], ...]:
        """The known points of the loss."""
        return tuple((float(step), loss) for step, loss in self.losses if loss is not None)


class TrainingReport(Shown):
    """Everything the page of a training shows. Rates and differences are shares, not points."""

    title: Label
    seed: int
    language: Language
    """Of the questions."""
    k: int = Field(ge=1)
    simulated: bool
    """Whether experts were simulated; must be true where any example is from one."""
    tasks: int | None = Field(default=None, ge=0)
    notes: tuple[Label, ...] = ()
    """What must be said beside the figures, such as a planted ceiling. Always shown."""
    skills: tuple[Skill, ...] = ()
    arms: tuple[Arm, ...]
    claims: tuple[Claim, ...] = ()
    scores: tuple[Score, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    headroom: tuple[HeadroomRow, ...] = ()
    pilot_answers: int | None = Field(default=None, ge=0)
    runs: tuple[RunFacts, ...] = ()
    versions: tuple[tuple[str, str | None], ...] = ()
    commands: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _hang_together(self) -> TrainingReport:
        """Each row names a known arm and skill, once; the teacher is one, its own reference."""
        arms, skills = [arm.key for arm in self.arms], [skill.key for skill in self.skills]
        _once(arms, "arm")
        _once(skills, "skill")
        _once([(row.arm, row.skill) for row in self.scores], "score")
        _once([row.skill for row in self.headroom], "headroom row")
        _once([row.arm for row in self.runs], "run")
        _known([row.arm for row in self.scores] + [run.arm for run in self.runs], arms, "arm")
        named = [row.skill for row in self.scores] + [line.skill for line in self.headroom]
        _known(named, [None, *skills], "skill")
        if [arm.role for arm in self.arms].count("teacher") != 1:
            raise ValueError("a training report has exactly one teacher")
        if any(row.difference for row in self.scores if row.arm == self.teacher().key):
            raise ValueError("the teacher has no difference to itself")
        if not self.simulated and any(run.by("simulated_expert") for run in self.runs):
            raise ValueError("simulated experts are shown, so simulated must be true")
        return self

    def teacher(self) -> Arm:
        """The arm that the students are held against."""
        return next(arm for arm in self.arms if arm.role == "teacher")

    def students(self) -> tuple[Arm, ...]:
        """The arms that learned from it or beside it, in order."""
        return tuple(arm for arm in self.arms if arm.role == "student")

    def arm(self, key: str) -> Arm:
        """The arm of this key."""
        return next(arm for arm in self.arms if arm.key == key)

    def score(self, arm: str, skill: str | None = None) -> Score | None:
        """One arm's score on one skill, or on all; ``None`` where it was not scored."""
        found = (row for row in self.scores if (row.arm, row.skill) == (arm, skill))
        return next(found, None)

    def scored(self) -> tuple[tuple[str | None, Label], ...]:
        """(key, label) of all skills together, then of each skill, where there is a score."""
        have = {row.skill for row in self.scores}
        named = [(None, phrase("report.training.all")), *((s.key, s.label) for s in self.skills)]
        return tuple((key, label) for key, label in named if key in have)

    def skill(self, key: str) -> Label:
        """What people read for a skill."""
        return next(skill.label for skill in self.skills if skill.key == key)

    def providers(self) -> tuple[Provider, ...]:
        """Those that answered any example, in a fixed order."""
        return tuple(who for who in PROVIDERS if any(run.by(who) for run in self.runs))

    def software(self) -> str:
        """What the runs were made with, on one line."""
        return " · ".join(f"{name} {version or UNKNOWN}" for name, version in self.versions)


def _once(names: Iterable[object], what: str) -> None:
    again = [name for name, n in Counter(names).items() if n > 1]
    if again:
        raise ValueError(f"{what} {again[0]!r} stands twice")


def _known(names: Iterable[object], known: Collection[object], what: str) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"unknown {what} {name!r}")


def render(report: TrainingReport, *, language: Language = "en") -> str:
    """The report as one offline HTML file in both languages; ``language`` is shown first."""
    return page(
        "training.html.j2", language, report=report, charts=_charts(report), drawn=DRAWN,
        points=points, points_interval=points_interval, p_text=p_text, number=number,
        found_of=found_of, any_flat=any_flat,
    )  # fmt: skip


def found_of(
    row: Estimate | None, p_value: float | None
) -> Literal["above", "below", "open"] | None:
    """What a difference shows; ``None`` where it has no interval.

    Interval and test, where there is one, must agree: a bootstrap over few differing items is
    narrower than it should be.
    """
    if row is None or row.low is None or row.high is None:
        return None
    if p_value is not None and p_value >= 0.05:
        return "open"
    return "above" if row.low > 0 else "below" if row.high < 0 else "open"


def any_flat(rows: Iterable[Estimate | None]) -> bool:
    """Whether any interval has no width, which looks like certainty and is none."""
    return any(row is not None and row.low is not None and row.low == row.high for row in rows)


def points(share: float | None) -> str:
    """A difference as signed percentage points with one decimal, or a dash."""
    if share is None:
        return UNKNOWN
    text = f"{100 * share:+.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", "−")


def points_interval(row: Estimate) -> str:
    """The interval of a difference in points, or a dash."""
    if row.low is None or row.high is None:
        return UNKNOWN
    return f"[{points(row.low)}, {points(row.high)}]"


def p_text(value: float | None) -> str:
    """A p-value with three decimals; one too small for that is bounded, never 0; or a dash."""
    if value is None:
        return UNKNOWN
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def number(value: float | None, decimals: int = 0) -> str:
    """A measured quantity with thousands separated, or a dash."""
    return UNKNOWN if value is None else f"{value:,.{decimals}f}".replace("-", "−")


def _charts(report: TrainingReport) -> dict[str, Markup]:
    """The figures by section, each in both languages; empty where there is nothing to draw."""
    pictures: dict[str, list[Markup]] = {name: [] for name in FIGURES}
    for language in LANGUAGES:
        for name, svg in _drawn(report, language).items():
            # our own drawing, in which every label was escaped
            picture = Markup(svg)  # noqa: S704
            frame = Markup('<div class="{}">{}</div>').format(language, picture)
            pictures[name].append(frame)
    return {name: Markup("").join(both_of) for name, both_of in pictures.items()}


def _drawn(report: TrainingReport, language: Language) -> dict[str, str]:
    """One language's figures."""

    def title(name: str) -> Label:
        return phrase(f"report.training.{name}.title")

    drawn: dict[str, str] = {}
    skills = [row for key, label in report.scored() if (row := _arms(report, key, label)).arms]
    if skills:
        drawn["outgrown"] = charts.dumbbell(
            skills, title=title("outgrown"), language=language, percent=True
        )
    tries = _tries(report)
    if tries:
        drawn["passk"] = charts.dumbbell(
            tries, title=title("passk"), language=language, percent=True
        )
    stacks = _stacks(report)
    if stacks:
        drawn["data"] = charts.stacked(stacks, title=title("data"), language=language)
    steps = phrase("report.training.losses.steps")
    for name, heading, curves in (
        ("losses", title("losses"), _curves(report, base=False)[:DRAWN]),
        ("base_losses", phrase("report.training.losses.base"), _curves(report, base=True)[:DRAWN]),
    ):
        if curves:
            drawn[name] = charts.line(curves, title=heading, language=language, steps=steps)
    return drawn


def _arms(report: TrainingReport, skill: str | None, label: Label) -> charts.Arms:
    """Teacher and students on one skill; the base is left to the table, for want of colours."""
    arms = (report.teacher(), *report.students())[:DRAWN]
    scores = [(arm, report.score(arm.key, skill)) for arm in arms]
    shown = (replace(row.pass1, label=arm.label) for arm, row in scores if row is not None)
    return charts.Arms(label=label, arms=tuple(shown))


def _tries(report: TrainingReport) -> list[charts.Arms]:
    """Each arm that was sampled: once, and within k tries."""
    once = phrase("report.training.column.pass1")
    within = phrase("report.training.column.passk", k=report.k)
    return [
        charts.Arms(
            label=arm.label,
            arms=(replace(row.pass1, label=once), replace(row.passk, label=within)),
        )
        for arm in report.arms
        if (row := report.score(arm.key)) is not None and row.passk is not None
    ]


def _stacks(report: TrainingReport) -> list[charts.Stack]:
    """The students' examples; who gave none of them has no place in the legend."""
    runs = [r for r in report.runs if r.examples and report.arm(r.arm).role == "student"]
    gave = [who for who in PROVIDERS if any(run.by(who) for run in runs)]
    names = {who: phrase(f"report.training.origin.{who}") for who in gave}
    return [
        charts.Stack(
            label=report.arm(run.arm).label,
            parts=tuple((name, run.by(who)) for who, name in names.items()),
        )
        for run in runs
    ]


def _curves(report: TrainingReport, *, base: bool) -> list[charts.Series]:
    """Loss curves of the base, or of all others: a base starts from nothing, on another scale."""
    return [
        charts.Series(label=report.arm(run.arm).label, points=run.curve())
        for run in report.runs
        if run.curve() and (report.arm(run.arm).role == "base") is base
    ]
