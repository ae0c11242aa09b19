"""Questions. Gold and keys are in another table, which nothing here reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from qinglan.provenance.identity import commitment
from qinglan.records import Task
from qinglan.storage import tables, tallies, withdrawals
from qinglan.storage.bulk import among
from qinglan.storage.columns import BATCH, batches, decode_words, encode, rebuilds
from qinglan.storage.dialects import insert_new
from qinglan.storage.prepared import Prepared

_TASK = tables.tasks.c
_USED = tables.task_samples.c
_READ = select(*_TASK)
_OPTIONS = Prepared(select(_TASK.id, _TASK.options).where(among(_TASK.id, "ids_")))


def add(connection: Connection, tasks: Iterable[Task], activity: str) -> int:
    """Store ``tasks``, made by the activity with that id. Their samples must be there.

    Returns:
        How many were new; those whose id is there already stay as they are.
    """
    new = 0
    for batch in batches(tasks):
        withdrawals.refuse(connection, "tasks", [task.id for task in batch])
        # A task that is there keeps the samples it has, so only new ones bring theirs.
        fresh = _fresh(connection, batch)
        for project in sorted({task.project for task in fresh}):
            new += _add(connection, project, [t for t in fresh if t.project == project], activity)
    return new


def _add(connection: Connection, project: str, tasks: list[Task], activity: str) -> int:
    used = {sample for task in tasks for sample in task.samples}
    before = used_by(connection, project, used)
    new = insert_new(connection, tables.tasks, [_row(task, activity) for task in tasks])
    uses = [
        {"task": task.id, "position": position, "sample": sample}
        for task in tasks
        for position, sample in enumerate(task.samples)
    ]
    for part in batches(uses):
        insert_new(connection, tables.task_samples, part)
    tallies.bump(connection, project, {"tasks": new, "samples": len(used) - before})
    return new


def used_by(connection: Connection, project: str, samples: set[str]) -> int:
    """How many of ``samples`` the tasks of ``project`` use already."""
    query = (
        select(func.count(_USED.sample.distinct()))
        .join_from(tables.task_samples, tables.tasks, _TASK.id == _USED.task)
        .where(_TASK.project == project)
    )
    return sum(
        int(connection.execute(query.where(among(_USED.sample, batch))).scalar_one())
        for batch in batches(sorted(samples))
    )


def get(connection: Connection, id_: str) -> Task | None:
    """The task called ``id_``."""
    return find(connection, [id_]).get(id_)


def find(connection: Connection, ids: Iterable[str]) -> dict[str, Task]:
    """The tasks among ``ids`` that are stored, by id."""
    found: dict[str, Task] = {}
    for batch in batches(sorted(set(ids))):
        rows = connection.execute(_READ.where(among(_TASK.id, batch))).all()
        used = _samples(connection, batch)
        found |= {row.id: _task(row, used) for row in rows}
    return found


def stream(connection: Connection, project: str) -> Iterator[Task]:
    """The tasks of ``project`` (its id), by id, in flat memory."""
    after = ""
    while found := page(connection, project, after):
        yield from found
        after = found[-1].id


def page(connection: Connection, project: str, after: str, limit: int = BATCH) -> list[Task]:
    """Up to ``limit`` tasks of ``project`` (its id) whose ids come after ``after``, by id.

    For work that takes hours, which must not look at one moment of the database all the while.
    """
    query = _READ.where(_TASK.project == project, _TASK.id > after)
    rows = connection.execute(query.order_by(_TASK.id).limit(limit)).all()
    used = _samples(connection, [row.id for row in rows]) if rows else {}
    return [_task(row, used) for row in rows]


def asking(connection: Connection, project: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Id, skill and language of every task of ``project`` (its id), by id, in flat memory."""
    demand, after = tables.demands.c, ""
    query = (
        select(_TASK.id, _TASK.skill, demand.language)
        .join_from(tables.tasks, tables.demands, demand.task == _TASK.id, isouter=True)
        .where(_TASK.project == project)
        .order_by(_TASK.id)
        .limit(BATCH)
    )
    while found := connection.execute(query.where(_TASK.id > after)).all():
        for row in found:
            yield row.id, row.skill, row.language
        after = found[-1].id


def count(connection: Connection, project: str) -> int:
    """How many tasks ``project`` (its id) has."""
    query = select(func.count()).select_from(tables.tasks).where(_TASK.project == project)
    return int(connection.execute(query).scalar_one())


def known(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of ``ids`` that are tasks here."""
    return set(projects_of(connection, ids))


def projects_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The project of each task among ``ids`` that is stored."""
    return _by_id(connection, ids, _TASK.project)


def commitments(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The commitment of each task among ``ids`` that is stored."""
    return _by_id(connection, ids, _TASK.commitment)


def _by_id(
    connection: Connection, ids: Iterable[str], column: ColumnElement[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for batch in batches(sorted(set(ids))):
        pairs = connection.execute(select(_TASK.id, column).where(among(_TASK.id, batch)))
        found.update((id_, value) for id_, value in pairs)
    return found


def options(connection: Connection, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The options of those of ``ids`` that are tasks here."""
    found: dict[str, tuple[str, ...]] = {}
    for batch in batches(sorted(set(ids))):
        for row in _OPTIONS.rows(connection, {"ids_": batch}):
            found[row.id] = _options(row)
    return found


def _fresh(connection: Connection, batch: list[Task]) -> list[Task]:
    there = known(connection, [task.id for task in batch])
    first: dict[str, Task] = {}
    for task in batch:
        if task.id not in there:
            first.setdefault(task.id, task)
    return list(first.values())


def _samples(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    used: dict[str, list[str]] = {}
    query = select(_USED.task, _USED.sample).where(among(_USED.task, ids))
    for row in connection.execute(query.order_by(_USED.task, _USED.position)).all():
        used.setdefault(row.task, []).append(row.sample)
    return used


def _row(task: Task, activity: str) -> dict[str, object]:
    return {
        "id": task.id,
        "project": task.project,
        "guideline": task.guideline,
        "kind": task.kind.value,
        "prompt": task.prompt,
        "options": encode(task.options),
        "skill": task.skill,
        "group": task.group,
        "salt": task.salt,
        "commitment": commitment(task),
        "activity": activity,
    }


@rebuilds("tasks")
def _options(row: Row[Any]) -> tuple[str, ...]:
    return tuple(decode_words(row.options))


@rebuilds("tasks")
def _task(row: Row[Any], used: dict[str, list[str]]) -> Task:
    return Task(
        id=row.id,
        project=row.project,
        guideline=row.guideline,
        kind=row.kind,
        samples=tuple(used.get(row.id, ())),
        prompt=row.prompt,
        options=tuple(decode_words(row.options)),
        skill=row.skill,
        group=row.group,
        salt=row.salt,
    )
