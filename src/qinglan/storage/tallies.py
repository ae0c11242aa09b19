"""Running counts of each project, so that asking how much there is reads a few rows.

Whoever adds or takes away rows says so here, in the same transaction. On PostgreSQL a count is
spread over slots, one for each connection, so that two who write at once do not wait for each
other; the slots are summed when asked. ``recount`` makes all counts anew from the tables, after
an erasure, and ``drift`` tells whether they still agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
)

from qinglan.errors import IntegrityError
from qinglan.records import Reason
from qinglan.storage import tables
from qinglan.storage.bulk import insert_into
from qinglan.storage.prepared import Prepared

_TALLY = tables.tallies.c
_ANNOTATION = tables.annotations.c
_ASIDE = tables.set_aside.c
_CHECK = tables.checks.c
_TASK = tables.tasks.c
_USED = tables.task_samples.c
_VERDICT = tables.verdicts.c

SLOTS = 64

ACCEPTED = "accepted"
"""The name under which verdicts without a reason are counted, below ``verdicts``."""


def verdict(reason: Reason | None) -> str:
    """The name under which verdicts with ``reason`` are counted."""
    return f"verdicts.{ACCEPTED if reason is None else reason.value}"


def made_by(verb: str) -> str:
    """The name under which annotations that ``verb`` made are counted."""
    return f"made.{verb}"


def bump(connection: Connection, project: str, changes: Mapping[str, int]) -> None:
    """Add ``changes`` to the counts of ``project`` (its id), by name.

    Last in what its caller does, and by name: two writers that share a slot then wait in one
    order.
    """
    slot = _slot(connection)
    for name, change in sorted(changes.items()):
        if change:
            row = {"project": project, "name": name, "slot": slot, "n": change}
            _BUMP.later(connection, row)


def read(connection: Connection, project: str) -> dict[str, int]:
    """The counts of ``project`` (its id) by name; names that count nothing may be missing."""
    found = _READ.rows(connection, {"project_": project})
    return {str(row.name): int(row.n) for row in found}


def recount(connection: Connection, project: str) -> None:
    """Make the counts of ``project`` (its id) anew; takes time with the size of the project."""
    if connection.dialect.name == "postgresql":
        # Whoever has written rows and not yet counted them waits here, and counts after.
        connection.execute(text("LOCK TABLE tallies IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(delete(tables.tallies).where(_TALLY.project == project))
    counted = _counted(project).subquery()
    rows = select(literal(project), counted.c.name, literal(0), counted.c.n).where(counted.c.n > 0)
    names = ["project", "name", "slot", "n"]
    connection.execute(insert(tables.tallies).from_select(names, rows))


def drift(connection: Connection, project: str) -> dict[str, tuple[int, int]]:
    """The counts of ``project`` (its id) that are not what the tables hold: kept and counted."""
    kept = read(connection, project)
    query = _counted(project)
    counted = {name: int(n) for name, n in connection.execute(query)}
    return {
        name: (kept.get(name, 0), counted.get(name, 0))
        for name in sorted(kept.keys() | counted.keys())
        if kept.get(name, 0) != counted.get(name, 0)
    }


def check(connection: Connection, project: str) -> None:
    """See that the counts of ``project`` (its id) are what the tables hold.

    Raises:
        IntegrityError: they are not; the first that differs is named.
    """
    for name, (kept, counted) in drift(connection, project).items():
        raise IntegrityError(
            "storage.counts_drifted", project=project, name=name, kept=kept, counted=counted
        )


def _counted(project: str) -> Select[Any]:
    """Every count, from the tables themselves."""
    mine = _TASK.project == project
    number = func.count()
    everything = union_all(
        select(literal("samples").label("name"), func.count(_USED.sample.distinct()).label("n"))
        .join_from(tables.tasks, tables.task_samples, _USED.task == _TASK.id)
        .where(mine),
        select(literal("tasks"), number).where(mine),
        select(literal("keys"), number)
        .join_from(tables.tasks, tables.answer_keys, tables.answer_keys.c.task == _TASK.id)
        .where(mine),
        select(literal("annotators"), number).where(tables.annotators.c.project == project),
        select(literal("annotations"), number).where(_ANNOTATION.project == project),
        select(literal(made_by("")) + tables.activities.c.verb, number)
        .join_from(
            tables.annotations, tables.activities, tables.activities.c.id == _ANNOTATION.activity
        )
        .where(_ANNOTATION.project == project)
        .group_by(tables.activities.c.verb),
        select(literal("superseded"), number).where(
            _ANNOTATION.project == project, _ANNOTATION.supersedes.is_not(None)
        ),
        select(literal("checks.") + _CHECK.outcome, number)
        .join_from(tables.annotations, tables.checks, _CHECK.annotation == _ANNOTATION.id)
        .where(_ANNOTATION.project == project)
        .group_by(_CHECK.outcome),
        select(literal("verdicts.") + func.coalesce(_VERDICT.reason, ACCEPTED), number)
        .join_from(tables.tasks, tables.verdicts, _VERDICT.task == _TASK.id)
        .where(mine, _VERDICT.current)
        .group_by(_VERDICT.reason),
        select(literal("releases"), number).where(tables.releases.c.project == project),
        select(literal("aside.") + _ASIDE.stage + literal(".") + _ASIDE.reason, number)
        .where(_ASIDE.project == project)
        .group_by(_ASIDE.stage, _ASIDE.reason),
    ).subquery()
    return select(everything.c.name, everything.c.n)


def _slot(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        return 0  # one connection writes at a time
    return int(connection.connection.driver_connection.info.backend_pid) % SLOTS  # type: ignore[union-attr]


def _bump(dialect: str) -> Insert:
    statement = insert_into(dialect, tables.tallies)
    return statement.on_conflict_do_update(
        index_elements=list(tables.tallies.primary_key.columns),
        set_={"n": _TALLY.n + statement.excluded.n},
    )


_BUMP = Prepared(_bump, *_TALLY.keys())
_READ = Prepared(
    select(_TALLY.name, func.sum(_TALLY.n).label("n"))
    .where(_TALLY.project == bindparam("project_"))
    .group_by(_TALLY.name)
)
