"""By what programs ask, and what came of their writes.

A token never comes here: it is known by its digest. One that has ended is kept, for the record.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from qinglan.records import Role
from qinglan.storage import tables
from qinglan.storage.columns import decode_words, rebuilds
from qinglan.storage.dialects import lock

_TOKEN = tables.tokens.c
_USER = tables.users.c
_OUTCOME = tables.outcomes.c
_PARENT = tables.tokens.alias("parent").c

# Made once: this one runs with every request.
_LIVE = (
    select(*_TOKEN, _USER.role)
    .join_from(tables.tokens, tables.users, _TOKEN.user == _USER.name)
    .where(
        _TOKEN.digest == bindparam("digest_"), _TOKEN.until > bindparam("now_"),
        _TOKEN.ended.is_(None), _USER.active,
        # What a token made ends with it, however that ended.
        or_(
            _TOKEN.parent.is_(None),
            select(_PARENT.id)
            .where(_PARENT.id == _TOKEN.parent, _PARENT.ended.is_(None))
            .correlate(tables.tokens).exists(),
        ),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token, without what it says. Times in milliseconds since 1970."""

    id: str
    user: str
    label: str
    scopes: tuple[str, ...]
    made: int
    until: int
    activity: str
    ended: str | None = None
    ended_by: str | None = None
    parent: str | None = None
    """The token by which a program asked for it, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a write; no ``status`` while it is under way."""

    request: str
    claim: str | None
    status: int | None
    body: str | None
    until: int


def add(connection: Connection, token: Token, digest: str) -> None:
    """Keep a new token under the digest of what it says."""
    row = {
        "id": token.id, "digest": digest, "user": token.user, "label": token.label,
        "scopes": json.dumps(token.scopes), "made": token.made, "until": token.until,
        "activity": token.activity, "parent": token.parent,
    }  # fmt: skip
    connection.execute(insert(tables.tokens), row)


def live(connection: Connection, digest: str, now: int) -> tuple[Token, Role] | None:
    """The token with that digest and its account's role, while both may be used."""
    row = connection.execute(_LIVE, {"digest_": digest, "now_": now}).one_or_none()
    return None if row is None else (_token(row), Role(row.role))


def get(connection: Connection, id_: str) -> Token | None:
    """The token called ``id_``, ended or not."""
    row = connection.execute(select(tables.tokens).where(_TOKEN.id == id_)).one_or_none()
    return None if row is None else _token(row)


def every(connection: Connection) -> list[Token]:
    """All tokens there ever were, by account and age."""
    query = select(tables.tokens).order_by(_TOKEN.user, _TOKEN.made, _TOKEN.id)
    return [_token(row) for row in connection.execute(query)]


def end(connection: Connection, id_: str, how: str, activity: str) -> bool:
    """End one token; ``False`` where it had ended."""
    change = update(tables.tokens).where(_TOKEN.id == id_, _TOKEN.ended.is_(None))
    return connection.execute(change.values(ended=how, ended_by=activity)).rowcount == 1


def claim(
    connection: Connection, token: str, key: str, request: str, claim: str, now: int, until: int
) -> Outcome | None:
    """Begin the write called ``key``; ``None`` where the claim is ours, or what there is."""
    lock(connection, f"outcome {token} {key}")
    connection.execute(delete(tables.outcomes).where(_OUTCOME.until <= now))
    here = (_OUTCOME.token == token) & (_OUTCOME.key == key)
    query = select(tables.outcomes).where(here)
    row = connection.execute(query).one_or_none()
    if row is not None:
        return Outcome(
            request=row.request, claim=row.claim, status=row.status, body=row.body, until=row.until
        )
    values = {"token": token, "key": key, "request": request, "claim": claim, "until": until}
    connection.execute(insert(tables.outcomes), values)
    return None


def renew(connection: Connection, token: str, key: str, claim: str, until: int) -> None:
    """Hold a claim longer."""
    mine = (_OUTCOME.token == token) & (_OUTCOME.key == key) & (_OUTCOME.claim == claim)
    connection.execute(update(tables.outcomes).where(mine).values(until=until))


def settle(
    connection: Connection, token: str, key: str, claim: str, status: int, body: str, until: int
) -> None:
    """Keep what came of a claimed write."""
    mine = (_OUTCOME.token == token) & (_OUTCOME.key == key) & (_OUTCOME.claim == claim)
    values = {"claim": None, "status": status, "body": body, "until": until}
    connection.execute(update(tables.outcomes).where(mine).values(**values))


def drop(connection: Connection, token: str, key: str, claim: str) -> None:
    """Give a claim up: the write may be tried again at once."""
    mine = (_OUTCOME.token == token) & (_OUTCOME.key == key) & (_OUTCOME.claim == claim)
    connection.execute(delete(tables.outcomes).where(mine))


@rebuilds("tokens")
def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id, user=row.user, label=row.label, scopes=tuple(decode_words(row.scopes)),
        made=row.made, until=row.until, activity=row.activity, ended=row.ended,
        ended_by=row.ended_by, parent=row.parent,
    )  # fmt: skip
