"""Writing to PostgreSQL: each caller in its own thread, with a connection and a transaction.

PostgreSQL lets many write at once and syncs for all that commit together, so what one writer
thread does for SQLite it does itself; queueing here would only hold its locks for longer, and in
an order nobody chose. Two writes that wait for each other are an accident, not an error: the
server undoes one of them, and it is run again.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from qinglan.errors import StorageError
from qinglan.storage.dialects import is_busy, is_collision
from qinglan.storage.prepared import begin_waiting
from qinglan.storage.writer import explain

T = TypeVar("T")

TRIES = 8
"""How often a write is run that the server undoes for another's sake."""


class DirectWriter:
    """Runs each write in the caller's thread. Owns the engine it is given."""

    def __init__(self, engine: Engine, busy_seconds: float) -> None:
        self._engine = engine
        self._busy_seconds = busy_seconds
        self._inside = threading.local()
        self._under_way = 0
        self._changed = threading.Condition()
        self._closed = False

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Run ``fn`` in a transaction of its own; return its result once that is on disk.

        Raises:
            StorageError: closed, busy, refused, or not confirmed by the disk.
            BaseException: whatever ``fn`` raised, after its work was undone.
        """
        if getattr(self._inside, "write", False):
            raise StorageError("storage.nested_write")
        with self._counted():
            lost = False
            for left in reversed(range(TRIES)):
                try:
                    return self._run(fn)
                except DBAPIError as error:
                    if error.connection_invalidated and not lost:
                        # Before the commit, so nothing was done. Where the server was started
                        # anew, no connection that was kept is of use.
                        lost = True
                        self._engine.dispose()
                    elif not (left and is_collision(error)):
                        raise self._explain(error) from error
                time.sleep(random.uniform(0, 0.02))  # noqa: S311 - guards no secret
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Let writes under way finish, refuse what comes after, let go of the connections."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._under_way == 0)
        self._engine.dispose()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._changed:
            if self._closed:
                raise StorageError("storage.closed")
            self._under_way += 1
        self._inside.write = True
        try:
            yield
        finally:
            self._inside.write = False
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _run(self, fn: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            transaction = connection.begin()
            try:
                result = fn(connection)
                begin_waiting(connection)
            except BaseException:
                if transaction.is_active:
                    transaction.rollback()
                raise
            if not transaction.is_active:
                raise StorageError("storage.own_commit")
            try:
                transaction.commit()
            except DBAPIError as error:
                if is_collision(error):
                    raise
                detail = explain(error).facts["detail"]
                raise StorageError("storage.not_kept", detail=detail) from error
            return result

    def _explain(self, error: DBAPIError) -> StorageError:
        if is_busy(error):
            return StorageError("storage.busy", seconds=f"{self._busy_seconds:g}")
        if error.connection_invalidated:
            return StorageError("storage.not_kept", detail=explain(error).facts["detail"])
        return explain(error)
