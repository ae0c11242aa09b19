"""Statements that travel to PostgreSQL together: in their order, in few trips, all or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from qinglan.errors import StorageError
from qinglan.storage import Storage, tables, trips
from qinglan.storage.prepared import Prepared, first

USER = tables.users.c
ADD = Prepared(insert(tables.users), *USER.keys())
NAMES = Prepared(select(USER.name).order_by(USER.name))
MADE = Prepared(select(USER.made).where(USER.name == bindparam("name_")))
RAISE = Prepared(
    update(tables.users).where(USER.name == bindparam("name_")).values(made=USER.made + 1)
)
DROP = Prepared(delete(tables.users).where(USER.name == bindparam("name_")))
ADD_LANGUAGES = Prepared(
    update(tables.users)
    .where(USER.name == bindparam("name_"))
    .values(languages=bindparam("languages_"))
    .returning(USER.languages)
)


@pytest.fixture(scope="module")
def line(postgresql: str) -> Iterator[Storage]:
    """One database for all of these; each empties the table."""
    from postgresql_server import emptied

    with Storage.open(emptied(postgresql), busy_seconds=5) as opened:
        yield opened


@pytest.fixture
def storage(line: Storage) -> Storage:
    line.write(lambda conn: conn.execute(delete(tables.users)))
    return line


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements each trip took along."""
    counted: list[int] = []
    speak = trips.Line._speak

    def count(self: trips.Line, waiting: list[trips.Reply], *, commit: bool) -> Any:
        counted.append(len(waiting) + commit)
        return speak(self, waiting, commit=commit)

    monkeypatch.setattr(trips.Line, "_speak", count)
    return counted


def person(name: str, made: int = 0) -> dict[str, object]:
    return {"name": name, "role": "lead", "password": "x", "active": True, "made": made,
            "languages": None}  # fmt: skip


def names(storage: Storage) -> list[str]:
    return storage.glance(lambda conn: [row.name for row in NAMES.rows(conn, {})])


def test_what_nobody_waits_for_goes_with_the_next_question_and_with_the_commit(
    storage: Storage, sent: list[int]
) -> None:
    def work(conn: Connection) -> tuple[int, Any]:
        ADD.later(conn, person("a"))
        RAISE.later(conn, {"name_": "a"})
        RAISE.later(conn, {"name_": "a"})
        made = MADE.one(conn, {"name_": "a"}).made
        ADD.later(conn, person("b"))
        return made, NAMES.ask(conn, {})

    made, asked = storage.write(work)
    assert made == 2
    assert sent == [4, 3]
    assert [row.name for row in asked.rows()] == ["a", "b"]  # it came with the commit
    assert names(storage) == ["a", "b"]


def test_what_was_asked_together_is_answered_together_and_in_order(
    storage: Storage, sent: list[int]
) -> None:
    def work(conn: Connection) -> list[Any]:
        asked = []
        for name in "abc":
            ADD.later(conn, person(name))
            asked.append(NAMES.ask(conn, {}))
        nobody = MADE.ask(conn, {"name_": "nobody"})
        assert first(nobody) is None
        return [[row.name for row in one.rows()] for one in asked]

    assert storage.write(work) == [["a"], ["a", "b"], ["a", "b", "c"]]
    assert sent == [7]  # and the commit alone, by the driver


def test_the_toolkits_own_statements_keep_their_place_between_them(storage: Storage) -> None:
    def work(conn: Connection) -> list[int]:
        ADD.later(conn, person("a", 5))
        seen = [conn.execute(select(USER.made)).scalar_one()]
        RAISE.later(conn, {"name_": "a"})
        seen.append(conn.exec_driver_sql("SELECT made FROM users").scalar_one())
        RAISE.later(conn, {"name_": "a"})
        with conn.begin_nested() as inner:
            DROP.later(conn, {"name_": "a"})
            inner.rollback()
        return [*seen, MADE.one(conn, {"name_": "a"}).made]

    assert storage.write(work) == [5, 6, 7]


def test_one_that_fails_late_undoes_all_and_its_error_is_its_own(storage: Storage) -> None:
    storage.write(lambda conn: ADD.run(conn, person("a")))

    def twice(conn: Connection) -> None:
        ADD.later(conn, person("b"))
        ADD.later(conn, person("a"))
        RAISE.later(conn, {"name_": "a"})

    with pytest.raises(StorageError, match="duplicate key") as failed:
        storage.write(twice)
    assert isinstance(failed.value.__cause__, IntegrityError)
    assert failed.value.__cause__.params is not None
    assert names(storage) == ["a"]

    def and_then(conn: Connection) -> None:
        twice(conn)
        NAMES.rows(conn, {})

    with pytest.raises(StorageError) as failed:
        storage.write(and_then)
    assert failed.value.key == "error.storage.refused"
    assert names(storage) == ["a"]


def test_what_an_undone_write_had_yet_to_send_is_never_sent(storage: Storage) -> None:
    def work(conn: Connection) -> None:
        ADD.later(conn, person("a"))
        raise LookupError

    for _ in range(20):  # whichever connection comes next
        with pytest.raises(LookupError):
            storage.write(work)
        storage.write(lambda conn: conn.execute(text("SELECT 1")))
    assert names(storage) == []


def test_a_write_outlives_a_server_that_is_started_anew_and_runs_again_once(
    storage: Storage,
) -> None:
    storage.write(lambda conn: ADD.run(conn, person("a")))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    with storage.read() as conn:
        conn.exec_driver_sql(f"{end} AND datname = current_database()").all()
    storage.write(lambda conn: ADD.later(conn, person("b")))
    assert names(storage) == ["a", "b"]
    ran = []

    def cut(conn: Connection) -> None:
        ran.append(ADD.run(conn, person("c")))
        with storage.read() as other:
            other.exec_driver_sql(f"{end} AND datname = current_database()").all()
        RAISE.run(conn, {"name_": "a"})

    with pytest.raises(StorageError) as failed:
        storage.write(cut)
    assert failed.value.key == "error.storage.not_kept"
    assert ran == [1, 1]
    assert names(storage) == ["a", "b"]


def test_a_connection_that_forgot_its_statements_is_replaced(storage: Storage) -> None:
    storage.write(lambda conn: ADD.run(conn, person("a")))

    def forget(conn: Connection) -> None:
        RAISE.run(conn, {"name_": "a"})
        conn.exec_driver_sql("DEALLOCATE ALL")

    storage.write(forget)
    storage.write(lambda conn: RAISE.run(conn, {"name_": "a"}))
    storage.write(lambda conn: RAISE.later(conn, {"name_": "a"}))
    assert storage.glance(lambda conn: MADE.one(conn, {"name_": "a"})).made == 3


def test_long_texts_pass_both_ways_at_once(storage: Storage, sent: list[int]) -> None:
    """Neither side may wait for the other to read first."""
    long = "青" * 1_000_000

    def work(conn: Connection) -> list[int]:
        asked = []
        for name in "abc":
            ADD.later(conn, person(name))
            asked.append(ADD_LANGUAGES.ask(conn, {"name_": name, "languages_": long}))
        return [len(first(one).languages) for one in asked]

    assert storage.write(work) == [1_000_000] * 3
    assert sent == [1] * 6  # a long one never joins others
