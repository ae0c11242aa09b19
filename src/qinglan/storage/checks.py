"""What verifiers concluded, one outcome per annotation and verifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.provenance.identity import commitment
from qinglan.records import Check
from qinglan.storage import columns, tables
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
        rows = [
            {
                "annotation": check.annotation,
                "verifier": check.verifier,
                "outcome": check.outcome.value,
                "answer": check.answer,
                "reason": None if check.reason is None else check.reason.value,
                "commitment": commitment(check),
                "activity": activity,
            }
            for check in batch
        ]
        new += insert_new(connection, tables.checks, rows)
    return new


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
        query = _READ.where(_CHECK.annotation.in_(batch))
        for row in connection.execute(query.order_by(_CHECK.annotation, _CHECK.verifier)).all():
            found.setdefault(row.annotation, []).append(_check(row))
    return found


@rebuilds("checks")
def _check(row: Row[Any]) -> Check:
    return Check(
        annotation=row.annotation,
        verifier=row.verifier,
        outcome=row.outcome,
        answer=row.answer,
        reason=row.reason,
    )
