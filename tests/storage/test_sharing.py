"""Several processes on one SQLite file: commands wait for each other, servers refuse a second."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from storage_example import ACT, begin, sample

from qinglan.errors import StorageError
from qinglan.storage import Storage, samples
from qinglan.wording import say

SERVE = """
import sys, time
from qinglan.storage import Storage
storage = Storage.open(sys.argv[1], serving=True)
print("serving", flush=True)
time.sleep(600)
"""


def serve(url: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, url], stdout=subprocess.PIPE, text=True, env=env
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "serving\n"
    return process


def test_a_second_server_is_refused_and_told_who_the_first_is(url: str) -> None:
    server = serve(url)
    try:
        with pytest.raises(StorageError) as caught:
            Storage.open(url, serving=True)
        assert caught.value.key == "error.storage.served"
        assert caught.value.facts["pid"] == str(server.pid)
        with Storage.open(url) as command:  # a command beside a server is welcome
            command.write(begin)
    finally:
        server.send_signal(signal.SIGKILL)
        server.communicate(timeout=30)
    with Storage.open(url, serving=True) as next_server:  # the lock went with the process
        next_server.write(lambda conn: samples.add(conn, [sample(1)], ACT))


def test_a_server_that_closes_lets_the_next_one_in(url: str) -> None:
    for _ in range(2):
        with Storage.open(url, serving=True) as server:
            with pytest.raises(StorageError) as caught:
                Storage.open(url, serving=True)
            assert caught.value.key == "error.storage.served"
            server.close()
        assert caught.value.facts["pid"] == os.getpid()


def test_a_server_that_cannot_open_its_database_holds_no_lock(url: str, tmp_path: Path) -> None:
    (tmp_path / "line.db").write_bytes(b"not a database, but a letter " * 200)
    for _ in range(2):
        with pytest.raises(StorageError) as caught:
            Storage.open(url, serving=True)
        assert caught.value.key == "error.storage.cannot_open"


def test_postgresql_serves_many(postgresql_url: str) -> None:
    with Storage.open(postgresql_url, serving=True), Storage.open(postgresql_url, serving=True):
        pass


def test_who_waits_long_is_told_once_and_then_served(
    url: str, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    started, hold = threading.Event(), threading.Event()

    def block(conn: Connection) -> None:
        started.set()
        hold.wait(30)

    with Storage.open(url, busy_seconds=30) as other, caplog.at_level(logging.WARNING):
        blocker = threading.Thread(target=lambda: storage.write(block))
        blocker.start()
        started.wait(10)
        threading.Timer(2.5, hold.set).start()
        began = time.monotonic()
        assert other.write(lambda conn: samples.add(conn, [sample(1)], ACT)) == 1
        assert time.monotonic() - began > 2
        blocker.join()
    assert [record.message for record in caplog.records] == [say("storage.waiting")]


def test_a_full_database_says_so_and_harms_no_neighbour(url: str, storage: Storage) -> None:
    """SQLite gives up the whole transaction when it is full, not one savepoint."""

    def fill(conn: Connection) -> None:
        pages = conn.execute(text("PRAGMA page_count")).scalar_one()
        conn.execute(text(f"PRAGMA max_page_count = {pages + 4}"))
        samples.add(conn, (sample(n) for n in range(5_000)), ACT)

    with pytest.raises(StorageError) as caught:
        storage.write(fill)
    assert caught.value.key == "error.storage.full"
    assert storage.write(lambda conn: samples.add(conn, [sample(1)], ACT)) == 1
    assert storage.examine()
