"""Many ids and many rows in one statement, on both engines."""

from __future__ import annotations

import pytest
from plan_example import plans, scans
from sqlalchemy import Connection, select
from storage_example import ACT, ORIGIN, PRJ, fill, sample, task

from qinglan.errors import StorageError
from qinglan.provenance import identity
from qinglan.records import AnswerKey, Sample
from qinglan.storage import (
    Storage,
    annotations,
    counts,
    keys,
    samples,
    tables,
    tallies,
    tasks,
    withdrawals,
)
from qinglan.storage.bulk import TOGETHER, among
from qinglan.storage.dialects import insert_whole


def test_ids_in_one_parameter_are_looked_up_by_index(either: Storage) -> None:
    either.write(lambda conn: fill(conn, 60))
    wanted = [task(n).id for n in range(0, 60, 7)]
    odd = ["", "x\0y", f"{task(0).id}\0", "青", "a'b", 'a"b', "%", "\\"]

    def look(conn: Connection) -> None:
        assert tasks.known(conn, wanted + odd) == set(wanted)
        assert list(tasks.find(conn, wanted)) == wanted
        assert len(samples.find(conn, [sample(n).id for n in range(60)])) == 60
        assert annotations.known(conn, odd) == withdrawals.known(conn, "tasks", wanted) == set()
        withdrawals.refuse(conn, "tasks", wanted)

    with either.read() as conn:
        seen = plans(conn, look)
    assert len(seen) > 5
    for plan in seen:
        assert scans(plan) == [], plan
        assert "INDEX" in plan.upper() or "PRIMARY KEY" in plan, plan


def test_no_ids_are_none(either: Storage) -> None:
    either.write(lambda conn: fill(conn, 2))
    with either.read() as conn:
        query = select(tables.tasks.c.id)
        assert conn.execute(query.where(among(tables.tasks.c.id, []))).all() == []
        assert len(conn.execute(query.where(~among(tables.tasks.c.id, []))).all()) == 2


def test_many_rows_go_in_as_few_do(either: Storage) -> None:
    """Arrays keep what is odd in a text, and what is there already stays and is not counted."""
    odd = ["", "NULL", "null", "{}", '{"a"}', "a,b", "\\", '"', "'", "\n", "青\U0001f600", " x "]
    made = [
        Sample(id=f"smp_{n}", origin=ORIGIN, row=2**40 + n, text=said, salt="00")
        for n, said in enumerate(odd)
    ]

    def keep(conn: Connection) -> tuple[int, int, int]:
        few = samples.add(conn, made[:3], ACT)
        twice = samples.add(conn, [*made, *made], ACT)
        return few, twice, samples.add(conn, made, ACT)

    assert either.write(keep) == (3, len(odd) - 3, 0)
    with either.read() as conn:
        found = samples.get(conn, [one.id for one in made])
        assert found == made
        held = conn.execute(select(tables.samples.c.id, tables.samples.c.commitment)).all()
    assert dict(map(tuple, held)) == {one.id: identity.commitment(one) for one in made}


def test_one_that_points_at_nothing_undoes_the_many(either: Storage) -> None:
    def keep(conn: Connection) -> None:
        fill(conn, 20)
        strange = task(99).model_copy(update={"guideline": "gdl_9"})
        samples.add(conn, [sample(99)], ACT)
        tasks.add(conn, [*(task(n) for n in range(30, 50)), strange], ACT)

    with pytest.raises(StorageError):
        either.write(keep)
    with either.read() as conn:
        assert tasks.count(conn, PRJ) == 0


def test_answers_are_counted_by_verb_as_they_come(either: Storage) -> None:
    either.write(lambda conn: fill(conn, 12))
    with either.read() as conn:
        assert counts.answers_by_verb(conn, PRJ) == {"import": 24}
        assert tallies.drift(conn, PRJ) == {}
        assert keys.get(conn, task(3).id) == AnswerKey(task=task(3).id, value="4", salt="0")


@pytest.mark.parametrize("many", [1, 2, TOGETHER + 1])
@pytest.mark.parametrize("shared", [(), (2,), (2, 3), (0, 2, 3, 4)])
def test_what_rows_share_is_in_each_of_them(
    either: Storage, many: int, shared: tuple[int, ...]
) -> None:
    """Whichever columns hold one value, NULL among them, all rows are what they were made."""
    columns: list[list[object]] = [
        [f"ant_{n}" for n in range(many)], [f"tsk_{n}" for n in range(many)],
        [f"prj_{n}" for n in range(many)], [*range(many)],
        [n % 3 == 0 or None for n in range(many)],
    ]  # fmt: skip
    for place in shared:
        columns[place] = [columns[place][-1]] * many
    table = tables.gold_answers
    assert either.write(lambda conn: insert_whole(conn, table, columns)) == many
    assert either.write(lambda conn: insert_whole(conn, table, columns)) == 0
    with either.read() as conn:
        found = conn.execute(select(*table.c)).all()
    assert {*map(tuple, found)} == {*zip(*columns, strict=True)}
