"""One writer thread with group commit.

An fsync costs far more than a small insert, and SQLite lets one connection write at a time. So
all writes queue for one thread, which runs what is waiting inside one transaction, each function
in its own savepoint where there are several, and syncs once for all. Nobody is answered before
that sync. A function that raises undoes its own work and hurts no neighbour.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Transaction
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from qinglan.errors import StorageError
from qinglan.storage.dialects import is_busy, is_full, take_in
from qinglan.storage.prepared import drive

T = TypeVar("T")

REST = 0.05
"""Seconds without a write after which nobody is waiting for the next."""

GROUP = 256
"""The most writes that share one commit: bounds how long the first of them waits."""


def explain(error: DBAPIError) -> StorageError:
    """A driver's complaint as one of our errors, without SQL or parameters."""
    lines = str(error.orig).strip().splitlines() or [type(error).__name__]
    return StorageError("storage.full" if is_full(error) else "storage.refused", detail=lines[0])


class _Write:
    """A function that waits for its turn, and the future its caller waits for."""

    __slots__ = ("error", "fn", "future", "result")

    def __init__(self, fn: Callable[[Connection], Any]) -> None:
        self.fn = fn
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self, connection: Connection, whole: Transaction | None) -> None:
        """Run inside a savepoint; keep the result or the error for later.

        ``whole`` is the transaction, given where no other write shares it: it needs no savepoint.

        Raises:
            Exception: the savepoint itself failed, which dooms the whole transaction.
        """
        # Spelled out: the toolkit's own savepoints cost ten times what these do.
        if whole is None:
            drive(connection, "SAVEPOINT one", ())
        try:
            self.result = self.fn(connection)
        except BaseException as error:
            self.error = error
        if not connection.in_transaction():
            raise StorageError("storage.own_commit")
        if self.error is None:
            if whole is None:
                drive(connection, "RELEASE one", ())
            return
        try:
            if whole is not None:
                whole.rollback()
                return
            drive(connection, "ROLLBACK TO one", ())
            drive(connection, "RELEASE one", ())
        except DBAPIError as lost:
            # A full disk makes SQLite give up the whole transaction, savepoints and all.
            raise self.error from lost

    def settle(self) -> None:
        """Answer the caller. Called after the commit, never before."""
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, DBAPIError):
            wrapped = explain(self.error)
            wrapped.__cause__ = self.error
            self.future.set_exception(wrapped)
        else:
            self.future.set_exception(self.error)

    def fail(self, key: str, cause: BaseException, **facts: object) -> None:
        """Answer the caller that nothing was kept; each caller gets an error of its own."""
        error = StorageError(key, **facts)
        error.__cause__ = cause
        self.future.set_exception(error)


class Writer:
    """The queue and its thread. Owns the engine it is given."""

    def __init__(self, engine: Engine, busy_seconds: float) -> None:
        self._engine = engine
        self._busy_seconds = busy_seconds
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._changed = 0
        self._shared = False
        # A daemon: a program that dies without closing must not hang on unacknowledged work.
        self._thread = threading.Thread(target=self._work, name="qinglan-writer", daemon=True)
        self._thread.start()

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` in the shared transaction; return its result once that is on disk.

        Raises:
            StorageError: closed, busy, refused, or not confirmed by the disk.
            BaseException: whatever ``fn`` raised, after its work was undone.
        """
        if threading.current_thread() is self._thread:
            raise StorageError("storage.nested_write")
        write = _Write(fn)
        with self._gate:
            if self._closed:
                raise StorageError("storage.closed")
            self._queue.put(write)
        try:
            return write.future.result()  # type: ignore[no-any-return]
        except BaseException:
            # Ctrl-C while waiting: withdraw what has not begun. What has begun is finished,
            # and its answer goes nowhere.
            write.future.cancel()
            raise

    @property
    def wanted(self) -> bool:
        """Whether another write waits for its turn, or for the commit that it shares with ours."""
        return self._shared or not self._queue.empty()

    @property
    def threads(self) -> tuple[int, ...]:
        """The one that writes, by its native id."""
        return () if self._thread.native_id is None else (self._thread.native_id,)

    def close(self) -> None:
        """Finish what is queued, refuse what comes after, let go of the connection."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _work(self) -> None:
        last = False
        connection: Connection | None = None
        while not last:
            group, last = self._gather(connection)
            group = [write for write in group if write.future.set_running_or_notify_cancel()]
            if not group:
                continue
            try:
                connection = connection or self._engine.connect()
                self._commit(connection, group)
            except BaseException as error:
                self._fail(group, error)
                _drop(connection)
                connection = None
        _drop(connection)

    def _gather(self, connection: Connection | None) -> tuple[list[_Write], bool]:
        """All writes that wait now, at least one; and whether the queue ends here."""
        group: list[_Write] = []
        found = self._first(connection)
        while found is not None:
            group.append(found)
            if len(group) == GROUP:
                break
            try:
                found = self._queue.get_nowait()
            except queue.Empty:
                break
        return group, found is None

    def _first(self, connection: Connection | None) -> _Write | None:
        """The next write; ``None`` is the end. Where it takes its time, that is made use of."""
        if connection is not None:
            try:
                return self._queue.get(timeout=REST)
            except queue.Empty:
                self._changed = take_in(connection, self._changed)
        return self._queue.get()

    def _commit(self, connection: Connection, group: list[_Write]) -> None:
        transaction = connection.begin()
        with transaction:
            # Before a page is changed below a savepoint, SQLite keeps a copy of it: a large write
            # is spared that where it has no neighbour.
            self._shared = len(group) > 1
            whole = None if self._shared else transaction
            for write in group:
                write.run(connection, whole)
        for write in group:
            write.settle()

    def _fail(self, group: list[_Write], error: BaseException) -> None:
        for write in group:
            if write.future.done():
                continue
            if is_busy(error):
                write.fail("storage.busy", error, seconds=f"{self._busy_seconds:g}")
            elif isinstance(error, StorageError):
                write.fail(error.key.removeprefix("error."), error, **error.facts)
            elif isinstance(error, DBAPIError):
                key = "storage.full" if is_full(error) else "storage.not_kept"
                write.fail(key, error, detail=explain(error).facts["detail"])
            else:
                write.fail("storage.not_kept", error, detail=str(error) or type(error).__name__)


def _drop(connection: Connection | None) -> None:
    """Close a connection whose state is unknown; its open transaction is rolled back."""
    if connection is not None:
        try:
            connection.invalidate()
            connection.close()
        except SQLAlchemyError:  # it is being thrown away
            return
