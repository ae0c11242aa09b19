"""How tasks come into the queue of a project whose desk is open.

Not a verb: opening a desk and importing tasks both come through here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.storage import pools, seats, work
from qinglan.storage.pools import Demand, Pool
from qinglan.work import Rules, Slots

NOTHING = Demand(None, None)

Asking: TypeAlias = tuple[str, str | None, str | None, str | None]
"""A task's id, and the skill, the language and the tier that it asks for; as ``work.Missing``."""


def join(conn: Connection, project: str, tasks: Iterable[Asking]) -> int:
    """Queue ``tasks`` of ``project`` (its id) where its desk is open; how many were new.

    Last in its transaction: whoever appends to a queue holds its end until the commit.
    """
    rules = seats.rules_of(conn, project)
    return 0 if rules is None else add(conn, project, tasks, rules)


def add(conn: Connection, project: str, tasks: Iterable[Asking], rules: Rules) -> int:
    """Queue ``tasks`` of ``project`` (its id), each in the pool of what it asks for."""
    asking = list(tasks)
    asked = [one[1:] for one in asking]
    keys = {what: assignment.pool_key(*what) for what in dict.fromkeys(asked)}
    there = [Pool(key, skill or None, *rest) for (skill, *rest), key in keys.items()]
    pools.add(conn, project, there)
    slots = Slots(wanted=rules.overlap, reserved=rules.reserved)
    state = assignment.state_of(slots, rules)
    ids, where = [one[0] for one in asking], [keys[what] for what in asked]
    return work.add(conn, project, ids, where, slots, state)
