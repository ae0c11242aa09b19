"""How much stands where on the line: the numbers that must add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from qinglan.records import Outcome, Reason
from qinglan.storage import set_aside, tables

_ANNOTATION = tables.annotations.c
_CHECK = tables.checks.c
_TASK = tables.tasks.c
_USED = tables.task_samples.c
_VERDICT = tables.verdicts.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Counts of one project. Verdicts are the current ones; annotations include revised ones."""

    samples: int
    """Distinct samples that the project's tasks use."""
    tasks: int
    keys: int
    annotators: int
    annotations: int
    superseded: int
    checks: Mapping[Outcome, int]
    """Every outcome is there, 0 where none."""
    accepted: int
    verdicts_set_aside: Mapping[Reason, int]
    releases: int
    set_aside: Mapping[tuple[str, Reason], int]


def line(connection: Connection, project: str) -> Line:
    """Count ``project`` (its id)."""

    def count(query: Select[Any]) -> int:
        return int(connection.execute(query).scalar_one())

    def owned(table: Table) -> int:
        return count(select(func.count()).select_from(table).where(table.c.project == project))

    keys = select(func.count()).join_from(
        tables.tasks, tables.answer_keys, tables.answer_keys.c.task == _TASK.id
    )
    used = select(func.count(_USED.sample.distinct())).join_from(
        tables.tasks, tables.task_samples, _USED.task == _TASK.id
    )
    superseded = select(func.count(_ANNOTATION.supersedes))
    outcomes = _outcomes(connection, project)
    reasons = _reasons(connection, project)
    return Line(
        samples=count(used.where(_TASK.project == project)),
        tasks=owned(tables.tasks),
        keys=count(keys.where(_TASK.project == project)),
        annotators=owned(tables.annotators),
        annotations=owned(tables.annotations),
        superseded=count(
            superseded.where(_ANNOTATION.project == project, _ANNOTATION.supersedes.is_not(None))
        ),
        checks={outcome: outcomes.get(outcome, 0) for outcome in Outcome},
        accepted=reasons.get(None, 0),
        verdicts_set_aside={
            Reason(reason): number for reason, number in reasons.items() if reason is not None
        },
        releases=owned(tables.releases),
        set_aside=set_aside.counts(connection, project),
    )


def answers_by_verb(connection: Connection, project: str) -> dict[str, int]:
    """How many annotations of ``project`` (its id) each verb made."""
    made = tables.activities.c
    query = (
        select(made.verb, func.count())
        .join_from(tables.annotations, tables.activities, made.id == _ANNOTATION.activity)
        .where(_ANNOTATION.project == project)
        .group_by(made.verb)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _outcomes(connection: Connection, project: str) -> dict[str, int]:
    query = (
        select(_CHECK.outcome, func.count())
        .join_from(tables.annotations, tables.checks, _CHECK.annotation == _ANNOTATION.id)
        .where(_ANNOTATION.project == project)
        .group_by(_CHECK.outcome)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _reasons(connection: Connection, project: str) -> dict[str | None, int]:
    query = (
        select(_VERDICT.reason, func.count())
        .join_from(tables.tasks, tables.verdicts, _VERDICT.task == _TASK.id)
        .where(_TASK.project == project, _VERDICT.current)
        .group_by(_VERDICT.reason)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
