"""Ids, salts and commitments.

An id is keyed by *where a record came from* (data set and row, task and annotator), never by
what it says: the same import twice gives the same ids, so a rerun repeats nothing, and an
outsider who guesses a short answer learns nothing from its id. What a record says is committed
to with a per-record salt; destroying the salt on withdrawal makes the commitment meaningless
while chains over it still verify.

Canonical bytes are RFC 8785 (JCS). Floats are refused: records carry integers and decimals.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

import rfc8785

from qinglan.records import Record

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"

# project, guideline, sample, task, reply, annotation, annotator, verdict, release, activity, run,
# report
PREFIXES = frozenset(
    {"prj", "gdl", "smp", "tsk", "rpl", "ann", "ant", "vdt", "rel", "act", "run", "rpt"}
)


_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_SAFE = 2**53 - 1


def canonical(value: Json) -> bytes:
    """RFC 8785 bytes of a JSON value without floats.

    Most records have ASCII names and no numbers but small integers; for these the standard
    library's encoder writes the same bytes in a fraction of the time (measured: building a
    release of 20,000 rows takes half as long). Everything else goes to ``rfc8785``, which is
    also the oracle in the tests.

    Raises:
        ValueError: a float, a lone surrogate or an integer beyond 2**53 is in it.
    """
    try:
        if _plain(value):
            return _PLAIN.encode(value).encode("utf-8")
        return rfc8785.dumps(cast("Any", value))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error


def _plain(value: Json) -> bool:
    """Whether the plain encoder writes canonical bytes; raises on floats, wherever they are."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return -_SAFE <= cast("int", value) <= _SAFE
    if isinstance(value, float):
        raise ValueError("floats have no place in a hashed record; use Decimal")
    if isinstance(value, Mapping):
        # Every value is looked at, so that no float hides behind an unusual name.
        values = [_plain(item) for item in value.values()]
        names = all(type(name) is str and name.isascii() for name in value)
        return kind is dict and names and all(values)
    if isinstance(value, (list, tuple)):
        return False not in {_plain(item) for item in value}
    return False


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def mint(secret: bytes, prefix: str, *place: str | int) -> str:
    """The id of the record that came from ``place``, under this workspace's secret.

    HMAC-SHA-256 cut to 130 bits, in base32: 26 characters after the prefix. Stable within a
    workspace, unguessable outside it.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"unknown id prefix {prefix!r}")
    mac = hmac.digest(secret, canonical([prefix, *place]), "sha256")
    return f"{prefix}_{base64.b32encode(mac)[:26].decode().lower()}"


def random_id(prefix: str) -> str:
    """An id for what has no place of origin, such as one doing of a verb."""
    if prefix not in PREFIXES:
        raise ValueError(f"unknown id prefix {prefix!r}")
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(17))[:26].decode().lower()}"


def new_salt() -> str:
    """128 random bits in hexadecimal."""
    return secrets.token_hex(16)


def commitment(record: Record) -> str:
    """SHA-256 over type, salt (where the record has one) and identity fields of ``record``."""
    fields = set(record.identity)
    if "salt" in type(record).model_fields:
        fields.add("salt")
    body = record.model_dump(mode="json", include=fields)
    return sha256(canonical({"type": type(record).__name__, **body}))
