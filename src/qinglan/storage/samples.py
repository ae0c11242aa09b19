"""Source material. Samples belong to the workspace; tasks of several projects may use one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.provenance.identity import commitment
from qinglan.records import Origin, Sample
from qinglan.storage import origins, tables, withdrawals
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, rebuilds
from qinglan.storage.dialects import insert_new

_READ = select(*tables.samples.c)


def add(connection: Connection, samples: Iterable[Sample], activity: str) -> int:
    """Store ``samples``, made by the activity with that id.

    Returns:
        How many were new; those whose id is there already stay as they are.
    """
    new = 0
    known: dict[Origin, str] = {}
    for batch in batches(samples):
        withdrawals.refuse(connection, "samples", [sample.id for sample in batch])
        unknown = {sample.origin for sample in batch} - known.keys()
        if unknown:
            known |= origins.add(connection, unknown)
        rows = [
            {
                "id": sample.id,
                "origin": known[sample.origin],
                "row": sample.row,
                "text": sample.text,
                "salt": sample.salt,
                "commitment": commitment(sample),
                "activity": activity,
            }
            for sample in batch
        ]
        new += insert_new(connection, tables.samples, rows)
    return new


def get(connection: Connection, ids: Sequence[str]) -> list[Sample]:
    """The samples called ``ids``, in that order; those that are not there are left out."""
    found = find(connection, ids)
    return [found[id_] for id_ in ids if id_ in found]


def find(connection: Connection, ids: Iterable[str]) -> dict[str, Sample]:
    """The samples among ``ids`` that are stored, by id."""
    found: dict[str, Sample] = {}
    for batch in batches(sorted(set(ids))):
        rows = connection.execute(_READ.where(among(tables.samples.c.id, batch))).all()
        places = origins.find(connection, {row.origin for row in rows})
        for row in rows:
            found[row.id] = _sample(row, places)
    return found


@rebuilds("samples")
def _sample(row: Row[Any], places: dict[str, Origin]) -> Sample:
    origin = places[row.origin]
    return Sample(id=row.id, origin=origin, row=row.row, text=row.text, salt=row.salt)
