"""How long somebody worked: what their page says, and never more than our own clock allows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_example import at, keyed, opened, person, say

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import standing, work
from qinglan.flow.context import Context
from qinglan.flow.work import InHand

ANN, BOB = person("ann"), person("bob")


@pytest.fixture
def p(tmp_path: Path, database: str | None) -> Iterator[Context]:
    with opened(tmp_path / "ws", database, keyed(4)) as context:
        yield context


def take(context: Context, seconds: float) -> InHand:
    task = work.next_task(context, ANN, "p", now=at(seconds))
    assert task is not None
    return task


def spend(context: Context, task: InHand, ms: int, seconds: float) -> int:
    return standing.spend(context, ANN, "p", task.task, task.token, ms, now=at(seconds))


def test_time_is_taken_up_to_what_passed_and_no_moment_twice(p: Context) -> None:
    first = take(p, 0)
    assert spend(p, first, 20_000, 30) == 20_000  # away for ten seconds
    assert spend(p, first, 20_000, 35) == 5_000  # more than passed since
    assert spend(p, first, 10**8, 35) == 0
    work.submit(p, ANN, "p", first.task, first.token, say(first), now=at(40))
    second = take(p, 40)
    assert spend(p, second, 60_000, 50) == 10_000
    assert spend(p, first, 60_000, 55) == 5_000  # its page's last word, after the other began
    assert spend(p, second, 60_000, 55) == 0
    assert spend(p, second, 5_000, 45) == 0  # a clock that went back gives nothing
    own = standing.own(p, ANN, "p")
    assert own.time == (40_000, 2)
    assert own.week == (0, 0)  # these moments are long past
    assert standing.own(p, BOB, "p").time == (0, 0)


def test_anothers_time_and_impossible_times_are_refused(p: Context) -> None:
    task = take(p, 0)
    for ms in (-1, 10**12):
        with pytest.raises(UsageError):
            spend(p, task, ms, 10)
    for actor, token in ((BOB, task.token), (ANN, "wrong")):
        with pytest.raises(PermissionDenied):
            standing.spend(p, actor, "p", task.task, token, 1, now=at(10))
    assert standing.own(p, ANN, "p").time == (0, 0)
