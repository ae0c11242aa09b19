"""Between records and rows: batches, lists in one column, and rows that were tampered with.

Rows come back through the records' own validation, so an edited database is an error with a
name, never a wrong record handed on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select

from qinglan.errors import StorageError
from qinglan.provenance.identity import Json, canonical

T = TypeVar("T")
P = TypeVar("P")

BATCH = 500
"""Rows that are read at a time."""

MANY = 5_000
"""Rows or ids a statement: far below both engines' limits on parameters (32,766 and 65,535)."""


def batches(items: Iterable[T], size: int = MANY) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def rows(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    """The rows of ``query``, a batch at a time, so that memory stays flat.

    The cursor is closed even when the caller stops half-way.
    """
    with connection.execute(query, execution_options={"yield_per": BATCH}) as result:
        yield from result


def encode(value: Json) -> str:
    """Canonical JSON (RFC 8785) as text."""
    return canonical(value).decode()


def decode_words(text: str) -> list[str]:
    """The list of strings that ``encode`` wrote.

    Raises:
        ValueError: it is something else.
    """
    words = json.loads(text)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("not a list of strings")
    return words


def rebuilds(table: str) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Mark a function that makes a record of a row of ``table``.

    Its ``ValueError`` (pydantic's among them) becomes ``StorageError`` with table and row.
    """

    def decorate(build: Callable[..., T]) -> Callable[..., T]:
        @wraps(build)
        def built(row: Row[Any], *more: object) -> T:
            try:
                return build(row, *more)
            except (ValueError, TypeError, KeyError) as error:
                raise StorageError("storage.damaged", table=table, id=row[0]) from error

        return built

    return decorate


def in_order(table: str, ids: Sequence[str], found: dict[str, T]) -> list[T]:
    """The records of ``ids``, in that order.

    Raises:
        StorageError: one of them is not there.
    """
    for id_ in ids:
        if id_ not in found:
            raise StorageError("storage.unknown_record", table=table, id=id_)
    return [found[id_] for id_ in ids]
