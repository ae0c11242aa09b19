"""What is done before real work: practice with explanations, and the qualification."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, func, insert, select, update

from qinglan.storage import tables
from qinglan.storage.dialects import insert_new

_LESSON = tables.lessons.c
_GIVEN = tables.lesson_answers.c

Part: TypeAlias = Literal["practice", "qualification"]


class Lesson(NamedTuple):
    """One task of a part; ``words`` explain its answer."""

    task: str
    part: Part
    key: str
    words: str | None


def add(connection: Connection, project: str, lessons: list[Lesson]) -> int:
    """Put ``lessons`` behind those that ``project`` (its id) has; how many were new."""
    last = select(func.coalesce(func.max(_LESSON.place), 0)).where(_LESSON.project == project)
    first = int(connection.execute(last).scalar_one()) + 1
    rows = [
        {**lesson._asdict(), "project": project, "place": first + place}
        for place, lesson in enumerate(lessons)
    ]
    return insert_new(connection, tables.lessons, rows)


def of(connection: Connection, project: str, part: Part | None = None) -> list[Lesson]:
    """The lessons of ``project`` (its id) in their order: practice first."""
    query = select(_LESSON.task, _LESSON.part, _LESSON.key, _LESSON.words)
    query = query.where(_LESSON.project == project).order_by(_LESSON.part, _LESSON.place)
    if part is not None:
        query = query.where(_LESSON.part == part)
    return [Lesson._make(row) for row in connection.execute(query)]


def explain(connection: Connection, project: str, task: str, words: str | None) -> int:
    """Let ``words`` explain the answer to ``task``; 0 where it is no lesson of ``project``."""
    here = (_LESSON.project == project) & (_LESSON.task == task)
    return connection.execute(update(tables.lessons).where(here).values(words=words)).rowcount


def untouched(connection: Connection, project: str) -> list[str]:
    """Tasks of ``project`` (its id) with a key that the queue could give and nobody was given."""
    asked, key = tables.work.c, tables.answer_keys.c
    query = (
        select(asked.task)
        .join_from(tables.work, tables.answer_keys, key.task == asked.task)
        .where(asked.project == project, asked.wanted.is_not(None))
        .where(asked.given == 0, asked.held == 0)
        .order_by(asked.task)
    )
    return list(connection.execute(query).scalars())


def answered(connection: Connection, annotator: str, project: str) -> dict[str, bool | None]:
    """Lessons that ``annotator`` answered, and how they fared."""
    query = (
        select(_GIVEN.task, _GIVEN.right)
        .join_from(tables.lesson_answers, tables.lessons, _LESSON.task == _GIVEN.task)
        .where(_GIVEN.annotator == annotator, _LESSON.project == project)
    )
    return {row.task: row.right for row in connection.execute(query)}


def answer(
    connection: Connection, annotator: str, task: str, said: str, right: bool | None, now: int
) -> bool:
    """Keep the first answer (JSON) of ``annotator`` to a lesson; whether it was the first."""
    row = {"annotator": annotator, "task": task, "answer": said, "right": right, "at": now}
    here = (_GIVEN.annotator == annotator) & (_GIVEN.task == task)
    if connection.execute(select(_GIVEN.task).where(here)).one_or_none() is not None:
        return False
    connection.execute(insert(tables.lesson_answers), [row])
    return True


def anew(connection: Connection, annotator: str, tasks: list[str]) -> None:
    """Let ``annotator`` answer ``tasks`` again: how they fared is forgotten."""
    theirs = (_GIVEN.annotator == annotator) & _GIVEN.task.in_(tasks)
    connection.execute(tables.lesson_answers.delete().where(theirs))


def rekey(connection: Connection, task: str, key: str) -> None:
    """Let ``key`` be what answers to ``task`` are held against, if it is a lesson."""
    connection.execute(update(tables.lessons).where(_LESSON.task == task).values(key=key))


def given(connection: Connection, task: str) -> list[tuple[str, str]]:
    """Who answered the lesson ``task``, and what they said, as JSON."""
    query = select(_GIVEN.annotator, _GIVEN.answer).where(_GIVEN.task == task)
    return [(row.annotator, row.answer) for row in connection.execute(query)]


def rescore(connection: Connection, annotator: str, task: str, right: bool | None) -> None:
    """Keep that ``annotator`` fared so on the lesson ``task`` after all."""
    theirs = (_GIVEN.annotator == annotator) & (_GIVEN.task == task)
    connection.execute(update(tables.lesson_answers).where(theirs).values(right=right))
