"""The whole database as one file, and back: consistent while others read and write.

SQLite copies itself page by page (its backup API) under one read snapshot; PostgreSQL dumps one
transaction's view in its own format. Neither stops anybody's work.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from qinglan.errors import StorageError
from qinglan.storage import dialects, pg_programs, schema
from qinglan.storage.dialects import parse_url
from qinglan.storage.soundness import faults
from qinglan.storage.writer import explain

FILES = {"sqlite": "qinglan.db", "postgresql": "postgresql.dump"}
"""What the file is called, by engine."""


def revision(url: str) -> str | None:
    """The schema of the database at ``url``, whichever; ``None`` when it is empty.

    Raises:
        StorageError: it cannot be opened, or is another program's.
    """
    with _looking(parse_url(url)) as connection:
        return schema.current(connection)


def dump(url: str, folder: Path) -> tuple[str, str]:
    """Write the database at ``url`` to a new file in ``folder``; its engine and its schema.

    The file is its owner's alone, on the disk, and was read back as far as the engine checks it.

    Raises:
        StorageError: there is no database, it cannot be read, or PostgreSQL's program is missing.
        OSError: the disk refuses.
    """
    parsed = parse_url(url)
    engine = parsed.get_backend_name()
    target = folder / FILES[engine]
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if engine == "sqlite":
        _copy_sqlite(Path(str(parsed.database)), target)
    else:
        program = pg_programs.find("pg_dump", _server(parsed))
        pg_programs.run(
            program, parsed, ["--format=custom", "--no-owner", "--no-privileges",
                              f"--lock-wait-timeout={60_000}", f"--file={target}"],
        )  # fmt: skip
    with target.open("rb") as written:
        os.fsync(written.fileno())
    found = revision(f"sqlite:///{target}") if engine == "sqlite" else revision(url)
    if found is None:
        raise StorageError("storage.empty")
    return engine, found


def load(file: Path, url: str) -> None:
    """Fill the empty database at ``url`` from what ``dump`` wrote, whole or not at all.

    A SQLite file is moved to its place, which must be on the same disk.

    Raises:
        StorageError: the database is not empty, is on another engine, or cannot be filled.
        OSError: the disk refuses.
    """
    parsed = parse_url(url)
    engine = parsed.get_backend_name()
    if file.name != FILES[engine]:
        raise StorageError("storage.other_engine", engine=engine, file=file.name)
    if engine == "sqlite":
        _move_sqlite(file, Path(str(parsed.database)))
        return
    refuse_filled(url)
    program = pg_programs.find("pg_restore", _server(parsed))
    pg_programs.run(
        program, parsed,
        ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(file)],
    )  # fmt: skip


def refuse_filled(url: str) -> None:
    """Raise ``StorageError`` unless the PostgreSQL database at ``url`` has no tables."""
    with _looking(parse_url(url)) as connection:
        if inspect(connection).get_table_names():
            raise StorageError("storage.not_empty")


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with _opened(source) as read, closing(sqlite3.connect(target)) as made:
            read.backup(made)
            # One file: the copy must not need a log beside it.
            made.execute("PRAGMA journal_mode=DELETE")
            found = faults(made, quick=True)
    except sqlite3.Error as error:
        raise StorageError("storage.cannot_copy", detail=str(error)) from error
    if found:
        raise StorageError("storage.unsound", detail=found[0])


def _opened(source: Path) -> closing[sqlite3.Connection]:
    """A connection to copy from; where the folder may only be read, one that asks for no more."""
    if all(os.access(place, os.W_OK) for place in (source, source.parent)):
        return closing(sqlite3.connect(source))
    return closing(sqlite3.connect(dialects.look_only(source), uri=True))


def _move_sqlite(file: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise StorageError("storage.not_empty")
    try:
        with closing(sqlite3.connect(file)) as read:
            found = faults(read, quick=True)
    except sqlite3.Error as error:
        raise StorageError("storage.cannot_copy", detail=str(error)) from error
    if found:
        raise StorageError("storage.unsound", detail=found[0])
    file.rename(target)


def _server(url: URL) -> int:
    """The major version of the server."""
    with _looking(url) as connection:
        return int((connection.dialect.server_version_info or (0,))[0])


@contextmanager
def _looking(url: URL) -> Iterator[Connection]:
    """A connection to a database of any schema, to look and not to touch."""
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        raise StorageError("storage.cannot_open", detail=f"{url.database}: not there")
    engine = _reader(url)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        detail = explain(error).facts["detail"]
        raise StorageError("storage.cannot_open", detail=detail) from error
    finally:
        engine.dispose()


def _reader(url: URL) -> Engine:
    path = Path(str(url.database))
    if url.get_backend_name() == "sqlite" and not os.access(path.parent, os.W_OK):
        return dialects.create_onlooker(url, busy_seconds=30.0)
    return dialects.create_reader(url, busy_seconds=30.0)
