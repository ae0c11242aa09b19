"""Work made ready while other work is done keeps its order, its errors and its end."""

from __future__ import annotations

import threading
import time
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
    for (number,) in ahead(items()):
        if number + 1 < len(begun):
            assert begun[number + 1].wait(60)  # would never be, were it made on demand
        found.append(number)
    assert found == [0, 1, 2]
    assert list(ahead(iter([]))) == []


def test_all_that_are_ready_come_together_up_to_a_number() -> None:
    made: list[int] = []
    hold = threading.Event()

    def items() -> Iterator[int]:
        for number in range(9):
            made.append(number)
            yield number
            if number == 0:
                assert hold.wait(60)

    found = ahead(items(), 3)
    assert next(found) == [0]  # it is not waited for more
    hold.set()
    deadline = time.monotonic() + 60
    while len(made) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    time.sleep(0.05)
    assert made == [0, 1, 2, 3]  # and no more than three are made ahead
    assert next(found) == [1, 2, 3]
    rest = list(found)
    assert [one for batch in rest for one in batch] == [4, 5, 6, 7, 8]
    assert all(1 <= len(batch) <= 3 for batch in rest)


@pytest.mark.parametrize("most", [1, 5])
def test_an_error_comes_after_what_came_before_it(most: int) -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("the third")

    found = ahead(items(), most)
    came: list[int] = []
    while len(came) < 2:
        came += next(found)
    assert came == [1, 2]
    with pytest.raises(ValueError, match="the third"):
        next(found)


@pytest.mark.parametrize("most", [1, 5])
def test_who_leaves_early_leaves_nothing_running(most: int) -> None:
    left = ahead(iter(range(1_000_000)), most)
    assert next(left)[0] == 0
    left.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("qinglan-ahead")]
