"""What people agree to before they answer, who did, and what importers declared for others."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from qinglan.storage import tables
from qinglan.storage.dialects import insert_new

_RIGHTS = tables.rights.c
_AGREED = tables.agreements.c
_DECLARED = tables.declarations.c
_GIVEN = tables.annotations.c
_WHO = tables.annotators.c
_VERDICT = tables.verdicts.c


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


def uncovered(connection: Connection, project: str) -> set[str]:
    """Accepted answers of ``project`` (its id) by people who never agreed, and for whom nobody
    declared it; simulated people need not.
    """
    query = (
        select(_GIVEN.id)
        .join_from(tables.verdicts, tables.annotations, _GIVEN.id == _VERDICT.annotation)
        .join(tables.annotators, _WHO.id == _GIVEN.annotator)
        .where(_GIVEN.project == project, _VERDICT.current, _VERDICT.reason.is_(None))
        .where(_WHO.type == "person", ~_WHO.simulated)
        .where(~select(_AGREED.annotator).where(_AGREED.annotator == _WHO.id).exists())
        .where(~select(_DECLARED.activity).where(_DECLARED.activity == _GIVEN.activity).exists())
    )
    return {str(id_) for id_ in connection.execute(query).scalars()}
