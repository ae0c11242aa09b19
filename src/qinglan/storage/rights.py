"""What people agree to before they answer, who did, and what importers declared for others."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from qinglan.storage import tables
from qinglan.storage.dialects import insert_new

_RIGHTS = tables.rights.c
_AGREED = tables.agreements.c
_DECLARED = tables.declarations.c
_GIVEN = tables.annotations.c
_WHO = tables.annotators.c
_VERDICT = tables.verdicts.c
_HELD = tables.assignments.c
_ACTIVITY = tables.activities.c


class Statement(NamedTuple):
    """One version of what people are asked to agree to; ms since 1970."""

    version: int
    en: str
    zh: str
    at: int


def newest(connection: Connection, project: str) -> Statement | None:
    """What ``project`` (its id) asks people to agree to now; ``None`` where it asks nothing."""
    columns = (_RIGHTS.version, _RIGHTS.en, _RIGHTS.zh, _RIGHTS.at)
    query = select(*columns).where(_RIGHTS.project == project).order_by(_RIGHTS.version.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else Statement._make(row)


def add(connection: Connection, project: str, statement: Statement, activity: str) -> None:
    """Ask people to agree to ``statement`` from now on."""
    row = {"project": project, "activity": activity, **statement._asdict()}
    connection.execute(insert(tables.rights), [row])


def agree(connection: Connection, annotator: str, version: int, at: int) -> bool:
    """Keep that ``annotator`` agreed; whether that is new."""
    row = {"annotator": annotator, "version": version, "at": at}
    return bool(insert_new(connection, tables.agreements, [row]))


def agreed(connection: Connection, annotator: str) -> tuple[int, int] | None:
    """The newest version that ``annotator`` agreed to, and when."""
    query = select(_AGREED.version, _AGREED.at).where(_AGREED.annotator == annotator)
    row = connection.execute(query.order_by(_AGREED.version.desc()).limit(1)).one_or_none()
    return None if row is None else (int(row.version), int(row.at))


def declare(
    connection: Connection, project: str, activity: str, actor: str, words: str, at: int
) -> None:
    """Keep what ``actor`` declared of the answers that ``activity`` brings in."""
    row = {"activity": activity, "project": project, "actor": actor, "words": words, "at": at}
    insert_new(connection, tables.declarations, [row])


class Uncovered(NamedTuple):
    """An accepted answer whose author did not agree to what was asked when it was given."""

    annotation: str
    annotator: str
    name: str
    asked: int
    """The version that was asked then; the first where none was yet."""
    agreed: int | None
    """The newest that they agreed to."""


def uncovered(connection: Connection, project: str) -> list[Uncovered]:
    """Accepted answers of ``project`` (its id) that nobody's agreement covers.

    An answer is given under the version that was asked when its task was taken (for an imported
    one: when it came), and covered by its author's agreement to that version or a later one.
    Nothing is asked of models, programs and simulated people, and importers may declare it for
    theirs.
    """
    versions = [(int(at), int(version)) for at, version in connection.execute(
        select(_RIGHTS.at, _RIGHTS.version)
        .where(_RIGHTS.project == project).order_by(_RIGHTS.version)
    )]  # fmt: skip
    if not versions:
        return []
    newest = versions[-1][1]
    agreed = select(func.max(_AGREED.version)).where(_AGREED.annotator == _WHO.id)
    query = (
        select(
            _GIVEN.id,
            _WHO.id.label("who"),
            _WHO.name,
            _HELD.taken,
            _ACTIVITY.started,
            agreed.correlate(tables.annotators).scalar_subquery().label("agreed"),
        )
        .join_from(tables.verdicts, tables.annotations, _GIVEN.id == _VERDICT.annotation)
        .join(tables.annotators, _WHO.id == _GIVEN.annotator)
        .join(tables.activities, _ACTIVITY.id == _GIVEN.activity)
        .join(
            tables.assignments,
            (_HELD.annotator == _GIVEN.annotator) & (_HELD.task == _GIVEN.task),
            isouter=True,
        )
        .where(_GIVEN.project == project, _VERDICT.current, _VERDICT.reason.is_(None))
        .where(_WHO.type == "person", ~_WHO.simulated)
        .where(
            ~select(_AGREED.annotator)
            .where(_AGREED.annotator == _WHO.id, _AGREED.version == newest)
            .exists()
        )
        .where(~select(_DECLARED.activity).where(_DECLARED.activity == _GIVEN.activity).exists())
    )
    found = []
    for row in connection.execute(query):
        # An imported answer's task may have been "taken" later, when the desk first met it.
        given = min(_milliseconds(row.started), row.taken or _NEVER)
        asked = max((version for at, version in versions if at <= given), default=versions[0][1])
        if row.agreed is None or row.agreed < asked:
            found.append(Uncovered(row.id, row.who, row.name, asked, row.agreed))
    return found


_NEVER = 2**63


def _milliseconds(started: str) -> int:
    """The time of an activity, in ms since 1970."""
    return int(datetime.fromisoformat(started).timestamp() * 1000)
