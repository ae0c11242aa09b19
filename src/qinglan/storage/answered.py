"""Every task with its standing answers, as stored: for reading a whole project quickly.

Both are read by pages of tasks, each a range of an index: memory stays flat, nothing is sorted,
and PostgreSQL is not tempted to sort a whole table where one cursor asks for all of it. Texts and
JSON come as they lie in the tables; keys and gold are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Integer, bindparam, select

from qinglan.storage import tables
from qinglan.storage.columns import BATCH
from qinglan.storage.prepared import Prepared

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


# Made once: a whole project is thousands of pages.
_ASKED = Prepared(
    select(_TASK.id, _TASK.prompt, _TASK.options, _TASK.skill, _TASK.group)
    .where(_TASK.project == bindparam("project_"), _TASK.id > bindparam("after_"))
    .order_by(_TASK.id)
    .limit(bindparam("limit_", type_=Integer))
)
_LATER = tables.annotations.alias("later")
_GIVEN = Prepared(
    select(
        _ANNOTATION.task, _ANNOTATION.id, _ANNOTATION.annotator, _ANNOTATION.answer,
        _ANNOTATION.value, _ANNOTATION.value_reason,
    )
    .where(
        _ANNOTATION.project == bindparam("project_"),
        _ANNOTATION.task >= bindparam("first_"),  # PostgreSQL's BETWEEN takes no collation
        _ANNOTATION.task <= bindparam("last_"),
        ~select(_LATER.c.id).where(_LATER.c.supersedes == _ANNOTATION.id).exists(),
    )
    .order_by(_ANNOTATION.task, _ANNOTATION.id)
)  # fmt: skip


def stream(connection: Connection, project: str) -> Iterator[Answered]:
    """The tasks of ``project`` (its id), by id, answered or not."""
    after = ""
    while found := page(connection, project, after, BATCH):
        yield from found
        after = found[-1].id


def page(connection: Connection, project: str, after: str, limit: int) -> list[Answered]:
    """Up to ``limit`` tasks of ``project`` (its id) whose ids come after ``after``, by id."""
    where = {"project_": project, "after_": after, "limit_": limit}
    asked = _ASKED.rows(connection, where)
    if not asked:
        return []
    where = {"project_": project, "first_": asked[0].id, "last_": asked[-1].id}
    answers: dict[str, list[Given]] = {}
    for one in map(Given._make, _GIVEN.rows(connection, where)):
        answers.setdefault(one.task, []).append(one)
    return [Answered._make((*row, answers.get(row.id, []))) for row in asked]
