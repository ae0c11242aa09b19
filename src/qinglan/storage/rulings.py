"""What reviewers ruled. A ruling is appended; the newest of a task counts, the older ones stay."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from qinglan.provenance.identity import commitment
from qinglan.records import Ruling
from qinglan.storage import tables
from qinglan.storage.columns import decode_words, encode, rebuilds

_RULING = tables.rulings.c
_READ = select(
    _RULING.id, _RULING.task, _RULING.reviewer, _RULING.value, _RULING.annotation, _RULING.note,
    _RULING.considered, _RULING.salt,
)  # fmt: skip


def add(connection: Connection, project: str, ruling: Ruling, activity: str) -> None:
    """Store ``ruling`` on a task of ``project`` (its id), made by the activity with that id."""
    row = {
        "id": ruling.id, "project": project, "task": ruling.task, "reviewer": ruling.reviewer,
        "value": ruling.value, "annotation": ruling.annotation, "note": ruling.note,
        "considered": encode(list(ruling.considered)), "salt": ruling.salt,
        "commitment": commitment(ruling), "activity": activity,
    }  # fmt: skip
    connection.execute(insert(tables.rulings), row)


def of_task(connection: Connection, project: str, task: str) -> list[Ruling]:
    """All rulings on ``task``, the newest last."""
    query = _READ.where(_RULING.project == project, _RULING.task == task)
    return [_ruling(row) for row in connection.execute(query.order_by(_RULING.seq))]


def standing(connection: Connection, project: str) -> dict[str, Ruling]:
    """The newest ruling of each task of ``project`` (its id) that has one."""
    newest = select(func.max(_RULING.seq)).where(_RULING.project == project).group_by(_RULING.task)
    rows = connection.execute(_READ.where(_RULING.seq.in_(newest)))
    return {row.task: _ruling(row) for row in rows}


def last(connection: Connection, project: str) -> int:
    """Number of the newest ruling in ``project`` (its id); 0 where there is none."""
    query = select(func.max(_RULING.seq)).where(_RULING.project == project)
    return int(connection.execute(query).scalar_one() or 0)


def since(connection: Connection, project: str, number: int) -> set[str]:
    """Tasks of ``project`` (its id) that were ruled on after the ruling of that number."""
    query = select(_RULING.task).where(_RULING.project == project, _RULING.seq > number)
    return set(connection.execute(query).scalars())


@rebuilds("rulings")
def _ruling(row: Row[Any]) -> Ruling:
    return Ruling(
        id=row.id, task=row.task, reviewer=row.reviewer, value=row.value,
        annotation=row.annotation, note=row.note,
        considered=tuple(decode_words(row.considered)), salt=row.salt,
    )  # fmt: skip
