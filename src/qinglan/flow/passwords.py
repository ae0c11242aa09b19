"""Passwords: which are good enough, and how they are kept and compared. Not a verb.

Kept as argon2id digests (RFC 9106, second recommended option: 64 MiB, 3 passes). Each takes that
memory, so few are computed at once, whoever asks.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from qinglan.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200
"""Characters."""

_AT_ONCE = threading.BoundedSemaphore(2)


def digest(password: str, name: str) -> str:
    """``password`` as it is kept.

    Raises:
        UsageError: it is too short, too long, one character over and over, or the account's name.
    """
    password = unicodedata.normalize("NFC", password)
    plain = password.casefold()
    weak = len(set(plain)) < 4 or plain == unicodedata.normalize("NFC", name).casefold()
    if weak or not SHORTEST <= len(password) <= LONGEST:
        raise UsageError("people.weak_password", shortest=SHORTEST)
    with _AT_ONCE:
        return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether ``password`` is the one that is kept; takes as long where none is (``None``)."""
    from argon2.exceptions import InvalidHashError, VerificationError

    password = unicodedata.normalize("NFC", password)[:LONGEST]
    with _AT_ONCE:
        try:
            matches = _hasher().verify(kept or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return matches and kept is not None


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _nobodys() -> str:
    """A digest of the same cost that no password fits, for accounts that are not there."""
    import secrets

    return _hasher().hash(secrets.token_urlsafe(32))
