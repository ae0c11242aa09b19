"""What the last judging of a project expects of one more answer by each person.

One document a project: it is made whole by each judging and read whole by one page.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from qinglan.storage import tables

_PROSPECT = tables.prospects.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A figure, with the range that it has over the interval of what it rests on."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How a part of a project stood: its judged tasks, those in doubt, the mean expected error."""

    skill: str | None
    language: str | None
    tasks: int
    doubtful: int
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What one more answer by an annotator (an id) in a part was expected to do."""

    annotator: str
    skill: str | None
    language: str | None
    answers: int
    right: Span
    mended: Span
    told: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a judging left; ``at`` in ms since 1970."""

    at: int
    parts: tuple[Part, ...]
    people: tuple[Prospect, ...]
    seconds: dict[str, float]
    """Annotator → seconds of work on a task, on average, of those whose time is known."""


def keep(connection: Connection, project: str, foreseen: Foreseen) -> None:
    """Let ``foreseen`` be what is expected in ``project`` (its id) now."""
    forget(connection, project)
    said = asdict(foreseen)
    at = said.pop("at")
    body = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    connection.execute(insert(tables.prospects), [{"project": project, "at": at, "body": body}])


def forget(connection: Connection, project: str) -> None:
    """Expect nothing until the next judging: what it rested on is gone, or has changed."""
    connection.execute(delete(tables.prospects).where(_PROSPECT.project == project))


def of(connection: Connection, project: str) -> Foreseen | None:
    """What is expected in ``project`` (its id); ``None`` before its first judging."""
    query = select(_PROSPECT.at, _PROSPECT.body).where(_PROSPECT.project == project)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    said = json.loads(row.body)
    return Foreseen(
        at=row.at, parts=tuple(Part(**one) for one in said["parts"]),
        people=tuple(_prospect(one) for one in said["people"]), seconds=said["seconds"],
    )  # fmt: skip


def _prospect(said: dict[str, Any]) -> Prospect:
    return Prospect(
        annotator=said["annotator"], skill=said["skill"], language=said["language"],
        answers=said["answers"], right=Span(**said["right"]), mended=Span(**said["mended"]),
        told=Span(**said["told"]),
    )  # fmt: skip
