"""Who did what, with which code, when. Every other row points at one of these."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.errors import StorageError
from qinglan.provenance.identity import commitment
from qinglan.records import Activity
from qinglan.storage import tables
from qinglan.storage.columns import rebuilds
from qinglan.storage.dialects import insert_new

_READ = select(*tables.activities.c)


def add(connection: Connection, activity: Activity) -> int:
    """Store ``activity``; 0 when it is there already."""
    row = {
        "id": activity.id,
        "verb": activity.verb,
        "actor": activity.actor,
        "code": activity.code,
        "started": activity.started.isoformat(),
        "commitment": commitment(activity),
    }
    return insert_new(connection, tables.activities, [row])


def get(connection: Connection, id_: str) -> Activity | None:
    """The activity called ``id_``."""
    row = connection.execute(_READ.where(tables.activities.c.id == id_)).one_or_none()
    return None if row is None else _activity(row)


def verb(connection: Connection, id_: str) -> str:
    """The verb of the activity called ``id_``; each connection remembers those it met.

    Raises:
        StorageError: there is none.
    """
    known: dict[str, str] = connection.info.setdefault("verbs", {})
    if id_ not in known:
        activity = get(connection, id_)
        if activity is None:
            raise StorageError("storage.unknown_record", table="activities", id=id_)
        if len(known) >= _REMEMBERED:
            known.clear()
        known[id_] = activity.verb
    return known[id_]


_REMEMBERED = 1_000


@rebuilds("activities")
def _activity(row: Row[Any]) -> Activity:
    started = datetime.fromisoformat(row.started)
    return Activity(id=row.id, verb=row.verb, actor=row.actor, code=row.code, started=started)
