"""A large file is read by another process, and that changes nothing but the time it takes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flow_example import OWN
from sqlalchemy import Connection, select

import forking
from picture_example import png
from qinglan import elsewhere
from qinglan.errors import InputError, ProcessLost
from qinglan.flow import desk, load, task_file, tiers
from qinglan.flow.context import Context, open_context
from qinglan.flow.doctor import doctor
from qinglan.flow.init import init
from qinglan.records import Actor, Kind, Project, Role
from qinglan.storage import history, tables
from qinglan.work import Rules

LEAD = Actor(name="lead", role=Role.LEAD)
ROWS = 3_000
FIELDS = ["id=id", "prompt=q", "left=a", "right=b", "key=key", "skill=skill", "tier=tier"]
TABLES = ("samples", "tasks", "task_samples", "answer_keys", "work", "demands", "pools",
          "set_aside", "picture_uses")  # fmt: skip
DRAWN = {"salt", "commitment", "activity", "n"}
"""Columns that differ from one import to the next."""


def write(file: Path) -> tuple[dict[str, int], Counter[str]]:
    """Tasks with all that an import meets: bad rows, ids that come again, pictures, demands.

    Returns the line that gives each task, and how many rows are to be set aside for which reason.
    """
    inside = b64encode(png()).decode()
    lines = []
    expected: dict[str, int] = {}
    reasons: Counter[str] = Counter()
    for n in range(ROWS):
        row: dict[str, Any] = {
            "id": f"t{n}", "q": f"Which, 青 {n}?", "a": f"one {n}", "b": f"two {n}",
            "key": None if n % 5 else "left", "skill": f"s{n % 3}", "tier": None,
        }  # fmt: skip
        reason = "bad_json" if n % 1_000 == 13 else None
        if n % 700 == 3:
            row["id"], reason = f"t{n - 1}", "duplicate_row"  # again, in the same part
        elif n % 900 == 5:
            row["id"], reason = "t1", "duplicate_row"  # again, in another, of one batch or of two
        elif n % 800 == 7:
            row["q"] = f"![a picture](data:image/png;base64,{inside}) {n}?"
        elif n % 600 == 9:
            row["tier"] = "expert" if n < 1_000 else "unheard of"
            reason = None if n < 1_000 else "unknown_tier"
        elif n % 500 == 11:
            del row["a"]
            reason = "missing_field"
        lines.append("no JSON" if reason == "bad_json" else json.dumps(row, ensure_ascii=False))
        if reason is None:
            expected[f" {n}?"] = n + 1
        else:
            reasons[reason] += 1
    file.write_text("\n".join(lines), encoding="utf-8")
    return expected, reasons


def see(context: Context, expected: dict[str, int]) -> None:
    """See that each task is there once, with its own sample, key and place in the queue."""
    found = kept(context)
    prompts = {row[0]: row[4] for row in found["tasks"]}
    lines = {row[0]: row[2] for row in found["samples"]}
    used = {task: lines[sample] for task, _, sample in found["task_samples"]}
    assert {prompts[task][prompts[task].rindex(" ") :]: n for task, n in used.items()} == expected
    assert len(prompts) == len(lines) == len(found["task_samples"]) == len(expected)
    assert {row[0] for row in found["answer_keys"]} == {
        task for task, line in used.items() if (line - 1) % 5 == 0
    }
    assert {row[0] for row in found["work"]} == set(prompts)


def kept(context: Context) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that an import leaves, but for what is drawn or told by the clock."""
    found = {}
    with context.storage.read() as conn:
        for name in TABLES:
            columns = [one for one in tables.metadata.tables[name].c if one.name not in DRAWN]
            found[name] = sorted((tuple(row) for row in conn.execute(select(*columns))), key=repr)
    return found


def bring(folder: Path, file: Path) -> load.Imported:
    with open_context(folder) as context:
        mapping = load.task_mapping(FIELDS)
        return load.load_tasks(context, LEAD, "p", file, mapping, OWN)


def prepared(tmp: Path) -> Path:
    """A workspace with a project, its desk and a tier."""
    with init(tmp / "ws") as context:
        load.make_project(context, LEAD, "p", Kind.PREFERENCE)
        tiers.name_tiers(context, LEAD, "p", ["novice", "expert"])
        desk.open_desk(context, LEAD, "p", Rules(overlap=2))
    return tmp / "ws"


def in_one_thread(words: list[str]) -> int:
    os.sched_getaffinity = lambda _: {0, 1}  # as if there were two cores
    load.LARGE = 1
    elsewhere.prepare()
    globals()[words[0]](Path.cwd())
    return 0


def run(case: str, tmp: Path) -> None:
    done = forking.run(case, cwd=tmp, call="test_loading_elsewhere:in_one_thread")
    assert done.returncode == 0, done.stderr


def both_ways(tmp: Path) -> None:
    load.BATCH = 1_500
    expected, reasons = write(tmp / "tasks.jsonl")
    here = prepared(tmp)
    shutil.copytree(here, tmp / "copy")  # with its secret, so that all ids are the same
    read = task_file.TaskFile.__iter__

    def refuse(_: task_file.TaskFile) -> Any:
        raise AssertionError("it is gone through here")

    task_file.TaskFile.__iter__ = refuse  # type: ignore[method-assign]
    there = bring(tmp / "copy", tmp / "tasks.jsonl")
    task_file.TaskFile.__iter__ = read  # type: ignore[method-assign]
    assert task_file.PART < load.BATCH < there.read
    load.LARGE = 2**40
    load.SOON = 1.0  # ids come again within a transaction, too
    done = bring(tmp / "ws", tmp / "tasks.jsonl")
    assert (done.read, done.new, done.reasons) == (there.read, there.new, there.reasons)
    assert (done.read, done.reasons) == (ROWS, reasons)
    assert set(reasons) == {"bad_json", "duplicate_row", "missing_field", "unknown_tier"}
    with open_context(tmp / "ws") as one, open_context(tmp / "copy") as other:
        ours, theirs = kept(one), kept(other)
        assert ours == theirs
        assert all(ours.values()), {name: len(rows) for name, rows in ours.items()}
        see(one, expected)
    for folder in (tmp / "ws", tmp / "copy"):
        assert all(one.ok is not False for one in doctor(folder, LEAD))


def test_the_rows_are_the_same_wherever_they_are_made(tmp_path: Path) -> None:
    run("both_ways", tmp_path)


def spans(folder: Path) -> list[list[int]]:
    """The lines that each transaction of the last import kept."""
    with open_context(folder) as context, context.storage.read() as conn:
        project = context.project("p")
        events: list[Any] = [one.event for one in history.entries(conn, project.id)]
    return [one["lines"] for one in events if one["verb"] == "import"]


def plain(file: Path, rows: int) -> None:
    with file.open("w") as out:
        for n in range(rows):
            row = {"id": f"t{n}", "q": "?", "a": "x", "b": "y", "key": None, "skill": None}
            out.write(json.dumps(row | {"tier": None}) + "\n")


def by_the_thousand(tmp: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace, after an import of 2,200 rows with nothing that ends a transaction early."""
    monkeypatch.setattr(load, "SOON", 60.0)
    monkeypatch.setattr(load, "BATCH", 1_000)
    folder = prepared(tmp)
    plain(tmp / "tasks.jsonl", 2_200)
    assert bring(folder, tmp / "tasks.jsonl").new == 2_200
    assert spans(folder) == [[1, 1000], [1001, 2000], [2001, 2200]]
    return folder


def test_a_transaction_goes_on_while_nobody_else_wants_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_the_thousand(tmp_path, monkeypatch)


def test_a_transaction_ends_when_somebody_wants_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader is held up until another write was done: were it waited for, neither would end."""
    monkeypatch.setattr(load, "SOON", 600.0)
    folder = prepared(tmp_path)
    plain(tmp_path / "tasks.jsonl", 2_200)
    read = task_file.TaskFile.__iter__
    with open_context(folder) as context:

        def held(file: task_file.TaskFile) -> Iterator[Any]:
            for number, part in enumerate(read(file)):
                if number == 2:
                    time.sleep(0.2)  # the transaction that has the first two waits for us
                    context.storage.write(lambda conn: None)
                yield part

        monkeypatch.setattr(task_file.TaskFile, "__iter__", held)
        mapping, began = load.task_mapping(FIELDS), time.monotonic()
        done = load.load_tasks(context, LEAD, "p", tmp_path / "tasks.jsonl", mapping, OWN)
    assert done.new == 2_200
    assert time.monotonic() - began < 300
    assert spans(folder) == [[1, 1000], [1001, 2200]]


def test_a_transaction_that_is_run_again_has_what_came_in_while_it_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL undoes one for another's sake, and it is run again."""
    write = Context.write

    class Undone(Exception):
        pass

    def twice(context: Context, project: Project, fn: Any) -> Any:
        def undone(conn: Connection) -> None:
            fn(conn)
            raise Undone

        with pytest.raises(Undone):
            write(context, project, undone)
        return write(context, project, fn)

    monkeypatch.setattr(Context, "write", twice)
    with open_context(by_the_thousand(tmp_path, monkeypatch)) as context:
        found = kept(context)
    assert len(found["tasks"]) == len(found["work"]) == 2_200


def lost(tmp: Path) -> None:
    expected, reasons = write(tmp / "tasks.jsonl")
    folder = prepared(tmp)
    load.BATCH = 500
    read = task_file.TaskFile.__iter__

    def dies(file: task_file.TaskFile) -> Any:
        for number, part in enumerate(read(file)):
            if number == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            yield part

    def forked(forks: object = dies) -> None:
        elsewhere._forks = None
        task_file.TaskFile.__iter__ = forks  # type: ignore[method-assign,assignment]
        elsewhere.prepare()

    forked()
    with pytest.raises(ProcessLost, match="import again"):
        bring(folder, tmp / "tasks.jsonl")
    with open_context(folder) as context:
        before = len(kept(context)["tasks"])
    assert 0 < before < ROWS
    forked(read)
    done = bring(folder, tmp / "tasks.jsonl")  # it goes on where it stopped
    assert done.read < ROWS
    assert bring(folder, tmp / "tasks.jsonl").again
    with open_context(folder) as context:
        see(context, expected)
        assert len(kept(context)["set_aside"]) == reasons.total()
    assert all(one.ok is not False for one in doctor(folder, LEAD))


def test_a_reader_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    run("lost", tmp_path)


def unusable(tmp: Path) -> None:
    folder = prepared(tmp)
    (tmp / "utf16.jsonl").write_bytes(b"\xff\xfe" + b"{}\n" * 100)
    for name in ("utf16.jsonl", "none.jsonl"):
        with pytest.raises((InputError, OSError)) as raised:
            bring(folder, tmp / name)
        assert name in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    run("unusable", tmp_path)
