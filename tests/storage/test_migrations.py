"""Every released schema, populated, comes forward; what was in it reads and verifies the same.

The databases were made by the releases themselves (``scripts/keep_schema.py``).
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

import schema_readings
from kept_schemas import ENGINES, FIXTURES, REVISIONS, fill_postgresql, fill_sqlite, said
from qinglan.errors import StorageError
from qinglan.storage import Storage, history, projects, schema
from qinglan.storage.tables import metadata

EACH = [(r, e) for r in REVISIONS for e in ENGINES]
ENDS = [(r, e) for r in (REVISIONS[0], REVISIONS[-1]) for e in ENGINES]
"""The oldest and the newest: enough where the way between makes no difference."""
ends = pytest.mark.parametrize("kept", ENDS, ids="-".join, indirect=True)
oldest = pytest.mark.parametrize("kept", ENDS[:2], ids="-".join, indirect=True)


@pytest.fixture(params=EACH, ids="-".join)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str, str]:
    """Schema, engine and address of a kept database."""
    revision, engine = request.param
    if engine == "sqlite":
        fill_sqlite(revision, tmp_path / "line.db")
        return revision, engine, f"sqlite:///{tmp_path / 'line.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    fill_postgresql(revision, url)
    return revision, engine, url


def test_schemas_are_kept() -> None:
    """The first fourteen without a gap, then those that stood for a while. Of a missing one:
    ``python scripts/keep_schema.py COMMIT``, with code that had it.
    """
    known = sorted(schema.known(schema.configure()))
    assert known[:14] == REVISIONS[:14]
    assert set(REVISIONS) <= set(known)
    assert REVISIONS[-1] >= "0024"
    for revision in REVISIONS:
        files = {path.name for path in (FIXTURES / revision).iterdir()}
        assert len(files) == 3 * len(ENGINES), revision


CHANGED = {"tallies": {"slot", "n"}, "withdrawals": {"scrubbed"}}
"""What a later schema says otherwise: counts are made anew, and more is scrubbed."""


def test_old_records_read_and_verify_the_same(kept: tuple[str, str, str]) -> None:
    revision, engine, url = kept
    before = said(revision, engine)
    with Storage.open(url, upgrade=True) as storage:
        assert f"schema {schema.HEAD}" in storage.examine()
        with storage.read() as conn:
            found = [json.loads(line) for line in schema_readings.readings(conn)]
            assert schema_readings.commitments(conn) == before["commitments"]
            for project in projects.all(conn):
                assert history.check(conn, project.id) > 0
            assert compare_metadata(MigrationContext.configure(conn), metadata) == []
            rows = schema_readings.raw_rows(conn)
    for table, lay in before.get("rows", {}).items():
        _lie_still(table, lay, rows[table])
    wanted = [json.loads(line) for line in before["readings"] if not _judged_aside(line)]
    assert len(wanted) > 150
    assert [table for table, _ in found] == [table for table, _ in wanted]
    for (_, now), (table, then) in zip(found, wanted, strict=True):
        if isinstance(then, dict):  # a record may gain a field, and none may change
            assert {name: now[name] for name in then} == then, table
        else:
            assert now == then, table


def _lie_still(table: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Every row lies there as it lay; a table may have gained columns, and rows."""
    for columns in {tuple(row) for row in before}:
        kept = [name for name in columns if name not in CHANGED.get(table, ())]
        now = Counter(tuple(row[name] for name in kept) for row in after)
        then = Counter(tuple(row[name] for name in kept) for row in before)
        assert then - now == Counter(), table


def _judged_aside(line: str) -> bool:
    """Since 0002 the verdicts alone say what a judging set aside."""
    return line.startswith('["set_aside"') and json.loads(line)[1]["stage"] == "judge"


@ends
def test_an_older_schema_is_left_untouched_until_asked(kept: tuple[str, str, str]) -> None:
    revision, engine, url = kept
    if revision == schema.HEAD:
        pytest.skip("no newer schema yet")
    with pytest.raises(StorageError, match="qinglan upgrade") as caught:
        Storage.open(url)
    assert caught.value.key == "error.storage.older"
    assert caught.value.facts == {"found": revision, "known": schema.HEAD}
    before = said(revision, engine)
    look = create_engine(url)
    with look.connect() as conn:
        assert schema.current(conn) == revision
        assert schema_readings.commitments(conn) == before["commitments"]
    look.dispose()


@oldest
@pytest.mark.parametrize("upgrade", [False, True])
def test_the_last_release_refuses_a_newer_schema(kept: tuple[str, str, str], upgrade: bool) -> None:
    """What today's code does to tomorrow's database is what the last release does to today's."""
    _, _, url = kept
    look = create_engine(url)
    with look.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="install a newer qinglan") as caught:
        Storage.open(url, upgrade=upgrade)
    assert caught.value.key == "error.storage.newer"
    with look.connect() as conn:
        assert schema.current(conn) == "9999"
    look.dispose()


KILLED = """
import os, signal, sys, time
from alembic.runtime.migration import MigrationContext
from qinglan.storage import Storage, schema

when, url = sys.argv[1:]
ran = MigrationContext.run_migrations

def cut_off(self, **kw):
    ran(self, **kw)                     # every table is made, the version is written ...
    print("migrated", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)   # ... and nothing is committed yet

if when == "before the commit":
    MigrationContext.run_migrations = cut_off
storage = Storage.open(url, upgrade=True)
print("opened", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@oldest
@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
def test_killed_in_the_middle_it_is_old_or_new(kept: tuple[str, str, str], when: str) -> None:
    revision, engine, url = kept
    if revision == schema.HEAD:
        pytest.skip("no newer schema yet")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, when, url], capture_output=True, text=True, timeout=120,
        env=os.environ, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    if when == "before the commit":
        assert done.stdout.split() == ["migrated"]
        with pytest.raises(StorageError) as caught:
            Storage.open(url)
        assert caught.value.facts["found"] == revision
        Storage.open(url, upgrade=True).close()
    with Storage.open(url) as storage, storage.read() as conn:
        assert schema_readings.commitments(conn) == said(revision, engine)["commitments"]


def shape(conn: Connection) -> dict[str, Any]:
    """Every table whole: columns, keys, checks, and indexes with what they leave out."""
    found, known = {}, inspect(conn)
    for table in known.get_table_names():
        columns = {c["name"]: (repr(c["type"]), c) for c in known.get_columns(table)}
        for _, column in columns.values():
            del column["type"]  # compared by its words: types have no equality
        found[table] = {
            "columns": columns,
            "key": known.get_pk_constraint(table),
            "others": sorted(known.get_foreign_keys(table), key=str),
            "unique": sorted(known.get_unique_constraints(table), key=str),
            "checks": sorted(known.get_check_constraints(table), key=str),
            "indexes": sorted(known.get_indexes(table), key=lambda index: str(index["name"])),
        }
    return json.loads(json.dumps(found, default=str))  # type: ignore[no-any-return]


@pytest.mark.parametrize("database", ["url", "postgresql_url"])
def test_made_at_once_or_by_every_migration_the_tables_are_alike(
    database: str, request: pytest.FixtureRequest
) -> None:
    engine = create_engine(request.getfixturevalue(database))
    with engine.connect() as conn:
        schema.migrate(conn)
        made = shape(conn)
        assert len(made) == len(metadata.tables) + 1
        metadata.drop_all(conn)
        conn.execute(text("DROP TABLE alembic_version"))
        command.upgrade(schema.configure(conn), "head")
        assert shape(conn) == made
    engine.dispose()


def test_an_empty_database_needs_no_upgrade(url: str) -> None:
    with Storage.open(url) as storage:
        assert f"schema {schema.HEAD}" in storage.examine()


def test_a_kept_sqlite_database_is_sound(tmp_path: Path) -> None:
    """The dump itself: nothing in it points at nothing."""
    for revision in REVISIONS:
        path = tmp_path / f"{revision}.db"
        fill_sqlite(revision, path)
        raw = sqlite3.connect(path)
        found: list[Any] = raw.execute("PRAGMA foreign_key_check").fetchall()
        raw.close()
        assert found == []
