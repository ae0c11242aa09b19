"""Statements that go to the driver as they are: same rows, same errors, same listeners."""

from __future__ import annotations

import pytest
from plan_example import plans
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, NoResultFound
from storage_example import fill, task

from qinglan.errors import StorageError
from qinglan.storage import Storage, tables
from qinglan.storage.bulk import among
from qinglan.storage.prepared import Prepared

USER = tables.users.c
GET = Prepared(select(*USER).where(USER.name == bindparam("name_")))
ADD = Prepared(insert(tables.users), *USER.keys())
CHANGE = Prepared(
    update(tables.users)
    .where(USER.name == bindparam("name_"), USER.role == "lead")
    .values(made=USER.made + bindparam("more_"))
    .returning(USER.made, USER.active)
)
SOME = Prepared(select(USER.name).where(among(USER.name, "names_")).order_by(USER.name))


def person(name: str) -> dict[str, object]:
    return {"name": name, "role": "lead", "password": "%s ? :x", "active": False, "made": 2**40,
            "languages": None}  # fmt: skip


def test_rows_are_what_the_toolkit_would_give(either: Storage) -> None:
    def work(conn: Connection) -> None:
        for name in ("a", "青%s", "x'y"):
            assert ADD.run(conn, person(name)) == 1
        toolkit = conn.execute(select(*USER).where(USER.name == "青%s")).one()
        row = GET.one(conn, {"name_": "青%s"})
        assert row._asdict() == toolkit._asdict() == person("青%s")
        assert row.active is False  # SQLite knows numbers only
        assert GET.one_or_none(conn, {"name_": "nobody"}) is None
        with pytest.raises(NoResultFound):
            GET.one(conn, {"name_": "nobody"})
        assert CHANGE.rows(conn, {"name_": "a", "more_": 5}) == [(2**40 + 5, False)]
        found = SOME.rows(conn, {"names_": ["x'y", "a", "no\0body", "none"]})
        assert [row.name for row in found] == ["a", "x'y"]

    either.write(work)


def test_an_error_is_the_toolkits_and_undoes_its_own_write_alone(either: Storage) -> None:
    either.write(lambda conn: ADD.run(conn, person("a")))

    def twice(conn: Connection) -> None:
        ADD.run(conn, person("b"))
        ADD.run(conn, person("a"))

    with pytest.raises(StorageError) as failed:
        either.write(twice)
    assert isinstance(failed.value.__cause__, IntegrityError)
    assert "%s ? :x" not in str(failed.value)
    with either.read() as conn:
        assert [r.name for r in SOME.rows(conn, {"names_": ["a", "b"]})] == ["a"]


def test_who_listens_to_the_toolkit_hears_them(either: Storage) -> None:
    either.write(lambda conn: fill(conn, 3))
    look = Prepared(select(tables.tasks.c.id).where(tables.tasks.c.id == bindparam("id_")))
    with either.read() as conn:
        heard = plans(conn, lambda conn: look.one(conn, {"id_": task(1).id}))
        assert len(heard) == 1
        assert look.one(conn, {"id_": task(1).id}).id == task(1).id


def test_a_list_that_has_no_one_text_is_refused(storage: Storage) -> None:
    listed = Prepared(select(USER.name).where(USER.name.in_(bindparam("names_", expanding=True))))
    with storage.read() as conn, pytest.raises(ValueError, match="among"):
        listed.rows(conn, {"names_": ["a"]})


def test_a_glance_sees_what_is_kept_and_cannot_write(either: Storage) -> None:
    look = lambda: either.glance(lambda conn: GET.one_or_none(conn, {"name_": "a"}))  # noqa: E731
    assert look() is None
    either.write(lambda conn: ADD.run(conn, person("a")))
    assert look().made == 2**40
    with pytest.raises(StorageError):
        either.glance(lambda conn: ADD.run(conn, person("b")))
    with pytest.raises(StorageError):
        either.glance(lambda conn: CHANGE.rows(conn, {"name_": "a", "more_": 1}))
    assert look().made == 2**40
    either.close()
    with pytest.raises(StorageError, match="closed"):
        look()


def test_a_glance_outlives_a_server_that_is_started_anew(postgresql_url: str) -> None:
    with Storage.open(postgresql_url) as storage:
        look = lambda: storage.glance(lambda conn: GET.one_or_none(conn, {"name_": "a"}))  # noqa: E731
        assert look() is None
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with storage.read() as conn:
            mine = f"{end} AND datname = current_database()"
            assert len(conn.exec_driver_sql(mine).all()) >= 1
        assert look() is None
