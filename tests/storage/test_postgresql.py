"""What writing and opening promise, on PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, create_engine, text
from storage_example import ACT, PRJ, begin, fill, sample

from qinglan.errors import StorageError
from qinglan.storage import Storage, history, samples, schema, tasks


@pytest.fixture
def storage(postgresql_url: str) -> Storage:
    with Storage.open(postgresql_url, busy_seconds=5) as opened:
        opened.write(begin)
        yield opened


def raw(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as conn:
        for statement in statements:
            conn.execute(text(statement))
    engine.dispose()


def test_sixteen_threads_keep_all_and_a_failure_harms_nobody(storage: Storage) -> None:
    def submit(number: int) -> int | str:
        def fn(conn: Connection) -> int:
            new = samples.add(conn, [sample(number)], ACT)
            if number % 7 == 3:
                conn.execute(text("SELECT nothing FROM nowhere"))
            return new

        try:
            return storage.write(fn)
        except StorageError as error:
            return error.key

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(submit, range(200)))
    failed = {n for n in range(200) if n % 7 == 3}
    assert results == ["error.storage.refused" if n in failed else 1 for n in range(200)]
    with storage.read() as conn:
        kept = samples.get(conn, [sample(n).id for n in range(200)])
    assert kept == [sample(n) for n in range(200) if n not in failed]


def test_opening_at_once_migrates_once(postgresql_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: Storage.open(postgresql_url), range(4)))
    for storage in opened:
        assert f"schema {schema.HEAD}" in storage.examine()
        storage.close()


def test_newer_and_foreign_databases_are_refused(postgresql_url: str) -> None:
    raw(postgresql_url, "CREATE TABLE cookies (host TEXT)")
    with pytest.raises(StorageError) as caught:
        Storage.open(postgresql_url)
    assert caught.value.key == "error.storage.foreign"
    raw(postgresql_url, "DROP TABLE cookies")
    Storage.open(postgresql_url).close()
    raw(postgresql_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError) as caught:
        Storage.open(postgresql_url)
    assert caught.value.key == "error.storage.newer"


def test_a_read_sees_one_moment_and_cannot_write(storage: Storage) -> None:
    count = text("SELECT count(*) FROM samples")
    with storage.read() as conn:
        storage.write(lambda c: samples.add(c, [sample(1)], ACT))
        assert conn.execute(count).scalar_one() == 0
    with pytest.raises(StorageError) as caught, storage.read() as conn:
        samples.add(conn, [sample(2)], ACT)
    assert "read-only" in str(caught.value)


def test_ids_sort_by_their_bytes(storage: Storage) -> None:
    storage.write(lambda c: fill(c, 1, who=()))
    with storage.read() as conn:
        one = next(tasks.stream(conn, PRJ))
    names = ["tsk_a", "tsk_B", "tsk_b", "tsk-a", "TSK_a", "tsk_é", "tsk_一"]
    made = [one.model_copy(update={"id": name}) for name in names]
    storage.write(lambda c: tasks.add(c, made, ACT))
    with storage.read() as conn:
        assert [task.id for task in tasks.stream(conn, PRJ)] == sorted([one.id, *names])


def test_two_writers_keep_one_chain(postgresql_url: str, storage: Storage) -> None:
    """Two servers append to one history: each waits for the other, and none forks it."""
    with Storage.open(postgresql_url) as other:
        barrier = threading.Barrier(2)

        def append(one: Storage) -> None:
            barrier.wait(10)
            for n in range(40):
                one.write(lambda c, n=n: history.append(c, PRJ, {"n": n}))

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(append, [storage, other]))
    with storage.read() as conn:
        history.check(conn, PRJ)
        assert history.head(conn, PRJ)[0] == 80
