"""Rates of pay, and how many answers each annotator is paid for.

An amount is decimal text in the database and a ``Decimal`` here; no sum is ever a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, literal_column, select, update

from qinglan.storage import tables, tallies
from qinglan.storage.columns import rebuilds
from qinglan.storage.prepared import Prepared
from qinglan.work import Standing

_RATE = tables.pay_rates.c
_HELD = tables.assignments.c
_GIVEN = tables.annotations.c
_VERDICT = tables.verdicts.c
_WHO = tables.annotators.c

_NEWEST = Prepared(
    select(*_RATE)
    .where(_RATE.project == bindparam("project_"))
    .order_by(_RATE.version.desc())
    .limit(1)
)
# Spelled out, not a parameter: a partial index serves only a condition that the planner can see.
_IN_HAND = Prepared(
    select(func.count().label("n")).where(
        _HELD.project == bindparam("project_"),
        _HELD.standing == literal_column("'leased'"),
        _HELD.annotation.is_(None),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What one accepted answer in a project (its id) is paid, for tasks given out ``since``."""

    project: str
    version: int
    currency: str
    """Three capital letters, as in ISO 4217."""
    amount: Decimal
    budget: Decimal | None
    since: int
    """Milliseconds since 1970."""
    spent: Decimal
    """What earlier rates of the same currency had taken of the budget by then."""
    answers: int
    """``desk_answers`` at that time."""
    activity: str


def add(connection: Connection, rate: Rate) -> None:
    """Keep a new version of a project's rate."""
    row = {
        "project": rate.project, "version": rate.version, "currency": rate.currency,
        "amount": format(rate.amount, "f"),
        "budget": None if rate.budget is None else format(rate.budget, "f"),
        "since": rate.since, "spent": format(rate.spent, "f"), "answers": rate.answers,
        "activity": rate.activity,
    }  # fmt: skip
    connection.execute(insert(tables.pay_rates), row)


def newest(connection: Connection, project: str) -> Rate | None:
    """The rate that holds now in ``project`` (its id)."""
    row = _NEWEST.one_or_none(connection, {"project_": project})
    return None if row is None else _rate(row)


def tell(connection: Connection, project: str) -> Rate | None:
    """The rate of ``project`` (its id) whose budget nobody was told of as used up; it is now."""
    rate = newest(connection, project)
    if rate is None:
        return None
    mine = (_RATE.project == project) & (_RATE.version == rate.version) & ~_RATE.told
    changed = connection.execute(update(tables.pay_rates).where(mine).values(told=True))
    return rate if changed.rowcount else None


def all(connection: Connection, project: str) -> list[Rate]:
    """Every version of the rate of ``project`` (its id), the oldest first."""
    query = select(*_RATE).where(_RATE.project == project).order_by(_RATE.version)
    return [_rate(row) for row in connection.execute(query)]


def desk_answers(connection: Connection, project: str) -> int:
    """How many answers the desk of ``project`` (its id) took, revisions apart; from the tallies.

    An imported revision of an answer lowers it by one.
    """
    counted = tallies.read(connection, project)
    return counted.get(tallies.made_by("annotate"), 0) - counted.get("superseded", 0)


def in_hand(connection: Connection, project: str) -> int:
    """How many tasks of ``project`` (its id) are in somebody's hands without an answer."""
    return int(_IN_HAND.one(connection, {"project_": project}).n)


def earned(
    connection: Connection, project: str, start: int, end: int, annotator: str | None = None
) -> list[tuple[str, int]]:
    """Names of people with the number of their answers that are paid, by name.

    Paid are a person's answers at the desk of ``project`` (its id) to tasks whose current verdict
    is accepted, for tasks given to them from ``start`` until before ``end`` (ms since 1970): one
    for each task, and none while it is sent back. A late answer is no annotation, so it is none.

    Args:
        connection: to read from.
        project: its id.
        start: of the time.
        end: of the time, not part of it.
        annotator: the only one that is asked for, by id.
    """
    when = func.coalesce(_HELD.taken, _HELD.moved)
    query = (
        select(_WHO.name, func.count())
        .join_from(tables.assignments, tables.annotations, _GIVEN.id == _HELD.annotation)
        .join(tables.activities, tables.activities.c.id == _GIVEN.activity)
        .join(tables.annotators, _WHO.id == _HELD.annotator)
        .join(tables.verdicts, _VERDICT.task == _HELD.task)
        .where(
            _HELD.project == project,
            _HELD.standing != Standing.SENT_BACK.value,
            tables.activities.c.verb == "annotate",
            _WHO.type == "person",
            _VERDICT.current,
            _VERDICT.reason.is_(None),
            when >= start,
            when < end,
        )
        .group_by(_WHO.id, _WHO.name)
        .order_by(_WHO.name)
    )
    if annotator is not None:
        query = query.where(_HELD.annotator == annotator)
    return sorted((str(name), int(count)) for name, count in connection.execute(query))


@rebuilds("pay_rates")
def _rate(row: Row[Any]) -> Rate:
    return Rate(
        project=row.project, version=row.version, currency=row.currency,
        amount=Decimal(row.amount), budget=None if row.budget is None else Decimal(row.budget),
        since=row.since, spent=Decimal(row.spent), answers=row.answers, activity=row.activity,
    )  # fmt: skip
