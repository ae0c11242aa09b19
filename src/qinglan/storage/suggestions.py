"""What a model suggests at a desk: whose answers are shown, who saw which, and what they took."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Select, and_, func, select, update

from qinglan.storage import tables
from qinglan.storage.dialects import insert_new
from qinglan.work import Standing

_ROUTING = tables.routing.c
_SHOWN = tables.suggested.c
_GIVEN = tables.annotations.c
_HELD = tables.assignments.c


class Source(NamedTuple):
    """Whose answers a desk shows, from how many people's tasks in a thousand they are kept back,
    and since when (ms since 1970).
    """

    annotator: str
    hidden: int
    since: int


class Suggestion(NamedTuple):
    """A model's answer to a task: its id, and canonical JSON."""

    annotation: str
    answer: str


class Led(NamedTuple):
    """One person's standing answer to a task that the model answered, too."""

    annotator: str
    shown: bool
    agrees: bool | None
    """``None`` where one of the two could not be read."""
    taken: int
    taken_ms: int


class Covered(NamedTuple):
    """Tasks of a project, and how many of them a model answered; gold ones among them."""

    tasks: int
    answered: int
    gold: int
    gold_answered: int


def set_source(connection: Connection, project: str, source: Source | None) -> None:
    """Show the answers of ``source`` at the desk of ``project`` (its id); ``None``: nobody's."""
    names = ("suggests", "hidden", "suggests_since")
    values = dict(zip(names, source or (None, None, None), strict=True))
    connection.execute(update(tables.routing).where(_ROUTING.project == project).values(**values))


def source_of(connection: Connection, project: str) -> Source | None:
    """Whose answers are shown at the desk of ``project`` (its id)."""
    query = select(_ROUTING.suggests, _ROUTING.hidden, _ROUTING.suggests_since)
    row = connection.execute(query.where(_ROUTING.project == project)).one_or_none()
    return None if row is None or row.suggests is None else Source(*row)


def answer_of(connection: Connection, annotator: str, project: str, task: str) -> Suggestion | None:
    """The first answer that ``annotator`` gave to ``task``; several samples are one opinion."""
    query = (
        select(_GIVEN.id, _GIVEN.answer)
        .where(_GIVEN.project == project, _GIVEN.task == task, _GIVEN.annotator == annotator)
        .order_by(_GIVEN.id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Suggestion(*row)


def show(
    connection: Connection, annotator: str, task: str, model: str, annotation: str, now: int
) -> None:
    """Keep that ``annotator`` saw the answer ``annotation`` of ``model`` to ``task``.

    Where the model came from is kept with it: what its terms ask of answers given in its sight
    outlives its own, which may be withdrawn.
    """
    theirs = tables.annotators.c
    origin = connection.execute(select(theirs.origin).where(theirs.id == model)).scalar_one()
    row = {
        "annotator": annotator, "task": task, "annotation": annotation, "model": model,
        "origin": origin, "at": now, "taken": 0, "taken_ms": 0,
    }  # fmt: skip
    insert_new(connection, tables.suggested, [row])


def was_shown(connection: Connection, annotator: str, task: str) -> str | None:
    """The suggestion that ``annotator`` saw to ``task``, by id."""
    query = select(_SHOWN.annotation).where(_SHOWN.annotator == annotator, _SHOWN.task == task)
    return connection.execute(query).scalar_one_or_none()


def take(connection: Connection, annotator: str, task: str, parts: int, milliseconds: int) -> None:
    """Add to how many parts of a suggestion were taken as they were, and after how long."""
    here = (_SHOWN.annotator == annotator) & (_SHOWN.task == task)
    more = {"taken": _SHOWN.taken + parts, "taken_ms": _SHOWN.taken_ms + milliseconds}
    connection.execute(update(tables.suggested).where(here).values(**more))


def leaned_on(connection: Connection, project: str) -> set[tuple[str, str]]:
    """Task and model, where a standing answer was given in sight of that model's answer."""
    query = _stood(project).with_only_columns(_SHOWN.task, _SHOWN.model)
    return {(task, model) for task, model in connection.execute(query)}


def behind(connection: Connection, project: str) -> dict[tuple[str, str], tuple[str, str]]:
    """(Annotator, task) → the model whose answer they saw there, and its origin, both by id."""
    query = _stood(project).with_only_columns(
        _SHOWN.annotator, _SHOWN.task, _SHOWN.model, _SHOWN.origin
    )
    return {(who, task): (model, origin) for who, task, model, origin in connection.execute(query)}


def _stood(project: str) -> Select[tuple[str]]:
    """Suggestions in whose sight an answer was given that stands."""
    mine = and_(_HELD.annotator == _SHOWN.annotator, _HELD.task == _SHOWN.task)
    return (
        select(_SHOWN.task)
        .join_from(tables.suggested, tables.assignments, mine)
        .where(_HELD.project == project, _HELD.annotation.is_not(None))
    )


def compared(connection: Connection, project: str, source: Source) -> list[Led]:
    """Standing answers given since suggestions are shown, each beside the model's."""
    theirs = tables.annotations.alias("theirs")
    first = (
        select(func.min(theirs.c.id).label("id"))
        .where(theirs.c.project == project, theirs.c.annotator == source.annotator)
        .group_by(theirs.c.task)
        .subquery()
    )
    query = (
        select(
            _HELD.annotator, _SHOWN.annotation, _GIVEN.value, theirs.c.value, _SHOWN.taken,
            _SHOWN.taken_ms,
        )
        .select_from(tables.assignments)
        .join(tables.annotations, _GIVEN.id == _HELD.annotation)
        .join(theirs, theirs.c.task == _HELD.task)
        .join(first, first.c.id == theirs.c.id)
        .join(
            tables.suggested,
            and_(_SHOWN.annotator == _HELD.annotator, _SHOWN.task == _HELD.task), isouter=True,
        )
        .where(
            _HELD.project == project, _HELD.standing == Standing.ANSWERED.value,
            _HELD.taken >= source.since, _HELD.annotator != source.annotator,
        )
    )  # fmt: skip
    return [
        Led(
            who, shown is not None, None if None in (mine, its) else mine == its, taken or 0,
            took or 0,
        )
        for who, shown, mine, its, taken, took in connection.execute(query)
    ]  # fmt: skip


def covered(connection: Connection, project: str, annotator: str) -> Covered:
    """How many tasks of ``project``, and how many gold ones, ``annotator`` answered."""
    asked, gilt = tables.tasks.c, tables.gold.c
    its = select(_GIVEN.task).where(_GIVEN.project == project, _GIVEN.annotator == annotator)
    every = select(func.count()).select_from(tables.tasks).where(asked.project == project)
    known = select(func.count()).select_from(tables.gold).where(gilt.project == project)
    found = (every, every.where(asked.id.in_(its)), known, known.where(gilt.task.in_(its)))
    return Covered(*(connection.execute(query).scalar_one() for query in found))
