"""Signatures of webhooks, by the Standard Webhooks convention; both ends sign and check here.

What is signed is ``id.timestamp.payload`` with HMAC-SHA256 under the secret behind ``whsec_``, in
base64. Whoever receives a message checks it with ``verify`` before reading it, and takes a
``webhook-id`` that came before for the same message: it is told at least once.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from qinglan.errors import IntegrityError

PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds that a message may be old, or ahead."""


def sign(secret: str, id_: str, timestamp: int, payload: bytes) -> str:
    """The header ``webhook-signature`` of a message.

    Raises:
        IntegrityError: the secret is none.
    """
    said = f"{id_}.{timestamp}.".encode() + payload
    return "v1," + base64.b64encode(hmac.digest(_key(secret), said, "sha256")).decode()


def verify(
    secret: str,
    headers: Mapping[str, str],
    payload: bytes,
    *,
    tolerance: int = TOLERANCE,
    now: float | None = None,
) -> dict[str, Any]:
    """The message in ``payload``, once it is known to come from whoever has ``secret``.

    Args:
        secret: as the workbench showed it, ``whsec_…``.
        headers: of the request, names in any case.
        payload: its body, to the byte.
        tolerance: seconds that it may be old, or ahead.
        now: seconds since 1970; default: this moment.

    Raises:
        IntegrityError: a header is missing, no signature holds, or it is too old or ahead.
    """
    named = {name.lower(): value for name, value in headers.items()}
    id_, stamp = named.get("webhook-id", ""), named.get("webhook-timestamp", "")
    given = named.get("webhook-signature", "")
    if not id_ or not given or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13):
        raise IntegrityError("client.unsigned")
    wanted = sign(secret, id_, int(stamp), payload).encode()
    # Several stand there, with spaces between, while a secret is changed.
    held = [hmac.compare_digest(one.encode(), wanted) for one in given.split(" ")[:10]]
    if not any(held):
        raise IntegrityError("client.bad_signature")
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        raise IntegrityError("client.stale", seconds=tolerance)
    message: dict[str, Any] = json.loads(payload)
    return message


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (ValueError, binascii.Error):
        raise IntegrityError("client.bad_secret") from None
