"""Opening a database, writing to it durably, reading it consistently.

On two cores with sixteen annotators one writer thread that commits in groups kept twice the
submits of naive threads at a quarter of their latency, on SQLite; PostgreSQL groups the commits
of many threads by itself. So ``write`` takes a function and hides how it gets to disk. Readers
have connections of their own that cannot write: on SQLite in WAL mode they neither wait for the
writer nor hold it up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from qinglan.errors import StorageError
from qinglan.storage import dialects, schema
from qinglan.storage.direct import DirectWriter
from qinglan.storage.serving import ServerLock
from qinglan.storage.serving import lock as lock_for_serving
from qinglan.storage.writer import Writer, explain

T = TypeVar("T")

IDLE = 4
"""Connections that wait for the next glance."""


class NoWriter:
    """In the place of a writer where nothing may be written: every write is refused."""

    def __init__(self, place: object) -> None:
        self._place = place

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Raise ``StorageError``, and name the place that is closed."""
        raise StorageError("storage.not_writable", place=self._place)

    def close(self) -> None:
        """There is nothing to let go of."""


class Storage:
    """An open database. Threads may share it; processes each open their own."""

    def __init__(
        self,
        writer: Writer | DirectWriter | NoWriter,
        reader: Engine,
        served: ServerLock | None = None,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._glances = dialects.without_transaction(reader)
        self._idle: list[Connection] = []
        self._served = served
        self._closed = False

    @classmethod
    def open(
        cls,
        url: str | URL,
        *,
        busy_seconds: float = 30.0,
        upgrade: bool = False,
        serving: bool = False,
    ) -> Storage:
        """Open the database at ``url``; create its tables when it is empty.

        ``busy_seconds`` is how long a write waits while another process writes. ``upgrade``
        brings an older database to the schema of this version first. ``serving`` is for a
        server: on SQLite there is one, and it holds a lock until it closes or ends. Where a SQLite
        file, or its folder, may only be read, what is opened can be read, and refuses each write.

        Raises:
            StorageError: the address is wrong, the database cannot be opened, is older and no
                upgrade was asked for, is newer than this version, or is another program's (then
                it is left untouched); or it is served by another process already.
        """
        parsed = dialects.parse_url(url)
        served = lock_for_serving(parsed) if serving else None
        try:
            writer, reader = cls._connect(parsed, busy_seconds, upgrade)
        except BaseException as error:
            if served is not None:
                served.close()
            if not isinstance(error, StorageError) or serving or upgrade:
                raise
            if error.key != "error.storage.not_writable":
                raise
            place = error.facts["place"]
            return cls(NoWriter(place), cls._look(parsed, busy_seconds, place))
        runs = Writer if parsed.get_backend_name() == "sqlite" else DirectWriter
        return cls(runs(writer, busy_seconds), reader, served)

    @staticmethod
    def _connect(parsed: URL, busy_seconds: float, upgrade: bool) -> tuple[Engine, Engine]:
        """The engines that write and read, on a database of this version's schema."""
        writer = dialects.create_writer(parsed, busy_seconds)
        try:
            with writer.begin() as connection:
                schema.migrate(connection, upgrade=upgrade)
            reader = dialects.create_reader(parsed, busy_seconds)
        except DBAPIError as error:
            writer.dispose()
            if dialects.is_busy(error):
                raise StorageError("storage.busy", seconds=f"{busy_seconds:g}") from error
            found = explain(error)
            if dialects.is_full(error):
                raise found from error
            dialects.refuse_unwritable(parsed)
            raise StorageError("storage.cannot_open", detail=found.facts["detail"]) from error
        except BaseException:
            writer.dispose()
            raise
        return writer, reader

    @staticmethod
    def _look(parsed: URL, busy_seconds: float, place: object) -> Engine:
        """The engine that reads a database of this version's schema, and writes nothing."""
        reader = dialects.create_onlooker(parsed, busy_seconds)
        try:
            with reader.connect() as connection:
                schema.refuse_other(schema.current(connection))
        except DBAPIError as error:
            reader.dispose()
            raise StorageError("storage.not_readable", place=place) from error
        except BaseException:
            reader.dispose()
            raise
        return reader

    @property
    def writable(self) -> bool:
        """Whether ``write`` can do anything at all."""
        return not isinstance(self._writer, NoWriter)

    @property
    def threads(self) -> tuple[int, ...]:
        """The threads of its own that work here, by their native ids."""
        return self._writer.threads if isinstance(self._writer, Writer) else ()

    @property
    def wanted(self) -> bool:
        """Whether others of this process wait for the write under way to end.

        So that a long one can. On PostgreSQL all write at once.
        """
        return isinstance(self._writer, Writer) and self._writer.wanted

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` in a transaction and return its result once it is on disk (fsynced).

        On SQLite other threads' writes may share the transaction, and ``fn`` then runs in a
        savepoint of its own; on PostgreSQL it runs again when the server undid it for another's
        sake. It must not commit, roll back, call ``write``, or use up what it was given (an
        iterator). Keep it short: others wait.

        Raises:
            StorageError: closed, busy, refused by the database, or not confirmed by the disk.
            BaseException: what ``fn`` raised, unchanged, after its own work was undone.
        """
        return self._writer.write(fn)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment and cannot write; usable while others write.

        Streams read from it keep memory flat. Do not hold it for hours: the write-ahead log
        cannot be folded back while someone looks at an old moment.

        Raises:
            StorageError: closed, or the database cannot be read.
        """
        if self._closed:
            raise StorageError("storage.closed")
        try:
            with self._reader.connect() as connection, connection.begin():
                dialects.take_snapshot(connection)
                yield connection
        except DBAPIError as error:
            raise explain(error) from error

    def glance(self, fn: Callable[[Connection], T]) -> T:
        """What ``fn`` finds by one prepared statement, which sees one moment by itself.

        Without the transaction of ``read``, which costs more than a row by its key: for what is
        asked at every request. It cannot write either.

        Raises:
            StorageError: closed, or the database cannot be read.
        """
        try:
            try:
                return self._look_at(fn)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            # The server was started anew. No connection that was kept is of use, and a glance
            # changes nothing: look again.
            self._let_go()
            return self._look_at(fn)
        except DBAPIError as error:
            raise explain(error) from error

    def _look_at(self, fn: Callable[[Connection], T]) -> T:
        if self._closed:
            raise StorageError("storage.closed")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._glances.connect()
        try:
            found = fn(connection)
            if connection.in_transaction():  # somebody listens: see ``prepared``
                connection.rollback()
        except BaseException:
            connection.close()
            raise
        if len(self._idle) < IDLE and not self._closed:
            self._idle.append(connection)
        else:
            connection.close()
        return found

    def _let_go(self) -> None:
        """Close the connections that wait for a glance."""
        while self._idle:
            with suppress(IndexError):
                self._idle.pop().close()
        self._reader.dispose()

    def examine(self) -> str:
        """Let the engine check its own files and references; its name, version and schema.

        Raises:
            StorageError: something is wrong; the first faults are named.
        """
        with self.read() as connection:
            faults = dialects.examine(connection)
            if faults:
                raise StorageError("storage.unsound", detail="; ".join(faults))
            return f"{dialects.describe(connection)}, schema {schema.current(connection)}"

    def close(self) -> None:
        """Finish queued writes, then close. Closing twice is closing once."""
        self._closed = True
        self._writer.close()
        self._let_go()
        if self._served is not None:
            self._served.close()

    def __enter__(self) -> Storage:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
