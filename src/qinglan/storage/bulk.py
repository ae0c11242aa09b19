"""Many ids, or many rows, in one statement, as each engine takes them best.

An ``IN`` list is a parameter for each id: a statement of its own for every number of ids, most
of whose cost is in spelling it. Here all ids are one parameter, a JSON text for SQLite and an
array for PostgreSQL. Rows reach SQLite one by one, in one call, which is what it is quickest at;
PostgreSQL gets an array for each column, and does in one statement what a thousand took.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain, count
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Boolean, Dialect, Table, Text, TypeDecorator, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

FEW = 8
"""Up to so many rows go to PostgreSQL one by one: the statement for arrays is the longer one."""

TOGETHER = 500
"""Rows of one statement, on SQLite."""

Columns: TypeAlias = Sequence[Sequence[Any]]
"""Whole rows of a table by its columns, in their order: the first of each make the first row."""


class _Ids(TypeDecorator[Sequence[str]]):
    """A list of ids as one parameter. None holds NUL, which neither engine takes in a text."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind = Text() if dialect.name == "sqlite" else postgresql.ARRAY(Text())
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:  # noqa: ANN401
        ids = [id_ for id_ in value or () if "\0" not in id_]
        return json.dumps(ids, ensure_ascii=False) if dialect.name == "sqlite" else ids


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:  # noqa: ANN401
        """As it is: compared with 1, which SQLite's other truths need, no index would serve it."""
        return self


def among(column: ColumnElement[str], ids: Sequence[str] | str) -> ColumnElement[bool]:
    """Whether ``column`` is one of ``ids``, however many; a text is the name of a parameter."""
    if isinstance(ids, str):
        given: BindParameter[Any] = bindparam(ids, type_=_Ids())
    else:
        given = bindparam("ids", list(ids), type_=_Ids(), unique=True)
    return _Among(column, given)


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: Any, **how: Any) -> str:  # noqa: ANN401
    column, ids = (compiler.process(part, **how) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - both are compiled


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: Any, **how: Any) -> str:  # noqa: ANN401
    column, ids = (compiler.process(part, **how) for part in element.clauses)
    return f"{column} = ANY({ids})"


def insert_into(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An insert that can say what is to happen where a row is there, on the engine of that name."""
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)


@lru_cache(256)
def insertion(
    dialect: Dialect, table: Table, names: tuple[str, ...], many: bool
) -> tuple[str, Callable[[Sequence[Any]], Any]]:
    """How rows with these columns are inserted where their primary key is new.

    Returns:
        The statement, and what makes the driver's parameters of the rows: one set for each row,
        or with ``many``, for PostgreSQL, one set of an array for each column.
    """
    keys = list(table.primary_key.columns)
    into = insert_into(dialect.name, table).on_conflict_do_nothing(index_elements=keys)
    if not many or dialect.name != "postgresql":
        made = into.compile(dialect=dialect, column_keys=names)
        order = tuple(made.positiontup or ())
        pick = itemgetter(*order) if len(order) > 1 else dict
        return str(made), lambda rows: [pick(row) for row in rows]
    quoted = dialect.identifier_preparer.quote
    types = [table.c[name].type.compile(dialect).partition(" COLLATE")[0] for name in names]
    arrays = [f"CAST(%({name})s AS {kind}[])" for name, kind in zip(names, types, strict=True)]
    columns, keyed = map(", ".join, (map(quoted, names), (quoted(key.name) for key in keys)))
    statement = (
        f"INSERT INTO {quoted(table.name)} ({columns}) "  # noqa: S608 - of our own tables
        f"SELECT * FROM unnest({', '.join(arrays)}) ON CONFLICT ({keyed}) DO NOTHING"
    )
    return statement, lambda rows: {name: [row[name] for row in rows] for name in names}


def insertion_of_all(dialect: Dialect, table: Table, rows: Columns) -> tuple[str, Any]:
    """How whole rows are inserted in one statement; those whose primary key is there stay as they
    are.

    A statement for many rows lets go of the interpreter once, where one for each row does so once a
    row. What SQLite is given takes time by the value, so what all rows share it is given once.
    PostgreSQL's statement is that of ``insertion`` and knows no number of rows.

    Returns:
        The statement, and the driver's parameters.
    """
    names = tuple(table.c.keys())
    if dialect.name == "postgresql":
        statement, _ = insertion(dialect, table, names, True)
        return statement, dict(zip(names, map(list, rows), strict=True))
    shared = tuple(map(_is_one, rows))
    own = [column for column, same in zip(rows, shared, strict=True) if not same]
    once = [column[0] for column, same in zip(rows, shared, strict=True) if same]
    statement = _of_many(dialect, table, len(rows[0]), shared)
    return statement, (*once, *chain.from_iterable(zip(*own, strict=True)))


def _is_one(column: Sequence[Any]) -> bool:
    first = column[0]
    return bool(first == column[-1] and column.count(first) == len(column))


@lru_cache(256)
def _of_many(dialect: Dialect, table: Table, many: int, shared: tuple[bool, ...]) -> str:
    """The statement for ``many`` rows, whose first parameters are what all of them share."""
    quoted = dialect.identifier_preparer.quote
    columns = ", ".join(map(quoted, table.c.keys()))
    keyed = ", ".join(quoted(key.name) for key in table.primary_key.columns)
    # The first row has all its places numbered. A place without a number is the next one, and found
    # by SQLite without a search through all that were numbered.
    once, own = count(1), count(1 + sum(shared))
    first = [f"?{next(once if same else own)}" for same in shared]
    rest = [place if same else "?" for place, same in zip(first, shared, strict=True)]
    values = ", ".join([f"({', '.join(row)})" for row in [first, *[rest] * (many - 1)]])
    return (
        f"INSERT INTO {quoted(table.name)} ({columns}) "  # noqa: S608 - of our own tables
        f"VALUES {values} ON CONFLICT ({keyed}) DO NOTHING"
    )
