"""Who answers: pseudonymous people, pinned models, pinned programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from qinglan.errors import InputError
from qinglan.provenance.identity import commitment
from qinglan.records import Annotator, Origin
from qinglan.storage import origins, tables, tallies, withdrawals
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, rebuilds
from qinglan.storage.dialects import insert_new

_ANNOTATOR = tables.annotators.c
_READ = select(*_ANNOTATOR)


def add(
    connection: Connection, annotators: Iterable[Annotator], activity: str | None = None
) -> int:
    """Store ``annotators``, made by the activity with that id (where one did).

    Returns:
        How many were new; those whose id is there already stay as they are.

    Raises:
        InputError: one is there under other terms. The gate judges answers by their annotator's
            origin, so answers that came another way may not pass under it.
    """
    new = 0
    for batch in batches(annotators):
        withdrawals.refuse(connection, "annotators", [annotator.id for annotator in batch])
        there = find(connection, [annotator.id for annotator in batch])
        for annotator in batch:
            known_as = there.get(annotator.id, annotator)
            if _terms(known_as) != _terms(annotator):
                raise InputError(
                    "storage.other_terms", name=annotator.name,
                    had=", ".join(_terms(known_as)), now=", ".join(_terms(annotator)),
                )  # fmt: skip
        known = origins.add(connection, {annotator.origin for annotator in batch})
        rows = [
            {
                "id": annotator.id,
                "project": annotator.project,
                "type": annotator.type,
                "name": annotator.name,
                "origin": known[annotator.origin],
                "simulated": annotator.simulated,
                "commitment": commitment(annotator),
                "activity": activity,
            }
            for annotator in batch
        ]
        for project in sorted({annotator.project for annotator in batch}):
            here = [row for row in rows if row["project"] == project]
            added = insert_new(connection, tables.annotators, here)
            tallies.bump(connection, project, {"annotators": added})
            new += added
    return new


def _terms(annotator: Annotator) -> tuple[str, ...]:
    """What the gate, and whoever reads a release, goes by. The source's name may differ: a
    second delivery of the same person's answers is no other person.
    """
    origin = annotator.origin
    simulated = ("simulated",) if annotator.simulated else ()
    said = (origin.channel, origin.licence, origin.family, origin.part)
    return (annotator.type, *(each or "—" for each in said), *simulated)


def all(connection: Connection, project: str) -> list[Annotator]:
    """The annotators of ``project`` (its id), by id."""
    return _fetch(connection, _READ.where(_ANNOTATOR.project == project))


def get(connection: Connection, id_: str) -> Annotator | None:
    """The annotator called ``id_``."""
    return find(connection, [id_]).get(id_)


def find(connection: Connection, ids: Iterable[str]) -> dict[str, Annotator]:
    """The annotators among ``ids`` that are stored, by id."""
    found: dict[str, Annotator] = {}
    for batch in batches(sorted(set(ids))):
        fetched = _fetch(connection, _READ.where(among(_ANNOTATOR.id, batch)))
        found |= {annotator.id: annotator for annotator in fetched}
    return found


def _fetch(connection: Connection, query: Select[Any]) -> list[Annotator]:
    rows = connection.execute(query.order_by(_ANNOTATOR.id)).all()
    places = origins.find(connection, {row.origin for row in rows})
    return [_annotator(row, places) for row in rows]


@rebuilds("annotators")
def _annotator(row: Row[Any], places: dict[str, Origin]) -> Annotator:
    return Annotator(
        id=row.id,
        project=row.project,
        type=row.type,
        name=row.name,
        origin=places[row.origin],
        simulated=row.simulated,
    )
