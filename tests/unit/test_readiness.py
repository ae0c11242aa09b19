"""Work made ready while other work is done keeps its order, its errors and its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from qinglan.flow.readiness import ahead


def test_the_next_is_made_while_one_is_used() -> None:
    begun = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(begun):
            event.set()
            yield number

    found = []
    for number in ahead(items()):
        if number + 1 < len(begun):
            assert begun[number + 1].wait(60)  # would never be, were it made on demand
        found.append(number)
    assert found == [0, 1, 2]
    assert list(ahead(iter([]))) == []


def test_an_error_comes_after_what_came_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("the third")

    found = ahead(items())
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(ValueError, match="the third"):
        next(found)


def test_who_leaves_early_leaves_nothing_running() -> None:
    left = ahead(iter(range(1_000_000)))
    assert next(left) == 0
    left.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("qinglan-ahead")]
