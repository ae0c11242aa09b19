"""Looks count for every set that shares a question; reports come back as they were filed."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text
from storage_example import ACT, PRJ

from qinglan.errors import StorageError
from qinglan.records import Look, Purpose, Release, Report, Split
from qinglan.storage import Storage, looks, releases, reports

START = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def look(number: int, held_out: str, model: str = "m") -> Look:
    return Look(
        report=f"rpt_{number}", held_out=digest(held_out), model=model, why="为什么",
        when=START + timedelta(seconds=number),
    )  # fmt: skip


def report(number: int, **changes: object) -> Report:
    fields: dict[str, object] = {
        "id": f"rpt_{number}", "release": "rel_1", "split": Split.TEST, "held_out": digest("a"),
        "model": "m", "run": "run_1", "plan": digest("plan"), "sha256": digest("file"),
        "made": START + timedelta(seconds=number),
    }  # fmt: skip
    return Report.model_validate(fields | changes)


def add_looks(storage: Storage, *given: tuple[Look, list[str]]) -> None:
    for one, items in given:
        storage.write(lambda conn, one=one, items=items: looks.add(conn, one, items, ACT))


def seen(storage: Storage, held_out: str) -> list[str]:
    with storage.read() as conn:
        return [one.report for one in looks.at(conn, digest(held_out))]


def test_looks_count_for_every_set_that_shares_a_question(either: Storage) -> None:
    whole = [digest(f"q{i}") for i in range(1_200)]
    add_looks(
        either,
        (look(1, "whole"), whole),
        (look(2, "part", "n"), whole[:3]),
        (look(3, "other"), [digest("elsewhere")]),
        (look(4, "whole"), whole),
        # Shares a question with the part, and none with what is elsewhere.
        (look(5, "bridge"), [whole[0], digest("new")]),
    )
    assert seen(either, "whole") == seen(either, "part") == ["rpt_1", "rpt_2", "rpt_4", "rpt_5"]
    assert seen(either, "other") == ["rpt_3"]
    assert seen(either, "nothing") == []
    with either.read() as conn:
        assert looks.at(conn, digest("part"))[1] == look(2, "part", "n")


def test_a_look_is_counted_once(either: Storage) -> None:
    items = [digest("q"), digest("q")]
    assert either.write(lambda conn: looks.add(conn, look(1, "a"), items, ACT)) == 1
    again = look(1, "a").model_copy(update={"when": START + timedelta(days=1)})
    assert either.write(lambda conn: looks.add(conn, again, items, ACT)) == 0
    with either.read() as conn:
        assert looks.at(conn, digest("a")) == [look(1, "a")]


def add_release(storage: Storage) -> None:
    release = Release(
        id="rel_1", project=PRJ, name="first", purpose=Purpose.EVALUATION, root="0" * 64, rows=3,
        built=START, permit="1" * 64, history="2" * 64,
    )  # fmt: skip
    storage.write(lambda conn: releases.add(conn, release, ACT))


def test_reports_come_back_as_filed_the_oldest_of_a_plan_first(either: Storage) -> None:
    add_release(either)
    add_looks(either, *((look(n, "a"), [digest("q")]) for n in (1, 2, 3)))
    given = [report(2), report(1), report(3, plan=digest("else"), run=None, split=Split.DEV)]
    for one in given:
        assert either.write(lambda conn, one=one: reports.add(conn, one, ACT)) == 1
        assert either.write(lambda conn, one=one: reports.add(conn, one, ACT)) == 0
    with either.read() as conn:
        assert reports.all(conn) == [given[1], given[0], given[2]]
        assert reports.of_plan(conn, digest("plan")) == given[1]
        assert reports.get(conn, "rpt_3") == given[2]
        assert reports.get(conn, "rpt_9") is None
        assert reports.of_plan(conn, digest("no plan")) is None


def test_no_report_without_its_look(either: Storage) -> None:
    add_release(either)
    with pytest.raises(StorageError):
        either.write(lambda conn: reports.add(conn, report(1), ACT))


def test_a_row_that_was_edited_is_named(storage: Storage) -> None:
    add_release(storage)
    add_looks(storage, (look(1, "a"), [digest("q")]))
    storage.write(lambda conn: reports.add(conn, report(1), ACT))
    storage.write(lambda conn: conn.execute(text("UPDATE reports SET sha256 = 'f'")))
    storage.write(lambda conn: conn.execute(text("UPDATE looks SET time = 'soon'")))
    with storage.read() as conn:
        with pytest.raises(StorageError, match=r"rpt_1 of table reports"):
            reports.get(conn, "rpt_1")
        with pytest.raises(StorageError, match=r"rpt_1 of table looks"):
            looks.at(conn, digest("a"))
