"""The door: taking up an invitation, signing in and out, and who a session belongs to.

No actor yet, so no role is asked for: a token or a password is. An account that is not there and
a wrong password sound alike and take alike; attempts are counted before a password is looked at,
so a crowd of them at once gets no more. A stranger must not lock anybody out: they are counted by
account and address together, and what strangers use up of an account elsewhere does not count
where its owner has signed in before (decision 0012).
"""

from __future__ import annotations

import ipaddress
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import passwords
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.flow.people import LONGEST_NAME, token_digest, user_of
from qinglan.records import Actor, Role
from qinglan.storage import users

SESSION_SECONDS = 7 * 86_400
WINDOW_SECONDS = 900
BY_PAIR = 10
BY_ADDRESS = 50
BY_ACCOUNT = 50
"""Attempts that one window allows: for one account from one address; for all accounts from one;
for one account from all addresses that it was never used from."""

KNOWN_SECONDS = 90 * 86_400
"""How long an address is remembered from which somebody signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """What an open invitation is for."""

    name: str
    role: Role


def look_up_invite(context: Context, token: str, *, now: datetime | None = None) -> Invited:
    """What the invitation with ``token`` is for; it stays open.

    Raises:
        UsageError: it was used, has lapsed, or never was.
    """
    with context.storage.read() as conn:
        found = users.get_invite(conn, token_digest(token), milliseconds(now))
    if found is None:
        raise UsageError("people.no_invite")
    return Invited(name=found.name, role=found.role)


def accept(context: Context, token: str, password: str, *, now: datetime | None = None) -> str:
    """Take up an invitation, once: set the account's password; the token of a session.

    Raises:
        UsageError: there is no such invitation, or the password is too weak; then it stays open.
    """
    time = milliseconds(now)
    invited = look_up_invite(context, token, now=now)
    kept = passwords.digest(password, invited.name)
    session = secrets.token_urlsafe(32)

    def keep(conn: Connection) -> None:
        found = users.get_invite(conn, token_digest(token), time)
        if found is None or not users.use_invite(conn, token_digest(token)):
            raise UsageError("people.no_invite")
        there = users.get(conn, found.name)
        if there is not None and there.role is not found.role:
            raise UsageError("people.no_invite")
        users.end_sessions(conn, found.name)
        users.put(conn, user_of(found, kept, time))
        _begin(conn, session, found.name, time)

    context.storage.write(keep)
    return session


def sign_in(
    context: Context, name: str, password: str, address: str, *, now: datetime | None = None
) -> str:
    """The token of a new session for account ``name``.

    Raises:
        PermissionDenied: name and password do not belong together, or the account is closed;
            or too many tried, whether or not there is such an account.
    """
    time = milliseconds(now)
    name = " ".join(
        unicodedata.normalize("NFKC", name[: 4 * LONGEST_NAME]).replace("\0", " ").split()
    )
    network = _network(address)
    account, place = f"account {token_digest(name)}", f"address {network}"
    here = token_digest(f"{name}\0{network}")
    pair, known_here = f"pair {here}", f"known {here}"

    def count(conn: Connection) -> bool:
        def tries(where: str) -> int:
            return users.count_attempt(conn, where, time, 1000 * WINDOW_SECONDS)

        enough = tries(pair) <= BY_PAIR, tries(place) <= BY_ADDRESS
        known = users.is_known(conn, known_here, time)
        return all(enough) and (known or tries(account) <= BY_ACCOUNT)

    if not context.storage.write(count):
        raise PermissionDenied("people.too_many", minutes=WINDOW_SECONDS // 60)
    with context.storage.read() as conn:
        user = users.get(conn, name)
    known = user is not None and user.active
    if not passwords.fits(password, user.password if known and user is not None else None):
        raise PermissionDenied("people.not_known")
    session = secrets.token_urlsafe(32)

    def keep(conn: Connection) -> None:
        still = users.get(conn, name)
        if still is None or still != user:  # changed or closed while the password was compared
            raise PermissionDenied("people.not_known")
        users.forget_attempts(conn, account)
        users.forget_attempts(conn, pair)
        users.remember(conn, known_here, time + 1000 * KNOWN_SECONDS)
        users.forgive_attempt(conn, place)  # a whole office may sit behind one address
        _begin(conn, session, name, time)

    context.storage.write(keep)
    return session


def sign_out(context: Context, session: str) -> None:
    """End the session with that token; to end one that is not there is no error."""
    context.storage.write(lambda conn: users.end_session(conn, token_digest(session)))


def who(context: Context, session: str, *, now: datetime | None = None) -> Actor | None:
    """Whose session it is; ``None`` when it has ended, or never was."""
    digest, time = token_digest(session), milliseconds(now)
    user = context.storage.glance(lambda conn: users.of_session(conn, digest, time))
    return None if user is None else Actor(name=user.name, role=user.role)


def _begin(conn: Connection, session: str, name: str, now: int) -> None:
    users.begin_session(conn, token_digest(session), name, now + 1000 * SESSION_SECONDS)


def _network(address: str) -> str:
    """An IPv6 address by its /64, which one household has; others as they are."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
