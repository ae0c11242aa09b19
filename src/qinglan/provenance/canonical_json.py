"""Canonical JSON (RFC 8785, JCS) of values without floats, and of records as they are.

Every record that is stored or released is written once by this, so it is written for speed: one
pass, strings quoted by the standard library's C function, how a type is written looked up once
per type, and all of a record but its values prepared once per class. ``rfc8785`` is the oracle
in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from json.encoder import encode_basestring as quote
from operator import itemgetter

from pydantic_core import to_json, to_jsonable_python

from qinglan.records import Record

LARGEST = 2**53 - 1
"""The largest integer that every reader of JSON holds exactly."""


def write(value: object) -> str:
    """``value`` as canonical JSON; a record with all its fields.

    Raises:
        ValueError: a float, an integer beyond 2**53, or a key that is no string is in it.
    """
    kind: type = type(value)
    return _writer(kind)(value)


def texts(values: Sequence[str]) -> str:
    """A list of texts as canonical JSON.

    Of ASCII the records' library writes it, in half the time: it copies what needs no escape.
    """
    if all(map(str.isascii, values)):
        return to_json(values).decode("ascii")
    return f"[{','.join(map(quote, values))}]"


def form(names: Iterable[str], *more: tuple[str, str]) -> Callable[[Record], str]:
    """A function that writes some fields of a record (ASCII names) of one class.

    ``more`` are members that are the same in every record: name and value.
    """
    fields = sorted(names)
    template = object_of(dict.fromkeys(fields, "%s") | {name: quote(text) for name, text in more})
    if len(fields) < 2:  # ``itemgetter`` of one name gives no tuple
        return lambda record: template % tuple([write(getattr(record, name)) for name in fields])
    pick = itemgetter(*fields)

    def fill(record: Record) -> str:
        values = pick(record.__dict__)
        return template % tuple([quote(v) if type(v) is str else write(v) for v in values])

    return fill


def object_of(members: Mapping[str, str]) -> str:
    """The object with these members: ASCII names, values that are canonical JSON."""
    written = [f"{quote(name)}:{members[name]}" for name in sorted(members)]
    return f"{{{','.join(written)}}}"


@cache
def _writer(kind: type) -> Callable[[object], str]:
    """How values of one type are written."""
    if kind in (tuple, list):
        return _array  # type: ignore[return-value]
    if kind is type(None):
        return lambda _: "null"
    if kind is bool:
        return lambda value: "true" if value else "false"
    for base, write_it in (
        (float, _refuse), (int, _integer), (str, quote), (Mapping, _object), ((list, tuple), _array)
    ):  # fmt: skip
        if issubclass(kind, base):
            return write_it  # type: ignore[return-value]
    if issubclass(kind, Record):
        return form(kind.model_fields)  # type: ignore[return-value]
    return lambda value: write(to_jsonable_python(value))  # as the record's model has it


def _refuse(value: float) -> str:
    raise ValueError("floats have no place in a hashed record; use Decimal")


def _integer(value: int) -> str:
    if not -LARGEST <= value <= LARGEST:
        raise ValueError(f"{value} is beyond 2**53")
    return int.__repr__(value)


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
