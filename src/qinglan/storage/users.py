"""Who may sign in, who is signed in, and which invitations are open.

Tokens never come here: a session and an invitation are known by the digest of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from qinglan.records import Role
from qinglan.storage import tables
from qinglan.storage.columns import decode_words, encode, rebuilds
from qinglan.storage.prepared import Prepared

_USER = tables.users.c
_SESSION = tables.sessions.c
_INVITE = tables.invites.c
_ATTEMPT = tables.attempts.c
_TOKEN = tables.tokens.c

_OF_SESSION = Prepared(  # every request asks
    select(*_USER)
    .join_from(tables.users, tables.sessions, _SESSION.user == _USER.name)
    .where(_SESSION.digest == bindparam("digest_"), _SESSION.until > bindparam("now_"))
    .where(_USER.active)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One account. ``password`` is a digest."""

    name: str
    role: Role
    password: str
    active: bool
    made: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """An open invitation, for one account of one role. Times in milliseconds since 1970."""

    name: str
    role: Role
    until: int


def get(connection: Connection, name: str) -> User | None:
    """The account ``name``."""
    row = connection.execute(select(tables.users).where(_USER.name == name)).one_or_none()
    return None if row is None else _user(row)


def every(connection: Connection) -> list[User]:
    """All accounts, by name."""
    return [_user(row) for row in connection.execute(select(tables.users).order_by(_USER.name))]


def put(connection: Connection, user: User) -> None:
    """Keep ``user``, in place of an account of that name."""
    values = {
        "role": user.role.value, "password": user.password, "active": user.active,
        "made": user.made,
    }  # fmt: skip
    change = update(tables.users).where(_USER.name == user.name).values(**values)
    if not connection.execute(change).rowcount:
        connection.execute(insert(tables.users), {"name": user.name, **values})


def put_languages(connection: Connection, name: str, languages: Sequence[str]) -> None:
    """What the account ``name``, if there is one, can work in."""
    change = update(tables.users).where(_USER.name == name)
    connection.execute(change.values(languages=encode([*languages])))


def languages(connection: Connection, name: str) -> list[str]:
    """What the account ``name`` said that it can work in."""
    query = select(_USER.languages).where(_USER.name == name)
    text = connection.execute(query).scalar_one_or_none()
    return [] if text is None else decode_words(text)


def owners(connection: Connection) -> int:
    """How many active owners there are."""
    query = select(func.count()).select_from(tables.users)
    query = query.where(_USER.role == Role.OWNER.value, _USER.active)
    return int(connection.execute(query).scalar_one())


def begin_session(connection: Connection, digest: str, user: str, until: int) -> None:
    """Let the session with that digest be ``user``'s."""
    connection.execute(
        insert(tables.sessions), {"digest": digest, "user": user, "until": until}
    )  # fmt: skip


def of_session(connection: Connection, digest: str, now: int) -> User | None:
    """Whose session it is, while it lasts and they are active."""
    row = _OF_SESSION.one_or_none(connection, {"digest_": digest, "now_": now})
    return None if row is None else _user(row)


def end_session(connection: Connection, digest: str) -> None:
    """End one session."""
    connection.execute(delete(tables.sessions).where(_SESSION.digest == digest))


def end_sessions(connection: Connection, user: str) -> None:
    """End all sessions of ``user``, their tokens, and their open invitations."""
    connection.execute(delete(tables.sessions).where(_SESSION.user == user))
    mine = (_TOKEN.user == user) & _TOKEN.ended.is_(None)
    connection.execute(update(tables.tokens).where(mine).values(ended="account"))
    connection.execute(delete(tables.invites).where(_INVITE.name == user))


def add_invite(connection: Connection, digest: str, invite: Invite) -> None:
    """Keep an invitation; earlier ones to the same name end."""
    connection.execute(delete(tables.invites).where(_INVITE.name == invite.name))
    values = {"name": invite.name, "role": invite.role.value, "until": invite.until}
    connection.execute(insert(tables.invites), {"digest": digest, **values})


def get_invite(connection: Connection, digest: str, now: int) -> Invite | None:
    """The open invitation with that digest."""
    query = select(tables.invites).where(_INVITE.digest == digest, _INVITE.until > now)
    row = connection.execute(query).one_or_none()
    return None if row is None else _invite(row)


def use_invite(connection: Connection, digest: str) -> bool:
    """Take the invitation away; ``False`` where it is gone already."""
    gone = connection.execute(delete(tables.invites).where(_INVITE.digest == digest))
    return gone.rowcount == 1


def invites(connection: Connection, now: int) -> list[Invite]:
    """All open invitations, by name."""
    query = select(tables.invites).where(_INVITE.until > now).order_by(_INVITE.name)
    return [_invite(row) for row in connection.execute(query)]


def count_attempt(connection: Connection, place: str, now: int, window: int) -> int:
    """Count an attempt at ``place``; how many there were in this window (milliseconds)."""
    connection.execute(delete(tables.attempts).where(_ATTEMPT.since <= now - window))
    change = update(tables.attempts).where(_ATTEMPT.place == place)
    counted = connection.execute(
        change.values(count=_ATTEMPT.count + 1).returning(_ATTEMPT.count)
    ).scalar_one_or_none()
    if counted is None:
        connection.execute(insert(tables.attempts), {"place": place, "count": 1, "since": now})
    return 1 if counted is None else int(counted)


def remember(connection: Connection, place: str, until: int) -> None:
    """Know ``place`` until then; a row of no attempts, as of a moment to come."""
    forget_attempts(connection, place)
    connection.execute(insert(tables.attempts), {"place": place, "count": 0, "since": until})


def is_known(connection: Connection, place: str, now: int) -> bool:
    """Whether ``place`` is remembered."""
    query = select(_ATTEMPT.place).where(_ATTEMPT.place == place, _ATTEMPT.since > now)
    return connection.execute(query).one_or_none() is not None


def forget_attempts(connection: Connection, place: str) -> None:
    """Begin anew at ``place``."""
    connection.execute(delete(tables.attempts).where(_ATTEMPT.place == place))


def forgive_attempt(connection: Connection, place: str) -> None:
    """Take one attempt at ``place`` back."""
    change = update(tables.attempts).where(_ATTEMPT.place == place)
    connection.execute(change.values(count=_ATTEMPT.count - 1))


@rebuilds("users")
def _user(row: Row[Any]) -> User:
    return User(
        name=row.name, role=Role(row.role), password=row.password, active=row.active, made=row.made
    )


@rebuilds("invites")
def _invite(row: Row[Any]) -> Invite:
    return Invite(name=row.name, role=Role(row.role), until=row.until)
