"""A hash chain of what happened in a project.

Each entry's digest covers the digest before it, so a changed, removed or reordered entry breaks
every later one. A chain alone cannot tell that its newest entries were cut off: releases carry
the head they were made at, and ``check`` takes those as anchors.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from qinglan.errors import IntegrityError
from qinglan.provenance.identity import Json, canonical, sha256
from qinglan.storage import columns, tables
from qinglan.storage.columns import encode

_ENTRY = tables.history.c

GENESIS = "0" * 64
"""What stands before the first entry."""


def digest_of(prev: str, project: str, seq: int, event: Json) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of ``[prev, project, seq, event]``."""
    return sha256(canonical([prev, project, seq, event]))


def append(connection: Connection, project: str, event: Json) -> str:
    """Add ``event`` to the history of ``project`` (its id); the new head's digest.

    Raises:
        ValueError: the event holds a float, a lone surrogate or an integer beyond 2**53.
    """
    seq, prev = head(connection, project)
    digest = digest_of(prev, project, seq + 1, event)
    row = {"project": project, "seq": seq + 1, "event": encode(event)}
    connection.execute(insert(tables.history), [{**row, "prev": prev, "digest": digest}])
    return digest


def head(connection: Connection, project: str) -> tuple[int, str]:
    """Number and digest of the newest entry; ``(0, GENESIS)`` when nothing happened yet."""
    query = select(_ENTRY.seq, _ENTRY.digest).where(_ENTRY.project == project)
    row = connection.execute(query.order_by(_ENTRY.seq.desc()).limit(1)).one_or_none()
    return (0, GENESIS) if row is None else (row.seq, row.digest)


def check(connection: Connection, project: str, *, anchors: Iterable[str] = ()) -> None:
    """Recompute the whole chain of ``project`` (its id).

    ``anchors`` are digests known from outside, such as those in releases; each must be in it.

    Raises:
        IntegrityError: an entry does not hold (fact ``seq``), or an anchor is missing.
    """
    wanted = set(anchors) - {GENESIS}
    query = select(*_ENTRY).where(_ENTRY.project == project).order_by(_ENTRY.seq)
    prev = GENESIS
    rows = columns.rows(connection, query)
    for seq, row in enumerate(rows, 1):
        if not _holds(row, prev, project, seq):
            raise IntegrityError("storage.history_broken", project=project, seq=seq)
        prev = row.digest
        wanted.discard(prev)
    for digest in sorted(wanted):
        raise IntegrityError("storage.history_cut", project=project, digest=digest)


def _holds(row: Row[Any], prev: str, project: str, seq: int) -> bool:
    try:
        event = json.loads(row.event)
        return bool(
            row.seq == seq
            and row.prev == prev
            and row.event == encode(event)
            and row.digest == digest_of(prev, project, seq, event)
        )
    except (ValueError, RecursionError):
        return False
