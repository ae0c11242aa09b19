"""How long people worked on their tasks: what their pages say, never more than our clock allows."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from qinglan.storage import tables

_HAD = tables.assignments.c
_TIME = tables.work_times.c


class Total(NamedTuple):
    """Milliseconds of work, and the tasks it went to."""

    spent: int
    tasks: int


def add(connection: Connection, annotator: str, task: str, claimed: int, now: int) -> int:
    """Add what a page says was worked on ``task`` since it last said so; how much is taken.

    All times are in milliseconds. No more is taken than has passed since the task was given, and
    since any page of the annotator's last said something: nobody works on two tasks at once. For
    one who holds the annotator's seat alone.
    """
    given = connection.execute(
        select(_HAD.taken).where(_HAD.annotator == annotator, _HAD.task == task)
    ).scalar_one_or_none()
    last = connection.execute(
        select(func.max(_TIME.moved)).where(_TIME.annotator == annotator)
    ).scalar_one_or_none()
    since = max(now if given is None else int(given), int(last or 0))
    taken = max(0, min(claimed, now - since))
    here = (_TIME.annotator == annotator) & (_TIME.task == task)
    more = {"spent": _TIME.spent + taken, "moved": now}
    if not connection.execute(update(tables.work_times).where(here).values(**more)).rowcount:
        row = {"annotator": annotator, "task": task, "spent": taken, "moved": now}
        connection.execute(insert(tables.work_times), [row])
    return taken


def each(connection: Connection, project: str) -> dict[str, float]:
    """Seconds that each annotator of ``project`` (its id) works on a task, on average."""
    who = tables.annotators.c
    query = (
        select(_TIME.annotator, func.avg(_TIME.spent))
        .join_from(tables.work_times, tables.annotators, who.id == _TIME.annotator)
        .where(who.project == project, _TIME.spent > 0)
        .group_by(_TIME.annotator)
    )
    return {str(one): round(float(ms) / 1000, 3) for one, ms in connection.execute(query)}


def total(connection: Connection, annotator: str, since: int = 0) -> Total:
    """What ``annotator`` worked on tasks last worked on from the moment ``since`` on."""
    query = select(func.coalesce(func.sum(_TIME.spent), 0), func.count()).where(
        _TIME.annotator == annotator, _TIME.moved >= since, _TIME.spent > 0
    )
    spent, tasks = connection.execute(query).one()
    return Total(int(spent), int(tasks))
