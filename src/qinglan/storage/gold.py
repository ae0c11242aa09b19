"""Which tasks are gold: known beforehand, and given to everybody now and then.

Apart from the queue and from the tasks. Only the choice of the next task and the lead's own verbs
come here; what an annotator may ask for does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select, update

from qinglan.storage import tables
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches
from qinglan.storage.dialects import insert_new
from qinglan.storage.prepared import Prepared
from qinglan.work import Standing

_GOLD = tables.gold.c
_HAD = tables.assignments.c
_SEEN = tables.sightings.c

LOOK = 64
"""How many gold tasks are looked at for one that the annotator has not had."""


def _waiting(*, skilled: bool) -> Select[Any]:
    near = select(_GOLD.task, _GOLD.rank).where(
        _GOLD.project == bindparam("project_"), _GOLD.rank >= bindparam("start_")
    )
    if skilled:
        near = near.where(among(_GOLD.skill, "skills_"))
    here = near.order_by(_GOLD.rank).limit(LOOK).subquery()
    had = select(_HAD.task).where(
        _HAD.annotator == bindparam("annotator_"),
        _HAD.task == here.c.task,
        _HAD.standing != Standing.LAPSED.value,
    )
    seen = select(_SEEN.task).where(
        _SEEN.annotator == bindparam("annotator_"), _SEEN.task == here.c.task
    )
    untouched = select(here.c.task).where(~had.exists(), ~seen.exists())
    return untouched.order_by(here.c.rank).limit(1)


_WAITING = Prepared(_waiting(skilled=False))
_WAITING_SKILLED = Prepared(_waiting(skilled=True))


def add(connection: Connection, project: str, tasks: Iterable[tuple[str, str, int, str]]) -> int:
    """Make tasks of ``project`` (its id) gold, given as (id, skill key, random rank, answer key).

    Returns:
        How many were not gold before.
    """
    new = 0
    for batch in batches(tasks):
        rows = [
            {"task": task, "project": project, "skill": skill, "rank": rank, "key": key}
            for task, skill, rank, key in batch
        ]
        new += insert_new(connection, tables.gold, rows)
    return new


def remove(connection: Connection, tasks: Sequence[str]) -> int:
    """Make ``tasks`` gold no longer; how many were."""
    gone = 0
    for batch in batches(tasks):
        gone += connection.execute(delete(tables.gold).where(among(_GOLD.task, batch))).rowcount
    return gone


def rekey(connection: Connection, task: str, key: str) -> None:
    """Let ``key`` be what answers to ``task`` are held against, if it is gold."""
    connection.execute(update(tables.gold).where(_GOLD.task == task).values(key=key))


def known(connection: Connection, project: str, tasks: Iterable[str]) -> set[str]:
    """Those of ``tasks`` that are gold in ``project`` (its id)."""
    found: set[str] = set()
    for batch in batches(sorted(set(tasks))):
        query = select(_GOLD.task).where(_GOLD.project == project, among(_GOLD.task, batch))
        found.update(connection.execute(query).scalars())
    return found


def waiting(
    connection: Connection,
    annotator: str,
    project: str,
    skills: Sequence[str] | None,
    start: int,
) -> str | None:
    """A gold task beyond rank ``start`` that ``annotator`` has not had; ``None`` where the next
    ``LOOK`` hold none. ``skills`` are keys, or ``None`` for all.
    """
    where = {"annotator_": annotator, "project_": project, "start_": start}
    if skills is None:
        row = _WAITING.one_or_none(connection, where)
    else:
        row = _WAITING_SKILLED.one_or_none(connection, {**where, "skills_": skills})
    return None if row is None else str(row.task)
