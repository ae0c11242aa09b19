"""Which sources were withdrawn from a project, and which imports brought them. Not a verb.

Apart from carrying an erasure out, which needs half the house: every import asks this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection

from qinglan.records import Origin
from qinglan.storage import erasure, history, withdrawals


def imports_from(
    conn: Connection, project: str, sources: Collection[str], digests: Collection[str] = ()
) -> set[str]:
    """The imports into ``project`` (its id) under one of these names, or of one of these files.

    The history is asked, for a source whose answers all came from people who were known before
    has left its name nowhere else.
    """
    brought = set()
    for entry in history.entries(conn, project):
        event = entry.event
        if not isinstance(event, dict) or event.get("verb") != "import":
            continue
        if event.get("source") in sources or event.get("sha256") in digests:
            brought.add(str(event.get("activity")))
    return brought


def activities_in(targets: Iterable[str]) -> list[str]:
    """Those of a withdrawal's targets that are imports, not origins."""
    return [target for target in targets if target.startswith("act_")]


def withdrawn_source(conn: Connection, project: str, origin: Origin) -> datetime | None:
    """When the source, or the very file, of ``origin`` was withdrawn from ``project`` (its id)."""
    for done in reversed(withdrawals.all(conn, project)):
        made = done.withdrawal
        if made.what != "source":
            continue
        named = list(erasure.names(conn, made.targets))
        if any(
            source == origin.source or (digest is not None and digest == origin.sha256)
            for source, digest in named
        ):
            return made.time
        files = () if origin.sha256 is None else (origin.sha256,)
        again = imports_from(conn, project, {origin.source}, files)
        if not again.isdisjoint(activities_in(made.targets)):
            return made.time
    return None
