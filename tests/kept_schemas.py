"""The databases of released schemas, as ``scripts/keep_schema.py`` kept them."""

from __future__ import annotations

import gzip
import json
import sqlite3
import tarfile
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

FIXTURES = Path(__file__).parent / "storage" / "fixtures"
REVISIONS = sorted(path.name for path in FIXTURES.iterdir())
ENGINES = ("sqlite", "postgresql")


def said(revision: str, engine: str) -> dict[str, Any]:
    """What the release of that schema read in its database."""
    return json.loads(_packed(revision, f"{engine}.records.json.gz"))  # type: ignore[no-any-return]


def fill_sqlite(revision: str, path: Path) -> None:
    """The kept database as a file, in the mode that its release left it in."""
    raw = sqlite3.connect(path)
    raw.executescript(_packed(revision, "sqlite.sql.gz").decode())
    raw.execute("PRAGMA journal_mode=WAL")
    raw.close()


def fill_postgresql(revision: str, url: str) -> None:
    """The kept database in an empty one."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(_packed(revision, "postgresql.sql.gz").decode())
    finally:
        raw.close()
        engine.dispose()


def unpack_workspace(revision: str, engine: str, folder: Path) -> None:
    """The kept workspace without its database; keys as private as they were."""
    with tarfile.open(FIXTURES / revision / f"{engine}.workspace.tar.gz") as tar:
        tar.extractall(folder, filter="data")
    for path in (folder / "keys").iterdir():
        path.chmod(0o600)


def _packed(revision: str, name: str) -> bytes:
    return gzip.decompress((FIXTURES / revision / name).read_bytes())
