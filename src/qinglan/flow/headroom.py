"""``headroom``: by skill, what a teacher can still teach, and what only experts can.

It asks no model: teacher and student were scored by ``evaluate``, and what experts answered was
checked by ``verify``. Measure it on a development split: what is chosen by it leaks the set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qinglan.durability import write_whole
from qinglan.errors import UsageError
from qinglan.evaluation.examination import Examination
from qinglan.evaluation.headroom import Gap, Headroom, SkillHeadroom, measure, route
from qinglan.evaluation.scores import Rate
from qinglan.flow import reports
from qinglan.flow.context import Context, allow
from qinglan.flow.held_out import skill_of
from qinglan.flow.labels import read_labels
from qinglan.flow.written import noting
from qinglan.pages.headroom import HeadroomReport, render
from qinglan.pages.labels import Estimate
from qinglan.pages.training import HeadroomRow, Skill
from qinglan.records import Actor, Outcome, Project
from qinglan.releases import show, split
from qinglan.storage import tasks
from qinglan.wording import preferred


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The headroom on one set, and where a budget of expert tasks would go."""

    headroom: Headroom
    teacher: Examination
    student: Examination | None
    experts: tuple[str, ...]
    pilot: int
    """Questions that experts answered."""
    left_out: int
    """Questions of the split that experts answered and that are not in the set: a release holds
    none to which no answer was accepted."""
    left_out_right: int
    """How many of those the experts had right; where they had few, their rate is too high."""
    simulated: bool
    """An expert, or a key, is simulated."""
    sent: dict[str, int] | None = None
    """Tasks by skill that a budget goes to."""

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            **self.headroom.model_dump(mode="json"),
            "teacher": self.teacher.id,
            "student": None if self.student is None else self.student.id,
            "experts": list(self.experts),
            "pilot": self.pilot,
            "left_out": self.left_out,
            "left_out_right": self.left_out_right,
            "simulated": self.simulated,
            "looks": self.teacher.looks,
            "sent": self.sent,
        }


def headroom(
    context: Context,
    actor: Actor,
    *,
    teacher: str,
    student: str | None = None,
    experts: Sequence[str] = (),
    budget: int | None = None,
) -> Measured:
    """The headroom by skill, widest gap for experts first; skills without a measured gap last.

    Args:
        context: the workspace.
        actor: who asks.
        teacher: id of its report, with samples.
        student: id of its report on the same set.
        experts: names of annotators of the set's project; default: all people in it.
        budget: tasks for experts, to spread over the skills by what only they can teach.

    Raises:
        UsageError: a report or an annotator is unknown, the reports are on different sets, the
            teacher was not sampled, or no expert's answer was checked.
        IntegrityError: a report's file is not the one that was filed.
    """
    allow("headroom", actor)
    of_teacher = reports.load(context, teacher)
    of_student = None if student is None else reports.load(context, student)
    if of_student is not None and of_student.held_out != of_teacher.held_out:
        raise UsageError(
            "flow.other_set", id=of_teacher.id, release=of_teacher.release, split=of_teacher.split
        )
    project = context.project(of_teacher.project)
    given = _Experts(context, project, experts)
    asked = {item.id for item in of_teacher.scores.items}
    outcomes = {task: outcome for task, outcome in given.outcomes.items() if task in asked}
    if not outcomes:
        raise UsageError("flow.no_experts", project=project.name, split=of_teacher.split.value)
    found = measure(of_teacher.scores, outcomes, None if of_student is None else of_student.scores)
    ranked = sorted(found.skills, key=_by_gap)
    found = found.model_copy(update={"skills": tuple(ranked)})
    left_out = [given.outcomes[task] for task in _missing(context, project, of_teacher, given)]
    return Measured(
        headroom=found,
        teacher=of_teacher,
        student=of_student,
        experts=tuple(who.name for who in given.people),
        pilot=len(outcomes),
        left_out=len(left_out),
        left_out_right=left_out.count(Outcome.VERIFIED),
        simulated=bool(of_teacher.simulated) or any(who.simulated for who in given.people),
        sent=None if budget is None else _spread(context, project, given, found, budget),
    )


def _by_gap(line: SkillHeadroom) -> tuple[bool, float]:
    """Widest gap first, and what was not measured last: it is unknown, not nought."""
    gap = line.experts_only.value
    return gap is None, -(gap or 0.0)


def write_page(context: Context, measured: Measured, target: Path) -> Path:
    """Write the page to ``target``, whole or not at all.

    Raises:
        UsageError: it cannot be written there.
    """
    page = render(_report(measured), language=context.settings.language or preferred())
    try:
        with noting(context, context.project(measured.teacher.project), target):
            write_whole(target, page)
    except OSError as error:
        raise UsageError("flow.cannot_write_report", file=target, why=error.strerror) from error
    return target.resolve()


class _Experts:
    """Who counts as an expert in a project, and what they answered."""

    def __init__(self, context: Context, project: Project, names: Sequence[str]) -> None:
        """Raises ``UsageError`` for a name that nobody has."""
        labels = read_labels(context, project)
        self.people = [
            who
            for who in sorted(labels.annotators.values(), key=lambda who: who.name)
            if (who.name in names if names else who.type == "person")
        ]
        unknown = set(names) - {who.name for who in self.people}
        if unknown:
            known = ", ".join(sorted(who.name for who in labels.annotators.values()))
            raise UsageError("flow.no_annotator", name=min(unknown), known=known or "—")
        ids = {who.id for who in self.people}
        self.answered: set[str] = set()
        """Tasks, checked or not."""
        self.outcomes: dict[str, Outcome] = {}
        """Of the tasks where an answer was checked."""
        for task, votes in labels.votes.items():
            ours = [vote.outcome for vote in votes if vote.annotator in ids]
            if ours:
                self.answered.add(task)
            checked = [outcome for outcome in ours if outcome is not None]
            if checked:
                self.outcomes[task] = _majority(checked)


def _majority(outcomes: Sequence[Outcome]) -> Outcome:
    """Right where more than half are, whatever the undecided ones were; open where they decide."""
    right, open_ = outcomes.count(Outcome.VERIFIED), outcomes.count(Outcome.UNDECIDED)
    if 2 * right > len(outcomes):
        return Outcome.VERIFIED
    return Outcome.UNDECIDED if 2 * (right + open_) > len(outcomes) else Outcome.REFUTED


def _missing(
    context: Context, project: Project, teacher: Examination, experts: _Experts
) -> Iterator[str]:
    """Tasks that experts answered, that fall into the set's split, and that are not in the set."""
    drawn = show(context.folder / "releases" / teacher.release).manifest.splits
    asked = {item.id for item in teacher.scores.items}
    with context.storage.read() as conn:
        for task in tasks.stream(conn, project.id):
            if task.id in asked or task.id not in experts.outcomes:
                continue
            part = split(task.group, salt=drawn.salt, dev=drawn.dev, test=drawn.test)
            if part is teacher.split:
                yield task.id


def _spread(
    context: Context, project: Project, experts: _Experts, found: Headroom, budget: int
) -> dict[str, int]:
    """Tasks by skill for experts, of those that none of them has answered."""
    waiting: dict[str, list[str]] = {line.skill: [] for line in found.skills}
    with context.storage.read() as conn:
        for task in tasks.stream(conn, project.id):
            if task.id not in experts.answered:
                waiting.setdefault(skill_of(task.skill), []).append(task.id)
    return route(found, budget, waiting)


def _report(measured: Measured) -> HeadroomReport:
    skills = measured.headroom.skills
    return HeadroomReport(
        k=measured.headroom.k,
        simulated=measured.simulated,
        teacher=measured.teacher.model,
        student=None if measured.student is None else measured.student.model,
        experts=measured.experts,
        release=measured.teacher.release,
        split=measured.teacher.split,
        items=len(measured.teacher.answers),
        looks=measured.teacher.looks,
        pilot_answers=measured.pilot,
        left_out=measured.left_out,
        left_out_right=measured.left_out_right,
        skills=tuple(Skill(key=line.skill or "—", label=line.skill or "—") for line in skills),
        headroom=tuple(
            HeadroomRow(
                skill=line.skill or "—",
                teacher=_rate(line.teacher),
                best_of_k=_rate(line.best_of_k),
                student=None if line.student is None else _rate(line.student),
                expert=_rate(line.expert),
                teachable=_gap(line.teachable),
                experts_only=_gap(line.experts_only),
                sent=None if measured.sent is None else measured.sent.get(line.skill, 0),
            )
            for line in skills
        ),
        commands=tuple(_commands(measured)),
    )


def _rate(rate: Rate) -> Estimate:
    if rate.value is None:
        return Estimate(label="", value=None, n=rate.n)
    return Estimate(label="", value=rate.value, low=rate.low, high=rate.high, n=rate.n)


def _gap(gap: Gap) -> Estimate:
    return Estimate(label="", value=gap.value, low=gap.low, high=gap.high, n=gap.n)


def _commands(measured: Measured) -> Iterator[str]:
    for report in (measured.teacher, measured.student):
        if report is not None:
            yield f"qinglan trace {report.id}"
