"""Releases made, and the rows that a release is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.errors import StorageError
from qinglan.provenance.identity import commitment
from qinglan.records import Annotation, Annotator, Check, Release, Sample, Task, Verdict
from qinglan.storage import annotations as answers
from qinglan.storage import annotators, checks, samples, tables, tallies, tasks, verdicts
from qinglan.storage.columns import BATCH, in_order, rebuilds
from qinglan.storage.dialects import insert_new

_RELEASE = tables.releases.c
_READ = select(*_RELEASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedRow:
    """One accepted verdict with everything it rests on."""

    verdict: Verdict
    task: Task
    annotation: Annotation
    annotator: Annotator
    samples: tuple[Sample, ...]
    checks: tuple[Check, ...]
    """Of that annotation, by verifier."""


def add(connection: Connection, release: Release, activity: str) -> int:
    """Store ``release``, made by the activity with that id; 0 when it is there already.

    Raises:
        StorageError: the project has another release of that name.
    """
    named = get(connection, release.project, release.name)
    if named is not None and named.id != release.id:
        raise StorageError("storage.release_exists", name=release.name)
    row = {
        "id": release.id,
        "project": release.project,
        "name": release.name,
        "purpose": release.purpose.value,
        "root": release.root,
        "rows": release.rows,
        "built": release.built.isoformat(),
        "permit": release.permit,
        "history": release.history,
        "commitment": commitment(release),
        "activity": activity,
    }
    added = insert_new(connection, tables.releases, [row])
    tallies.bump(connection, release.project, {"releases": added})
    return added


def get(connection: Connection, project: str, name: str) -> Release | None:
    """The release of ``project`` (its id) named ``name``."""
    query = _READ.where(_RELEASE.project == project, _RELEASE.name == name)
    row = connection.execute(query).one_or_none()
    return None if row is None else _release(row)


def all(connection: Connection, project: str | None = None) -> list[Release]:
    """The releases of ``project`` (its id), or of every project, by project and name."""
    query = _READ.order_by(_RELEASE.project, _RELEASE.name)
    if project is not None:
        query = query.where(_RELEASE.project == project)
    return [_release(row) for row in connection.execute(query)]


def rows(connection: Connection, project: str) -> Iterator[ReleasedRow]:
    """What a release of ``project`` (its id) would hold now, by task id, in flat memory.

    Raises:
        StorageError: an accepted verdict names no annotation.
    """
    known: dict[str, Annotator] = {}
    after = ""
    while page := verdicts.accepted(connection, project, after, BATCH):
        yield from _join(connection, page, known)
        after = page[-1].task


def _join(
    connection: Connection, page: list[Verdict], known: dict[str, Annotator]
) -> Iterator[ReleasedRow]:
    for verdict in page:
        if verdict.annotation is None:
            raise StorageError("storage.verdict_unsupported", verdict=verdict.id)
    asked = tasks.find(connection, [verdict.task for verdict in page])
    given = answers.find(connection, [str(verdict.annotation) for verdict in page])
    missing = {annotation.annotator for annotation in given.values()} - known.keys()
    known |= annotators.find(connection, missing)
    used = samples.find(connection, [id_ for task in asked.values() for id_ in task.samples])
    checked = checks.of(connection, given)
    for verdict in page:
        task, annotation = asked[verdict.task], given[str(verdict.annotation)]
        yield ReleasedRow(
            verdict=verdict,
            task=task,
            annotation=annotation,
            annotator=known[annotation.annotator],
            samples=tuple(in_order("samples", task.samples, used)),
            checks=tuple(checked.get(annotation.id, ())),
        )


@rebuilds("releases")
def _release(row: Row[Any]) -> Release:
    return Release(
        id=row.id,
        project=row.project,
        name=row.name,
        purpose=row.purpose,
        root=row.root,
        rows=row.rows,
        built=datetime.fromisoformat(row.built),
        permit=row.permit,
        history=row.history,
    )
