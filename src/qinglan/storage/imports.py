"""How far each file has been imported, so that an import goes on where it stopped.

A file is known by its bytes and by how its fields were mapped: the same file read differently is
another import. The cursor moves in the same write as the rows it counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from qinglan.errors import StorageError
from qinglan.storage import tables
from qinglan.storage.dialects import insert_new
from qinglan.storage.prepared import Prepared

_IMPORT = tables.imports.c
_MOVE = Prepared(
    update(tables.imports)
    .where(
        _IMPORT.project == bindparam("project_"),
        _IMPORT.sha256 == bindparam("sha256_"),
        _IMPORT.mapping == bindparam("mapping_"),
        _IMPORT.done_rows.between(bindparam("least_"), bindparam("most_")),
        ~_IMPORT.finished,
    )
    .values(done_rows=bindparam("done_"), finished=bindparam("finished_"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """The state of one import: rows done so far, counting those that were set aside."""

    project: str
    sha256: str
    mapping: str
    done_rows: int
    finished: bool


def get(connection: Connection, project: str, sha256: str, mapping: str) -> Import | None:
    """The import of the file with that digest under that mapping; ``None`` when never begun."""
    row = connection.execute(select(*_IMPORT).where(_which(project, sha256, mapping))).one_or_none()
    if row is None:
        return None
    return Import(
        project=row.project,
        sha256=row.sha256,
        mapping=row.mapping,
        done_rows=row.done_rows,
        finished=row.finished,
    )


def advance(
    connection: Connection,
    project: str,
    sha256: str,
    mapping: str,
    *,
    done_rows: int,
    finished: bool = False,
    before: int | None = None,
) -> None:
    """Move the cursor forward to ``done_rows``, or mark the import finished where it stands.

    ``before`` is where the caller began this batch: with it, a second process that imports the
    same file in batches of another size is noticed too.

    Raises:
        StorageError: the cursor stands elsewhere, so another process moved it: the caller's
            rows would count twice, and the whole write must be undone.
    """
    start = {"project": project, "sha256": sha256, "mapping": mapping}
    insert_new(connection, tables.imports, [{**start, "done_rows": 0, "finished": False}])
    most = done_rows if finished else done_rows - 1
    values = {
        "project_": project, "sha256_": sha256, "mapping_": mapping,
        "least_": before or 0, "most_": most if before is None else min(before, most),
        "done_": done_rows, "finished_": finished,
    }  # fmt: skip
    if _MOVE.run(connection, values) != 1:
        found = get(connection, project, sha256, mapping)
        stored = 0 if found is None else found.done_rows
        raise StorageError("storage.import_moved", stored=stored, row=done_rows)


def _which(project: str, sha256: str, mapping: str) -> ColumnElement[bool]:
    return (_IMPORT.project == project) & (_IMPORT.sha256 == sha256) & (_IMPORT.mapping == mapping)
