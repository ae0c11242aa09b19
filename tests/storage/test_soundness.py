"""A sound file is called sound, whatever version of SQLite looks; a damaged one is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage_example import PRJ

from qinglan.storage import Storage, snapshots, tables, tiers
from qinglan.storage.soundness import faults


def test_a_database_with_tiers_is_sound_and_can_be_copied(
    storage: Storage, url: str, tmp_path: Path
) -> None:
    """SQLite 3.40 finds NULL in the column that stands within the key of ``tiers``."""
    storage.write(lambda conn: tiers.name_all(conn, PRJ, ["crowd", "expert"]))
    assert "sqlite" in storage.examine()
    snapshots.dump(url, tmp_path)
    with closing(sqlite3.connect(tmp_path / snapshots.FILES["sqlite"])) as raw:
        assert faults(raw) == []


def test_what_is_wrong_is_told(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as raw:
        raw.execute("CREATE TABLE broken (a TEXT)")
        raw.execute("INSERT INTO broken VALUES ('x'), (NULL)")
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute("UPDATE sqlite_master SET sql = 'CREATE TABLE broken (a TEXT NOT NULL)'")
    with closing(sqlite3.connect(tmp_path / "x.db")) as raw:
        for quick in (True, False):
            assert faults(raw, quick=quick) == ["NULL value in broken.a"]


def test_keys_come_first_in_tables_without_row_ids() -> None:
    """But in the one that was made before anybody knew."""
    for table in tables.metadata.sorted_tables:
        columns = [column.name for column in table.columns]
        key = {column.name for column in table.primary_key.columns}
        if table.kwargs.get("sqlite_with_rowid") is False and table is not tables.tiers:
            assert set(columns[: len(key)]) == key, table.name
