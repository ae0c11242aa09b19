"""A database on disk for each test; for tests of what is stored, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
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


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """A begun database, on SQLite and on PostgreSQL."""
    name = "url" if request.param == "sqlite" else "postgresql_url"
    with Storage.open(request.getfixturevalue(name), busy_seconds=5) as opened:
        opened.write(begin)
        yield opened
