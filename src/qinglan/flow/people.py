"""The owner's and the lead's verbs about accounts: inviting, roles, closing and opening again.

An account is made by invitation alone. The inviter names it, so that nobody can take the name of
an annotator who is there already, and a stranger learns no name. A lead looks after annotators,
reviewers and auditors; owners and leads are the owner's to look after.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import milliseconds, moment
from qinglan.provenance import identity
from qinglan.records import Actor, Role
from qinglan.storage import users
from qinglan.storage.users import Invite, User

INVITED_FOR = 7 * 86_400
"""Seconds that an invitation holds."""

LONGEST_NAME = 60

_UNDER_LEAD = frozenset({Role.REVIEWER, Role.ANNOTATOR, Role.AUDITOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One account, or one that is invited (``until`` says how long the link holds)."""

    name: str
    role: Role
    active: bool
    until: datetime | None = None


def token_digest(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def invite(
    context: Context, actor: Actor, name: str, role: Role, *, now: datetime | None = None
) -> str:
    """A token that lets whoever has it, once, set the password of account ``name``.

    For an account that is there it is a new beginning: its sessions end when the link is used.

    Raises:
        PermissionDenied: the actor may not look after that role, or after that account.
        UsageError: the name cannot be one, or the account has another role.
    """
    may_look_after(actor, role)
    name = clean_name(name)
    token = secrets.token_urlsafe(32)
    until = milliseconds(now) + 1000 * INVITED_FOR
    context.begin("people", actor, invited=name, role=role.value)

    def keep(conn: Connection) -> None:
        there = users.get(conn, name)
        if there is not None:
            may_look_after(actor, there.role)
            if there.role is not role:
                raise UsageError("people.other_role", name=name, role=there.role.value)
        users.add_invite(conn, token_digest(token), Invite(name=name, role=role, until=until))

    context.storage.write(keep)
    return token


def people(context: Context, actor: Actor, *, now: datetime | None = None) -> list[Person]:
    """All accounts and open invitations, by name."""
    allow("audit", actor)
    with context.storage.read() as conn:
        accounts = users.every(conn)
        open_ = users.invites(conn, milliseconds(now))
    found = [Person(name=user.name, role=user.role, active=user.active) for user in accounts]
    names = {user.name for user in accounts}
    found += [
        Person(
            name=one.name, role=one.role, active=False,
            until=moment(one.until),
        )
        for one in open_ if one.name not in names
    ]  # fmt: skip
    return sorted(found, key=lambda person: person.name)


def change(
    context: Context,
    actor: Actor,
    name: str,
    *,
    role: Role | None = None,
    active: bool | None = None,
) -> None:
    """Give account ``name`` another role, or close it, or open it again; its sessions end.

    Raises:
        PermissionDenied: the actor may not look after that account, or that role.
        UsageError: there is no such account, or nobody would be owner any more.
    """
    allow("people", actor)
    said: dict[str, identity.Json] = {} if role is None else {"role": role.value}
    said |= {} if active is None else {"active": active}
    context.begin("people", actor, changed=name, **said)

    def keep(conn: Connection) -> None:
        there = users.get(conn, name)
        if there is None:
            raise UsageError("people.no_account", name=name)
        after = replace(
            there,
            role=there.role if role is None else role,
            active=there.active if active is None else active,
        )
        for one in {there.role, after.role}:
            may_look_after(actor, one)
        if after == there:
            return
        users.put(conn, after)
        users.end_sessions(conn, name)
        if there.role is Role.OWNER and not users.owners(conn):
            raise UsageError("people.last_owner", name=name)

    context.storage.write(keep)


def accounts(context: Context) -> int:
    """How many accounts there are; before the first, the owner needs a link."""
    with context.storage.read() as conn:
        return len(users.every(conn))


def may_look_after(actor: Actor, role: Role) -> None:
    """See that ``actor`` looks after accounts of that role.

    Raises:
        PermissionDenied: they do not.
    """
    allow("people", actor)
    if actor.role is not Role.OWNER and role not in _UNDER_LEAD:
        raise PermissionDenied("people.not_yours", actor=actor.name, role=role.value)


def clean_name(name: str) -> str:
    """``name`` as it is kept: composed, and nothing in it that cannot be seen.

    Raises:
        UsageError: it cannot be one.
    """
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    hidden = any(unicodedata.category(mark)[0] == "C" for mark in name)
    if not name or len(name) > LONGEST_NAME or hidden:
        raise UsageError("people.bad_name", most=LONGEST_NAME)
    return name


def user_of(invite: Invite, password: str, now: int) -> User:
    """The account that an invitation makes."""
    return User(name=invite.name, role=invite.role, password=password, active=True, made=now)
