"""Tasks in which written texts are set against each other, and the votes on them.

Which answers such a task compares is said by its samples: each text is one, whose id follows from
the answer (``flow.contests``). So there is no table to keep in step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from qinglan.records import Kind
from qinglan.storage import tables
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches

KINDS = (Kind.PREFERENCE, Kind.COMPARISON)


class Said(NamedTuple):
    """One standing answer to a task that compares two."""

    task: str
    annotator: str
    value: str


def began(connection: Connection, source: str) -> bool:
    """Whether any text was ever set against another whose origin's source begins ``source``."""
    named = tables.origins.c.source
    query = select(named).where(named.startswith(source, autoescape=True)).limit(1)
    return connection.execute(query).first() is not None


def using(connection: Connection, samples: Collection[str]) -> dict[str, list[str]]:
    """Comparing task → those of ``samples`` (ids) that it shows, in its own order."""
    used, task = tables.task_samples.c, tables.tasks.c
    found: dict[str, list[str]] = {}
    for batch in batches(sorted(samples)):
        query = (
            select(used.task, used.sample)
            .join_from(tables.task_samples, tables.tasks, task.id == used.task)
            .where(among(used.sample, batch), task.kind.in_([kind.value for kind in KINDS]))
        )
        for row in connection.execute(query.order_by(used.task, used.position)):
            found.setdefault(row.task, []).append(row.sample)
    return found


def said(connection: Connection, tasks: Collection[str]) -> Iterator[Said]:
    """The standing answers of people to ``tasks``, by task; simulated ones are no evidence."""
    given, later, who = tables.annotations.c, tables.annotations.alias("later"), tables.annotators.c
    for batch in batches(sorted(tasks)):
        query = (
            select(given.task, given.annotator, given.value)
            .join_from(tables.annotations, tables.annotators, who.id == given.annotator)
            .where(
                among(given.task, batch), given.value.is_not(None), ~who.simulated,
                ~select(later.c.id).where(later.c.supersedes == given.id).exists(),
            )
            .order_by(given.task, given.id)
        )  # fmt: skip
        for row in connection.execute(query):
            yield Said(row.task, row.annotator, row.value)
