"""From the outgrow story's result to the report that its page shows; figures pass unchanged."""

from __future__ import annotations

import math

from qinglan.demo.outcome import ArmRun, Cell, OutgrowResult
from qinglan.evaluation.headroom import Gap, SkillHeadroom
from qinglan.evaluation.scores import ALL, Rate
from qinglan.pages.labels import Estimate, Label, phrase
from qinglan.pages.training import (
    Arm,
    Claim,
    Comparison,
    HeadroomRow,
    Provider,
    RunFacts,
    Score,
    Skill,
    TrainingReport,
)  # fmt: skip
from qinglan.sources.arithmetic import SKILL_NAMES
from qinglan.wording import Phrase

PROVIDERS: dict[str, Provider] = {
    "own": "own", "teacher": "teacher", "simulated expert": "simulated_expert",
}  # fmt: skip
IN_MEMORY = "in memory: "
"""How the story names what was committed to without a release."""


def make_report(result: OutgrowResult, *, commands: tuple[str, ...]) -> TrainingReport:
    """The report of one story.

    Args:
        result: of ``outgrow``.
        commands: what to run next, each as it would be typed.
    """
    skills = tuple(dict.fromkeys(cell.skill for cell in result.cells if cell.skill != ALL))
    both = result.head_to_head
    return TrainingReport(
        title=phrase("report.training.demo_title", seed=result.seed),
        seed=result.seed,
        language="zh" if result.language == "zh" else "en",
        k=result.k,
        simulated=result.simulated,
        tasks=result.tasks,
        notes=(
            phrase("outgrow.note_planted"),
            phrase("outgrow.note_simulated", **result.experts()),
        ),
        skills=tuple(Skill(key=skill, label=_skill(skill)) for skill in skills),
        arms=tuple(map(_arm, dict.fromkeys(cell.arm for cell in result.cells))),
        claims=tuple(
            Claim(text=phrase(f"outgrow.{claim.key}", **claim.facts), holds=claim.holds)
            for claim in result.claims
        ),
        scores=tuple(map(_score, result.cells)),
        comparisons=(
            Comparison(
                difference=_estimate(
                    both.diff, both.diff_low, both.diff_high, both.n,
                    phrase("report.training.head_to_head"),
                ),
                p_value=both.p_value,
            ),
        ),
        headroom=tuple(
            _headroom(line, result.allocation.get(line.skill)) for line in result.headroom.skills
        ),
        pilot_answers=result.pilot_answers,
        runs=tuple(_run(run, result.tasks) for run in result.runs),
        versions=tuple(
            (name, None if version == "not installed" else version)
            for name, version in result.versions.items()
        ),
        commands=commands,
    )  # fmt: skip


def _skill(key: str) -> Phrase:
    return Phrase(*SKILL_NAMES[key])


def _arm(key: str) -> Arm:
    label = phrase(f"outgrow.arm.{key}")
    if key == "base":
        return Arm(key=key, label=label, role="base")
    return Arm(key=key, label=label, role="teacher" if key == "teacher" else "student")


def _estimate(
    value: float | None, low: float | None, high: float | None, n: int | None, label: Label = ""
) -> Estimate:
    """An estimate; one of no value has no interval either."""
    if value is None or low is None or high is None:
        return Estimate(label=label, value=value, n=n)
    return Estimate(label=label, value=value, low=low, high=high, n=n)


def _rate(rate: Rate) -> Estimate:
    return _estimate(rate.value, rate.low, rate.high, rate.n)


def _gap(gap: Gap) -> Estimate:
    return _estimate(gap.value, gap.low, gap.high, gap.n)


def _score(cell: Cell) -> Score:
    """A cell; what was not sampled has no pass@k, and the teacher no difference to itself."""
    return Score(
        arm=cell.arm,
        skill=None if cell.skill == ALL else cell.skill,
        n=cell.n,
        undecided=cell.undecided,
        pass1=_estimate(cell.pass1, cell.low, cell.high, cell.n),
        passk=None
        if cell.passk is None
        else _estimate(cell.passk, cell.passk_low, cell.passk_high, None),
        difference=None
        if cell.diff is None
        else _estimate(cell.diff, cell.diff_low, cell.diff_high, None),
        p_value=cell.p_value,
    )


def _headroom(line: SkillHeadroom, sent: int | None) -> HeadroomRow:
    return HeadroomRow(
        skill=line.skill,
        teacher=_rate(line.teacher),
        best_of_k=_rate(line.best_of_k),
        student=_rate(line.student) if line.student else None,
        expert=_rate(line.expert),
        teachable=_gap(line.teachable),
        experts_only=_gap(line.experts_only),
        sent=sent,
    )


def _run(run: ArmRun, tasks: int) -> RunFacts:
    """One training. Each student's teacher was asked every training task, used or not."""
    released = not run.release.startswith(IN_MEMORY)
    student = _arm(run.arm).role == "student"
    return RunFacts(
        arm=run.arm,
        examples=tuple((PROVIDERS[origin], n) for origin, n in run.by_origin.items()),
        expert_answers=run.expert_answers,
        teacher_answers=tasks if student else 0,
        steps=run.steps,
        completion_tokens=run.completion_tokens,
        seconds=run.seconds,
        losses=tuple((step, loss if math.isfinite(loss) else None) for step, loss in run.losses),
        run=run.run,
        release=run.release if released else None,
        root=run.root if released else None,
    )
