"""Rows of a file, whatever its format: one stream of good rows and of rows set aside.

A bad row never stops a file and never vanishes: it comes out as ``SetAside`` with file, line,
field and reason, between the good ones. Only what makes the whole file unusable is an error.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Literal

from qinglan.errors import InputError, LimitError
from qinglan.intake import csv_rows, jsonl_rows, parquet_rows
from qinglan.intake.files import open_file
from qinglan.intake.limits import DEFAULT_LIMITS, Limits
from qinglan.intake.values import Row
from qinglan.records import SetAside

__all__ = ["Format", "rows"]

Format = Literal["jsonl", "csv", "parquet"]
_BY_EXTENSION: dict[str, Format] = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet",
}  # fmt: skip
_READERS: dict[Format, Callable[..., Iterator[Row | SetAside]]] = {
    "jsonl": jsonl_rows.read,
    "csv": csv_rows.read,
    "parquet": parquet_rows.read,
}


def rows(
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,
    limits: Limits = DEFAULT_LIMITS,
    start: int = 0,
    required: Collection[str] = (),
    within: Path | None = None,
    binary: bool = False,
) -> Iterator[Row | SetAside]:
    """Rows of ``path`` in order, streaming; a row that cannot be used comes as ``SetAside``.

    Args:
        format: taken from the extension where not given.
        start: skip rows that begin on this line or before it: the last line already taken.
            Goes on where an earlier reading stopped.
        required: columns that a CSV or Parquet file must have.
        within: refuse a file that lies outside this folder once links are followed.
        binary: let bytes through, which Parquet alone can hold; else such a row is set aside.

    Raises:
        InputError: the whole file cannot be used. Checked at the call as far as possible; damage
            further on, and a JSONL file of blank lines, show while reading.
        LimitError: the file, a row group or the number of rows is beyond ``limits``.
    """
    name = os.fspath(path)
    kind = format or _BY_EXTENSION.get(Path(name).suffix.lower())
    open_file(name, limits, within=within).close()
    if kind is None:
        raise InputError("intake.unknown_format", file=name)
    more = {"binary": True} if binary and kind == "parquet" else {}
    found = _READERS[kind](name, limits, start, frozenset(required), **more)
    return _counted(found, name, limits)


def _counted(
    found: Iterator[Row | SetAside], name: str, limits: Limits
) -> Iterator[Row | SetAside]:
    for count, row in enumerate(found, start=1):
        if count > limits.max_rows:
            raise LimitError("intake.too_many_rows", file=name, limit=limits.max_rows)
        yield row
