"""A chain as a file: JSON Lines, one entry a line, each in its one canonical spelling.

For people who hold no database: an auditor checks an exported history against a release with
this file alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qinglan.errors import InputError, IntegrityError
from qinglan.provenance.attestation import loads
from qinglan.provenance.chain import Entry
from qinglan.provenance.identity import canonical

MAX_LINE = 16 * 2**20

_TYPES = {"digest": str, "event": dict, "prev": str, "project": str, "seq": int}


def line(entry: Entry) -> bytes:
    """The entry as one line, with its end."""
    return canonical(entry._asdict()) + b"\n"


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file, unchecked, in flat memory.

    Raises:
        InputError: the file cannot be read.
        IntegrityError: a line is not an entry as ``line`` writes it; facts ``file``, ``line``.
    """
    try:
        with path.open("rb") as opened:
            number = 0
            while text := opened.readline(MAX_LINE + 1):
                number += 1
                yield _entry(text, path, number)
    except OSError as error:
        raise InputError("history.cannot_read", file=path, why=error.strerror) from error


def _entry(text: bytes, path: Path, number: int) -> Entry:
    try:
        found: Any = loads(text)
        if not isinstance(found, dict) or {n: type(v) for n, v in found.items()} != _TYPES:
            raise ValueError("not an entry of a history")
        entry = Entry(**found)
        if line(entry) != text:
            raise ValueError("not canonical JSON on one line")
    except ValueError as error:
        why = str(error)[:100]
        raise IntegrityError("history.unreadable", file=path, line=number, why=why) from error
    return entry
