"""Work made ready while other work is done keeps its order, its errors and its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from qinglan.flow.readiness import Ahead


def all_of(found: Ahead[int]) -> Iterator[int]:
    while (one := found.take()) is not None:
        yield one


def test_the_next_is_made_while_one_is_used() -> None:
    begun = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(begun):
            event.set()
            yield number

    came = []
    with Ahead(items()) as found:
        for number in all_of(found):
            if number + 1 < len(begun):
                assert begun[number + 1].wait(60)  # would never be, were it made on demand
            came.append(number)
        assert found.take() is found.soon(60) is None
    assert came == [0, 1, 2]
    with Ahead(iter([])) as nothing:
        assert nothing.take() is None


def test_no_more_than_a_number_are_made_ahead() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            yield number

    with Ahead(items(), 3) as found:
        assert found.take() == 0
        deadline = time.monotonic() + 60
        while len(made) < 4:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(0.05)
        assert made == [0, 1, 2, 3]
        assert [*all_of(found)] == [*range(1, 9)]


def test_what_is_not_there_soon_is_not_lost() -> None:
    hold = threading.Event()

    def items() -> Iterator[int]:
        yield 0
        assert hold.wait(60)
        yield 1

    with Ahead(items(), 3) as found:
        assert found.take() == 0
        assert found.soon(0) is None
        assert found.soon(0.01) is None
        looked: list[int] = []
        assert found.soon(600, unless=lambda: looked.append(1) or len(looked) > 3) is None
        assert len(looked) == 4
        hold.set()
        assert found.soon(60) == 1
        assert found.soon(60) is None
        assert found.take() is None


@pytest.mark.parametrize("most", [1, 5])
def test_an_error_comes_after_what_came_before_it(most: int) -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("the third")

    with Ahead(items(), most) as found:
        assert [found.take(), found.soon(60), found.soon(60)] == [1, 2, None]
        for _ in range(2):
            with pytest.raises(ValueError, match="the third"):
                found.take()


@pytest.mark.parametrize("most", [1, 5])
def test_who_leaves_early_leaves_nothing_running(most: int) -> None:
    with Ahead(iter(range(1_000_000)), most) as left:
        assert left.take() == 0
    assert not [one for one in threading.enumerate() if one.name.startswith("qinglan-ahead")]
