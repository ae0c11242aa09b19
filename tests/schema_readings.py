"""All that a database says, read through the records: the same before and after a migration.

Used by ``scripts/keep_schema.py`` with the code of a release, when its schema is kept, and by the
tests of migrations with the code of today. Each line names where a record came from and gives it
as JSON; a record may gain fields, and none may change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, inspect, text

from qinglan.provenance.identity import commitment
from qinglan.storage import (
    activities,
    annotators,
    checks,
    counts,
    guidelines,
    history,
    imports,
    keys,
    links,
    projects,
    releases,
    samples,
    set_aside,
    tasks,
    verdicts,
)
from qinglan.storage import annotations as answers

COMMITTED = ("activities", "guidelines", "projects", "samples", "tasks", "annotators",
             "annotations", "releases")  # fmt: skip
"""Tables whose rows have one id and a commitment beside it."""


def readings(conn: Connection) -> list[str]:
    """Every record, in one fixed order."""
    return [json.dumps(found, sort_keys=True) for found in _all(conn)]


def commitments(conn: Connection) -> dict[str, str]:
    """The stored commitment of each record, by ``table id``."""
    found: dict[str, str] = {}
    for table in COMMITTED:
        for row in conn.execute(text(f"SELECT id, commitment FROM {table}")):
            found[f"{table} {row.id}"] = row.commitment
    return found


def raw_rows(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table as it lies there, whatever this code knows of it."""
    found = {}
    for name in sorted(inspect(conn).get_table_names()):
        if name != "alembic_version":
            rows = conn.execute(text(f'SELECT * FROM "{name}"')).mappings().all()
            found[name] = sorted(({**row} for row in rows), key=repr)
    return found


def _all(conn: Connection) -> Iterator[tuple[str, Any]]:
    for id_ in _ids(conn, "activities"):
        yield from _records("activities", [activities.get(conn, id_)])
    for id_ in _ids(conn, "guidelines"):
        yield from _records("guidelines", [guidelines.get(conn, id_)])
    yield from _records("samples", samples.get(conn, _ids(conn, "samples")))
    for project in projects.all(conn):
        yield from _records("projects", [project])
        yield from _project(conn, project.id)
    for output in conn.execute(text("SELECT DISTINCT output FROM links ORDER BY output")).scalars():
        yield from _records("links", links.of_output(conn, output))
    query = text("SELECT project, sha256, mapping FROM imports ORDER BY project, sha256, mapping")
    for row in conn.execute(query).all():
        state = imports.get(conn, row.project, row.sha256, row.mapping)
        assert state is not None
        yield "imports", {name: getattr(state, name) for name in type(state).__slots__}


def _project(conn: Connection, project: str) -> Iterator[tuple[str, Any]]:
    yield from _records("annotators", annotators.all(conn, project))
    asked = list(tasks.stream(conn, project))
    yield from _records("tasks", asked)
    yield from _records("answer_keys", keys.stream(conn, project))
    for task in asked:
        yield from _records("annotations", answers.of_task(conn, task.id))
    for vote in answers.votes(conn, project):
        yield "votes", list(vote)
    yield from _records("checks", checks.stream(conn, project))
    yield from _records("verdicts", verdicts.stream(conn, project))
    yield from _records("set_aside", set_aside.stream(conn, project))
    yield from _records("releases", releases.all(conn, project))
    for row in releases.rows(conn, project):
        yield "released", [row.verdict.id, row.annotation.id, [s.id for s in row.samples]]
    yield "head", list(history.head(conn, project))
    line = counts.line(conn, project)
    yield "line", [line.samples, line.tasks, line.keys, line.annotators, line.annotations,
                   line.superseded, line.accepted, line.releases]  # fmt: skip


def _ids(conn: Connection, table: str) -> list[str]:
    return list(conn.execute(text(f"SELECT id FROM {table} ORDER BY id")).scalars())


def _records(table: str, found: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for record in found:
        body = record.model_dump(mode="json")
        if type(record).identity:
            body["commitment"] = commitment(record)
        yield table, body
