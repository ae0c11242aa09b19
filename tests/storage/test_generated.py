"""What ``generate`` reads and writes, on both engines."""

from __future__ import annotations

from sqlalchemy import Connection
from storage_example import ACT, ORIGIN, PRJ, annotation, annotator, fill

from qinglan.records import Activity, Link, Origin, Reason, SetAside
from qinglan.storage import (
    Storage,
    activities,
    annotators,
    counts,
    links,
    origins,
    set_aside,
    tasks,
)
from qinglan.storage import annotations as answers

FILE = "journal/ant_x.jsonl"


def test_pages_of_tasks_meet_each_task_once(either: Storage) -> None:
    either.write(lambda conn: fill(conn, 25))
    met = []
    after = ""
    while True:
        with either.read() as conn:
            page = tasks.page(conn, PRJ, after, 7)
        if not page:
            break
        assert len(page) <= 7
        met += [task.id for task in page]
        after = page[-1].id
    with either.read() as conn:
        assert met == sorted(met) == [task.id for task in tasks.stream(conn, PRJ)]
        assert tasks.count(conn, PRJ) == 25
        assert tasks.count(conn, "prj_2") == 0


def test_a_project_tells_where_its_samples_came_from(either: Storage) -> None:
    either.write(lambda conn: fill(conn, 5))
    with either.read() as conn:
        assert origins.of_project(conn, PRJ) == [ORIGIN]
        assert origins.of_project(conn, "prj_2") == []


def test_what_a_model_learned_from_is_found_through_its_links(either: Storage) -> None:
    theirs = [Origin(source=f"book {n}", channel="published", licence="MIT") for n in range(3)]

    def add(conn: Connection) -> None:
        annotators.add(conn, [annotator("model"), annotator("other")], ACT)
        ids = tuple(origins.add(conn, theirs).values())
        links.add(conn, [Link(output="ant_model", inputs=ids, activity=ACT)])
        links.add(conn, [Link(output="ant_other", inputs=("run_1",), activity=ACT)])

    either.write(add)
    with either.read() as conn:
        assert origins.learned(conn, ["ant_model", "ant_other", "ant_no"]) == set(theirs)
        assert origins.learned(conn, []) == set()


def test_what_went_on_after_all_is_taken_back_and_nothing_else(either: Storage) -> None:
    def aside(record: str, stage: str = "generate", file: str | None = FILE) -> SetAside:
        return SetAside.model_validate(
            {"stage": stage, "reason": Reason.NO_REPLY, "file": file, "record": record}
        )

    rows = [aside("rpl_1"), aside("rpl_2"), aside("rpl_2", "import"), aside("rpl_3", file="other")]
    either.write(lambda conn: set_aside.add(conn, PRJ, rows, ACT))
    with either.read() as conn:
        assert set_aside.records(conn, PRJ, "generate", FILE) == {"rpl_1", "rpl_2"}
    assert either.write(lambda conn: set_aside.take_back(conn, PRJ, "generate", ["rpl_2"])) == 1
    with either.read() as conn:
        assert set_aside.records(conn, PRJ, "generate", FILE) == {"rpl_1"}
        assert len(list(set_aside.stream(conn, PRJ))) == 3
        assert list(set_aside.stream(conn, "prj_2")) == []


def test_answers_are_counted_by_the_verb_that_made_them(either: Storage) -> None:
    def add(conn: Connection) -> None:
        fill(conn, 4, who=("ann",))
        first = activities.get(conn, ACT)
        assert first is not None
        made = Activity(id="act_2", verb="generate", actor="me", code="0", started=first.started)
        activities.add(conn, made)
        annotators.add(conn, [annotator("model")], made.id)
        answers.add(conn, [(annotation(n, "model"), "1", None) for n in range(3)], made.id)

    either.write(add)
    with either.read() as conn:
        assert counts.answers_by_verb(conn, PRJ) == {"import": 4, "generate": 3}
        assert counts.answers_by_verb(conn, "prj_2") == {}
