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
from qinglan.evaluation.headroom import Gap, Headroom, measure, route
from qinglan.evaluation.scores import Rate
from qinglan.flow import reports
from qinglan.flow.context import Context, allow
from qinglan.flow.held_out import skill_of
from qinglan.flow.labels import read_labels
from qinglan.pages.headroom import HeadroomReport, render
from qinglan.pages.labels import Estimate
from qinglan.pages.training import HeadroomRow, Skill
from qinglan.records import Actor, Annotator, Outcome, Project
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
    """The headroom by skill, widest gap for experts first.

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
    people, outcomes = _expert_outcomes(context, project, experts, of_teacher)
    found = measure(of_teacher.scores, outcomes, None if of_student is None else of_student.scores)
    ranked = sorted(found.skills, key=lambda line: -(line.experts_only.value or 0.0))
    found = found.model_copy(update={"skills": tuple(ranked)})
    return Measured(
        headroom=found,
        teacher=of_teacher,
        student=of_student,
        experts=tuple(who.name for who in people),
        pilot=len(outcomes),
        simulated=bool(of_teacher.simulated) or any(who.simulated for who in people),
        sent=None if budget is None else _spread(context, project, people, found, budget),
    )


def write_page(context: Context, measured: Measured, target: Path) -> Path:
    """Write the page to ``target``, whole or not at all.

    Raises:
        UsageError: it cannot be written there.
    """
    page = render(_report(measured), language=context.settings.language or preferred())
    try:
        write_whole(target, page)
    except OSError as error:
        raise UsageError("flow.cannot_write_report", file=target, why=error.strerror) from error
    return target.resolve()


def _expert_outcomes(
    context: Context, project: Project, names: Sequence[str], teacher: Examination
) -> tuple[list[Annotator], dict[str, Outcome]]:
    """The experts, and by question whether more than half of their answers are right."""
    labels = read_labels(context, project)
    people = [
        who
        for who in sorted(labels.annotators.values(), key=lambda who: who.name)
        if (who.name in names if names else who.type == "person")
    ]
    unknown = set(names) - {who.name for who in people}
    if unknown:
        known = ", ".join(sorted(who.name for who in labels.annotators.values()))
        raise UsageError("flow.no_annotator", name=min(unknown), known=known or "—")
    ids = {who.id for who in people}
    outcomes: dict[str, Outcome] = {}
    for item in teacher.scores.items:
        given = [v.outcome for v in labels.votes.get(item.id, ()) if v.annotator in ids]
        checked = [outcome for outcome in given if outcome is not None]
        if checked:
            outcomes[item.id] = _majority(checked)
    if not outcomes:
        raise UsageError("flow.no_experts", project=project.name, split=teacher.split.value)
    return people, outcomes


def _majority(outcomes: Sequence[Outcome]) -> Outcome:
    """Right where more than half are, whatever the undecided ones were; open where they decide."""
    right, open_ = outcomes.count(Outcome.VERIFIED), outcomes.count(Outcome.UNDECIDED)
    if 2 * right > len(outcomes):
        return Outcome.VERIFIED
    return Outcome.UNDECIDED if 2 * (right + open_) > len(outcomes) else Outcome.REFUTED


def _spread(
    context: Context,
    project: Project,
    people: Sequence[Annotator],
    found: Headroom,
    budget: int,
) -> dict[str, int]:
    """Tasks by skill for experts, of those that none of them has answered."""
    ids = {who.id for who in people}
    answered = {
        task
        for task, votes in read_labels(context, project).votes.items()
        if any(vote.annotator in ids for vote in votes)
    }
    waiting: dict[str, list[str]] = {line.skill: [] for line in found.skills}
    with context.storage.read() as conn:
        for task in tasks.stream(conn, project.id):
            if task.id not in answered:
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
