"""Threads that share a core, and those that go apart; on real threads where there are two cores."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from qinglan import cores

two_cores = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="one core, or a system whose threads cannot choose",
)


def alone(do: Callable[[], None]) -> None:
    """Run ``do`` in a thread of its own, whose cores are nobody else's business."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(do).result()


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "_free", frozenset())
    monkeypatch.setattr(cores, "_shared", None)


def mine() -> set[int]:
    return set(os.sched_getaffinity(0))


@two_cores
def test_the_caller_what_it_starts_and_whom_it_names_share_one_core() -> None:
    free, stop, found = mine(), threading.Event(), []
    other = threading.Thread(target=stop.wait)
    other.start()

    def check() -> None:
        core = cores.share([other.native_id or 0])
        assert core is not None
        assert mine() == {core.number} < free
        assert os.sched_getaffinity(other.native_id or 0) == {core.number}
        started = threading.Thread(target=lambda: found.append(mine()))
        started.start()
        started.join()
        assert found == [{core.number}]

    try:
        alone(check)
        assert mine() == free, "the thread that asked for nothing is where it was"
    finally:
        stop.set()
        other.join()


@two_cores
def test_a_thread_that_goes_apart_may_use_all_cores_again_and_so_may_what_it_starts() -> None:
    free, found = mine(), []

    def check() -> None:
        assert cores.share() is not None

        def leave() -> None:
            cores.apart()
            found.append(mine())
            started = threading.Thread(target=lambda: found.append(mine()))
            started.start()
            started.join()

        leaving = threading.Thread(target=leave)
        leaving.start()
        leaving.join()
        assert found == [free, free]
        assert len(mine()) == 1, "who did not leave stays"

    alone(check)


@two_cores
def test_another_process_is_kept_off_the_core_that_is_shared() -> None:
    free = mine()
    with subprocess.Popen(["/bin/sleep", "600"]) as other:
        try:

            def check() -> None:
                cores.part(other.pid)
                assert os.sched_getaffinity(other.pid) == free, "nothing is shared"
                core = cores.share()
                assert core is not None
                cores.part(other.pid)
                assert os.sched_getaffinity(other.pid) == free - {core.number}

            alone(check)
        finally:
            other.kill()
    cores.part(other.pid)  # it has ended: nobody is troubled


def test_nobody_is_tied_where_nothing_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """One core; another system; an interpreter that runs several threads; no word of where."""
    tied: list[object] = []
    monkeypatch.setattr(os, "sched_setaffinity", lambda *call: tied.append(call), raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert cores.share() is None
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setattr(cores, "_here", lambda: None)
    assert cores.share() is None
    monkeypatch.setattr(cores, "_here", lambda: 0)
    with monkeypatch.context() as there:
        there.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
        assert cores.share() is None
    with monkeypatch.context() as there:
        there.setattr(sys, "platform", "darwin")
        assert cores.share() is None
    cores.apart()
    assert tied == []


@pytest.mark.parametrize(
    ("here", "there", "ours", "moves"),
    [
        (0.02, 0.9, 0.4, True),  # busy here, and not by us; idle there
        (0.02, 0.9, 0.95, False),  # it is us
        (0.30, 0.9, 0.4, False),  # there is room here
        (0.02, 0.2, 0.4, False),  # it is no better there
    ],
)  # fmt: skip
def test_a_core_that_others_keep_busy_is_left_for_an_idle_one(
    monkeypatch: pytest.MonkeyPatch, here: float, there: float, ours: float, moves: bool
) -> None:
    """``here``, ``there``: the idle parts of ten seconds on either core; ``ours``: our own use."""
    ties: list[tuple[int, int]] = []
    monkeypatch.setattr(cores, "_free", frozenset({0, 1}))
    monkeypatch.setattr(cores, "_tied", lambda core: [11, 12] if core == 0 else [])
    monkeypatch.setattr(cores, "_tie", lambda thread, core: ties.append((thread, core)))
    monkeypatch.setattr(
        cores, "_cores", lambda: {0: (int(1000 * here), 1000), 1: (int(1000 * there), 1000)}
    )
    monkeypatch.setattr(cores.time, "monotonic", lambda: 10.0)
    monkeypatch.setattr(cores.time, "process_time", lambda: 10.0 * ours)
    core = cores.Core(0, {0: (0, 0), 1: (0, 0)}, 0.0, 0.0)
    assert core.look() is moves
    assert core.number == (1 if moves else 0)
    assert ties == ([(11, 1), (12, 1)] if moves else [])
    assert core.look() is False, "nothing has happened since"


@two_cores
def test_where_the_threads_run_is_read_from_the_system() -> None:
    free = mine()

    def check() -> None:
        core = cores.share()
        assert core is not None
        assert threading.get_native_id() in cores._tied(core.number)
        other = min(free - {core.number})
        cores._tie(threading.get_native_id(), other)
        assert cores._here() == other
        times = cores._cores()
        assert free <= times.keys()
        assert all(0 <= idle <= whole and whole > 0 for idle, whole in times.values())

    alone(check)
