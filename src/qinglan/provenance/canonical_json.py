"""Canonical JSON (RFC 8785, JCS) of values without floats, and of records as they are.

Every record that is stored or released is written once by this, so it is written for speed: one
pass, strings quoted by the standard library's C function, names of a record sorted once per
class. ``rfc8785`` is the oracle in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from json.encoder import encode_basestring as quote

from pydantic_core import to_jsonable_python

from qinglan.records import Record

LARGEST = 2**53 - 1
"""The largest integer that every reader of JSON holds exactly."""


def write(value: object) -> str:
    """``value`` as canonical JSON; a record with all its fields.

    Raises:
        ValueError: a float, an integer beyond 2**53, or a key that is no string is in it.
    """
    kind = type(value)
    if kind is str:
        return quote(value)  # type: ignore[arg-type]
    if value is None:
        return "null"
    if kind is tuple or kind is list:
        return _array(value)  # type: ignore[arg-type]
    if isinstance(value, Record):
        return write_fields(value, _names(type(value)))
    if kind is bool:
        return "true" if value else "false"
    return _unusual(value)


def write_fields(record: Record, names: tuple[tuple[str, str], ...], *more: str) -> str:
    """Some fields of ``record``: ``names`` gives ``"name":`` and name, sorted; ``more`` are
    members written already.
    """
    members = []
    for label, name in names:
        value = getattr(record, name)
        members.append(label + (quote(value) if type(value) is str else write(value)))
    if more:
        members = sorted([*members, *more])
    return f"{{{','.join(members)}}}"


def labelled(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """``names`` (ASCII), sorted, each with the label that stands before its value."""
    return tuple((f"{quote(name)}:", name) for name in sorted(names))


@cache
def _names(record: type[Record]) -> tuple[tuple[str, str], ...]:
    return labelled(record.model_fields)


def _unusual(value: object) -> str:
    if isinstance(value, float):
        raise ValueError("floats have no place in a hashed record; use Decimal")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise ValueError(f"{value} is beyond 2**53")
        return int.__repr__(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, (list, tuple)):
        return _array(value)
    return write(to_jsonable_python(value))  # decimals and times, as the record's model has them


def _array(value: Sequence[object]) -> str:
    items = [quote(item) if type(item) is str else write(item) for item in value]
    return f"[{','.join(items)}]"


def _object(value: Mapping[object, object]) -> str:
    written: dict[str, str] = {}
    for name, item in value.items():
        if not isinstance(name, str):
            raise ValueError(f"{name!r} is no name")
        written[name] = write(item)
    # By UTF-16 code units, as the RFC has it; for ASCII that is the order of Python's strings.
    order = sorted(written, key=None if all(map(str.isascii, written)) else _utf16)
    return f"{{{','.join([f'{quote(name)}:{written[name]}' for name in order])}}}"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be")
