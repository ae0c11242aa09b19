"""Which judging the current verdicts of a project come from, and whether it came to its end.

A judging replaces verdicts batch by batch, so that others can write in between. One that was cut
off leaves some tasks judged anew and others as they were, and nobody may release such a mixture.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from qinglan.errors import StorageError
from qinglan.storage import tables

_JUDGING = tables.judgings.c


def begin(connection: Connection, project: str, activity: str) -> None:
    """Note that the activity with that id begins to judge ``project`` (its id) anew."""
    connection.execute(delete(tables.judgings).where(_JUDGING.project == project))
    row = {"project": project, "activity": activity, "finished": False}
    connection.execute(insert(tables.judgings), [row])


def hold(connection: Connection, project: str, activity: str) -> None:
    """Make sure that no other judging of ``project`` (its id) began since.

    Raises:
        StorageError: one did, and what it concludes is what counts.
    """
    query = select(_JUDGING.activity).where(_JUDGING.project == project)
    if connection.execute(query).scalar_one_or_none() != activity:
        raise StorageError("storage.judged_elsewhere")


def finish(connection: Connection, project: str, activity: str) -> None:
    """Note that the judging came to its end.

    Raises:
        StorageError: as ``hold``.
    """
    hold(connection, project, activity)
    done = update(tables.judgings).where(_JUDGING.project == project).values(finished=True)
    connection.execute(done)


def pending(connection: Connection, project: str) -> bool:
    """Whether a judging of ``project`` (its id) is under way or was cut off."""
    query = select(_JUDGING.project).where(_JUDGING.project == project, ~_JUDGING.finished)
    return connection.execute(query).one_or_none() is not None
