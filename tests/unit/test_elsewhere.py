"""Work in another process keeps its order, its errors and its end, and outlives nobody."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import forking
from qinglan import elsewhere
from qinglan.errors import InputError, ProcessLost


class Items:
    """Numbers and who made them; it can be told to go wrong, to hang, and to say that it began."""

    def __init__(self, count: int, *, then: str = "", told: Path | None = None) -> None:
        self.count, self.then, self.told = count, then, told

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for number in range(self.count):
            if self.told is not None:
                (self.told / str(number)).write_text(str(os.getpid()))
            yield number, os.getpid()
        if self.then == "input":
            raise InputError("intake.empty", file="tasks.jsonl")
        if self.then == "system":
            raise OSError(5, "the disk is broken")
        if self.then == "hang":
            time.sleep(600)


def running(case: str) -> Callable[[Path], None]:
    """A test that runs the function of that name in a process with one thread."""

    def test(tmp_path: Path) -> None:
        done = forking.run(case, cwd=tmp_path, call="test_elsewhere:in_one_thread")
        assert done.returncode == 0, done.stderr

    return test


def in_one_thread(words: list[str]) -> int:
    os.sched_setaffinity = lambda *_: None  # type: ignore[assignment]
    os.sched_getaffinity = lambda _: {0, 1}  # as if there were two cores
    globals()[words[0]]()
    return 0


def gone(pid: int) -> bool:
    """Whether a process ends within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state != "Z":
                time.sleep(0.01)
                continue
        return True
    return False


def everything() -> None:
    assert [pid for _, pid in elsewhere.elsewhere(Items(3))] == [os.getpid()] * 3  # not prepared
    elsewhere.prepare()
    elsewhere.prepare()
    found = [list(elsewhere.elsewhere(Items(3))) for _ in range(2)]
    assert [[number for number, _ in one] for one in found] == [[0, 1, 2]] * 2
    pids = {pid for one in found for _, pid in one}
    assert len(pids) == 2, "each has a process of its own"
    assert os.getpid() not in pids
    assert all(map(gone, pids))
    assert list(elsewhere.elsewhere(Items(0))) == []
    # With two cores there is one at a time; who comes meanwhile does it here.
    both = list(zip(*map(elsewhere.elsewhere, [Items(9), Items(9)]), strict=True))
    assert all(one[0] == other[0] for one, other in both)
    assert {other[1] for _, other in both} == {os.getpid()}
    assert os.getpid() not in {one[1] for one, _ in both}
    assert next(elsewhere.elsewhere(Items(1)))[1] != os.getpid()


test_it_is_done_by_others_in_order = running("everything")


def errors() -> None:
    elsewhere.prepare()
    for then, kind in (("input", InputError), ("system", OSError)):
        found = elsewhere.elsewhere(Items(2, then=then))
        assert [next(found)[0], next(found)[0]] == [0, 1]
        with pytest.raises(kind) as raised:
            next(found)
        assert "__iter__" in raised.value.__notes__[0]  # where it went wrong
        if isinstance(raised.value, InputError):
            assert raised.value.key == "error.intake.empty"
            assert raised.value.facts == {"file": "tasks.jsonl"}
        else:
            assert raised.value.errno == 5  # that of the work, not of the pipe
    unknown = elsewhere.elsewhere(map(str, [1]))  # nothing that we made
    assert list(unknown) == ["1"]


test_what_goes_wrong_there_is_raised_here = running("errors")


def killed() -> None:
    elsewhere.prepare()
    found = elsewhere.elsewhere(Items(1, then="hang"))
    _, pid = next(found)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(ProcessLost) as raised:
        next(found)
    assert "import again" in raised.value.say("en")
    assert "重新导入" in raised.value.say("zh")
    assert len(list(elsewhere.elsewhere(Items(3)))) == 3  # others can still be had


test_one_that_is_killed_is_an_error_with_a_remedy = running("killed")


def left() -> None:
    elsewhere.prepare()
    found = elsewhere.elsewhere(Items(10**9))
    _, pid = next(found)
    found.close()
    assert gone(pid)
    assert next(elsewhere.elsewhere(Items(1)))[1] not in (pid, os.getpid())  # there is room again


test_who_leaves_early_leaves_nothing_running = running("left")


def stopped() -> None:
    """Ctrl-C and a service's stop go to all processes: those at work end when we do."""
    elsewhere.prepare()
    found = elsewhere.elsewhere(Items(3))
    _, pid = next(found)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, number)
    assert len(list(found)) == 2


test_signals_are_for_who_asked = running("stopped")


def without() -> None:
    elsewhere.prepare()
    pid = next(iter(children(os.getpid())))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    for _ in range(2):
        assert [made for _, made in elsewhere.elsewhere(Items(3))] == [os.getpid()] * 3


test_where_no_other_can_be_had_it_is_done_here = running("without")


def children(pid: int) -> list[int]:
    """The processes that ``pid`` started: proc(5)."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def hanging(words: list[str]) -> int:
    os.sched_getaffinity = lambda _: {0, 1}
    elsewhere.prepare()
    found = elsewhere.elsewhere(Items(1, then="hang", told=Path(words[0])))
    next(found)
    Path(words[0], "forks").write_text(str(children(os.getpid())[0]))
    list(elsewhere.elsewhere(Items(10**9)))
    return 0


def test_all_end_with_a_process_that_is_killed(tmp_path: Path) -> None:
    asking = forking.start(str(tmp_path), cwd=tmp_path, call="test_elsewhere:hanging")
    deadline = time.monotonic() + 60
    while not (tmp_path / "forks").exists() or not (tmp_path / "forks").read_text():
        assert asking.poll() is None, asking.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    forks = int((tmp_path / "forks").read_text())
    working = [pid for pid in children(forks) if pid != int((tmp_path / "0").read_text())]
    assert children(forks)
    asking.kill()
    assert gone(forks)
    # One at work ends when nobody takes what it makes; one that sleeps, when it is done.
    assert all(map(gone, working))
    os.kill(int((tmp_path / "0").read_text()), signal.SIGKILL)


def alone() -> None:
    os.sched_getaffinity = lambda _: {0}
    elsewhere.prepare()
    assert children(os.getpid()) == []
    assert [pid for _, pid in elsewhere.elsewhere(Items(2))] == [os.getpid()] * 2


test_with_one_core_there_is_nothing_to_gain = running("alone")
