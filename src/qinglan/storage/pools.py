"""What tasks ask of people beside a skill, and the parts of a queue that follow from it.

All open tasks that ask for the same are one *pool*: the queue's index is by pool, so whoever may
take from some pools alone looks at those ranges of it and no others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, or_, select, true, update

from qinglan.storage import tables
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, encode
from qinglan.storage.dialects import insert_new
from qinglan.storage.prepared import Prepared

_POOL = tables.pools.c
_DEMAND = tables.demands.c
_ROUTING = tables.routing.c

OF = select(_POOL.key, _POOL.skill, _POOL.language, _POOL.tier).where(
    _POOL.project == bindparam("project_")
)
"""Public so that its plan can be looked at."""
_OF = Prepared(OF)


class Pool(NamedTuple):
    """A part of the queue: the tasks that ask for this skill, language and tier."""

    key: str
    skill: str | None
    language: str | None
    tier: str | None


class Demand(NamedTuple):
    """What a task asks of whoever answers it, beside its skill."""

    language: str | None
    tier: str | None


def add(connection: Connection, project: str, pools: Iterable[Pool]) -> None:
    """Let ``project`` (its id) have these pools, too; its desk is open."""
    rows = [{"project": project, **pool._asdict()} for pool in sorted(pools, key=lambda p: p.key)]
    insert_new(connection, tables.pools, rows)
    if any(row["language"] or row["tier"] for row in rows):
        here = update(tables.routing).where(_ROUTING.project == project, ~_ROUTING.routed)
        connection.execute(here.values(routed=True))


def of(connection: Connection, project: str) -> list[Pool]:
    """The pools of ``project`` (its id)."""
    return [Pool._make(row) for row in _OF.rows(connection, {"project_": project})]


def demand(connection: Connection, asked: Mapping[str, Demand]) -> None:
    """Keep what tasks (by id) ask for."""
    rows = [
        {"task": task, **said._asdict()} for task, said in asked.items() if any(said)
    ]  # fmt: skip
    for batch in batches(rows):
        insert_new(connection, tables.demands, batch)


def demanded(connection: Connection, tasks: Iterable[str]) -> dict[str, Demand]:
    """What those of ``tasks`` ask for that ask for anything."""
    found: dict[str, Demand] = {}
    for batch in batches(sorted(set(tasks))):
        query = select(_DEMAND.task, _DEMAND.language, _DEMAND.tier)
        for row in connection.execute(query.where(among(_DEMAND.task, batch))):
            found[row.task] = Demand(row.language, row.tier)
    return found


def set_needs(connection: Connection, project: str, needs: Mapping[str, str]) -> None:
    """Let tasks of ``project`` (its id) of these skills be for these tiers alone."""
    asking = select(_POOL.key).where(
        _POOL.project == project, or_(_POOL.language.is_not(None), _POOL.tier.is_not(None))
    )
    values = {
        "needs": encode(dict(needs)) if needs else None,
        "routed": true() if needs else asking.exists(),
    }
    connection.execute(update(tables.routing).where(_ROUTING.project == project).values(**values))


def needs(connection: Connection, project: str) -> dict[str, str]:
    """Which skill is for which tier alone in ``project`` (its id)."""
    query = select(_ROUTING.needs).where(_ROUTING.project == project)
    text = connection.execute(query).scalar_one_or_none()
    return {} if text is None else dict(json.loads(text))


def tiers_asked(connection: Connection, project: str) -> set[str]:
    """The tiers that a task or a rule of ``project`` (its id) asks for."""
    task = tables.tasks.c
    query = (
        select(_DEMAND.tier)
        .distinct()
        .join_from(tables.demands, tables.tasks, task.id == _DEMAND.task)
        .where(task.project == project, _DEMAND.tier.is_not(None))
    )
    asked = {str(tier) for tier in connection.execute(query).scalars()}
    rule = select(_ROUTING.reserved_for).where(
        _ROUTING.project == project, _ROUTING.reserved_for.is_not(None)
    )
    asked.update(connection.execute(rule).scalars())
    return asked | set(needs(connection, project).values())
