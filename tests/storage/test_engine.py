"""Opening, refusing, snapshots."""

from __future__ import annotations

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from storage_example import ACT, PRJ, fill, sample

from qinglan.errors import StorageError
from qinglan.storage import Storage, samples, schema, tasks
from qinglan.storage.tables import metadata


def refusal(url: str) -> str:
    with pytest.raises(StorageError) as caught:
        Storage.open(url, busy_seconds=0.2)
    for language in ("en", "zh"):
        assert "\n" not in caught.value.say(language)
    return caught.value.key.removeprefix("error.storage.")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("nonsense", "bad_url"),
        ("mysql://host/db", "unknown_engine"),
        ("sqlite://", "in_memory"),
        ("sqlite:///:memory:", "in_memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in_memory"),
        ("sqlite:////no/such/folder/line.db", "cannot_open"),
    ],
)
def test_bad_addresses_are_refused(url: str, key: str) -> None:
    assert refusal(url) == key


def test_newer_schema_is_refused_and_untouched(url: str, storage: Storage, tmp_path: Path) -> None:
    storage.close()
    with sqlite3.connect(tmp_path / "line.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    before = (tmp_path / "line.db").read_bytes()
    assert refusal(url) == "newer"
    assert (tmp_path / "line.db").read_bytes() == before


def test_another_programs_database_is_refused(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "line.db") as raw:
        raw.execute("CREATE TABLE cookies (host TEXT)")
    raw.close()
    assert refusal(url) == "foreign"


def test_another_programs_migrations_are_refused(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "line.db") as raw:
        raw.execute("CREATE TABLE alembic_version (version_num TEXT)")
    raw.close()
    assert refusal(url) == "foreign"


def test_a_file_that_is_no_database_is_refused(url: str, tmp_path: Path) -> None:
    (tmp_path / "line.db").write_bytes(b"not a database, but a letter " * 200)
    assert refusal(url) == "cannot_open"
    assert (tmp_path / "line.db").read_bytes().startswith(b"not a database")


def test_migrations_make_exactly_the_tables(storage: Storage) -> None:
    with storage.read() as conn:
        found = compare_metadata(MigrationContext.configure(conn), metadata)
        assert found == []
        rows = text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID%'")
        without = {
            table.name for table in metadata.tables.values()
            if table.dialect_options["sqlite"].get("with_rowid") is False
        }  # fmt: skip
        assert {name for name, _ in conn.execute(rows)} == without
        heads = ScriptDirectory.from_config(schema.configure(conn)).get_heads()
    assert heads == [schema.HEAD]


def test_opening_at_once_migrates_once(url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: Storage.open(url), range(6)))
    for storage in opened:
        with storage.read() as conn:
            versions = conn.execute(text("SELECT version_num FROM alembic_version")).scalars()
            assert list(versions) == [schema.HEAD]
        storage.close()


def test_open_again_keeps_what_is_there(url: str, storage: Storage) -> None:
    storage.write(lambda conn: samples.add(conn, [sample(1)], ACT))
    storage.close()
    with Storage.open(url) as again, again.read() as conn:
        assert samples.get(conn, [sample(1).id]) == [sample(1)]


def test_durability_settings_hold_on_the_writing_connection(storage: Storage) -> None:
    names = ["journal_mode", "synchronous", "foreign_keys", "secure_delete"]

    def look(conn: object) -> list[object]:
        return [conn.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]  # type: ignore[attr-defined]

    assert storage.write(look) == ["wal", 2, 1, 1]


def test_a_new_file_has_larger_pages_and_one_of_an_earlier_version_keeps_its_own(
    tmp_path: Path,
) -> None:
    def size(conn: Connection) -> int:
        return int(conn.exec_driver_sql("PRAGMA page_size").scalar_one())

    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript("PRAGMA page_size=4096; PRAGMA journal_mode=WAL; VACUUM;")
    old.close()
    for name, pages in (("new.db", 8192), ("old.db", 4096)):
        with Storage.open(f"sqlite:///{tmp_path / name}") as opened:
            assert opened.write(size) == pages
        with Storage.open(f"sqlite:///{tmp_path / name}") as again:
            assert again.write(size) == pages


def test_a_new_file_is_its_owners_alone(storage: Storage, tmp_path: Path) -> None:
    for name in ("line.db", "line.db-wal", "line.db-shm"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_read_sees_one_moment(storage: Storage) -> None:
    count = text("SELECT count(*) FROM samples")
    with storage.read() as conn:
        storage.write(lambda c: samples.add(c, [sample(1)], ACT))
        assert conn.execute(count).scalar_one() == 0
    with storage.read() as conn:
        assert conn.execute(count).scalar_one() == 1


def test_a_stream_goes_on_while_others_write(storage: Storage) -> None:
    storage.write(lambda conn: fill(conn, 1500, who=()))
    seen = []
    with storage.read() as conn:
        for number, task in enumerate(tasks.stream(conn, PRJ)):
            seen.append(task.id)
            if number % 500 == 0:
                storage.write(lambda c, n=number: samples.add(c, [sample(9000 + n)], ACT))
    assert len(seen) == 1500
    assert seen == sorted(seen)


def test_a_reader_cannot_write(storage: Storage) -> None:
    with pytest.raises(StorageError) as caught, storage.read() as conn:
        samples.add(conn, [sample(1)], ACT)
    assert "readonly" in str(caught.value)


def test_many_readers_at_once(storage: Storage) -> None:
    storage.write(lambda conn: fill(conn, 10, who=()))
    barrier = threading.Barrier(16)

    def read(_: int) -> int:
        with storage.read() as conn:
            barrier.wait(10)
            return len(list(tasks.stream(conn, PRJ)))

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(read, range(16))) == [10] * 16


def test_examine_finds_a_dangling_reference(storage: Storage, tmp_path: Path) -> None:
    storage.write(lambda conn: fill(conn, 2))
    assert storage.examine().startswith("sqlite 3.")
    with sqlite3.connect(tmp_path / "line.db") as raw:
        raw.execute("DELETE FROM tasks WHERE id = 'tsk_0000001'")
    raw.close()
    with pytest.raises(StorageError) as caught:
        storage.examine()
    assert "answer_keys" in str(caught.value)


def test_erased_text_leaves_no_trace_in_the_file(storage: Storage, tmp_path: Path) -> None:
    secret = "a-name-that-must-go-away" * 8
    told = sample(1).model_copy(update={"text": secret})
    storage.write(lambda conn: samples.add(conn, [told], ACT))
    storage.write(lambda conn: conn.execute(text("DELETE FROM samples")))
    storage.close()  # the last connection folds the log back and removes it
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"a-name-that-must-go-away" not in left
