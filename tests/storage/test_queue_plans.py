"""The next task is found by index on both engines, and in as many rows as it gives."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from storage_example import PRJ, fill, task

from qinglan.storage import Storage, seats, work
from qinglan.work import Rules


@pytest.mark.parametrize("skill", [None, "s"])
def test_the_next_task_is_found_by_index(either: Storage, skill: str | None) -> None:
    def begin(conn: object) -> None:
        fill(conn, 400)  # type: ignore[arg-type]
        seats.set_rules(conn, PRJ, Rules())  # type: ignore[arg-type]
        work.add(conn, PRJ, [(task(n).id, "s") for n in range(400)], 1)  # type: ignore[arg-type]

    either.write(begin)
    query = work.WAITING if skill is None else work.WAITING_SKILLED
    where = {
        "annotator_": "ant_ann", "project_": PRJ, "lane_": work.FRESH, "after_": 390,
        "limit_": 2, "skill_": "s",
    }  # fmt: skip
    with either.read() as conn:
        sqlite = conn.dialect.name == "sqlite"
        if not sqlite:
            conn.execute(text("SET LOCAL enable_seqscan = off"))  # 400 rows are one page
        made = query.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": False})
        given = made.construct_params({k: v for k, v in where.items() if k in made.params})
        values = tuple(given[name] for name in made.positiontup) if sqlite else given
        how = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        plan = "\n".join(str(row[-1]) for row in conn.exec_driver_sql(f"{how} {made}", values))
        first = work.waiting(conn, "ant_ann", PRJ, skill, work.FRESH, 390, 2)
    assert ("ix_work_open_skill" if skill else "ix_work_open") in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert [found.task for found in first] == [task(390).id, task(391).id]
