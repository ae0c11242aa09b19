"""Acknowledged means kept; a neighbour's failure is a neighbour's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from storage_example import ACT, PRJ, sample

from qinglan.errors import StorageError
from qinglan.storage import Storage, dialects, history, samples, writer


def count(storage: Storage, table: str = "samples") -> int:
    with storage.read() as conn:
        return int(conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def add(number: int) -> object:
    return lambda conn: samples.add(conn, [sample(number)], ACT)


def test_sixteen_threads_keep_all_and_a_failure_harms_nobody(storage: Storage) -> None:
    def submit(number: int) -> int | str:
        def fn(conn: Connection) -> int:
            new = samples.add(conn, [sample(number)], ACT)
            if number % 7 == 3:
                raise LookupError(f"no {number}")
            return new

        try:
            return storage.write(fn)
        except LookupError as error:
            return str(error)

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(submit, range(400)))
    failed = {n for n in range(400) if n % 7 == 3}
    assert results == [f"no {n}" if n in failed else 1 for n in range(400)]
    with storage.read() as conn:
        kept = samples.get(conn, [sample(n).id for n in range(400)])
    assert kept == [sample(n) for n in range(400) if n not in failed]


def test_waiting_writes_share_one_commit(storage: Storage) -> None:
    commits = []
    event.listen(storage._writer._engine, "commit", lambda conn: commits.append(1))
    hold, started = threading.Event(), threading.Event()

    def block(conn: Connection) -> None:
        started.set()
        hold.wait(10)

    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(storage.write, block)
        started.wait(10)
        rest = [pool.submit(storage.write, add(n)) for n in range(19)]
        while storage._writer._queue.qsize() < 19:
            time.sleep(0.005)
        assert not any(future.done() for future in rest)
        hold.set()
        first.result(10)
        assert [future.result(10) for future in rest] == [1] * 19
    assert len(commits) == 2


def test_who_writes_can_see_whether_others_wait(storage: Storage) -> None:
    seen: list[bool] = []
    hold = threading.Event()

    def first(conn: Connection) -> None:
        seen.append(storage.wanted)
        hold.set()
        deadline = time.monotonic() + 60
        while not storage.wanted:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(0.1)  # for both to come in

    def look(conn: Connection) -> None:
        seen.append(storage.wanted)

    with ThreadPoolExecutor(3) as pool:
        pool.submit(storage.write, first)
        assert hold.wait(60)
        pool.submit(storage.write, look)
        pool.submit(storage.write, look)
    storage.write(look)
    # Alone; then two that share a commit, the second of which keeps the first waiting; then alone.
    assert seen == [False, True, True, False]


def test_nobody_is_answered_before_the_commit(storage: Storage) -> None:
    seen: list[int] = []
    event.listen(storage._writer._engine, "commit", lambda conn: seen.append(count(storage)))
    storage.write(add(1))
    assert seen == [0]
    assert count(storage) == 1


def test_failed_commit_fails_every_caller(storage: Storage) -> None:
    def refuse(conn: Connection) -> None:
        raise OSError("no space left on device")

    event.listen(storage._writer._engine, "commit", refuse)
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(storage.write, add(n)) for n in range(4)]
        errors = [future.exception(10) for future in futures]
    assert {type(error) for error in errors} == {StorageError}
    assert {error.key for error in errors} == {"error.storage.not_kept"}
    assert len({id(error) for error in errors}) == 4
    event.remove(storage._writer._engine, "commit", refuse)
    assert count(storage) == 0
    assert storage.write(add(1)) == 1


@pytest.mark.parametrize("how", ["commit", "rollback"])
def test_a_write_cannot_end_the_shared_transaction(storage: Storage, how: str) -> None:
    with pytest.raises(StorageError) as caught:
        storage.write(lambda conn: getattr(conn, how)())
    assert caught.value.key == "error.storage.own_commit"
    assert storage.write(add(1)) == 1


def test_write_within_a_write_is_refused_and_not_a_deadlock(storage: Storage) -> None:
    with pytest.raises(StorageError) as caught:
        storage.write(lambda conn: storage.write(add(1)))
    assert caught.value.key == "error.storage.nested_write"
    assert count(storage) == 0


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises, also where whoever started the tests in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_interrupted_caller_leaves_the_queue_sound(storage: Storage) -> None:
    started, go = threading.Event(), threading.Event()

    def slow(conn: Connection) -> int:
        started.set()
        go.wait(30)
        return samples.add(conn, [sample(0)], ACT)

    def interrupt() -> None:
        started.wait(30)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        storage.write(slow)
    go.set()
    thread.join()
    assert storage.write(add(1)) == 1
    assert count(storage) == 2  # what had begun was finished


def test_close_drains_and_then_refuses(url: str, storage: Storage) -> None:
    started = threading.Event()

    def slow(conn: Connection) -> None:
        started.set()
        time.sleep(0.2)

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(storage.write, slow)
        started.wait(10)
        rest = [pool.submit(storage.write, add(n)) for n in range(8)]
        while storage._writer._queue.qsize() < 8:
            time.sleep(0.005)
        storage.close()
        storage.close()
        assert [future.result(1) for future in [first, *rest]] == [None] + [1] * 8
    for use in (lambda: storage.write(add(9)), lambda: count(storage)):
        with pytest.raises(StorageError) as caught:
            use()
        assert caught.value.key == "error.storage.closed"
    with Storage.open(url) as again:
        assert count(again) == 8


CHILD = """
import sys
from qinglan.storage import Storage, history, samples
from storage_example import ACT, PRJ, sample
storage = Storage.open({url!r})
{body}
"""


def child(url: str, body: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    code = CHILD.format(url=url, body=body)
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env
    )


def test_killed_after_the_answer_keeps_it(url: str, storage: Storage) -> None:
    storage.close()
    body = """
n = 0
while True:
    storage.write(lambda conn: samples.add(conn, [sample(n)], ACT))
    print(n, flush=True)
    n += 1
"""
    process = child(url, body)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if int(line) >= 25:
                break
    finally:
        process.kill()
    rest = process.stdout.read().split("\n")
    process.wait(10)
    process.stdout.close()
    last = max([25, *(int(line) for line in rest[:-1] if line)])
    with Storage.open(url) as again, again.read() as conn:
        kept = samples.get(conn, [sample(n).id for n in range(last + 1)])
    assert len(kept) == last + 1
    assert process.returncode == -signal.SIGKILL


def test_two_processes_write_one_history(url: str, storage: Storage) -> None:
    body = """
for n in range(60):
    storage.write(lambda conn: history.append(conn, PRJ, {"who": sys.argv[0], "n": n}))
storage.close()
"""
    processes = [child(url, body) for _ in range(2)]
    for _ in range(60):
        storage.write(lambda conn: history.append(conn, PRJ, {"who": "here"}))
    for process in processes:
        assert process.wait(60) == 0
        assert process.stdout is not None
        process.stdout.close()
    with storage.read() as conn:
        history.check(conn, PRJ)
        assert history.head(conn, PRJ)[0] == 180


def test_busy_says_so_and_recovers(url: str, storage: Storage) -> None:
    with Storage.open(url, busy_seconds=0.2) as other:
        hold, started = threading.Event(), threading.Event()

        def block(conn: Connection) -> None:
            started.set()
            hold.wait(10)

        with ThreadPoolExecutor(1) as pool:
            blocker = pool.submit(storage.write, block)
            started.wait(10)
            with pytest.raises(StorageError) as caught:
                other.write(add(1))
            assert caught.value.key == "error.storage.busy"
            assert "0.2 s" in caught.value.say("en")
            assert count(other) == 0  # readers never wait
            hold.set()
            blocker.result(10)
        assert other.write(add(1)) == 1


def test_the_log_is_taken_in_when_nobody_waits(url: str, storage: Storage) -> None:
    file = Path(url.removeprefix("sqlite:///"))
    many = [sample(n) for n in range(dialects.WORTH)]
    time.sleep(6 * writer.REST)  # what made the database is taken in, if it was worth it
    before = file.stat().st_size
    storage.write(lambda conn: samples.add(conn, many[:100], ACT))
    time.sleep(6 * writer.REST)
    assert file.stat().st_size == before, "so little is not worth it"
    storage.write(lambda conn: samples.add(conn, many, ACT))
    deadline = time.monotonic() + 60
    while file.stat().st_size < before + 100 * len(many):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    log = file.with_name(f"{file.name}-wal")
    assert log.stat().st_size < dialects.LOG_PAGES * dialects.PAGE, "no commit had to"
    with storage.read() as conn:
        assert len(samples.get(conn, [one.id for one in many])) == len(many)
