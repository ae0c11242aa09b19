"""Keys that are claimed and not believed yet, or disputed; apart from the keys that count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, delete, select, update

from qinglan.storage import tables
from qinglan.storage.dialects import insert_new

_CLAIM = tables.claims.c

State: TypeAlias = Literal["open", "believed", "disputed", "decided"]


class Claim(NamedTuple):
    """What is said to be the key of ``task``. ``writer`` (an annotator's id) said so."""

    task: str
    state: State
    value: str
    writer: str | None
    need: int
    """Blind answers that must agree before it is believed."""
    words: str
    """Why it is disputed, or was decided so."""


_READ = select(
    _CLAIM.task, _CLAIM.state, _CLAIM.value, _CLAIM.writer, _CLAIM.need, _CLAIM.words
)  # fmt: skip


def add(connection: Connection, project: str, claims: Iterable[Claim], now: int) -> int:
    """Keep ``claims`` about tasks of ``project`` (its id); how many were new."""
    rows = [{**claim._asdict(), "project": project, "moved": now} for claim in claims]
    return insert_new(connection, tables.claims, rows)


def get(connection: Connection, task: str) -> Claim | None:
    """What is claimed of ``task``, if anything is."""
    row = connection.execute(_READ.where(_CLAIM.task == task)).one_or_none()
    return None if row is None else Claim._make(row)


def of(connection: Connection, project: str, *states: State) -> list[Claim]:
    """The claims of ``project`` (its id) in one of ``states``, by task."""
    query = _READ.where(_CLAIM.project == project, _CLAIM.state.in_(states))
    return [Claim._make(row) for row in connection.execute(query.order_by(_CLAIM.task))]


def put(connection: Connection, project: str, claim: Claim, now: int) -> None:
    """Keep how ``claim`` stands now, whether or not it was there."""
    connection.execute(delete(tables.claims).where(_CLAIM.task == claim.task))
    add(connection, project, [claim], now)


def move(connection: Connection, task: str, before: State, after: State, now: int) -> bool:
    """Let the claim on ``task`` pass from one state to another; whether it was in the first."""
    here = (_CLAIM.task == task) & (_CLAIM.state == before)
    found = update(tables.claims).where(here).values(state=after, moved=now)
    return connection.execute(found).rowcount == 1
