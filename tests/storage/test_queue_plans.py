"""The next task is found by index on both engines, and in as many rows as it gives; so are the
rows of an export, and the counts of the live board.
"""

from __future__ import annotations

import pytest
from plan_example import plans, scans
from sqlalchemy import Connection, text
from storage_example import ACT, PRJ, annotation, fill, task

from qinglan.storage import Storage, annotations, answered, assignments, pools, seats, work
from qinglan.storage.assignments import Assignment
from qinglan.work import Place, Rules, Slots, Standing, TaskState


@pytest.mark.parametrize("state", [TaskState.OPEN, TaskState.RESERVED])
@pytest.mark.parametrize("skill", [None, "s"])
def test_the_next_task_is_found_by_index(
    either: Storage, skill: str | None, state: TaskState
) -> None:
    reserved = state is TaskState.RESERVED

    def begin(conn: Connection) -> None:
        fill(conn, 400)
        seats.set_rules(conn, PRJ, Rules())
        ids = [task(n).id for n in range(400)]
        work.add(conn, PRJ, ids, ["s"] * len(ids), Slots(wanted=1), state)

    either.write(begin)
    query = work.looks(skilled=skill is not None, reserved=reserved)
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
        first = work.ask_waiting(
            conn, "ant_ann", PRJ, skill, work.FRESH, 390, 2, reserved=reserved
        )()
        other = work.ask_waiting(
            conn, "ant_ann", PRJ, skill, work.FRESH, 390, 2, reserved=not reserved
        )()
    assert f"ix_work_{state}{'_skill' if skill else ''}" in plan
    assert other == []
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert [found.task for found in first] == [task(390).id, task(391).id]


def test_what_else_is_in_hand_is_found_among_few(storage: Storage) -> None:
    """However much somebody has answered: it is asked with every answer."""
    with storage.read() as conn:
        seen = plans(conn, lambda conn: assignments.ask_other(conn, "ant_ann", "tsk_x")())
        seen += plans(conn, lambda conn: assignments.current(conn, "ant_ann"))
    assert len(seen) == 2
    for plan in seen:
        assert "ix_assignments_annotator_standing_moved (annotator=? AND standing=?)" in plan


def test_what_tasks_ask_for_is_read_by_index(either: Storage) -> None:
    def begin(conn: Connection) -> None:
        fill(conn, 1)
        seats.set_rules(conn, PRJ, Rules())
        pools.add(conn, PRJ, [pools.Pool(f"k{n}", f"s{n}", "zh", "expert") for n in range(300)])

    either.write(begin)
    with either.read() as conn:
        seen = plans(conn, lambda conn: pools.of(conn, PRJ))
        assert len(pools.of(conn, PRJ)) == 300
    assert scans(seen[0]) == [], seen[0]


def test_an_export_reads_ranges_of_an_index(either: Storage) -> None:
    """More than one page of tasks; answers that were revised, and tasks without any."""

    def begin(conn: Connection) -> None:
        fill(conn, 700)
        old = annotation(650, "ann").id
        annotations.add(conn, [(annotation(650, "ann", old, 2), "1", None)], ACT)

    either.write(begin)
    found: list[answered.Answered] = []
    with either.read() as conn:
        seen = plans(conn, lambda conn: found.extend(answered.stream(conn, PRJ)))
    assert [one.id for one in found] == [task(n).id for n in range(700)]
    assert {len(one.answers) for one in found} == {2}
    assert annotation(650, "ann", version=2).id in {given.id for given in found[650].answers}
    assert len(seen) == 5  # two pages of tasks, an answer to each, and the end
    for plan in seen:
        assert scans(plan) == [], plan
        assert "TEMP B-TREE" not in plan


def test_the_live_board_counts_each_person_by_index(either: Storage) -> None:
    standings = [Standing.ANSWERED, Standing.LATE, Standing.SKIPPED, Standing.LEASED]

    def begin(conn: Connection) -> None:
        fill(conn, 8, who=("ann", "bob", "cho"))
        seats.set_rules(conn, PRJ, Rules())
        for name in ("ann", "bob", "cho"):
            seats.add(conn, f"ant_{name}", PRJ, None)
        for n, standing in enumerate(standings):
            for name in ("ann", "bob")[: n + 1]:
                held = Assignment(
                    annotator=f"ant_{name}", task=task(n).id, project=PRJ, token="t",
                    place=Place(standing=standing, until=9),
                )  # fmt: skip
                assignments.add(conn, held, 1)

    either.write(begin)
    with either.read() as conn:
        seen = plans(conn, lambda conn: seats.people(conn, PRJ))
        board = seats.people(conn, PRJ)
    assert board == [("ann", True, 2, 1), ("bob", True, 1, 1), ("cho", True, 0, 0)]
    assert "ix_assignments_annotator_standing_moved" in seen[0]
    assert not [line for line in scans(seen[0]) if "assignments" in line], seen[0]
