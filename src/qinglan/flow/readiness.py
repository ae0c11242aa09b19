"""Work that is made ready while other work is done."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Semaphore
from typing import Generic, TypeVar

from qinglan.cores import apart

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _End:
    """There is nothing more, or this is why there is nothing more."""

    error: BaseException | None


class _Maker(Generic[T]):
    """Makes items in a thread, no more than some ahead of what is taken."""

    def __init__(self, items: Iterator[T], most: int) -> None:
        self._items, self._most = items, most
        self._room = Semaphore(most)
        self._made: SimpleQueue[T | _End] = SimpleQueue()
        self._left = False

    def make(self) -> None:
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

    def take(self) -> tuple[list[T], _End | None]:
        """What is ready, at least one unless this is the end; and the end, where it is."""
        taken: list[T] = []
        found = self._made.get()
        while not isinstance(found, _End):
            taken.append(found)
            self._room.release()
            if len(taken) == self._most:
                return taken, None
            try:
                found = self._made.get_nowait()
            except Empty:
                return taken, None
        return taken, found

    def leave(self) -> None:
        """Make no more."""
        self._left = True
        self._room.release()


def ahead(items: Iterator[T], most: int = 1) -> Generator[list[T], None, None]:
    """``items``, made in a thread of its own while those before are used: all that are ready, at
    most so many.

    No more than ``most`` are made ahead. What making one raises comes where it would have come.
    Close it when it is left before its end: the one that is being made is then finished, and
    dropped.
    """
    maker = _Maker(items, most)
    with ThreadPoolExecutor(1, "qinglan-ahead", initializer=apart) as pool:
        pool.submit(maker.make)
        try:
            end = None
            while end is None:
                taken, end = maker.take()
                if taken:
                    yield taken
        finally:
            maker.leave()
    if end.error is not None:
        raise end.error
