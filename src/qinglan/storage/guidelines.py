"""Versions of what is asked and how it is judged."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.provenance.identity import commitment
from qinglan.records import Guideline
from qinglan.storage import tables
from qinglan.storage.columns import rebuilds
from qinglan.storage.dialects import insert_new

_READ = select(*tables.guidelines.c)


def add(connection: Connection, guideline: Guideline, activity: str | None = None) -> int:
    """Store ``guideline``; 0 when it is there already. ``activity`` is the id of what made it."""
    row = {
        "id": guideline.id,
        "kind": guideline.kind.value,
        "version": guideline.version,
        "en": guideline.en,
        "zh": guideline.zh,
        "commitment": commitment(guideline),
        "activity": activity,
    }
    return insert_new(connection, tables.guidelines, [row])


def get(connection: Connection, id_: str) -> Guideline | None:
    """The guideline called ``id_``."""
    row = connection.execute(_READ.where(tables.guidelines.c.id == id_)).one_or_none()
    return None if row is None else _guideline(row)


@rebuilds("guidelines")
def _guideline(row: Row[Any]) -> Guideline:
    return Guideline(id=row.id, kind=row.kind, version=row.version, en=row.en, zh=row.zh)
