"""The hash chain of what happened in a project, as the database keeps it.

See ``provenance.chain`` for what a chain can and cannot show. Releases carry the head they were
made at, and ``check`` takes those as anchors.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from qinglan.errors import IntegrityError
from qinglan.provenance.chain import GENESIS, Anchor, Entry, digest_of, examine
from qinglan.provenance.identity import Json
from qinglan.storage import columns, projects, tables
from qinglan.storage.columns import encode
from qinglan.storage.prepared import Prepared

_ENTRY = tables.history.c
_ADD = Prepared(insert(tables.history), *tables.history.columns.keys())
_HEAD = Prepared(
    select(_ENTRY.seq, _ENTRY.digest)
    .where(_ENTRY.project == bindparam("project_"))
    .order_by(_ENTRY.seq.desc())
    .limit(1)
)

_UNREADABLE = "not an event"
"""Events are objects, so no entry was ever hashed over this."""


def append(connection: Connection, project: str, event: Json) -> str:
    """Add ``event`` to the history of ``project`` (its id); the new head's digest.

    Raises:
        ValueError: the event holds a float, a lone surrogate or an integer beyond 2**53.
    """
    projects.lock(connection, project)
    seq, prev = head(connection, project)
    digest = digest_of(prev, project, seq + 1, event)
    row = {"project": project, "seq": seq + 1, "event": encode(event)}
    _ADD.run(connection, {**row, "prev": prev, "digest": digest})
    return digest


def head(connection: Connection, project: str) -> tuple[int, str]:
    """Number and digest of the newest entry; ``(0, GENESIS)`` when nothing happened yet."""
    row = _HEAD.one_or_none(connection, {"project_": project})
    return (0, GENESIS) if row is None else (row.seq, row.digest)


def entries(connection: Connection, project: str) -> Iterator[Entry]:
    """The chain of ``project`` (its id) as it stands, unchecked, in flat memory."""
    query = select(*_ENTRY).where(_ENTRY.project == project).order_by(_ENTRY.seq)
    for row in columns.rows(connection, query):
        yield _entry(row)


def some(connection: Connection, project: str, after: int, limit: int) -> list[Entry]:
    """Up to ``limit`` entries of ``project`` (its id), in order, numbered above ``after``."""
    query = select(*_ENTRY).where(_ENTRY.project == project, _ENTRY.seq > after)
    return [_entry(row) for row in connection.execute(query.order_by(_ENTRY.seq).limit(limit))]


def page(connection: Connection, project: str, before: int | None, limit: int) -> list[Entry]:
    """Up to ``limit`` entries of ``project`` (its id), newest first, numbered below ``before``."""
    query = select(*_ENTRY).where(_ENTRY.project == project)
    if before is not None:
        query = query.where(_ENTRY.seq < before)
    return [
        _entry(row) for row in connection.execute(query.order_by(_ENTRY.seq.desc()).limit(limit))
    ]


def check(connection: Connection, project: str, *, anchors: Iterable[Anchor] = ()) -> int:
    """Recompute the whole chain of ``project`` (its id); how many entries it has.

    ``anchors`` are digests known from outside, such as those in releases; each must be in it.

    Raises:
        IntegrityError: an entry does not hold (fact ``seq``), or an anchor is missing.
    """
    held, fault = examine(entries(connection, project), project, anchors)
    if fault is None:
        return held
    if fault.anchor is None:
        raise IntegrityError("storage.history_broken", project=project, seq=fault.seq)
    raise IntegrityError(
        f"storage.history_{fault.what}", project=project, seq=fault.seq,
        digest=fault.anchor.digest, release=fault.anchor.held_by or "—", held=held,
    )  # fmt: skip


def _entry(row: Row[Any]) -> Entry:
    """The row's entry; what is not written as ``append`` writes it has no event that could hold."""
    try:
        event = json.loads(row.event)
        if row.event != encode(event):
            event = _UNREADABLE
    except (ValueError, RecursionError):
        event = _UNREADABLE
    return Entry(row.project, row.seq, event, row.prev, row.digest)
