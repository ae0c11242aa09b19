"""An export holds every task with its standing answers, and neither keys nor names of people."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_example import LEAD, given, keyed, opened, person, say, work_off
from sqlalchemy import text

from qinglan.errors import PermissionDenied, StorageError, UsageError
from qinglan.flow import work
from qinglan.flow.context import Context
from qinglan.flow.export import export_answers


@pytest.fixture
def p(tmp_path: Path, database: str | None) -> Iterator[Context]:
    with opened(tmp_path / "ws", database, keyed(6)) as context:
        yield context


def test_what_was_answered_comes_out_and_nothing_secret(p: Context, tmp_path: Path) -> None:
    work_off(p, "ann", 4)
    work_off(p, "bob", 2)
    revised = work.undo(p, person("bob"), "p")
    work.submit(p, person("bob"), "p", revised.task, revised.token, say(revised, 5))
    file = tmp_path / "out 一.jsonl"
    done = export_answers(p, LEAD, "p", file)
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert (done.tasks, done.answers) == (6, 6) == (len(lines), sum(map(len, given(p).values())))
    assert [line["task"] for line in lines] == sorted(line["task"] for line in lines)
    assert {
        line["task"]: [answer["annotator"] for answer in line["answers"]]
        for line in lines if line["answers"]
    } == given(p)  # fmt: skip
    (again,) = [a for x in lines if x["task"] == revised.task for a in x["answers"]
                if a["answer"] == {"kind": "free", **say(revised, 5)}]  # fmt: skip
    assert (again["type"], again["simulated"], again["reason"]) == ("person", False, None)
    assert set(lines[0]) == {"task", "prompt", "options", "skill", "group", "answers"}
    whole = file.read_text(encoding="utf-8")
    assert '"ann"' not in whole
    assert '"bob"' not in whole
    assert '"key"' not in whole  # an id may spell the word by chance
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_who_may_not_and_where_one_cannot(p: Context, tmp_path: Path) -> None:
    with pytest.raises(PermissionDenied):
        export_answers(p, person("ann"), "p", tmp_path / "x")
    with pytest.raises(UsageError):
        export_answers(p, LEAD, "p", tmp_path / "no" / "x")
    work_off(p, "ann", 1)
    p.storage.write(lambda c: c.execute(text("UPDATE annotations SET answer = '{\"a\"'")))
    with pytest.raises(StorageError):
        export_answers(p, LEAD, "p", tmp_path / "x")
    assert not (tmp_path / "x").exists()
