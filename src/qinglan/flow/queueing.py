"""How tasks come into the queue of a project whose desk is open.

Not a verb: opening a desk and importing tasks both come through here.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.records import Task
from qinglan.storage import seats, work


def join(conn: Connection, project: str, tasks: Iterable[Task]) -> int:
    """Queue ``tasks`` of ``project`` (its id) where its desk is open; how many were new.

    Last in its transaction: whoever appends to a queue holds its end until the commit.
    """
    rules = seats.rules_of(conn, project)
    if rules is None:
        return 0
    queued = [(task.id, assignment.skill_key(task.skill)) for task in tasks]
    return work.add(conn, project, queued, rules.overlap)
