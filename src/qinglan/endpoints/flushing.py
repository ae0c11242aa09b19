"""Many coroutines, one disk: lines for a journal are flushed together.

A flush costs the same for one line as for a hundred, and a thread makes it while the event loop
goes on. Nobody goes on before the line it brought is on the disk.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from qinglan.endpoints.journal import Journal
from qinglan.errors import QinglanError

GATHER = 0.003
"""Seconds in which lines gather before a flush: nothing beside a model's reply, and at a thousand
replies a second it saves two flushes of three."""


class _Group:
    """Lines that are flushed together, and whoever waits for that."""

    __slots__ = ("error", "lines", "written")

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.written = asyncio.Event()
        self.error: QinglanError | None = None


class GroupLog:
    """A journal as coroutines write to it; without one, nothing is written."""

    def __init__(self, journal: Journal | None, disk: Executor) -> None:
        self._journal = journal
        self._disk = disk
        self._group = _Group()
        self._flushing: asyncio.Task[None] | None = None

    async def put(self, line: bytes) -> None:
        """Write ``line``; it is on the disk on return.

        Raises:
            StorageError: it may not be.
        """
        if self._journal is None:
            return
        group = self._group
        group.lines.append(line)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush(self._journal))
        await group.written.wait()
        if group.error is not None:
            raise group.error

    async def _flush(self, journal: Journal) -> None:
        loop = asyncio.get_running_loop()
        while self._group.lines:
            await asyncio.sleep(GATHER)
            group, self._group = self._group, _Group()
            try:
                await loop.run_in_executor(self._disk, journal.write, group.lines)
            except QinglanError as error:
                group.error = error
            group.written.set()
        self._flushing = None
