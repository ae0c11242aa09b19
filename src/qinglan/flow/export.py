"""``export``: every task with its answers, one JSON line each.

For reading elsewhere; a release is what is signed and trained on. Neither keys nor gold nor
people's names are in it, so that the file may travel: a person appears as their annotator's id.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from json.encoder import encode_basestring as quote
from pathlib import Path

from qinglan.durability import replacing
from qinglan.errors import StorageError, UsageError
from qinglan.flow.context import Context, Progress, allow, quiet
from qinglan.flow.written import noting
from qinglan.records import Actor, Annotator
from qinglan.storage import annotators, answered, counts
from qinglan.storage.answered import Answered, Given

STEP = 1_000
"""Lines between two reports of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote."""

    file: str
    tasks: int
    answers: int


def export_answers(
    context: Context, actor: Actor, project: str, file: Path, *, progress: Progress = quiet
) -> Exported:
    """Write the project's tasks with their standing answers to ``file``, whole or not at all.

    Each line has ``task``, ``prompt``, ``options``, ``skill``, ``group`` and ``answers``; each
    answer its id, its annotator with ``type`` and ``simulated``, the answer as given, and the
    ``value`` that was read from it, or the ``reason`` why none was.

    Raises:
        UsageError: there is no such project, or the file cannot be written.
        PermissionDenied: the actor's role may not.
        StorageError: what lies in the database is no JSON.
    """
    allow("export", actor)
    target = context.project(project)
    tasks = given = 0
    try:
        with (
            noting(context, target, file),
            context.storage.read() as conn,
            replacing(file, mode=0o600) as out,
        ):
            total = counts.line(conn, target.id).tasks
            people = {who.id: _person(who) for who in annotators.all(conn, target.id)}
            for task in answered.stream(conn, target.id):
                out.write(_line(task, people).encode("utf-8"))
                tasks += 1
                given += len(task.answers)
                if tasks % STEP == 0:
                    progress(tasks, total)
    except OSError as error:
        raise UsageError("flow.cannot_write_file", file=file, why=error.strerror) from error
    return Exported(file=str(file), tasks=tasks, answers=given)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage:
    """Some lines of an export. ``after`` is the id of the last task; ``None`` at the end."""

    lines: tuple[str, ...]
    after: str | None


def export_page(
    context: Context, actor: Actor, project: str, *, after: str = "", limit: int = STEP
) -> ExportPage:
    """As ``export_answers``, some tasks at a time, for whoever reads at their own pace.

    Each page sees one moment; tasks that came meanwhile, before the last one read, are not in it.

    Raises:
        UsageError: there is no such project.
        PermissionDenied: the actor's role may not.
    """
    allow("export", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        people = {who.id: _person(who) for who in annotators.all(conn, target.id)}
        found = answered.page(conn, target.id, after, limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    return ExportPage(
        lines=tuple(_line(task, people) for task in shown), after=shown[-1].id if more else None
    )


def _person(who: Annotator) -> str:
    """The members that tell who answered."""
    name = who.id if who.type == "person" else who.name
    return (
        f'"annotator":{quote(name)},"type":{quote(who.type)},'
        f'"simulated":{"true" if who.simulated else "false"}'
    )


def _line(task: Answered, people: dict[str, str]) -> str:
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


def _answer(given: Given, people: dict[str, str]) -> str:
    return (
        f'{{"id":{quote(given.id)},{people[given.annotator]},"answer":{given.answer},'
        f'"value":{_maybe(given.value)},"reason":{_maybe(given.reason)}}}'
    )


def _maybe(text: str | None) -> str:
    return "null" if text is None else quote(text)
