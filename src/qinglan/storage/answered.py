"""Every task with its standing answers, as stored: for reading a whole project quickly.

Two ordered streams are merged, so memory stays flat and nothing is sorted. Texts and JSON come
as they lie in the tables; keys and gold are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from qinglan.storage import columns, tables

_ANNOTATION = tables.annotations.c
_TASK = tables.tasks.c


class Given(NamedTuple):
    """One standing answer; ``answer`` is canonical JSON."""

    task: str
    id: str
    annotator: str
    answer: str
    value: str | None
    reason: str | None


class Answered(NamedTuple):
    """One task with its standing answers by id; ``options`` is canonical JSON."""

    id: str
    prompt: str
    options: str
    skill: str | None
    group: str
    answers: list[Given]


def stream(connection: Connection, project: str) -> Iterator[Answered]:
    """The tasks of ``project`` (its id), by id, answered or not."""
    yield from _merge(
        columns.rows(connection, _asked(project)), columns.rows(connection, _given(project))
    )


def page(connection: Connection, project: str, after: str, limit: int) -> list[Answered]:
    """Up to ``limit`` tasks of ``project`` (its id) whose ids come after ``after``, by id."""
    query = _asked(project).where(_TASK.id > after).limit(limit)
    asked = connection.execute(query).all()
    if not asked:
        return []
    here = _ANNOTATION.task.between(asked[0].id, asked[-1].id)
    given = connection.execute(_given(project).where(here)).all()
    return list(_merge(asked, given))


def _asked(project: str) -> Select[Any]:
    return (
        select(_TASK.id, _TASK.prompt, _TASK.options, _TASK.skill, _TASK.group)
        .where(_TASK.project == project)
        .order_by(_TASK.id)
    )


def _given(project: str) -> Select[Any]:
    later = tables.annotations.alias("later")
    return (
        select(
            _ANNOTATION.task, _ANNOTATION.id, _ANNOTATION.annotator, _ANNOTATION.answer,
            _ANNOTATION.value, _ANNOTATION.value_reason,
        )
        .where(
            _ANNOTATION.project == project,
            ~select(later.c.id).where(later.c.supersedes == _ANNOTATION.id).exists(),
        )
        .order_by(_ANNOTATION.task, _ANNOTATION.id)
    )  # fmt: skip


def _merge(asked: Iterable[Row[Any]], given: Iterable[Row[Any]]) -> Iterator[Answered]:
    """Two streams in the order of tasks, as one."""
    answers = map(Given._make, given)
    waiting = next(answers, None)
    for row in asked:
        mine: list[Given] = []
        while waiting is not None and waiting.task <= row.id:
            if waiting.task == row.id:
                mine.append(waiting)
            waiting = next(answers, None)
        yield Answered(row.id, row.prompt, row.options, row.skill, row.group, mine)
