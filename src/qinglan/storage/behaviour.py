"""What is recorded of how people work, and that they were told so before."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from qinglan.storage import tables
from qinglan.storage.dialects import insert_new
from qinglan.work import Standing

_HAD = tables.assignments.c
_MINE = tables.behaviour.c
_GIVEN = tables.annotations.c


class Done(NamedTuple):
    """How one standing answer came about. Counts are ``None`` where no page counted."""

    annotator: str
    task: str
    seconds: float | None
    """From being given the task to the answer."""
    answer: str
    """Canonical JSON."""
    value: str | None
    pasted: int | None
    typed: int | None
    away: int | None


def told(connection: Connection, annotator: str, version: int) -> bool:
    """Whether ``annotator`` was told what is recorded, in that version of the words."""
    notice = tables.notices.c
    query = select(notice.at).where(notice.annotator == annotator, notice.version == version)
    return connection.execute(query).one_or_none() is not None


def tell(connection: Connection, annotator: str, version: int, now: int) -> None:
    """Keep that ``annotator`` read what is recorded, and went on."""
    row = {"annotator": annotator, "version": version, "at": now}
    insert_new(connection, tables.notices, [row])


def behave(
    connection: Connection, annotator: str, task: str, *, pasted: int, typed: int, away: int
) -> None:
    """Add to what pages counted while the answer to ``task`` was written."""
    counted = {"pasted": pasted, "typed": typed, "away": away}
    here = (_MINE.annotator == annotator) & (_MINE.task == task)
    more = {name: _MINE[name] + count for name, count in counted.items()}
    if not connection.execute(update(tables.behaviour).where(here).values(**more)).rowcount:
        row = {"annotator": annotator, "task": task, **counted}
        connection.execute(insert(tables.behaviour), [row])


def of_models(connection: Connection, project: str) -> list[tuple[str, str, str]]:
    """Annotator, task and answer (JSON) of models, on tasks of ``project`` answered at its desk.

    One answer of each model to each task: several samples are one opinion.
    """
    who, here = tables.annotators.c, _HAD.standing == Standing.ANSWERED.value
    answered = select(_HAD.task).where(_HAD.project == project, here)
    query = (
        select(_GIVEN.annotator, _GIVEN.task, _GIVEN.answer)
        .join_from(tables.annotations, tables.annotators, who.id == _GIVEN.annotator)
        .where(_GIVEN.project == project, who.type == "model", _GIVEN.task.in_(answered))
        .order_by(_GIVEN.task, _GIVEN.id)
    )
    found: dict[tuple[str, str], str] = {}
    for annotator, task, answer in connection.execute(query):
        found.setdefault((annotator, task), answer)
    return [(annotator, task, answer) for (annotator, task), answer in found.items()]


def done(connection: Connection, project: str) -> list[Done]:
    """How every standing answer given at the desk of ``project`` (its id) came about."""
    query = (
        select(
            _HAD.annotator, _HAD.task, _HAD.moved, _HAD.taken, _HAD.answers, _GIVEN.answer,
            _GIVEN.value, _MINE.pasted, _MINE.typed, _MINE.away,
        )
        .join_from(tables.assignments, tables.annotations, _GIVEN.id == _HAD.annotation)
        .join(
            tables.behaviour, (_MINE.annotator == _HAD.annotator) & (_MINE.task == _HAD.task),
            isouter=True,
        )
        .where(_HAD.project == project, _HAD.standing == Standing.ANSWERED.value)
        .order_by(_HAD.moved, _HAD.task)
    )  # fmt: skip
    return [
        Done(
            row.annotator, row.task,
            # One that was revised moved again, so how long it took is not known.
            None if row.taken is None or row.answers != 1 else (row.moved - row.taken) / 1000,
            row.answer, row.value, row.pasted, row.typed, row.away,
        )
        for row in connection.execute(query)
    ]  # fmt: skip
