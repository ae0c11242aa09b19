"""The verbs about tokens, by which programs ask: making, seeing and ending them.

A token belongs to an account and is good for that account's role, narrowed to its scopes, until
its last day. Its words are shown once; what is kept is their digest. Who made and who ended each
stands beside it. Whatever ends the account's sessions (another role, closing it, a new password)
ends its tokens for good.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import passwords
from qinglan.flow.context import MAY, Context, allow
from qinglan.flow.hands import milliseconds, moment
from qinglan.flow.people import clean_name, may_look_after, token_digest
from qinglan.provenance import identity
from qinglan.records import Actor, Role
from qinglan.storage import tokens, users
from qinglan.storage.tokens import Token
from qinglan.storage.users import User

DAYS = 90
LONGEST_DAYS = 366
DAY = 86_400_000
"""Milliseconds."""

_BEGINNING = "qlt_"
_FORM = re.compile(rf"{_BEGINNING}[A-Za-z0-9_-]{{43}}")


class Scope(StrEnum):
    """What a token may be used for; its account's role must allow it as well."""

    READ = "read"
    """Projects, tasks, verdicts, releases and counts."""
    ANNOTATE = "annotate"
    """The account's own desks: take the next task, answer it, give it back."""
    IMPORT = "import"
    """Make projects, bring in tasks and answers, give seats."""
    EXPORT = "export"
    """All answers."""
    REVIEW = "review"
    """Answers side by side, what is worth a look, rulings, sending back, disputed keys."""
    CONDUCT = "conduct"
    """How people fare: flags, marks, pauses, gold, lessons, tiers, credentials."""
    PEOPLE = "people"
    """The list of accounts, and who works in a project."""
    ACCOUNTS = "accounts"
    """Invite reviewers, annotators and auditors, change their roles, close their accounts."""
    TOKENS = "tokens"
    """List and end tokens, make others that reach no further than this one."""
    AUDIT = "audit"
    """The audit log, and the history that an auditor checks."""
    WEBHOOKS = "webhooks"
    """Who is called when something happens."""
    RELEASE = "release"
    """Check, judge, build releases."""
    PAY = "pay"
    """Who earned what, and rates of pay."""


_NEEDS = {
    Scope.READ: "read", Scope.ANNOTATE: "annotate", Scope.IMPORT: "import",
    Scope.EXPORT: "export", Scope.PEOPLE: "conduct", Scope.WEBHOOKS: "webhooks",
    Scope.RELEASE: "verify", Scope.PAY: "pay", Scope.REVIEW: "look", Scope.CONDUCT: "conduct",
    Scope.ACCOUNTS: "people", Scope.TOKENS: "audit", Scope.AUDIT: "audit",
}  # fmt: skip
"""The verb that a role must be allowed, for the scope to be of use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A new token. ``token`` is seen here and never again."""

    id: str
    token: str
    name: str
    role: Role
    scopes: tuple[Scope, ...]
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One token as it is listed. ``ended`` says how it ended: revoked, account, parent
    (the token that made it ended) or lapsed.
    """

    id: str
    name: str
    label: str
    scopes: tuple[str, ...]
    made: datetime
    until: datetime
    ended: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks by a token."""

    token: str
    """Its id."""
    actor: Actor
    scopes: frozenset[str]


def scope_named(word: str) -> Scope:
    """The scope that ``word`` names.

    Raises:
        UsageError: there is none.
    """
    try:
        return Scope(word)
    except ValueError:
        raise UsageError("tokens.no_scope", word=word, known=", ".join(Scope)) from None


def scopes_of(role: Role) -> tuple[Scope, ...]:
    """All scopes that are of use to ``role``."""
    return tuple(scope for scope, verb in _NEEDS.items() if role in MAY[verb])


def create(
    context: Context,
    actor: Actor,
    name: str,
    *,
    role: Role | None = None,
    scopes: Collection[Scope] | None = None,
    label: str = "",
    days: int | None = None,
    within: Caller | None = None,
    now: datetime | None = None,
) -> Issued:
    """A new token for account ``name``.

    Args:
        context: the workspace.
        actor: who asks.
        name: of the account.
        role: of an account for a program, which is made where there is none of that name; nobody
            can sign in to it.
        scopes: what it may be used for; default: reading, or annotating where the role can
            nothing else.
        label: what it is for, in the words of whoever made it.
        days: how long it holds; default: ``DAYS``, or as long as the token that asks.
        within: who asks by a token of their own: the new one is for their own account, or for a
            program that they made so; it reaches no further, ends with it, and makes no other.
        now: the time of asking; default: this moment.

    Raises:
        PermissionDenied: the actor may not look after that account, or it would reach further than
            the token that asks.
        UsageError: there is no such account, or it has another role; a scope is beyond its role;
            it would hold too long.
    """
    allow("tokens", actor)
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise UsageError("tokens.days", most=LONGEST_DAYS)
    if len(label) > 200 or any(mark < " " for mark in label):
        raise UsageError("tokens.label", most=200)
    name = clean_name(name)
    with context.storage.read() as conn:
        there = users.get(conn, name)
    found = role if there is None else there.role
    if found is None or (there is not None and not there.active):
        raise UsageError("tokens.no_account", name=name)
    if role is not None and role is not found:
        raise UsageError("people.other_role", name=name, role=found.value)
    if name != actor.name or found is not actor.role:
        may_look_after(actor, found)
    chosen = _chosen(found, scopes)
    time = milliseconds(now)
    until = time + (days or DAYS) * DAY
    if within is not None:
        _see_own(context, within, None if there is None else name)
        until = _within(context, within, chosen, until if days else None)
    words = _BEGINNING + secrets.token_urlsafe(32)
    # A password that nobody was told, so that its check costs what every other costs.
    digest = passwords.digest(secrets.token_urlsafe(32), name) if there is None else ""
    activity = context.begin(
        "tokens", actor, made_for=name, scopes=[scope.value for scope in chosen],
        until=moment(until).isoformat(), label=label,
    )  # fmt: skip
    token = Token(
        id=identity.random_id("tok"), user=name, label=label, scopes=chosen, made=time,
        until=until, activity=activity.id, parent=None if within is None else within.token,
    )  # fmt: skip

    def keep(conn: Connection) -> None:
        account = users.get(conn, name)
        if account is None:
            account = User(name=name, role=found, password=digest, active=True, made=time)
            if there is not None:
                raise UsageError("tokens.no_account", name=name)
            users.put(conn, account)
        elif account.role is not found or not account.active:
            raise UsageError("tokens.no_account", name=name)
        tokens.add(conn, token, token_digest(words))

    context.storage.write(keep)
    return Issued(
        id=token.id, token=words, name=name, role=found, scopes=chosen, until=moment(token.until)
    )


def revoke(context: Context, actor: Actor, id_: str) -> None:
    """End a token, from this moment on.

    Raises:
        PermissionDenied: the actor may not look after its account.
        UsageError: there is no such token, or it has ended.
    """
    activity = context.begin("tokens", actor, revoked=id_[:100])

    def keep(conn: Connection) -> None:
        token = tokens.get(conn, id_)
        account = None if token is None else users.get(conn, token.user)
        if account is not None and account.name != actor.name:
            may_look_after(actor, account.role)
        if token is None or not tokens.end(conn, id_, "revoked", activity.id):
            raise UsageError("tokens.no_token", id=id_)

    context.storage.write(keep)


def every(context: Context, actor: Actor, *, now: datetime | None = None) -> list[Listed]:
    """All tokens there ever were, by account and age."""
    allow("audit", actor)
    time = milliseconds(now)
    with context.storage.read() as conn:
        found = tokens.every(conn)
    gone = {token.id for token in found if token.ended}

    def end(token: Token) -> str | None:
        if token.ended is None and token.parent in gone:
            return "parent"
        return token.ended or ("lapsed" if token.until <= time else None)

    return [
        Listed(
            id=token.id, name=token.user, label=token.label, scopes=token.scopes,
            made=moment(token.made), until=moment(token.until), ended=end(token),
        )
        for token in found
    ]  # fmt: skip


def who(context: Context, words: str, *, now: datetime | None = None) -> Caller | None:
    """Whose token that is; ``None`` when it has ended, or never was."""
    if not _FORM.fullmatch(words):
        return None
    with context.storage.read() as conn:
        found = tokens.live(conn, token_digest(words), milliseconds(now))
    if found is None:
        return None
    token, role = found
    return Caller(
        token=token.id, actor=Actor(name=token.user, role=role), scopes=frozenset(token.scopes)
    )


def require(caller: Caller, scope: Scope, verb: str) -> None:
    """See that the token's scopes and its account's role both allow ``verb``.

    Raises:
        PermissionDenied: one of them does not.
    """
    if scope.value not in caller.scopes:
        raise PermissionDenied("tokens.scope", scope=scope.value)
    allow(verb, caller.actor)


def _chosen(role: Role, scopes: Collection[Scope] | None) -> tuple[Scope, ...]:
    known = scopes_of(role)
    if scopes is None:
        return (Scope.READ,) if Scope.READ in known else known
    beyond = [scope.value for scope in scopes if scope not in known]
    if beyond or not scopes:
        raise UsageError(
            "tokens.beyond", scopes=", ".join(beyond) or "—", role=role.value,
            known=", ".join(known),
        )  # fmt: skip
    return tuple(scope for scope in known if scope in scopes)


def _see_own(context: Context, caller: Caller, name: str | None) -> None:
    """See that account ``name`` (``None``: it is made now) is no other person's."""
    if name is None or name == caller.actor.name:
        return
    with context.storage.read() as conn:
        found = tokens.every(conn)
    mine = {one.id for one in found if one.user == caller.actor.name}
    if not any(one.user == name and one.parent in mine for one in found):
        raise PermissionDenied("tokens.anothers", name=name)


def _within(context: Context, caller: Caller, scopes: tuple[Scope, ...], until: int | None) -> int:
    """The last moment of a token that ``caller`` asks for; ``until`` where one is wished for."""
    beyond = {scope.value for scope in scopes} - (caller.scopes - {Scope.TOKENS.value})
    if beyond:
        raise PermissionDenied("tokens.further", scopes=", ".join(sorted(beyond)))
    with context.storage.read() as conn:
        own = tokens.get(conn, caller.token)
    if own is None or (until is not None and until > own.until):
        raise PermissionDenied("tokens.longer")
    return own.until if until is None else until
