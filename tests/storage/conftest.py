"""A database on disk for each test."""

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
