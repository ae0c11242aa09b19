"""How annotators fare on gold, learnt in the choice of their next task.

What an annotator's answers run names no gold, so an answer is held against the key only when the
next task is chosen; and then every answer is, gold or not, by the same statements.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Select, bindparam, func, select, text

from qinglan.records import Answer, Kind
from qinglan.storage import tables
from qinglan.storage.columns import decode_words, rebuilds
from qinglan.storage.prepared import Prepared
from qinglan.work import Standing

_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
_HAD = tables.assignments.c
_GIVEN = tables.annotations.c
_GOLD = tables.gold.c
_TASK = tables.tasks.c
_DONE = tables.gold_answers.c

_COLUMNS = (_HAD.annotator, _HAD.task, _HAD.moved, _TASK.kind, _TASK.options, _GIVEN.answer)
_FRESH = Prepared(
    select(*_COLUMNS, _GOLD.key)
    .join_from(tables.assignments, tables.annotations, _GIVEN.id == _HAD.annotation)
    .join(tables.tasks, _TASK.id == _HAD.task)
    .join(tables.gold, _GOLD.task == _HAD.task, isouter=True)
    .where(
        _HAD.annotator == bindparam("annotator_"),
        _HAD.standing == Standing.ANSWERED.value,
        _HAD.moved >= bindparam("seen_"),
    )
)
_KEEP = Prepared(
    text(
        'INSERT INTO gold_answers (annotator, task, project, at, "right") '
        "SELECT CAST(:annotator AS TEXT), task, project, CAST(:at AS BIGINT), "
        "CAST(:right AS BOOLEAN) FROM gold WHERE task = :task "
        'ON CONFLICT (annotator, task) DO UPDATE SET "right" = excluded."right"'
    )
)
_ALL = Prepared(
    select(_DONE.right)
    .where(_DONE.annotator == bindparam("annotator_"), _DONE.at >= bindparam("since_"))
    .order_by(_DONE.at, _DONE.task)
)


class Fresh(NamedTuple):
    """An answer that was not held against gold yet; ``key`` is ``None`` where it is none."""

    annotator: str
    task: str
    moved: int
    kind: Kind
    options: tuple[str, ...]
    answer: Answer
    key: str | None


class Outcome(NamedTuple):
    """How somebody fared on one gold task, when."""

    at: int
    right: bool | None


def fresh(connection: Connection, annotator: str, seen: int) -> list[Fresh]:
    """What ``annotator`` answered, or answered anew, from the moment ``seen`` on."""
    found = _FRESH.rows(connection, {"annotator_": annotator, "seen_": seen})
    return [_fresh(row) for row in found]


def of_gold(connection: Connection, project: str) -> list[Fresh]:
    """Every standing answer to gold of ``project`` (its id)."""
    query = _every().where(_HAD.project == project)
    return [_fresh(row) for row in connection.execute(query)]


def keep(connection: Connection, answer: Fresh, right: bool | None) -> None:
    """Keep how ``answer`` fared, where its task is gold; the time stays that of the first."""
    values = {"annotator": answer.annotator, "task": answer.task, "at": answer.moved}
    _KEEP.run(connection, {**values, "right": right})


def all(connection: Connection, annotator: str, since: int) -> list[bool | None]:
    """How ``annotator`` fared on gold from the moment ``since`` on, in order."""
    found = _ALL.rows(connection, {"annotator_": annotator, "since_": since})
    return [row.right for row in found]


def settled(connection: Connection, annotator: str, until: int) -> list[Outcome]:
    """How they fared on gold whose answers stand unchanged since the moment ``until``."""
    query = (
        select(_DONE.at, _DONE.right)
        .join_from(
            tables.gold_answers, tables.assignments,
            (_HAD.annotator == _DONE.annotator) & (_HAD.task == _DONE.task),
        )
        .where(_DONE.annotator == annotator, _HAD.moved <= until)
        .order_by(_DONE.at, _DONE.task)
    )  # fmt: skip
    return [Outcome(at, right) for at, right in connection.execute(query)]


def by_annotator(connection: Connection, project: str) -> dict[str, list[Outcome]]:
    """How everybody in ``project`` (its id) fared on gold, in order."""
    query = select(_DONE.annotator, _DONE.at, _DONE.right).where(_DONE.project == project)
    found: dict[str, list[Outcome]] = {}
    for who, at, right in connection.execute(query.order_by(_DONE.at, _DONE.task)):
        found.setdefault(who, []).append(Outcome(at, right))
    return found


def settled_at(connection: Connection, annotator: str, open_: int, batch: int) -> int | None:
    """When the last whole batch of ``batch`` answers ended, the newest ``open_`` left out."""
    answered = (Standing.ANSWERED.value, Standing.LATE.value, Standing.SENT_BACK.value)
    mine = select(_HAD.moved).where(_HAD.annotator == annotator, _HAD.standing.in_(answered))
    number = connection.execute(select(func.count()).select_from(mine.subquery())).scalar_one()
    whole = (int(number) - open_) // batch * batch
    if whole <= 0:
        return None
    last = mine.order_by(_HAD.moved, _HAD.task).offset(whole - 1).limit(1)
    return int(connection.execute(last).scalar_one())


def _every() -> Select[Any]:
    return (
        select(*_COLUMNS, _GOLD.key)
        .join_from(tables.gold, tables.assignments, _HAD.task == _GOLD.task)
        .join(tables.annotations, _GIVEN.id == _HAD.annotation)
        .join(tables.tasks, _TASK.id == _HAD.task)
        .order_by(_HAD.moved)
    )


@rebuilds("annotations")
def _fresh(row: Row[Any]) -> Fresh:
    return Fresh(
        row.annotator, row.task, row.moved, Kind(row.kind), tuple(decode_words(row.options)),
        _ANSWER.validate_json(row.answer), row.key,
    )  # fmt: skip
