"""Whose answers to which tasks somebody has seen in the office, so that they are not asked too.

By the id that they have, or would have, as an annotator: somebody may get a seat later.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from qinglan.storage import tables
from qinglan.storage.columns import batches
from qinglan.storage.dialects import insert_new

_HAD = tables.assignments.c


def add(connection: Connection, annotator: str, tasks: Iterable[str], now: int) -> None:
    """Keep that ``annotator`` has seen the answers to ``tasks``; the first time counts."""
    for batch in batches(sorted(set(tasks))):
        rows = [{"annotator": annotator, "task": task, "at": now} for task in batch]
        insert_new(connection, tables.sightings, rows)


def given(connection: Connection, annotator: str, tasks: Iterable[str]) -> set[str]:
    """Those of ``tasks`` that ``annotator`` was ever given at the desk."""
    found: set[str] = set()
    for batch in batches(sorted(set(tasks))):
        query = select(_HAD.task).where(_HAD.annotator == annotator, _HAD.task.in_(batch))
        found.update(connection.execute(query).scalars())
    return found


def of(connection: Connection, task: str) -> list[str]:
    """Who has seen the answers to ``task``."""
    seen = tables.sightings.c
    return list(connection.execute(select(seen.annotator).where(seen.task == task)).scalars())
