"""Prepared statements on PostgreSQL, several in one trip to the server.

A cursor of the driver costs five times what its library (libpq) needs for a row by its key; and
at each trip the thread lets go of the interpreter, and queues for it again when the answer is
there. So statements that are prepared here go to the library as they are, and one whose outcome
nobody waits for yet travels with the next that somebody waits for, or with the commit.

The server runs them in the order in which they were asked, each in the caller's transaction. After
one that fails it runs none of those behind it, the commit among them.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from psycopg import Error
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_MOST_BYTES = 2**16
"""Of the parameters that wait for the next trip: what the network takes without being read."""

_STALE = frozenset({"26000", "0A000"})
"""The server has forgotten a statement, or its tables were changed: another connection helps."""


class Said(NamedTuple):
    """A statement as the library takes it."""

    name: bytes
    sql: bytes
    """With its parameters as ``$1``, ``$2``…; each has its type beside it."""
    row: Callable[[Sequence[Any]], Any]
    """From the driver's row to a named tuple."""


class Reply:
    """What the server says to one statement, once somebody looks."""

    __slots__ = ("_connection", "_found", "_line", "parameters", "said")

    def __init__(
        self, line: Line, connection: Connection, said: Said, parameters: Sequence[Any]
    ) -> None:
        self._line, self._connection = line, connection
        self.said, self.parameters = said, parameters
        self._found: tuple[list[Any], int] | None = None

    def rows(self) -> list[Any]:
        """All rows, as named tuples."""
        return self._look()[0]

    def count(self) -> int:
        """How many rows it changed."""
        return self._look()[1]

    def keep(self, rows: list[Any], count: int) -> None:
        """The answer is there."""
        self._found = rows, count

    def _look(self) -> tuple[list[Any], int]:
        if self._found is None:
            self._line.send(self._connection)
        if self._found is None:
            raise AssertionError("what was asked was not sent, or not answered")
        return self._found


Order: TypeAlias = "deque[Reply | bytes | None]"
"""What the server answers to next: a statement, the naming of one, or the ends of a transaction."""

Failed: TypeAlias = "tuple[Reply, Any]"
"""A statement, and what the server said to it."""

_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Line:
    """One connection, and what was asked on it that is still to be sent."""

    def __init__(self, driver: Any) -> None:  # noqa: ANN401 - the driver's
        self._driver, self._library = driver, driver.pgconn
        self._known: set[bytes] = set()
        self._waiting: list[Reply] = []
        self._bytes = 0
        self._poll = select.poll()
        self._poll.register(self._library.socket, select.POLLIN)
        self._flood = select.poll()
        self._flood.register(self._library.socket, select.POLLIN | select.POLLOUT)
        self._adapter = Transformer(driver)

    @property
    def began(self) -> bool:
        """Whether the server was told of the transaction."""
        return bool(self._library.transaction_status != TransactionStatus.IDLE)

    def ask(self, connection: Connection, said: Said, values: Sequence[object]) -> Reply:
        """Let ``said`` be part of the next trip."""
        parameters = self._adapter.dump_sequence(values, [PyFormat.TEXT] * len(values))
        reply = Reply(self, connection, said, parameters)
        size = sum(len(one) for one in parameters if one is not None)
        if self._waiting and self._bytes + size > _MOST_BYTES:
            self.send(connection)
        self._waiting.append(reply)
        self._bytes += size
        return reply

    def forget(self) -> None:
        """What was not sent is not wanted any more: the transaction is undone."""
        self._waiting, self._bytes = [], 0

    def send(self, connection: Connection, *, commit: bool = False) -> None:
        """Send what waits, and with ``commit`` the end of the transaction; take in the answers.

        Raises:
            DBAPIError: of the toolkit, as it would raise it, for the first that failed.
        """
        waiting = self._waiting
        self.forget()
        if not waiting:
            return  # the driver ends a transaction in which nothing waits
        said = waiting[0]
        try:
            failed = self._speak(waiting, commit=commit)
            if failed is not None:
                said, result = failed
                raise error_from_result(result, self._driver.info.encoding)
        except Error as error:
            lost = self._driver.closed or error.sqlstate in _STALE
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                said.said.sql.decode(), tuple(said.parameters), error, Error,
                connection_invalidated=lost, dialect=connection.dialect,
            ) from error  # fmt: skip
        except BaseException as error:
            connection.invalidate(error)  # interrupted: answers may still be under way
            raise

    def _speak(self, waiting: list[Reply], *, commit: bool) -> Failed | None:
        """One trip; the first that failed."""
        library = self._library
        order: Order = deque()
        begins = not (self.began or self._driver.autocommit)
        library.enter_pipeline_mode()
        if begins:
            library.send_query_params(b"BEGIN", None)
            order.append(None)
        for reply in waiting:
            said = reply.said
            if said.name not in self._known:
                library.send_prepare(said.name, said.sql)
                order.append(said.name)
                self._known.add(said.name)
            library.send_query_prepared(said.name, reply.parameters)
            order.append(reply)
        if commit:
            library.send_query_params(b"COMMIT", None)
            order.append(None)
        library.pipeline_sync()
        failed = self._listen(order, waiting[0])
        library.exit_pipeline_mode()
        return failed

    def _listen(self, order: Order, last: Reply) -> Failed | None:
        """Take in what the server says, up to the end of the trip."""
        library, adapter = self._library, self._adapter
        failed: Failed | None = None
        while library.flush():
            self._flood.poll()
            library.consume_input()
        while True:
            while library.is_busy():
                self._poll.poll()
                library.consume_input()
            result = library.get_result()
            if result is None:
                continue  # between two statements
            if result.status == ExecStatus.PIPELINE_SYNC:
                return failed
            place = order.popleft()
            if isinstance(place, Reply):
                last = place
                if result.status in _DONE:
                    adapter.set_pgresult(result)
                    rows = adapter.load_rows(0, result.ntuples, place.said.row)
                    place.keep(list(rows), int(result.command_tuples or 0))
            elif isinstance(place, bytes) and result.status != ExecStatus.COMMAND_OK:
                self._known.discard(place)
            if result.status == ExecStatus.FATAL_ERROR and failed is None:
                # What cannot be named is the next; where the commit fails, there is only the last.
                near = next((one for one in (place, *order) if isinstance(one, Reply)), last)
                failed = near, result
