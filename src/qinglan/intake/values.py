"""What a row holds, and which values have no place in one.

JSON as Python reads it by default lets much through that later breaks hashing, storage or pages:
the later of two equal keys wins, NaN and Infinity pass, floats lose digits, half a surrogate
pair cannot be encoded, NUL ends strings in databases. Here each is a reason to set the row aside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple, TypeAlias

from pydantic_core import from_json

from qinglan.intake.limits import Limits
from qinglan.records import Reason

__all__ = ["BadRow", "JsonValue", "Row", "check_values", "parse_object", "parser"]

JsonValue: TypeAlias = (
    "str | int | Decimal | bool | bytes | list[JsonValue] | dict[str, JsonValue] | None"
)
"""What a row holds; bytes come from Parquet alone, where they are somebody's pictures."""


class Row(NamedTuple):
    """One row of a file. ``line`` is 1-based: the line it starts on; in Parquet, its number."""

    file: str
    line: int
    values: Mapping[str, JsonValue]


class BadRow(Exception):
    """A row that cannot be used, with its reason; turned into ``SetAside`` by the reader."""

    def __init__(self, reason: Reason, field: str | None = None, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.detail = detail


# Possessive, and the closing quote optional: an unclosed string is eaten once, not once a quote.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")


def check_depth(line: bytes, limit: int) -> None:
    """Refuse nesting beyond ``limit`` before any parser recurses. Linear in ``line``."""
    if (b"[" not in line and line.find(b"{", 1) < 0) or (
        line.count(b"{") + line.count(b"[") <= limit
    ):
        return
    depth = 0
    for found in _BRACKET.finditer(_STRING.sub(b"", line)):
        depth += 1 if found[0] in b"[{" else -1
        if depth > limit:
            raise BadRow(Reason.TOO_DEEP, detail=f"> {limit}")


def parse_object(line: bytes, limits: Limits) -> dict[str, JsonValue]:
    """The JSON object on one line. Numbers keep their text exactly: ``int`` or ``Decimal``.

    Raises:
        BadRow: bad encoding, JSON, key, number, depth, size or character.
    """
    return parser(limits)(line)


def parser(limits: Limits) -> Callable[[bytes], dict[str, JsonValue]]:
    """``parse_object`` for many lines under the same limits."""
    decoder = _decoder(limits)

    def parse(line: bytes) -> dict[str, JsonValue]:
        value = _plain(line, limits.max_digits)
        if value is None:
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BadRow(Reason.BAD_ENCODING, detail=f"byte {error.start + 1}") from None
            check_depth(line, limits.max_depth)
            value = _decoded(decoder, text)
        # Decoded UTF-8 holds no surrogate and JSON no bare NUL: only an escape can bring one in.
        # (To look for one byte is quick, for two it is not.)
        escaped = b"\\" in line and b"\\u" in line
        if escaped or len(line) > limits.max_field_chars or len(value) > limits.max_fields:
            check_values(value, limits)
        return value

    return parse


def _plain(line: bytes, most: int) -> dict[str, JsonValue] | None:
    """The object on ``line``, where its values are texts, whole numbers of at most so many digits,
    true, false or null; else ``None``.

    As nearly all are, and the records' library reads those in a fifth of the time. Of keys that
    come twice it keeps one and says nothing, but the marks of quotation tell: there are two for
    each key and two for each text, and what stands within is escaped.
    """
    try:
        value = from_json(line, cache_strings="keys")
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    marks = line.count(b'"')
    if b"\\" in line:
        if b"\\\\" in line:  # then an escape is not told from what follows one
            return None
        marks -= line.count(b'\\"')
    for one in value.values():
        kind = type(one)
        if kind is str:
            marks -= 2
        elif kind is int:
            if len(str(one)) > most:
                return None
        elif one is not None and kind is not bool:
            return None
    return value if marks == 2 * len(value) else None


def _decoded(decoder: json.JSONDecoder, text: str) -> dict[str, JsonValue]:
    try:
        value = decoder.decode(text)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f"char {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadRow(Reason.BAD_JSON, detail=place) from None
    if not isinstance(value, dict):
        raise BadRow(Reason.BAD_VALUE, detail=f"{type(value).__name__} ≠ object")
    return value


@cache
def _decoder(limits: Limits) -> json.JSONDecoder:
    def whole(digits: str) -> int:
        if len(digits) > limits.max_digits:
            raise BadRow(Reason.TOO_LARGE, detail=f"{len(digits)} digits > {limits.max_digits}")
        return int(digits)

    return json.JSONDecoder(
        object_pairs_hook=_object, parse_int=whole,
        parse_float=lambda digits: _decimal(digits, limits), parse_constant=_constant,
    )  # fmt: skip


def _decimal(digits: str, limits: Limits) -> Decimal:
    if len(digits) > limits.max_digits:
        raise BadRow(Reason.TOO_LARGE, detail=f"{len(digits)} digits > {limits.max_digits}")
    try:
        value = Decimal(digits)
    except InvalidOperation:
        value = None
    # An exponent is a bomb for whoever writes the number out in full: 1e999999999.
    if value is None or abs(value.adjusted()) > limits.max_digits:
        raise BadRow(Reason.TOO_LARGE, detail=digits[:40])
    return value


def _constant(name: str) -> None:
    raise BadRow(Reason.BAD_VALUE, detail=name)  # NaN, Infinity, -Infinity


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise BadRow(Reason.DUPLICATE_KEY, field=printable(key))
            seen.add(key)
    return made


def printable(name: str) -> str:
    """A field's name fit to be stored and shown: short, and without lone surrogates or NUL."""
    return name[:100].encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def check_values(values: Mapping[str, JsonValue], limits: Limits) -> None:
    """Refuse strings, at any depth, that are too long or hold NUL or a lone surrogate.

    Raises:
        BadRow: with the dotted path of the field.
    """
    if len(values) > limits.max_fields:
        raise BadRow(Reason.TOO_LARGE, detail=f"{len(values)} fields > {limits.max_fields}")
    pending: list[tuple[str, JsonValue]] = list(values.items())
    for key in values:
        _check_text(key, key, limits)
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            _check_text(path, value, limits)
        elif isinstance(value, dict):
            for key in value:
                _check_text(f"{path}.{key}", key, limits)
            pending += [(f"{path}.{key}"[:400], item) for key, item in value.items()]
        elif isinstance(value, list):
            pending += [(path, item) for item in value if isinstance(item, (str, dict, list))]


def _check_text(path: str, text: str, limits: Limits) -> None:
    if len(text) > limits.max_field_chars:
        detail = f"{len(text)} > {limits.max_field_chars}"
        raise BadRow(Reason.TOO_LARGE, field=printable(path), detail=detail)
    if "\0" in text:
        raise BadRow(Reason.BAD_VALUE, field=printable(path), detail="U+0000")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            detail = f"U+{ord(text[error.start]):04X}"
            raise BadRow(Reason.BAD_ENCODING, field=printable(path), detail=detail) from None
