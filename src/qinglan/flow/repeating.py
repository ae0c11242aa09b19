"""A program's write, sent again, is done once: what came of it is kept under the key it chose.

A key is claimed before the write begins, and what came of it is kept after. Of a process that
died in between the claim lapses, and the write may be tried again: every verb takes a repetition
of itself for the same thing. What is kept holds no text of a task or an answer.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from qinglan.errors import UsageError
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.storage import tokens

CLAIM_SECONDS = 60
KEPT_SECONDS = 86_400

_KEY = re.compile(r"[!-~]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do one write, for a while."""

    token: str
    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What came of the write when it was done."""

    status: int
    body: str


def begin(
    context: Context, token: str, key: str, request: str, *, now: datetime | None = None
) -> Claim | Kept:
    """Claim the write that ``token`` (its id) calls ``key``, or what came of it before.

    ``request`` is a digest of all that was asked.

    Raises:
        UsageError: the key cannot be one, was given to another request, or is under way.
    """
    if not _KEY.fullmatch(key):
        raise UsageError("api.bad_key")
    time = milliseconds(now)
    claim = Claim(token=token, key=key, words=secrets.token_hex(16))
    found = context.storage.write(
        lambda conn: tokens.claim(
            conn, token, key, request, claim.words, time, time + 1000 * CLAIM_SECONDS
        )
    )
    if found is None:
        return claim
    if found.request != request:
        raise UsageError("api.key_reused")
    if found.status is None or found.body is None:
        raise UsageError("api.under_way")
    return Kept(status=found.status, body=found.body)


def hold(context: Context, claim: Claim, *, now: datetime | None = None) -> None:
    """Keep the claim of a write that takes longer."""
    until = milliseconds(now) + 1000 * CLAIM_SECONDS
    context.storage.write(
        lambda conn: tokens.renew(conn, claim.token, claim.key, claim.words, until)
    )


def settle(
    context: Context, claim: Claim, status: int, body: str, *, now: datetime | None = None
) -> None:
    """Keep what came of the write, for a day."""
    until = milliseconds(now) + 1000 * KEPT_SECONDS
    context.storage.write(
        lambda conn: tokens.settle(conn, claim.token, claim.key, claim.words, status, body, until)
    )


def drop(context: Context, claim: Claim) -> None:
    """Give the claim up: nothing came of the write that a repetition should be told."""
    context.storage.write(lambda conn: tokens.drop(conn, claim.token, claim.key, claim.words))
