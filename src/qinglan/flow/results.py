"""Reading results row by row: every answer with its check, every task with its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from qinglan.flow.context import Context, allow
from qinglan.flow.labels import Labels, read_labels
from qinglan.flow.scaled import KINDS
from qinglan.kinds import canonical_key, near
from qinglan.records import (
    Actor,
    Answer,
    ChoiceAnswer,
    Kind,
    Outcome,
    PreferenceAnswer,
    Project,
    Reason,
    StepsAnswer,
    Task,
)
from qinglan.storage import keys, samples, tasks, verdicts
from qinglan.verifiers import for_kind

CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """One current answer. ``row`` is the task's row in its source."""

    task: str
    row: int
    skill: str | None
    annotator: str
    simulated: bool
    value: str | None
    outcome: Outcome | None
    """``None`` until verified."""
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task with its verdict, held against its key where it has one."""

    task: str
    row: int
    skill: str | None
    value: str | None
    probability: Decimal | None
    method: str | None
    reason: Reason | None
    right: Outcome | None
    """The verdict against the key; ``None`` without a key or without a value."""
    majority: float | None
    """Share of the key among the most frequent values, so that ties share credit; ``None``
    without a readable key. No readable vote counts as 0: the task was asked and not answered."""
    consensus: float | None
    """The same of the values of highest posterior, whether or not they reach the threshold."""
    stated: float | None
    """Highest posterior of the consensus made without keys; ``None`` without a readable vote."""
    any_right: bool | None
    """Whether any answer was verified; ``None`` without a readable key."""


def read_answers(context: Context, actor: Actor, project: str) -> Iterator[AnswerLine]:
    """Every current answer of the project, by task."""
    allow("report", actor)
    target = context.project(project)
    labels = read_labels(context, target)
    for task, row in _tasks(context, target):
        for vote in labels.votes.get(task.id, ()):
            who = labels.annotators[vote.annotator]
            yield AnswerLine(
                task=task.id, row=row, skill=task.skill, annotator=who.name,
                simulated=who.simulated, value=vote.value, outcome=vote.outcome,
                reason=vote.reason,
            )  # fmt: skip


def read_tasks(context: Context, actor: Actor, project: str) -> Iterator[TaskLine]:
    """Every task of the project with its current verdict, by id."""
    allow("report", actor)
    target = context.project(project)
    yield from task_lines(context, target, read_labels(context, target))


def task_lines(context: Context, project: Project, labels: Labels) -> Iterator[TaskLine]:
    """As ``read_tasks``, over votes already read."""
    verifier = for_kind(project.kind)
    with context.storage.read() as conn:
        current = {v.task: v for v in verdicts.stream(conn, project.id)}
        given = {k.task: k.value for k in keys.stream(conn, project.id)}
    for task, row in _tasks(context, project):
        verdict = current.get(task.id)
        key = given.get(task.id)
        votes = labels.votes.get(task.id, ())

        def against(value: str, task: Task = task, key: str | None = key) -> Outcome:
            if verifier is None or task.kind in KINDS:
                return _held(task, value, key)
            return verifier.check(_answer(task.kind, value), key, task.kind, task.options).outcome

        value = None if verdict is None else verdict.value
        readable = key is not None and canonical_key(task.kind, task.options, key).value is not None

        def credit(winners: Iterable[str], readable: bool = readable) -> float | None:
            shares = [against(value) is Outcome.VERIFIED for value in winners]
            return sum(shares) / max(len(shares), 1) if readable else None

        posterior = labels.posterior.get(task.id, {})
        top = max(posterior.values(), default=0.0)
        yield TaskLine(
            task=task.id,
            row=row,
            skill=task.skill,
            value=value,
            probability=None if verdict is None else verdict.probability,
            method=None if verdict is None else verdict.method,
            reason=None if verdict is None else verdict.reason,
            right=None if value is None or not readable else against(value),
            majority=credit(labels.majority.get(task.id, {})),
            consensus=credit(v for v, p in posterior.items() if p >= top - 1e-9),
            stated=top if posterior else None,
            any_right=(
                any(v.outcome is Outcome.VERIFIED for v in votes) if readable else None
            ),
        )  # fmt: skip


def _held(task: Task, value: str, key: str | None) -> Outcome:
    """A canonical value against a key, where no verifier is needed to read it."""
    wanted = None if key is None else canonical_key(task.kind, task.options, key).value
    if wanted is None:
        return Outcome.UNDECIDED
    right = near(task.kind, task.options, value, wanted)
    return Outcome.VERIFIED if right else Outcome.REFUTED


def _answer(kind: Kind, value: str) -> Answer:
    """A canonical value as an answer that a verifier reads."""
    if kind is Kind.CHOICE:
        return ChoiceAnswer(option=value)
    if kind is Kind.PREFERENCE:
        return PreferenceAnswer.model_validate({"winner": value})
    return StepsAnswer(steps=(value,), final=value)


def _tasks(context: Context, project: Project) -> Iterator[tuple[Task, int]]:
    """Tasks with the row of their first sample, in chunks so that memory stays flat."""
    with context.storage.read() as conn:
        chunk: list[Task] = []
        for task in tasks.stream(conn, project.id):
            chunk.append(task)
            if len(chunk) == CHUNK:
                rows = {s.id: s.row for s in samples.get(conn, [t.samples[0] for t in chunk])}
                yield from ((t, rows[t.samples[0]]) for t in chunk)
                chunk = []
        rows = {s.id: s.row for s in samples.get(conn, [t.samples[0] for t in chunk])}
        yield from ((t, rows[t.samples[0]]) for t in chunk)
