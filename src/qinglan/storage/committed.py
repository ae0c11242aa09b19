"""Every stored record, held against the commitment that stands beside it.

An edit by hand changes a row and not its commitment, so it is found here. Whoever can write to the
database can also write a fitting commitment; that is found only where a release, which is signed,
holds the old one. Columns that are no part of a record (what a check read, whose turn it is) are
not covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, select, tuple_

from qinglan.errors import IntegrityError
from qinglan.provenance.identity import commitment
from qinglan.records import Record
from qinglan.storage import origins, tables, tasks
from qinglan.storage.activities import _activity
from qinglan.storage.annotations import _annotation
from qinglan.storage.annotators import _annotator
from qinglan.storage.checks import _check
from qinglan.storage.guidelines import _guideline
from qinglan.storage.keys import _key
from qinglan.storage.links import _link
from qinglan.storage.looks import _look
from qinglan.storage.origins import _origin
from qinglan.storage.pictures import _picture
from qinglan.storage.projects import _project
from qinglan.storage.releases import _release
from qinglan.storage.reports import _report
from qinglan.storage.rulings import _ruling
from qinglan.storage.samples import _sample
from qinglan.storage.verdicts import _verdict

PAGE = 1_000
"""Rows read at a time."""

Rows = Sequence[Row[Any]]


def _plainly(build: Callable[[Row[Any]], Record]) -> Callable[[Connection, Rows], list[Record]]:
    return lambda _, rows: [build(row) for row in rows]


def _with_origins(
    build: Callable[[Row[Any], dict[str, Any]], Record],
) -> Callable[[Connection, Rows], list[Record]]:
    def built(connection: Connection, rows: Rows) -> list[Record]:
        places = origins.find(connection, {row.origin for row in rows})
        return [build(row, places) for row in rows]

    return built


def _tasks(connection: Connection, rows: Rows) -> list[Record]:
    found = tasks.find(connection, [row.id for row in rows])
    return [found[row.id] for row in rows]


class _Kind(NamedTuple):
    """One table of records: its key, and how a page of its rows becomes records."""

    table: Table
    build: Callable[[Connection, Rows], list[Record]]
    key: tuple[str, ...] = ("id",)
    stated: str = "commitment"


_KINDS = (
    _Kind(tables.activities, _plainly(_activity)),
    _Kind(tables.guidelines, _plainly(_guideline)),
    _Kind(tables.projects, _plainly(_project)),
    _Kind(tables.origins, _plainly(_origin), stated="id"),
    _Kind(tables.samples, _with_origins(_sample)),
    _Kind(tables.tasks, _tasks),
    _Kind(tables.answer_keys, _plainly(_key), ("task",)),
    _Kind(tables.annotators, _with_origins(_annotator)),
    _Kind(tables.annotations, _plainly(_annotation)),
    _Kind(tables.checks, _plainly(_check), ("annotation", "verifier")),
    _Kind(tables.verdicts, _plainly(_verdict), ("seq",)),
    _Kind(tables.rulings, _plainly(_ruling), ("seq",)),
    _Kind(tables.releases, _plainly(_release)),
    _Kind(tables.looks, _plainly(_look), ("report",)),
    _Kind(tables.reports, _plainly(_report)),
    _Kind(tables.links, _plainly(_link), ("commitment",)),
    _Kind(tables.pictures, _plainly(_picture)),
)
TABLES = frozenset(kind.table.name for kind in _KINDS)
"""The tables that hold records; a test holds them against those with a commitment."""


def examine(connection: Connection) -> int:
    """Recompute the commitment of every record; how many there are. Memory stays flat.

    Raises:
        IntegrityError: some were altered (facts ``count``, and ``table`` and ``id`` of the first).
        StorageError: a row is no record any more.
    """
    records = altered = 0
    first: tuple[str, str] | None = None
    for kind in _KINDS:
        for page in _pages(connection, kind):
            for row, record in zip(page, kind.build(connection, page), strict=True):
                records += 1
                if commitment(record) != getattr(row, kind.stated):
                    altered += 1
                    first = first or (kind.table.name, str(getattr(row, kind.key[0])))
    if first is not None:
        raise IntegrityError("storage.altered", count=altered, table=first[0], id=first[1])
    return records


def _pages(connection: Connection, kind: _Kind) -> Iterator[Rows]:
    """The rows of a table, by key, a page at a time."""
    key = [kind.table.c[name] for name in kind.key]
    query = select(*kind.table.c).order_by(*key).limit(PAGE)
    page = connection.execute(query).all()
    while page:
        yield page
        last = [getattr(page[-1], name) for name in kind.key]
        beyond = key[0] > last[0] if len(key) == 1 else tuple_(*key) > tuple_(*last)
        page = connection.execute(query.where(beyond)).all()
