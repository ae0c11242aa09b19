"""Answer keys, apart from tasks so that no query for an annotator can join them by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select, update

from qinglan.errors import StorageError
from qinglan.provenance.identity import commitment
from qinglan.records import AnswerKey
from qinglan.storage import columns, tables, tallies, tasks
from qinglan.storage.columns import batches, rebuilds
from qinglan.storage.dialects import insert_new

_KEY = tables.answer_keys.c
_TASK = tables.tasks.c


def add(connection: Connection, keys: Iterable[AnswerKey], activity: str) -> int:
    """Store ``keys``, made by the activity with that id. Their tasks must be there.

    Returns:
        How many were new; a task that has a key keeps it.
    """
    new = 0
    for batch in batches(keys):
        rows = [
            {
                "task": key.task,
                "value": key.value,
                "salt": key.salt,
                "commitment": commitment(key),
                "activity": activity,
            }
            for key in batch
        ]
        places = tasks.projects_of(connection, [key.task for key in batch])
        for row in rows:
            if row["task"] not in places:
                raise StorageError("storage.unknown_record", table="tasks", id=row["task"])
        for project in sorted(set(places.values())):
            here = [row for row in rows if places[row["task"]] == project]
            added = insert_new(connection, tables.answer_keys, here)
            tallies.bump(connection, project, {"keys": added})
            new += added
    return new


def replace(connection: Connection, key: AnswerKey, activity: str) -> None:
    """Let ``key`` stand in place of the one its task has; the history names who did so."""
    values = {
        "value": key.value, "salt": key.salt, "commitment": commitment(key), "activity": activity,
    }  # fmt: skip
    here = update(tables.answer_keys).where(_KEY.task == key.task)
    connection.execute(here.values(**values))


def get(connection: Connection, task: str) -> AnswerKey | None:
    """The key of ``task``."""
    query = select(_KEY.task, _KEY.value, _KEY.salt).where(_KEY.task == task)
    row = connection.execute(query).one_or_none()
    return None if row is None else _key(row)


def stream(connection: Connection, project: str) -> Iterator[AnswerKey]:
    """The keys of ``project`` (its id), by task, in flat memory."""
    query = (
        select(_KEY.task, _KEY.value, _KEY.salt)
        .join_from(tables.tasks, tables.answer_keys, _KEY.task == _TASK.id)
        .where(_TASK.project == project)
        .order_by(_TASK.id)
    )
    for row in columns.rows(connection, query):
        yield _key(row)


@rebuilds("answer_keys")
def _key(row: Row[Any]) -> AnswerKey:
    return AnswerKey(task=row.task, value=row.value, salt=row.salt)
