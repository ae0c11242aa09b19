"""What left the line, where, and why: in = out + set aside, and both sides can be counted.

What a judging sets aside is not repeated here: its verdicts say it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from qinglan.records import SetAside
from qinglan.storage import columns, tables, tallies
from qinglan.storage.columns import batches, rebuilds

_ASIDE = tables.set_aside.c


def add(connection: Connection, project: str, rows: Iterable[SetAside], activity: str) -> int:
    """Store what the activity with that id set aside in ``project`` (its id); how many.

    A row has no id, so adding it twice counts it twice: add in the same write as the cursor.
    """
    added = 0
    for batch in batches(rows):
        values = [
            {
                "project": project,
                "stage": aside.stage,
                "reason": aside.reason.value,
                "file": aside.file,
                "line": aside.line,
                "field": aside.field,
                "record": aside.record,
                "detail": aside.detail,
                "activity": activity,
            }
            for aside in batch
        ]
        connection.execute(insert(tables.set_aside), values)
        tallies.bump(connection, project, Counter(map(_name, batch)))
        added += len(values)
    return added


def _name(aside: SetAside) -> str:
    return f"aside.{aside.stage}.{aside.reason.value}"


def stream(connection: Connection, project: str, stage: str | None = None) -> Iterator[SetAside]:
    """What was set aside in ``project`` (its id), of one stage or all, in flat memory.

    Stages come together, and within one reason rows keep the order they came in.
    """
    query = select(*_ASIDE).where(_ASIDE.project == project)
    if stage is not None:
        query = query.where(_ASIDE.stage == stage)
    query = query.order_by(_ASIDE.stage, _ASIDE.reason, _ASIDE.seq)
    for row in columns.rows(connection, query):
        yield _aside(row)


def page(
    connection: Connection, project: str, after: int, limit: int, *, activity: str | None = None
) -> list[tuple[int, SetAside]]:
    """Up to ``limit`` rows of ``project`` (its id) with their numbers, beyond number ``after``.

    ``activity`` is the id of the one that set them aside; ``None``: any.
    """
    query = select(*_ASIDE).where(_ASIDE.project == project, _ASIDE.seq > after)
    if activity is not None:
        query = query.where(_ASIDE.activity == activity)
    rows = connection.execute(query.order_by(_ASIDE.seq).limit(limit))
    return [(row.seq, _aside(row)) for row in rows]


def records(connection: Connection, project: str, stage: str, file: str) -> set[str]:
    """The records from ``file`` that ``stage`` set aside in ``project`` (its id)."""
    query = select(_ASIDE.record).where(
        _ASIDE.project == project, _ASIDE.stage == stage, _ASIDE.file == file,
        _ASIDE.record.is_not(None),
    )  # fmt: skip
    return {str(record) for record in connection.execute(query).scalars()}


def take_back(connection: Connection, project: str, stage: str, taken: Iterable[str]) -> int:
    """Records that went on after all: ``stage`` no longer has them set aside. How many had."""
    gone = 0
    for batch in batches(taken):
        query = (
            delete(tables.set_aside)
            .where(_ASIDE.project == project, _ASIDE.stage == stage, _ASIDE.record.in_(batch))
            .returning(_ASIDE.reason)
        )
        reasons = Counter(connection.execute(query).scalars())
        changes = {f"aside.{stage}.{reason}": -n for reason, n in reasons.items()}
        tallies.bump(connection, project, changes)
        gone += reasons.total()
    return gone


@rebuilds("set_aside")
def _aside(row: Row[Any]) -> SetAside:
    return SetAside(
        stage=row.stage,
        reason=row.reason,
        file=row.file,
        line=row.line,
        field=row.field,
        record=row.record,
        detail=row.detail,
    )
