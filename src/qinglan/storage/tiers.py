"""The tiers of a project, who was given which, and what people showed of what they can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from qinglan.storage import tables
from qinglan.storage.columns import rebuilds
from qinglan.storage.prepared import Prepared

_TIER = tables.tiers.c
_TIERING = tables.tierings.c
_CREDENTIAL = tables.credentials.c
_SEAT = tables.seats.c
_WHO = tables.annotators.c
_NAMES = Prepared(
    select(_TIER.name).where(_TIER.project == bindparam("project_")).order_by(_TIER.place)
)


class Tiering(NamedTuple):
    """Who gave somebody a tier (``None``: took it away) and why; ms since 1970."""

    tier: str | None
    actor: str
    why: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What somebody showed of what they can. Times in ms since 1970."""

    number: int
    words: str
    link: str | None
    """Where the evidence lies, as text: nobody opens it by a click."""
    checked_by: str
    at: int
    ended_by: str | None
    """Who took it back, if anybody did."""
    ended: int | None


def name_all(connection: Connection, project: str, names: Sequence[str]) -> None:
    """Let ``names`` be the tiers of ``project`` (its id), from the lowest to the highest."""
    connection.execute(delete(tables.tiers).where(_TIER.project == project))
    rows = [{"project": project, "place": n, "name": name} for n, name in enumerate(names)]
    if rows:
        connection.execute(insert(tables.tiers), rows)


def names(connection: Connection, project: str) -> list[str]:
    """The tiers of ``project`` (its id), from the lowest to the highest."""
    return [row.name for row in _NAMES.rows(connection, {"project_": project})]


def give(connection: Connection, annotator: str, tiering: Tiering) -> None:
    """Give ``annotator`` a tier, or none."""
    count = select(func.count()).select_from(tables.tierings)
    seq = connection.execute(count.where(_TIERING.annotator == annotator)).scalar_one()
    row = {"annotator": annotator, "seq": int(seq), **tiering._asdict()}
    connection.execute(insert(tables.tierings), [row])
    mine = _SEAT.annotator == annotator
    connection.execute(update(tables.seats).where(mine).values(tier=tiering.tier))


def history(connection: Connection, annotator: str) -> list[Tiering]:
    """Every tier that ``annotator`` was given, the newest first."""
    columns = (_TIERING.tier, _TIERING.actor, _TIERING.why, _TIERING.at)
    query = select(*columns).where(_TIERING.annotator == annotator)
    return [Tiering(*row) for row in connection.execute(query.order_by(_TIERING.seq.desc()))]


def of(connection: Connection, project: str) -> dict[str, str]:
    """The tier of every annotator of ``project`` (its id) who has one."""
    query = (
        select(_TIERING.annotator, _TIERING.tier)
        .join_from(tables.tierings, tables.annotators, _WHO.id == _TIERING.annotator)
        .where(_WHO.project == project)
        .order_by(_TIERING.annotator, _TIERING.seq)
    )
    found = {str(who): tier for who, tier in connection.execute(query)}  # the newest is the last
    return {who: tier for who, tier in found.items() if tier is not None}


def take_seat(connection: Connection, annotator: str) -> None:
    """Let the seat of ``annotator`` know the tier that they were given before they had one."""
    newest = select(_TIERING.tier).where(_TIERING.annotator == annotator)
    tier = newest.order_by(_TIERING.seq.desc()).limit(1).scalar_subquery()
    mine = _SEAT.annotator == annotator
    connection.execute(update(tables.seats).where(mine).values(tier=tier))


def note(
    connection: Connection, annotator: str, words: str, link: str | None, actor: str, at: int
) -> int:
    """Keep that ``actor`` looked at the evidence; the credential's number."""
    row = {"annotator": annotator, "words": words, "link": link, "checked_by": actor, "at": at}
    made = connection.execute(insert(tables.credentials).returning(_CREDENTIAL.seq), [row])
    return int(made.scalar_one())


def take_back(connection: Connection, annotator: str, number: int, actor: str, at: int) -> bool:
    """Let a credential of ``annotator`` count no longer; ``False`` where there is none."""
    mine = (_CREDENTIAL.annotator == annotator) & (_CREDENTIAL.seq == number)
    change = update(tables.credentials).where(mine, _CREDENTIAL.ended.is_(None))
    return bool(connection.execute(change.values(ended=at, ended_by=actor)).rowcount)


def credentials(connection: Connection, annotator: str) -> list[Credential]:
    """What ``annotator`` showed, the newest first, with what was taken back."""
    query = select(*_CREDENTIAL).where(_CREDENTIAL.annotator == annotator)
    return [_credential(row) for row in connection.execute(query.order_by(_CREDENTIAL.seq.desc()))]


@rebuilds("credentials")
def _credential(row: Row[Any]) -> Credential:
    return Credential(
        number=row.seq, words=row.words, link=row.link, checked_by=row.checked_by, at=row.at,
        ended_by=row.ended_by, ended=row.ended,
    )  # fmt: skip
