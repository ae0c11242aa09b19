"""Work that is made ready while other work is done."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from qinglan.cores import apart

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """``items``, each made in a thread of its own while the one before is used.

    No more than one is made ahead. What making one raises comes where it would have come. Close it
    when it is left before its end: the one that is being made is then finished, and dropped.
    """
    end = object()
    with ThreadPoolExecutor(1, "qinglan-ahead", initializer=apart) as pool:
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item  # type: ignore[misc]
