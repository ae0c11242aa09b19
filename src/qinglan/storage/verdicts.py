"""What quality concludes. A new conclusion is appended; the old one stays, no longer current."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from qinglan.provenance.identity import commitment
from qinglan.records import Reason, SetAside, Verdict
from qinglan.storage import columns, tables, tallies, tasks
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, rebuilds

_VERDICT = tables.verdicts.c
_TASK = tables.tasks.c
_READ = select(
    _VERDICT.id,
    _VERDICT.task,
    _VERDICT.value,
    _VERDICT.probability,
    _VERDICT.annotation,
    _VERDICT.votes,
    _VERDICT.method,
    _VERDICT.reason,
    _VERDICT.estimates,
)


def replace(connection: Connection, verdicts: Iterable[Verdict], activity: str) -> int:
    """Make ``verdicts`` the current ones of their tasks, made by the activity with that id.

    One that says what the current verdict says already, whatever its id, changes nothing, so
    judging again without news leaves no trace. Tasks that are not named keep theirs.

    Returns:
        How many were appended.
    """
    appended = 0
    for batch in batches(verdicts):
        wanted = {verdict.task: verdict for verdict in batch}  # the last word on a task counts
        now = current(connection, list(wanted))
        rows = [
            _row(verdict, activity)
            for task, verdict in wanted.items()
            if task not in now or _says(now[task]) != _says(verdict)
        ]
        if not rows:
            continue
        old = among(_VERDICT.task, [str(row["task"]) for row in rows]) & _VERDICT.current
        connection.execute(update(tables.verdicts).where(old).values(current=False))
        connection.execute(insert(tables.verdicts), rows)
        appended += len(rows)
        _count(connection, [wanted[str(row["task"])] for row in rows], now)
    return appended


def _count(connection: Connection, made: list[Verdict], before: dict[str, Verdict]) -> None:
    """Keep the running counts: each of ``made`` takes the place of the one ``before``."""
    places = tasks.projects_of(connection, [verdict.task for verdict in made])
    changes: dict[str, Counter[str]] = {}
    for verdict in made:
        counter = changes.setdefault(places[verdict.task], Counter())
        counter[tallies.verdict(verdict.reason)] += 1
        if verdict.task in before:
            counter[tallies.verdict(before[verdict.task].reason)] -= 1
    for project in sorted(changes):
        tallies.bump(connection, project, changes[project])


def get(connection: Connection, id_: str) -> Verdict | None:
    """The verdict called ``id_``, current or not; the newest, should an id have come twice."""
    query = _READ.where(_VERDICT.id == id_).order_by(_VERDICT.seq.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _verdict(row)


def stream(connection: Connection, project: str) -> Iterator[Verdict]:
    """The current verdicts of ``project`` (its id), accepted or not, by task, in flat memory."""
    query = _of_project(project)
    for row in columns.rows(connection, query):
        yield _verdict(row)


def rejected(connection: Connection, project: str) -> Iterator[SetAside]:
    """What the current verdicts of ``project`` (its id) set aside, by task."""
    query = (
        select(_VERDICT.reason, _VERDICT.task)
        .join_from(tables.tasks, tables.verdicts, _VERDICT.task == _TASK.id)
        .where(_TASK.project == project, _VERDICT.current, _VERDICT.reason.is_not(None))
        .order_by(_TASK.id)
    )
    for row in columns.rows(connection, query):
        yield SetAside(stage="judge", reason=Reason(row.reason), record=row.task)


def accepted(connection: Connection, project: str, after: str, limit: int) -> list[Verdict]:
    """Up to ``limit`` current, accepted verdicts of tasks whose id sorts after ``after``."""
    query = _of_project(project).where(_VERDICT.reason.is_(None), _TASK.id > after).limit(limit)
    return [_verdict(row) for row in connection.execute(query)]


def page(connection: Connection, project: str, after: str, limit: int) -> list[Verdict]:
    """Up to ``limit`` current verdicts of tasks whose id sorts after ``after``, by task."""
    query = _of_project(project).where(_TASK.id > after).limit(limit)
    return [_verdict(row) for row in connection.execute(query)]


def _of_project(project: str) -> Select[Any]:
    return (
        _READ.join_from(tables.tasks, tables.verdicts, _VERDICT.task == _TASK.id)
        .where(_TASK.project == project, _VERDICT.current)
        .order_by(_TASK.id)
    )


def current(connection: Connection, tasks: list[str]) -> dict[str, Verdict]:
    """The current verdicts of ``tasks``, by task."""
    query = _READ.where(among(_VERDICT.task, tasks), _VERDICT.current)
    return {row.task: _verdict(row) for row in connection.execute(query)}


def _says(verdict: Verdict) -> tuple[object, ...]:
    """All but the id; numbers by their digits, because digits are what a release hashes."""
    return (
        verdict.value,
        None if verdict.probability is None else str(verdict.probability),
        verdict.annotation,
        verdict.votes,
        verdict.method,
        verdict.reason,
        verdict.estimates,
    )


def _row(verdict: Verdict, activity: str) -> dict[str, object]:
    return {
        "id": verdict.id,
        "task": verdict.task,
        "value": verdict.value,
        "probability": None if verdict.probability is None else str(verdict.probability),
        "annotation": verdict.annotation,
        "votes": verdict.votes,
        "method": verdict.method,
        "reason": None if verdict.reason is None else verdict.reason.value,
        "current": True,
        "estimates": _estimates(verdict),
        "commitment": commitment(verdict),
        "activity": activity,
    }


def _estimates(verdict: Verdict) -> str | None:
    if not verdict.estimates:
        return None
    return columns.encode([one.model_dump() for one in verdict.estimates])


@rebuilds("verdicts")
def _verdict(row: Row[Any]) -> Verdict:
    return Verdict(
        id=row.id,
        task=row.task,
        value=row.value,
        probability=None if row.probability is None else Decimal(row.probability),
        annotation=row.annotation,
        votes=row.votes,
        method=row.method,
        reason=row.reason,
        estimates=() if row.estimates is None else json.loads(row.estimates),
    )
