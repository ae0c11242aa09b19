"""Origins, each stored once: a file of a million rows has one origin, not a million.

The row's id is the origin's commitment, which needs no salt: sources and licences are public.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.provenance.identity import commitment
from qinglan.records import Origin
from qinglan.storage import links, tables
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, rebuilds
from qinglan.storage.dialects import insert_new

_READ = select(*tables.origins.c)


def add(connection: Connection, origins: Iterable[Origin]) -> dict[Origin, str]:
    """Store those ``origins`` that are new, and give the id of each."""
    ids = {origin: commitment(origin) for origin in set(origins)}
    rows = [{"id": id_, **origin.model_dump()} for origin, id_ in ids.items()]
    for batch in batches(rows):
        insert_new(connection, tables.origins, batch)
    return ids


def find(connection: Connection, ids: Iterable[str]) -> dict[str, Origin]:
    """The origins among ``ids`` that are stored, by id."""
    found: dict[str, Origin] = {}
    for batch in batches(sorted(set(ids))):
        for row in connection.execute(_READ.where(among(tables.origins.c.id, batch))):
            found[row.id] = _origin(row)
    return found


def of_project(connection: Connection, project: str) -> list[Origin]:
    """Where the samples of the tasks of ``project`` (its id) came from, each origin once."""
    used, samples, tasks = tables.task_samples, tables.samples, tables.tasks
    ids = (
        select(samples.c.origin)
        .join_from(tasks, used, used.c.task == tasks.c.id)
        .join(samples, samples.c.id == used.c.sample)
        .where(tasks.c.project == project)
        .distinct()
    )
    rows = connection.execute(_READ.where(tables.origins.c.id.in_(ids)).order_by("id"))
    return [_origin(row) for row in rows]


def sources(connection: Connection, most: int) -> list[str]:
    """Up to ``most`` names of data sets, of any project; those of desks are none."""
    named = tables.origins.c.source
    query = select(named).where(named.not_like("desk/%")).distinct().order_by(named).limit(most)
    return list(connection.execute(query).scalars())


def learned(connection: Connection, annotators: Iterable[str]) -> set[Origin]:
    """What the models among ``annotators`` learned from, as far as their links say."""
    found: set[Origin] = set()
    for annotator in annotators:
        edges = links.of_output(connection, annotator)
        found.update(find(connection, (id_ for edge in edges for id_ in edge.inputs)).values())
    return found


@rebuilds("origins")
def _origin(row: Row[Any]) -> Origin:
    return Origin(
        source=row.source,
        channel=row.channel,
        licence=row.licence,
        family=row.family,
        part=row.part,
        sha256=row.sha256,
    )
