"""Versions of what a project's labels and criteria are called; the newest holds."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from qinglan.storage import tables
from qinglan.storage.prepared import Prepared

_SCHEME = tables.schemes.c
_NEWEST = Prepared(
    select(_SCHEME.version, _SCHEME.body)
    .where(_SCHEME.project == bindparam("project_"))
    .order_by(_SCHEME.version.desc())
    .limit(1)
)


class Kept(NamedTuple):
    """One version, as JSON text."""

    version: int
    body: str


def newest(connection: Connection, project: str) -> Kept | None:
    """The scheme of ``project`` (its id)."""
    row = _NEWEST.one_or_none(connection, {"project_": project})
    return None if row is None else Kept(row.version, row.body)


def add(connection: Connection, project: str, kept: Kept, activity: str) -> None:
    """Keep a new version, made by the activity with that id."""
    row = {
        "project": project, "version": kept.version, "body": kept.body, "activity": activity,
    }  # fmt: skip
    connection.execute(insert(tables.schemes), row)
