"""Cursors: where a list goes on, as a word that says nothing and fits its own list alone."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from typing import TypeVar

from qinglan.errors import UsageError

T = TypeVar("T")

_MAC = 12
"""Bytes."""


def seal(secret: bytes, place: str, after: str | None) -> str | None:
    """The cursor that goes on beyond ``after`` in the list ``place``; ``None`` for no more."""
    if after is None:
        return None
    mark = _mark(secret, place, after.encode())
    return base64.urlsafe_b64encode(mark + after.encode()).decode().rstrip("=")


def unseal(secret: bytes, place: str, cursor: str | None) -> str | None:
    """Where ``cursor`` of the list ``place`` goes on.

    Raises:
        UsageError: it is no cursor of ours, or of another list.
    """
    if cursor is None:
        return None
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        data = b""
    mark, after = data[:_MAC], data[_MAC:]
    if not after or not hmac.compare_digest(mark, _mark(secret, place, after)):
        raise UsageError("api.bad_cursor")
    return after.decode()


def cut(
    secret: bytes, place: str, every: Sequence[T], key: Callable[[T], str], cursor: str | None,
    limit: int,
) -> tuple[list[T], str | None]:  # fmt: skip
    """Some of a list that is read whole, in the order of its keys; and the cursor of the rest.

    A key says where one stands, so that nothing is shown twice or left out because others came or
    went meanwhile.

    Raises:
        UsageError: the cursor is none of ours, or of another list.
    """
    after = unseal(secret, place, cursor)
    left = [one for one in sorted(every, key=key) if after is None or key(one) > after]
    more = key(left[limit - 1]) if len(left) > limit else None
    return left[:limit], seal(secret, place, more)


def _mark(secret: bytes, place: str, after: bytes) -> bytes:
    return hmac.digest(secret, b"cursor " + place.encode() + b"\0" + after, "sha256")[:_MAC]
