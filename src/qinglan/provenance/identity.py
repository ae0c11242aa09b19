"""Ids, salts and commitments.

An id is keyed by *where a record came from* (data set and row, task and annotator), never by
what it says: the same import twice gives the same ids, so a rerun repeats nothing, and an
outsider who guesses a short answer learns nothing from its id. What a record says is committed
to with a per-record salt; destroying the salt on withdrawal makes the commitment meaningless
while chains over it still verify.

Canonical bytes are RFC 8785 (JCS). Floats are refused: records carry integers and decimals.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from json.encoder import encode_basestring as quote
from typing import TypeAlias

from qinglan.provenance.canonical_json import form, object_of, write
from qinglan.records import Record

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"

# project, guideline, sample, task, reply, annotation, annotator, verdict, release, activity, run,
# report, withdrawal, token, webhook, message to one, flag, ruling, picture
PREFIXES = frozenset(
    {
        "prj", "gdl", "smp", "tsk", "rpl", "ann", "ant", "vdt", "rel", "act", "run", "rpt", "wdr",
        "tok", "whk", "msg", "flg", "rul", "pic",
    }
)  # fmt: skip


def canonical(value: Json) -> bytes:
    """RFC 8785 bytes of a JSON value without floats.

    Raises:
        ValueError: a float, a lone surrogate or an integer beyond 2**53 is in it.
    """
    return write(value).encode("utf-8")


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
    inner, outer = _hmac(secret)
    within, around = inner.copy(), outer.copy()
    within.update(canonical([prefix, *place]))
    around.update(within.digest())
    return f"{prefix}_{_spell(around.digest())}"


def minter(secret: bytes, prefix: str, *place: str | int) -> Callable[..., str]:
    """``mint`` for many records of one ``place``, by the texts that come last in theirs.

    HMAC is two hashes, and all but those last parts goes into them once.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"unknown id prefix {prefix!r}")
    keyed, outer = _hmac(secret)
    inner = keyed.copy()
    inner.update(canonical([prefix, *place])[:-1] + b",")

    def mint_last(*last: str) -> str:
        within, around = inner.copy(), outer.copy()
        within.update(f"{','.join(map(quote, last))}]".encode())
        around.update(within.digest())
        return f"{prefix}_{_spell(around.digest())}"

    return mint_last


# RFC 2104.
_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


@lru_cache(16)
def _hmac(secret: bytes) -> tuple[hashlib._Hash, hashlib._Hash]:
    """The two hashes of HMAC-SHA-256 when each has taken in the secret; to be copied."""
    key = secret if len(secret) <= _BLOCK else hashlib.sha256(secret).digest()
    key = key.ljust(_BLOCK, b"\0")
    return hashlib.sha256(key.translate(_INNER)), hashlib.sha256(key.translate(_OUTER))


def random_id(prefix: str) -> str:
    """An id for what has no place of origin, such as one doing of a verb."""
    if prefix not in PREFIXES:
        raise ValueError(f"unknown id prefix {prefix!r}")
    return f"{prefix}_{_spell(os.urandom(17))}"


_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _DIGITS for second in _DIGITS]
_SHIFTS = range(120, -1, -10)


def _spell(data: bytes) -> str:
    """The first 130 bits of ``data`` in base32, lower case: 26 characters."""
    number = int.from_bytes(data[:17], "big") >> 6
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def new_salt() -> str:
    """128 random bits in hexadecimal."""
    return os.urandom(16).hex()


def new_salts(count: int) -> Iterator[str]:
    """``count`` salts, drawn at once."""
    drawn = os.urandom(16 * count).hex()
    return (drawn[start : start + 32] for start in range(0, len(drawn), 32))


def commitment(record: Record) -> str:
    """SHA-256 over type, salt (where the record has one) and identity fields of ``record``."""
    kind = type(record)
    more = tuple([name for name in kind.added if getattr(record, name)]) if kind.added else ()
    return sha256(_committed(kind, more)(record).encode("utf-8"))


def committer(
    kind: type[Record], names: Sequence[str], fixed: Mapping[str, object]
) -> Callable[..., str]:
    """``commitment`` for many records of one class that differ in a few fields alone.

    What all of them share is written once.

    Args:
        kind: their class.
        names: the fields in which they differ.
        fixed: the values of the other fields that a commitment covers.

    Returns:
        What makes a commitment of the values of ``names``, in that order, each as canonical JSON.

    Raises:
        ValueError: these are not the fields that a commitment of ``kind`` covers.
    """
    covered = {*kind.identity, *({"salt"} & kind.model_fields.keys())}
    if kind.added or {*names} | {*fixed} != covered or {*names} & {*fixed}:
        raise ValueError(f"a commitment of {kind.__name__} covers {sorted(covered)}")
    members = {name: write(value).replace("%", "%%") for name, value in fixed.items()}
    members |= dict.fromkeys(names, "%s") | (
        {} if "type" in covered else {"type": quote(kind.__name__)}
    )
    template = object_of(members)
    order = sorted(names)
    if list(names) != order:
        raise ValueError(f"the fields in the order of their names: {order}")
    return lambda *values: sha256((template % values).encode("utf-8"))


@cache
def _committed(kind: type[Record], more: tuple[str, ...]) -> Callable[[Record], str]:
    """How the fields that a commitment covers are written, and the member that names the type.

    A record with a field ``type`` of its own is committed to under that. ``more``: those of the
    fields added later that say something.
    """
    names = {*kind.identity, *more}
    if "salt" in kind.model_fields:
        names.add("salt")
    return form(names) if "type" in names else form(names, ("type", kind.__name__))
