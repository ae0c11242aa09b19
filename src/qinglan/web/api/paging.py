"""Cursors: where a list goes on, as a word that says nothing and fits its own list alone."""

from __future__ import annotations

import base64
import binascii
import hmac

from qinglan.errors import UsageError

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


def _mark(secret: bytes, place: str, after: bytes) -> bytes:
    return hmac.digest(secret, b"cursor " + place.encode() + b"\0" + after, "sha256")[:_MAC]
