"""Who did what, with which code, when. Every other row points at one of these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, literal, select, tuple_

from qinglan.errors import StorageError
from qinglan.provenance.identity import Json, commitment
from qinglan.records import Activity
from qinglan.storage import tables
from qinglan.storage.columns import encode, rebuilds
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


def tell(connection: Connection, id_: str, facts: Mapping[str, Json]) -> None:
    """Keep what the activity called ``id_`` was about; what was said of it first stays."""
    insert_new(connection, tables.deeds, [{"activity": id_, "facts": encode(dict(facts))}])


class Deed(NamedTuple):
    """An activity, and what it was about as far as that was kept with it."""

    activity: Activity
    facts: dict[str, Json]


def page(
    connection: Connection, before: tuple[str, str] | None, limit: int, *,
    actor: str | None = None, verb: str | None = None, since: str | None = None,
    until: str | None = None,
) -> list[Deed]:  # fmt: skip
    """Up to ``limit`` activities, the newest first, beyond ``before`` (time and id).

    ``since`` and ``until`` are times as they are kept; the first is in, the second out.
    """
    started = tables.activities.c.started
    query = select(*tables.activities.c, tables.deeds.c.facts).join_from(
        tables.activities, tables.deeds, tables.deeds.c.activity == tables.activities.c.id,
        isouter=True,
    )  # fmt: skip
    if before is not None:
        query = query.where(tuple_(started, tables.activities.c.id) < tuple_(*map(literal, before)))
    for column, wanted in ((tables.activities.c.actor, actor), (tables.activities.c.verb, verb)):
        if wanted is not None:
            query = query.where(column == wanted)
    if since is not None:
        query = query.where(started >= since)
    if until is not None:
        query = query.where(started < until)
    query = query.order_by(started.desc(), tables.activities.c.id.desc()).limit(limit)
    return [
        Deed(_activity(row), {} if row.facts is None else json.loads(row.facts))
        for row in connection.execute(query)
    ]


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
