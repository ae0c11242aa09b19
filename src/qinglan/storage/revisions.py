"""Later versions of a project's guideline: since when, why, and which answers each touches.

Rows are only added. The project points at its newest version; tasks keep the one under which they
came, and answers belong to the version that stood when they were given.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from qinglan.provenance.identity import commitment
from qinglan.records import Guideline, Project
from qinglan.storage import columns, tables
from qinglan.storage.columns import encode, rebuilds

_REVISION = tables.revisions.c
_ANNOTATION = tables.annotations.c
_TASK = tables.tasks.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version after the first. ``at`` is ms since 1970."""

    project: str
    version: int
    guideline: str
    at: int
    why: str
    touches: tuple[str, ...] | None
    """The skills whose answers it touches, none for none of them; ``None``: all answers."""
    answers: int
    """How many standing answers it touched when it was made."""
    activity: str


def add(connection: Connection, project: Project, revision: Revision) -> None:
    """Keep ``revision``, and have ``project`` point at its guideline."""
    touches = None if revision.touches is None else list(revision.touches)
    row = {
        "project": revision.project, "version": revision.version, "at": revision.at,
        "guideline": revision.guideline, "why": revision.why, "touches": encode(touches),
        "answers": revision.answers, "activity": revision.activity,
    }  # fmt: skip
    connection.execute(insert(tables.revisions), [row])
    after = project.model_copy(update={"guideline": revision.guideline})
    moved = update(tables.projects).where(tables.projects.c.id == project.id)
    connection.execute(moved.values(guideline=after.guideline, commitment=commitment(after)))


def of(connection: Connection, project: str) -> list[Revision]:
    """The revisions of ``project`` (its id), oldest first."""
    query = select(*_REVISION).where(_REVISION.project == project).order_by(_REVISION.version)
    return [_revision(row) for row in connection.execute(query)]


def texts(connection: Connection, ids: Sequence[str]) -> dict[str, Guideline]:
    """The guidelines with those ids, by id."""
    guideline = tables.guidelines.c
    query = select(
        guideline.id, guideline.kind, guideline.version, guideline.en, guideline.zh
    ).where(guideline.id.in_(ids))
    return {
        row.id: Guideline(id=row.id, kind=row.kind, version=row.version, en=row.en, zh=row.zh)
        for row in connection.execute(query)
    }


def count_touched(
    connection: Connection, project: str, before: int, touches: Sequence[str] | None
) -> int:
    """How many standing answers given ``before`` a moment (ms) are to tasks of those skills.

    ``None``: of any. Takes time with how many answers there are.
    """
    found = connection.execute(
        select(func.count())
        .select_from(tables.annotations)
        .join(tables.tasks, _TASK.id == _ANNOTATION.task)
        .join(tables.activities, tables.activities.c.id == _ANNOTATION.activity)
        .where(*_touched(project, before, touches))
    )
    return int(found.scalar_one())


def touched(
    connection: Connection, project: str, before: int, touches: Sequence[str] | None
) -> Iterator[tuple[str, str]]:
    """Task and annotation of what ``count_touched`` counts, by task, in flat memory."""
    query = (
        select(_ANNOTATION.task, _ANNOTATION.id)
        .join_from(tables.annotations, tables.tasks, _TASK.id == _ANNOTATION.task)
        .join(tables.activities, tables.activities.c.id == _ANNOTATION.activity)
        .where(*_touched(project, before, touches))
        .order_by(_ANNOTATION.task, _ANNOTATION.id)
    )
    for row in columns.rows(connection, query):
        yield row.task, row.id


def _touched(project: str, before: int, touches: Sequence[str] | None) -> list[ColumnElement[bool]]:
    later = tables.annotations.alias("later")
    moment = datetime.fromtimestamp(before / 1000, UTC).isoformat()
    wanted = [
        _ANNOTATION.project == project,
        # Both are ISO 8601 in UTC, which sorts as time does.
        tables.activities.c.started < moment,
        ~select(later.c.id).where(later.c.supersedes == _ANNOTATION.id).exists(),
    ]
    if touches is not None:
        wanted.append(_TASK.skill.in_(list(touches)))
    return wanted


@rebuilds("revisions")
def _revision(row: Row[Any]) -> Revision:
    touches = json.loads(row.touches)
    return Revision(
        project=row.project, version=row.version, guideline=row.guideline, at=row.at, why=row.why,
        touches=None if touches is None else tuple(map(str, touches)), answers=row.answers,
        activity=row.activity,
    )  # fmt: skip
