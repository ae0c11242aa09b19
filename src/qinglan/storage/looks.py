"""How often held-out sets were looked at.

A look is counted before any figure is known, and it counts for every set that shares a question:
leaving one question out, or releasing the same ones under another name, makes no fresh set.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.provenance.identity import commitment
from qinglan.records import Look
from qinglan.storage import tables
from qinglan.storage.columns import batches, rebuilds
from qinglan.storage.dialects import insert_new

_LOOK = tables.looks.c
_READ = select(_LOOK.report, _LOOK.held_out, _LOOK.model, _LOOK.why, _LOOK.time)


def add(connection: Connection, look: Look, items: Iterable[str], activity: str) -> int:
    """Store ``look`` at a set with the questions of these digests; 0 when it is there already."""
    for batch in batches(sorted(set(items))):
        rows = [{"held_out": look.held_out, "item": item} for item in batch]
        insert_new(connection, tables.held_out_items, rows)
    row = {
        "report": look.report,
        "held_out": look.held_out,
        "model": look.model,
        "why": look.why,
        "time": look.when.isoformat(),
        "commitment": commitment(look),
        "activity": activity,
    }
    return insert_new(connection, tables.looks, [row])


def at(connection: Connection, held_out: str) -> list[Look]:
    """Every look at a question of the set, the oldest first."""
    ours, theirs = tables.held_out_items.alias(), tables.held_out_items.alias()
    sharing = (
        select(theirs.c.held_out)
        .join(ours, ours.c.item == theirs.c.item)
        .where(ours.c.held_out == held_out)
    )
    query = _READ.where(_LOOK.held_out.in_(sharing)).order_by(_LOOK.time, _LOOK.report)
    return [_look(row) for row in connection.execute(query)]


@rebuilds("looks")
def _look(row: Row[Any]) -> Look:
    return Look(
        report=row.report,
        held_out=row.held_out,
        model=row.model,
        why=row.why,
        when=datetime.fromisoformat(row.time),
    )
