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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    return f"{prefix}_{_spell(keyed(secret, canonical([prefix, *place])))}"


def keyed(secret: bytes, message: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104) of ``message``, in a quarter of the time that OpenSSL takes to look
    up what it is to do.
    """
    return _sealed(*_hmac(secret), message)


def _sealed(inner: hashlib._Hash, outer: hashlib._Hash, message: bytes) -> bytes:
    """The digest of HMAC from its two hashes, which stay as they are."""
    within, around = inner.copy(), outer.copy()
    within.update(message)
    around.update(within.digest())
    return around.digest()


class Minter:
    """``mint`` for many records of one ``place``, by the texts that come last in theirs.

    HMAC is two hashes, and all but those last parts goes into them once.
    """

    def __init__(self, secret: bytes, prefix: str, *place: str | int) -> None:
        if prefix not in PREFIXES:
            raise ValueError(f"unknown id prefix {prefix!r}")
        keyed, self._outer = _hmac(secret)
        self._inner = keyed.copy()
        self._inner.update(canonical([prefix, *place])[:-1] + b",")
        self._prefix = f"{prefix}_"

    def __call__(self, *last: str) -> str:
        """The id of the record whose place ends so."""
        return self._prefix + _spell(self._digest(",".join(map(quote, last))))

    def all(self, *columns: Iterable[str]) -> list[str]:
        """The ids of many: the first ends in the first text of each column, and so on.

        Raises:
            ValueError: the columns are not of one length.
        """
        first, *more = (map(quote, column) for column in columns)
        lasts = map(",".join, zip(first, *more, strict=True)) if more else first
        inner, outer = self._inner, self._outer
        digests = [_sealed(inner, outer, f"{last}]".encode()) for last in lasts]
        return [self._prefix + word for word in _spell_all(digests)]

    def _digest(self, last: str) -> bytes:
        return _sealed(self._inner, self._outer, f"{last}]".encode())


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


_TOGETHER = 64
_LANE = 32
_LETTERS = _DIGITS.encode().ljust(256, b"?")


@cache
def _moves() -> list[tuple[int, int, int]]:
    """How five bits come into each byte of all lanes: which bits stay, which move, how far.

    Halving: of 32 groups of five bits the upper 16 move to the upper half of their lane, then of
    each 16 the upper 8 to the upper half of theirs, and so on.
    """
    moves = []
    for groups in (16, 8, 4, 2, 1):
        stay = (1 << 5 * groups) - 1
        moves.append((_in_lanes(stay, groups), _in_lanes(stay << 5 * groups, groups), 3 * groups))
    return moves


def _in_lanes(bits: int, groups: int) -> int:
    """``bits`` in each span of two times ``groups`` bytes, in all lanes."""
    span = bits.to_bytes(2 * groups, "big")
    return int.from_bytes(span * (_TOGETHER * _LANE // len(span)), "big")


def _spell_all(digests: Sequence[bytes]) -> list[str]:
    """``_spell`` of each, a quarter of the time: one large number holds many, side by side."""
    words: list[str] = []
    gap = bytes(_LANE - 17)
    for start in range(0, len(digests), _TOGETHER):
        some = digests[start : start + _TOGETHER]
        lanes = b"".join([gap + digest[:17] for digest in some])
        number = int.from_bytes(lanes.ljust(_TOGETHER * _LANE, b"\0"), "big") >> 6
        for stays, moves, by in _moves():
            number = number & stays | (number & moves) << by
        spelled = number.to_bytes(_TOGETHER * _LANE, "big").translate(_LETTERS).decode()
        words += [spelled[end - 26 : end] for end in range(_LANE, _LANE * len(some) + 1, _LANE)]
    return words


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


class Committer:
    """``commitment`` for many records of one class that differ in a few fields alone.

    What all of them share is written once.
    """

    def __init__(
        self, kind: type[Record], names: Sequence[str], fixed: Mapping[str, object]
    ) -> None:
        """The fields ``names``, in their order, differ; ``fixed`` has the values of the others that
        a commitment of ``kind`` covers.

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
        self._template = object_of(members)
        order = sorted(names)
        if list(names) != order:
            raise ValueError(f"the fields in the order of their names: {order}")

    def __call__(self, *values: object) -> str:
        """The commitment of the record with these values, each as canonical JSON."""
        return sha256((self._template % values).encode("utf-8"))

    def all(self, *columns: Iterable[object]) -> list[str]:
        """The commitments of many: of the first values of each column, and so on.

        Raises:
            ValueError: the columns are not of one length.
        """
        template, digest = self._template, hashlib.sha256
        return [
            digest((template % values).encode("utf-8")).hexdigest()
            for values in zip(*columns, strict=True)
        ]


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
