"""What verifiers concluded, one outcome per annotation and verifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from qinglan.errors import StorageError
from qinglan.provenance.identity import commitment
from qinglan.records import Check
from qinglan.storage import columns, tables, tallies
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, rebuilds
from qinglan.storage.dialects import insert_new

_CHECK = tables.checks.c
_ANNOTATION = tables.annotations.c
_READ = select(_CHECK.annotation, _CHECK.verifier, _CHECK.outcome, _CHECK.answer, _CHECK.reason)


def add(connection: Connection, checks: Iterable[Check], activity: str) -> int:
    """Store ``checks``, made by the activity with that id.

    Returns:
        How many were new; what a verifier concluded before stays.
    """
    new = 0
    for batch in batches(checks):
        places = _projects(connection, [check.annotation for check in batch])
        groups: dict[tuple[str, str], list[dict[str, object]]] = {}
        for check in batch:
            group = places[check.annotation], check.outcome.value
            groups.setdefault(group, []).append(_row(check, activity))
        for (project, outcome), rows in groups.items():
            added = insert_new(connection, tables.checks, rows)
            tallies.bump(connection, project, {f"checks.{outcome}": added})
            new += added
    return new


def drop(connection: Connection, project: str, annotations: list[str]) -> None:
    """Take back what was concluded on ``annotations`` of ``project`` (its id)."""
    for batch in batches(annotations):
        here = among(_CHECK.annotation, batch)
        counted = select(_CHECK.outcome, func.count()).where(here).group_by(_CHECK.outcome)
        gone = {f"checks.{outcome}": -n for outcome, n in connection.execute(counted)}
        connection.execute(delete(tables.checks).where(here))
        tallies.bump(connection, project, gone)


def _projects(connection: Connection, annotations: list[str]) -> dict[str, str]:
    query = select(_ANNOTATION.id, _ANNOTATION.project).where(among(_ANNOTATION.id, annotations))
    found = {row.id: row.project for row in connection.execute(query)}
    for id_ in annotations:
        if id_ not in found:
            raise StorageError("storage.unknown_record", table="annotations", id=id_)
    return found


def stream(connection: Connection, project: str) -> Iterator[Check]:
    """The checks of ``project`` (its id), by task, annotation and verifier, in flat memory."""
    query = (
        _READ.join_from(tables.annotations, tables.checks, _CHECK.annotation == _ANNOTATION.id)
        .where(_ANNOTATION.project == project)
        .order_by(_ANNOTATION.task, _ANNOTATION.id, _CHECK.verifier)
    )
    for row in columns.rows(connection, query):
        yield _check(row)


def of_annotation(connection: Connection, annotation: str) -> list[Check]:
    """The checks of ``annotation``, by verifier."""
    return of(connection, [annotation]).get(annotation, [])


def of(connection: Connection, annotations: Iterable[str]) -> dict[str, list[Check]]:
    """The checks of each of ``annotations`` that has any, by verifier."""
    found: dict[str, list[Check]] = {}
    for batch in batches(sorted(set(annotations))):
        query = _READ.where(among(_CHECK.annotation, batch))
        for row in connection.execute(query.order_by(_CHECK.annotation, _CHECK.verifier)).all():
            found.setdefault(row.annotation, []).append(_check(row))
    return found


def _row(check: Check, activity: str) -> dict[str, object]:
    return {
        "annotation": check.annotation,
        "verifier": check.verifier,
        "outcome": check.outcome.value,
        "answer": check.answer,
        "reason": None if check.reason is None else check.reason.value,
        "commitment": commitment(check),
        "activity": activity,
    }


@rebuilds("checks")
def _check(row: Row[Any]) -> Check:
    return Check(
        annotation=row.annotation,
        verifier=row.verifier,
        outcome=row.outcome,
        answer=row.answer,
        reason=row.reason,
    )
