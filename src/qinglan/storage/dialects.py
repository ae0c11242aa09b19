"""All that SQLite and PostgreSQL do differently, in one place (many rows at once: ``bulk``).

Elsewhere the code speaks plain SQLAlchemy Core, so the second engine is a URL and not a rewrite.
pysqlite opens transactions by itself, late, and ignores savepoints; its own mode is switched off
here (``isolation_level=None``) and every BEGIN is spelled out, as the SQLAlchemy manual advises
under "Serializable isolation / Savepoints / Transactional DDL".
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from qinglan.errors import StorageError
from qinglan.storage.bulk import FEW, TOGETHER, Columns, insertion, insertion_of_all
from qinglan.storage.columns import MANY
from qinglan.storage.prepared import commit_waiting, drive, forget_waiting, send_waiting
from qinglan.storage.soundness import faults
from qinglan.wording import say

_log = logging.getLogger(__name__)

Row = Mapping[str, object]

PATIENCE = 1.0
"""Seconds of waiting for another process to write before the person is told about it."""

PAGE = 8192
"""Bytes of a page of a new SQLite file. A task has a kilobyte or two, of which pages of half the
size hold two and a half: these waste less, and a file of tasks is a seventh smaller."""

LOG_PAGES = 8_000
"""Pages in SQLite's log from which on a commit takes them into the file, which takes it a tenth of
a second. It need not come to that: the writer does it when nobody waits."""

WORTH = 2_000
"""Rows changed since the last time that make it worth while then."""

_OURS_ALONE = {"prepare_threshold": None}
"""The driver prepares nothing by itself: it would let the server forget our statements, too."""

MIGRATION_LOCK = 0x71696E676C616E  # "qinglan": one process migrates, the others wait


def parse_url(url: str | URL) -> URL:
    """The database named by ``url``.

    Raises:
        StorageError: not a URL, an engine that is not supported, or SQLite in memory, which
            could not be read while it is written.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise StorageError("storage.bad_url") from None
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StorageError("storage.unknown_engine", engine=backend)
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise StorageError("storage.in_memory")
    return parsed.set(drivername="sqlite+pysqlite")


def create_writer(url: URL, busy_seconds: float) -> Engine:
    """The engine that writes: by one connection to SQLite, by one a thread to PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        _touch_private(Path(str(url.database)))
        return _sqlite(url, busy_seconds, writes=True)
    engine = _create(url, {"pool_size": 16, "max_overflow": 64, "connect_args": _OURS_ALONE})
    _limit_lock_waits(engine, busy_seconds)
    _let_travel(engine)
    return engine


def create_reader(url: URL, busy_seconds: float) -> Engine:
    """The engine of snapshots: its connections cannot write."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, busy_seconds, writes=False)
    snapshot = {"isolation_level": "REPEATABLE READ", "connect_args": _OURS_ALONE}
    engine = _create(url, {**snapshot, "execution_options": {"postgresql_readonly": True}})

    @event.listens_for(engine, "connect")
    def _only_read(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's
        # Also of statements that stand alone, which the driver begins no transaction for.
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        connection.commit()

    _let_travel(engine)
    return engine


def without_transaction(engine: Engine) -> Engine:
    """``engine``, where each statement stands alone; on SQLite it does unless told otherwise."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def create_onlooker(url: URL, busy_seconds: float) -> Engine:
    """The engine of snapshots of a SQLite file beside which nothing may be written."""
    path = Path(str(url.database))

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            look_only(path), uri=True, timeout=busy_seconds, check_same_thread=False
        )

    return _sqlite(parse_url("sqlite:///x"), busy_seconds, writes=False, creator=connect)


def look_only(path: Path) -> str:
    """The address under which SQLite reads a file beside which it may not write.

    Where a log lies beside it (another process writes, or was killed) the log is read, too;
    where none does, the file is all there is, and SQLite is kept from making a log of its own.
    """
    log = path.with_name(path.name + "-wal")
    return f"{path.resolve().as_uri()}?" + (
        "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    )


def _create(url: URL, options: Mapping[str, Any]) -> Engine:
    try:
        return create_engine(url, **options)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise StorageError("storage.no_driver", engine=url.get_backend_name()) from None


def _touch_private(path: Path) -> None:
    """The file holds answer keys: a new one is its owner's alone, and so are its WAL and SHM."""
    if not path.exists():
        try:
            path.touch(mode=0o600)
        except OSError as error:
            raise StorageError("storage.cannot_open", detail=error.strerror) from error


def refuse_unwritable(url: URL) -> None:
    """Say so where a SQLite file, or the folder it needs for its log, is closed to us.

    Raises:
        StorageError: it is.
    """
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        for place in (path.parent, path):
            if place.exists() and not os.access(place, os.R_OK | os.W_OK):
                raise StorageError("storage.not_writable", place=place)


def _sqlite(
    url: URL,
    busy_seconds: float,
    *,
    writes: bool,
    creator: Callable[[], sqlite3.Connection] | None = None,
) -> Engine:
    options: dict[str, Any] = {"poolclass": NullPool} if writes else {"max_overflow": 64}
    if creator is None:
        options["connect_args"] = {"timeout": busy_seconds}
    else:
        options["creator"] = creator
    engine = _create(url, options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        patience = min(busy_seconds, PATIENCE) if writes else busy_seconds
        cursor.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")
        if writes:
            cursor.execute(f"PRAGMA page_size={PAGE}")
            cursor.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
            _switch_to_wal(cursor, busy_seconds)
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(f"PRAGMA cache_size=-{65536 if writes else 16384}")  # KiB
        cursor.execute("PRAGMA trusted_schema=OFF")
        if not writes:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if writes:
            _wait_for_turn(connection, busy_seconds)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _wait_for_turn(connection: Connection, busy_seconds: float) -> None:
    """Begin to write, as soon as no other process does; whoever waits long is told why."""
    raw: Any = connection.connection.driver_connection
    began = time.monotonic()
    told = False
    while time.monotonic() < began + busy_seconds:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if not _is_locked(error):
                break
            if not told and time.monotonic() > began + PATIENCE / 2:
                _log.warning(say("storage.waiting"))
                told = True
        else:
            return
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last try; its error is the answer


def _switch_to_wal(cursor: sqlite3.Cursor, busy_seconds: float) -> None:
    """Leaving the rollback journal takes a lock that the busy handler does not wait for."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not _is_locked(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _limit_lock_waits(engine: Engine, busy_seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def _limit(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's
        connection.execute(f"SET lock_timeout = {int(busy_seconds * 1000)}")
        connection.commit()


def _let_travel(engine: Engine) -> None:
    """Let prepared statements to PostgreSQL travel together, in one order with all others."""

    def before(*facts: Any) -> None:  # noqa: ANN401 - the toolkit's
        send_waiting(facts[-1].root_connection)

    @event.listens_for(engine, "connect", once=True)
    def _listen(*_: object) -> None:
        # Not before: the first connection asks for the server's version, and has no pool yet.
        for name in ("do_execute", "do_executemany", "do_execute_no_params"):
            event.listen(engine, name, before)

    event.listen(engine, "commit", commit_waiting)
    event.listen(engine, "rollback", forget_waiting)


def take_in(connection: Connection, before: int) -> int:
    """Take SQLite's log into the file, as far as nobody reads in it, if it is worth while.

    ``before``: how many rows this connection had changed the last time; how many it has now.
    """
    raw: Any = connection.connection.driver_connection
    changed = int(raw.total_changes)
    if 0 <= changed - before < WORTH:
        return before
    with suppress(sqlite3.Error):  # who writes next meets it, too, and can say so
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return changed


def take_snapshot(connection: Connection) -> None:
    """Both engines fix what a transaction sees at its first query: make it now."""
    sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1" if sqlite else "SELECT 1")


def lock_for_migration(connection: Connection) -> None:
    """Hold off other processes that open the same database (SQLite: BEGIN IMMEDIATE did)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def lock(connection: Connection, name: str) -> None:
    """Let one process at a time past here, until its transaction ends; by ``name``.

    On SQLite every write is alone from its BEGIN on.
    """
    if connection.dialect.name == "postgresql":
        take = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        connection.execute(take, {"name": f"qinglan {name}"})


def examine(connection: Connection) -> list[str]:
    """What the engine itself finds wrong with the database: nothing, in a sound one."""
    if connection.dialect.name != "sqlite":
        return []
    raw: Any = connection.connection.driver_connection
    found = faults(raw)
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        found.append(f"{row[0]} row {row[1]} points at nothing in {row[2]}")
    return found[:10]


def describe(connection: Connection) -> str:
    """Name and version of the engine."""
    version = ".".join(map(str, connection.dialect.server_version_info or ()))
    return f"{connection.dialect.name} {version}"


def is_busy(error: BaseException) -> bool:
    """Whether ``error`` says that another process holds the lock."""
    cause = getattr(error, "orig", error)
    return _is_locked(cause) or getattr(cause, "sqlstate", None) == "55P03"


def is_full(error: BaseException) -> bool:
    """Whether ``error`` says that there is no room left on the disk."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "") in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
    return getattr(cause, "sqlstate", None) == "53100"


def is_collision(error: BaseException) -> bool:
    """Whether the server undid this for another transaction's sake: run again, it may pass."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) in ("40P01", "40001")


def _is_locked(error: object) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert ``rows``; those whose primary key is there already stay as they are.

    Any other conflict (a name taken, a task unknown) is an error.

    Returns:
        The number of rows really inserted.
    """
    if not rows:
        return 0
    many = len(rows) > FEW
    statement, parameters = insertion(connection.dialect, table, tuple(rows[0]), many)
    cursor = drive(connection, statement, parameters(rows))
    count = int(cursor.rowcount)
    cursor.close()
    return count


def insert_whole(connection: Connection, table: Table, rows: Columns) -> int:
    """As ``insert_new``, of rows that have a value for each column of the table."""
    new, most = 0, TOGETHER if connection.dialect.name == "sqlite" else MANY
    for start in range(0, len(rows[0]), most):
        part = [column[start : start + most] for column in rows]
        cursor = drive(connection, *insertion_of_all(connection.dialect, table, part))
        new += int(cursor.rowcount)
        cursor.close()
    return new
