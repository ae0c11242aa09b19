"""Work that is made ready while other work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Semaphore
from time import monotonic
from typing import Generic, Self, TypeVar

from qinglan.cores import apart

T = TypeVar("T")

LOOK = 0.004
"""Seconds after which whoever waits looks again whether there is a reason not to."""


@dataclass(frozen=True, slots=True)
class _End:
    """There is nothing more, or this is why there is nothing more."""

    error: BaseException | None


class Ahead(Generic[T]):
    """Items that are made in a thread of their own while those before are used.

    No more than ``most`` are made ahead. Use it in a ``with``: whoever leaves before the end has
    the one that is being made finished, and dropped. One thread at a time may take.
    """

    def __init__(self, items: Iterator[T], most: int = 1) -> None:
        self._items = items
        self._room = Semaphore(most)
        self._made: SimpleQueue[T | _End] = SimpleQueue()
        self._end: _End | None = None
        self._left = False
        self._pool = ThreadPoolExecutor(1, "qinglan-ahead", initializer=apart)

    def __enter__(self) -> Self:
        self._pool.submit(self._make)
        return self

    def __exit__(self, *_: object) -> None:
        self._left = True
        self._room.release()
        self._pool.shutdown()

    def take(self) -> T | None:
        """The next; ``None`` is the end.

        Raises:
            BaseException: what making it raised.
        """
        if self._end is None:
            found = self._seen(self._made.get())
            if found is not None:
                return found
        if self._end is not None and self._end.error is not None:
            raise self._end.error
        return None

    def soon(self, seconds: float, unless: Callable[[], bool] = lambda: False) -> T | None:
        """The next, if there is one within so long, and before there is a reason not to wait.

        Where it could not be made, ``take`` tells.
        """
        until, wait = monotonic() + seconds, 0.0
        while self._end is None:
            try:
                return self._seen(self._made.get(timeout=wait))
            except Empty:
                wait = min(LOOK, until - monotonic())
                if wait <= 0 or unless():
                    break
        return None

    def _seen(self, found: T | _End) -> T | None:
        if isinstance(found, _End):
            self._end = found
            return None
        self._room.release()
        return found

    def _make(self) -> None:
        """Make them, until the last, or until nobody wants more."""
        try:
            while self._room.acquire() and not self._left:
                try:
                    self._made.put(next(self._items))
                except StopIteration:
                    break
        except BaseException as error:
            self._made.put(_End(error))
        else:
            self._made.put(_End(None))
