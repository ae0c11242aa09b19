"""What needs the database to itself for a while: erasing much at once, and leaving no trace of it.

Deleting a row makes the engine look for rows that point at it, one by one, through columns that
have no index because nothing else asks for them. So references are lifted while much is deleted,
and checked as a whole before the commit: a reference that points at nothing undoes everything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from qinglan.errors import StorageError
from qinglan.storage import dialects
from qinglan.storage.writer import explain

T = TypeVar("T")

BUSY_SECONDS = 30.0


def alone(url: str, fn: Callable[[Connection], T]) -> T:
    """Run ``fn`` in a transaction of its own, references lifted until its end; its result.

    The result is on disk on return.

    Raises:
        StorageError: others did not make room in time, ``fn`` was refused, or left a reference
            that points at nothing; then nothing was changed.
        BaseException: what ``fn`` raised; nothing was changed.
    """
    parsed = dialects.parse_url(url)
    with _naming_errors():
        if parsed.get_backend_name() == "sqlite":
            return _alone_on_sqlite(parsed, fn)
        return _alone_on_postgresql(parsed, fn)


def scrub(url: str, tables: Iterable[str]) -> None:
    """Rewrite what holds ``tables``, so that nothing deleted is left in files of the database.

    SQLite: the log is folded back and emptied, and the file written anew without free pages.
    PostgreSQL: each table is written anew, with its statistics; its own log of changes, and
    whatever archives that, are the server's.

    Raises:
        StorageError: somebody is still reading an old moment, or the disk is full. What was
            deleted stays deleted; scrub again.
    """
    parsed = dialects.parse_url(url)
    with _naming_errors():
        if parsed.get_backend_name() == "sqlite":
            _scrub_sqlite(Path(str(parsed.database)))
            return
        engine = create_engine(parsed, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(f"SET lock_timeout = {int(BUSY_SECONDS * 1000)}"))
                for name in sorted(tables):
                    connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{name}"')
                # Samples of values lay in the statistics too, and their old rows still do. Only
                # a superuser may rewrite those; to others the server says no and goes on.
                connection.exec_driver_sql("VACUUM (FULL) pg_catalog.pg_statistic")
        finally:
            engine.dispose()


def _alone_on_sqlite(url: URL, fn: Callable[[Connection], T]) -> T:
    engine = dialects.create_writer(url, BUSY_SECONDS)

    @event.listens_for(engine, "connect")
    def _lift(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA foreign_keys=OFF")

    try:
        with engine.begin() as connection:
            result = fn(connection)
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
                _refuse(f"{row[0]} points at nothing in {row[2]}")
        return result
    finally:
        engine.dispose()


_REFERENCES = text(
    "SELECT conrelid::regclass::text AS child, quote_ident(conname) AS name,"
    " pg_get_constraintdef(oid) AS definition FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
)


def _alone_on_postgresql(url: URL, fn: Callable[[Connection], T]) -> T:
    engine = dialects.create_writer(url, BUSY_SECONDS)
    try:
        with engine.begin() as connection:
            references = connection.execute(_REFERENCES).all()
            for child, name, _ in references:
                connection.exec_driver_sql(f"ALTER TABLE {child} DROP CONSTRAINT {name}")
            result = fn(connection)
            for child, name, definition in references:
                connection.exec_driver_sql(
                    f"ALTER TABLE {child} ADD CONSTRAINT {name} {definition}"
                )
        return result
    finally:
        engine.dispose()


def _scrub_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as raw:
        raw.execute("PRAGMA secure_delete=ON")
        raw.execute("PRAGMA synchronous=FULL")
        _fold(raw)
        raw.execute("VACUUM")
        _fold(raw)


def _fold(raw: sqlite3.Connection) -> None:
    """Write the log back into the file and cut it to nothing."""
    busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StorageError("storage.not_scrubbed", detail="a reader holds an old moment")


def _refuse(detail: str) -> None:
    raise StorageError("storage.unsound", detail=detail)


@contextmanager
def _naming_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if dialects.is_busy(error):
            raise StorageError("storage.busy", seconds=f"{BUSY_SECONDS:g}") from error
        raise explain(error) from error
    except sqlite3.Error as error:
        raise StorageError("storage.not_scrubbed", detail=str(error)) from error
