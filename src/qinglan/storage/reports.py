"""Reports of evaluations: who was scored on which set, and the digest of the file with the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.provenance.identity import commitment
from qinglan.records import Report
from qinglan.storage import tables
from qinglan.storage.columns import rebuilds
from qinglan.storage.dialects import insert_new

_REPORT = tables.reports.c
_READ = select(*_REPORT)


def add(connection: Connection, report: Report, activity: str) -> int:
    """Store ``report``, whose look is stored; 0 when it is there already."""
    row = {
        "id": report.id,
        "release": report.release,
        "split": report.split.value,
        "held_out": report.held_out,
        "model": report.model,
        "run": report.run,
        "plan": report.plan,
        "made": report.made.isoformat(),
        "sha256": report.sha256,
        "commitment": commitment(report),
        "activity": activity,
    }
    return insert_new(connection, tables.reports, [row])


def get(connection: Connection, id_: str) -> Report | None:
    """The report called ``id_``."""
    row = connection.execute(_READ.where(_REPORT.id == id_)).one_or_none()
    return None if row is None else _report(row)


def of_plan(connection: Connection, plan: str) -> Report | None:
    """The first report of that plan."""
    query = _READ.where(_REPORT.plan == plan).order_by(_REPORT.made, _REPORT.id).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _report(row)


def all(connection: Connection) -> list[Report]:
    """Every report, the oldest first."""
    query = _READ.order_by(_REPORT.made, _REPORT.id)
    return [_report(row) for row in connection.execute(query)]


@rebuilds("reports")
def _report(row: Row[Any]) -> Report:
    return Report(
        id=row.id,
        release=row.release,
        split=row.split,
        held_out=row.held_out,
        model=row.model,
        run=row.run,
        plan=row.plan,
        made=datetime.fromisoformat(row.made),
        sha256=row.sha256,
    )
