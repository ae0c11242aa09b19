"""Where withdrawn content is, or was, outside the tables.

A release is signed and stays as it is, so that it holds what was withdrawn is kept here, for
whoever would use it or a model made of it. A report's file is written anew without the answers in
question, and its new digest stands beside the one that was filed. Files that commands wrote for
people to read are remembered until they are taken away.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, select

from qinglan.storage import tables
from qinglan.storage.dialects import insert_new

_STALE = tables.stale_releases.c
_REDACTED = tables.redactions.c
_WRITTEN = tables.written.c


def mark_stale(connection: Connection, withdrawal: str, release: str, rows: int | None) -> None:
    """Note that ``release`` (its id) holds what the withdrawal erased. Twice is once."""
    row = {"release": release, "withdrawal": withdrawal, "rows": rows}
    insert_new(connection, tables.stale_releases, [row])


def stale(connection: Connection) -> set[str]:
    """The ids of all releases that hold what was withdrawn since."""
    return set(connection.execute(select(_STALE.release).distinct()).scalars())


def redact(connection: Connection, report: str, sha256: str) -> bool:
    """Note the digest of the report's file after a redaction; whether it is another than before."""
    if digest(connection, report) == sha256:
        return False
    connection.execute(delete(tables.redactions).where(_REDACTED.report == report))
    connection.execute(insert(tables.redactions), [{"report": report, "sha256": sha256}])
    return True


def digest(connection: Connection, report: str) -> str | None:
    """The digest of the report's file since its last redaction; ``None`` where there was none."""
    query = select(_REDACTED.sha256).where(_REDACTED.report == report)
    return connection.execute(query).scalar_one_or_none()


def remember(connection: Connection, project: str, path: str) -> None:
    """Note that the file at ``path`` shows content of ``project`` (its id)."""
    insert_new(connection, tables.written, [{"project": project, "path": path}])


def written(connection: Connection, project: str | None = None) -> list[str]:
    """The files that show content of ``project`` (its id), or of any."""
    query = select(_WRITTEN.path).distinct().order_by(_WRITTEN.path)
    if project is not None:
        query = query.where(_WRITTEN.project == project)
    return list(connection.execute(query).scalars())


def forget(connection: Connection, paths: Iterable[str]) -> None:
    """Forget these files: they are gone."""
    for path in paths:
        connection.execute(delete(tables.written).where(_WRITTEN.path == path))
