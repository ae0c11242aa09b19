"""``export``: every task with its answers, one JSON line each.

For reading elsewhere; a release is what is signed and trained on. Neither keys nor gold nor
people's names are in it, so that the file may travel: a person appears as their annotator's id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from json.encoder import encode_basestring as quote
from pathlib import Path
from typing import Literal

from qinglan.durability import replacing
from qinglan.errors import StorageError, UsageError
from qinglan.flow.context import Context, Progress, allow, quiet
from qinglan.flow.written import noting
from qinglan.kinds import alternatives
from qinglan.records import Actor, AlternativesAnswer, Annotator, Kind, Project
from qinglan.storage import annotators, answered, counts
from qinglan.storage.answered import Answered, Given

Shape = Literal["qinglan", "prm800k"]
"""What a line is: a task with its answers, or one answer as PRM800K writes it."""

STEP = 1_000
"""Lines between two reports of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote."""

    file: str
    tasks: int
    answers: int


def export_answers(
    context: Context,
    actor: Actor,
    project: str,
    file: Path,
    *,
    shape: Shape = "qinglan",
    progress: Progress = quiet,
) -> Exported:
    """Write the project's tasks with their standing answers to ``file``, whole or not at all.

    Each line has ``task``, ``prompt``, ``options``, ``skill``, ``group`` and ``answers``; each
    answer its id, its annotator with ``type`` and ``simulated``, the answer as given, and the
    ``value`` that was read from it, or the ``reason`` why none was. With ``shape="prm800k"`` each
    line is one answer in PRM800K's nested record.

    Raises:
        UsageError: there is no such project, its answers do not have that shape, or the file cannot
            be written.
        PermissionDenied: the actor's role may not.
        StorageError: what lies in the database is no JSON.
    """
    allow("export", actor)
    target = _of_shape(context.project(project), shape)
    tasks = given = 0
    try:
        with (
            noting(context, target, file),
            context.storage.read() as conn,
            replacing(file, mode=0o600) as out,
        ):
            total = counts.line(conn, target.id).tasks
            people = {who.id: _Who(who) for who in annotators.all(conn, target.id)}
            for task in answered.stream(conn, target.id):
                out.write(_write(task, people, shape).encode("utf-8"))
                tasks += 1
                given += len(task.answers)
                if tasks % STEP == 0:
                    progress(tasks, total)
    except OSError as error:
        raise UsageError("flow.cannot_write_file", file=file, why=error.strerror) from error
    return Exported(file=str(file), tasks=tasks, answers=given)


def note_export(context: Context, actor: Actor, project: str) -> None:
    """Keep that ``actor`` takes all answers of ``project`` (by name) out of the house.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("export", actor)
    context.project(project)
    context.begin("export", actor, project=project)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage:
    """Some lines of an export. ``after`` is the id of the last task; ``None`` at the end."""

    lines: tuple[str, ...]
    after: str | None


def export_page(
    context: Context,
    actor: Actor,
    project: str,
    *,
    after: str = "",
    limit: int = STEP,
    shape: Shape = "qinglan",
) -> ExportPage:
    """As ``export_answers``, some tasks at a time, for whoever reads at their own pace.

    Each page sees one moment; tasks that came meanwhile, before the last one read, are not in it.

    Raises:
        UsageError: there is no such project, or its answers do not have that shape.
        PermissionDenied: the actor's role may not.
    """
    allow("export", actor)
    target = _of_shape(context.project(project), shape)
    with context.storage.read() as conn:
        people = {who.id: _Who(who) for who in annotators.all(conn, target.id)}
        found = answered.page(conn, target.id, after, limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    return ExportPage(
        lines=tuple(_write(task, people, shape) for task in shown),
        after=shown[-1].id if more else None,
    )


def _of_shape(project: Project, shape: Shape) -> Project:
    if shape == "prm800k" and project.kind is not Kind.ALTERNATIVES:
        raise UsageError("flow.not_prm800k", project=project.name, kind=project.kind.value)
    return project


def _write(task: Answered, people: dict[str, _Who], shape: Shape) -> str:
    """One task as lines of the file: one, or one for each answer."""
    if shape == "qinglan":
        return _line(task, people)
    try:
        options = tuple(json.loads(task.options))
        records = [
            alternatives.to_prm800k(
                AlternativesAnswer.model_validate_json(given.answer), options,
                prompt=task.prompt, labeler=people[given.annotator].name,
            )
            for given in task.answers
        ]  # fmt: skip
    except ValueError as error:
        raise StorageError("storage.damaged", table="annotations", id=task.id) from error
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


class _Who:
    """Who answered, as a file that travels may say it."""

    def __init__(self, who: Annotator) -> None:
        self.name = who.id if who.type == "person" else who.name
        self.members = (
            f'"annotator":{quote(self.name)},"type":{quote(who.type)},'
            f'"simulated":{"true" if who.simulated else "false"}'
        )


def _line(task: Answered, people: dict[str, _Who]) -> str:
    answers = ",".join([_answer(given, people) for given in task.answers])
    line = (
        f'{{"task":{quote(task.id)},"prompt":{quote(task.prompt)},"options":{task.options},'
        f'"skill":{_maybe(task.skill)},"group":{quote(task.group)},"answers":[{answers}]}}\n'
    )
    try:
        json.loads(line)  # options and answers are put in as they lie in the database
    except ValueError as error:
        raise StorageError("storage.damaged", table="annotations", id=task.id) from error
    return line


def _answer(given: Given, people: dict[str, _Who]) -> str:
    return (
        f'{{"id":{quote(given.id)},{people[given.annotator].members},"answer":{given.answer},'
        f'"value":{_maybe(given.value)},"reason":{_maybe(given.reason)}}}'
    )


def _maybe(text: str | None) -> str:
    return "null" if text is None else quote(text)
