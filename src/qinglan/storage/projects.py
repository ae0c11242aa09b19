"""Lines of work. People name a project; rows point at its id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.errors import StorageError
from qinglan.provenance.identity import commitment
from qinglan.records import Project
from qinglan.storage import tables
from qinglan.storage.columns import rebuilds
from qinglan.storage.dialects import insert_new
from qinglan.storage.dialects import lock as lock_name

_READ = select(*tables.projects.c)


def add(connection: Connection, project: Project, activity: str | None = None) -> int:
    """Store ``project``; 0 when it is there already. ``activity`` is the id of what made it.

    Raises:
        StorageError: another project has its name.
    """
    named = get(connection, project.name)
    if named is not None and named.id != project.id:
        raise StorageError("storage.project_exists", name=project.name)
    row = {
        "id": project.id,
        "name": project.name,
        "kind": project.kind.value,
        "guideline": project.guideline,
        "commitment": commitment(project),
        "activity": activity,
    }
    return insert_new(connection, tables.projects, [row])


def lock(connection: Connection, project: str) -> None:
    """Hold off other processes that lock ``project`` (its id) until this transaction ends.

    What is read after this stays so until the commit, on PostgreSQL as on SQLite.
    """
    lock_name(connection, f"project {project}")


def get(connection: Connection, name: str) -> Project | None:
    """The project named ``name``."""
    row = connection.execute(_READ.where(tables.projects.c.name == name)).one_or_none()
    return None if row is None else _project(row)


def all(connection: Connection) -> list[Project]:
    """All projects, by name."""
    return [_project(row) for row in connection.execute(_READ.order_by(tables.projects.c.name))]


@rebuilds("projects")
def _project(row: Row[Any]) -> Project:
    return Project(id=row.id, name=row.name, kind=row.kind, guideline=row.guideline)
