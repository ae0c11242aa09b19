"""Whether a SQLite file is sound, as SQLite says; and where what it says is not so."""

from __future__ import annotations

import re
import sqlite3

_NULL = re.compile(r"NULL value in ([a-z_]+)\.([a-z_]+)")
MOST = 1_000
"""Faults that are looked for: false ones must not hide a real one."""


def faults(raw: sqlite3.Connection, *, quick: bool = False) -> list[str]:
    """What is wrong with the file: nothing, in a sound one. ``quick`` does not look into indexes.

    SQLite 3.40, which Debian 12 has, takes one column for another where a table without row ids
    does not begin with those of its key, and finds a NULL that is not there. So it is asked again.

    Raises:
        sqlite3.Error: the file cannot be read.
    """
    look = "quick_check" if quick else "integrity_check"
    said = [str(row[0]) for row in raw.execute(f"PRAGMA {look}({MOST})")]
    return [fault for fault in said if fault != "ok" and not _is_false(raw, fault)]


def _is_false(raw: sqlite3.Connection, fault: str) -> bool:
    found = _NULL.fullmatch(fault)
    if found is None:
        return False
    # Not ``IS NULL``, which SQLite answers from the column's declaration.
    query = f'SELECT 1 FROM "{found[1]}" WHERE typeof("{found[2]}") = \'null\' LIMIT 1'  # noqa: S608
    return raw.execute(query).fetchone() is None
