"""The PostgreSQL of the tests ends with the test run, even with one that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
psutil = pytest.importorskip("psutil", reason="no PostgreSQL from pip is installed")

RUN = """
import time
from pathlib import Path

from postgresql_server import postgresql
from sqlalchemy import create_engine, text


def test_that_never_ends(postgresql):
    with create_engine(postgresql).connect() as conn:
        folder = conn.execute(text("SHOW data_directory")).scalar_one()
    pid = (Path(folder) / "postmaster.pid").read_text().split()[0]
    Path("found.part").write_text(f"{pid} {folder}")
    Path("found.part").rename("found")
    time.sleep(600)
"""


def test_a_killed_test_run_leaves_no_server(tmp_path: Path) -> None:
    (tmp_path / "test_run.py").write_text(RUN)
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_run.py",
        "--basetemp", str(tmp_path / "base"), "-c", "/dev/null", "--rootdir", str(tmp_path),
    ]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    run = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while not (tmp_path / "found").exists():
            assert run.poll() is None, "the run ended by itself"
            assert time.monotonic() < deadline, "the server never came up"
            time.sleep(0.05)
        pid, folder = (tmp_path / "found").read_text().split(maxsplit=1)
        server = psutil.Process(int(pid))
        assert "postgres" in server.name()
    finally:
        run.kill()
    assert run.wait(30) == -signal.SIGKILL
    server.wait(60)
    assert not server.is_running()
    while Path(folder).exists():
        assert time.monotonic() < deadline, "the server's folder stays"
        time.sleep(0.05)
