"""Withdrawal where work is in hand: leases, drafts and late answers; replies that were paid for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_example import LEAD, at, keyed, opened, person, say, slots, work_off
from flow_example import OWN, TASK_FIELDS, questions
from sqlalchemy import text

import qinglan
from chat_server import ChatServer
from keeping_example import OWNER, everything
from qinglan.endpoints.journal import Journal
from qinglan.errors import StorageError
from qinglan.flow import work
from qinglan.flow.withdraw import withdraw

DRAFT = "halb-getippt-起草中"


def held_by(folder: Path, words: str) -> list[str]:
    found = everything(folder).items()
    return [name for name, data in found if words.encode() in data and ".jsonl" not in name]


def test_places_at_the_desk_are_given_back(tmp_path: Path, database: str | None) -> None:
    with opened(tmp_path / "w", database, keyed(4)) as context:
        done = work_off(context, "ann", most=2)
        work_off(context, "bob")
        begun = work.next_task(context, person("ann"), "p", now=at(1))
        assert begun is not None
        work.save_draft(
            context, person("ann"), "p", begun.task, begun.token, {"text": DRAFT}, now=at(1)
        )
        before = {task: (given, held, state) for task, _, given, held, state in slots(context)}
        assert {before[task] for task in done} == {(2, 0, "done")}
        assert before[begun.task] == (1, 1, "full")
        found = withdraw(context, LEAD, "p", annotator="ann", really=True)
        assert found.counts["annotations"] == 2
        after = {task: (given, held, state) for task, _, given, held, state in slots(context)}
        assert set(after.values()) == {(1, 0, "open")}
        # What came back is offered again, to those who had passed it too.
        assert sorted(work_off(context, "cyd", now=at(2))) == sorted(after)
        with context.storage.read() as conn:
            left = conn.execute(text("SELECT count(*) FROM drafts")).scalar_one()
            people = (
                "SELECT DISTINCT n.name FROM assignments a JOIN annotators n ON n.id = a.annotator"
            )
            assert left == 0
            assert sorted(conn.execute(text(people)).scalars()) == ["bob", "cyd"]
        assert held_by(context.folder, DRAFT) == []
        again = say(begun)
        with pytest.raises(qinglan.QinglanError):  # who was withdrawn has no seat any more
            work.submit(
                context, person("ann"), "p", begun.task, begun.token, again, now=at(3)
            )  # fmt: skip


def test_a_source_takes_its_tasks_off_the_queue(tmp_path: Path, database: str | None) -> None:
    with opened(tmp_path / "w", database, keyed(3)) as context:
        work_off(context, "ann", most=2)
        found = withdraw(context, LEAD, "p", source="questions", really=True)
        assert found.counts["tasks"] == 3
        assert slots(context) == []
        assert work.next_task(context, person("bob"), "p", now=at(5)) is None


# Replies


@pytest.fixture
def asked(tmp_path: Path, server: ChatServer) -> Iterator[qinglan.Workspace]:
    """Six tasks, answered by one teacher."""
    import json

    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in questions(6)), "utf-8")
    with qinglan.init(tmp_path / "w", actor=OWNER) as ws:
        ws.load("p", file, kind="steps", fields=TASK_FIELDS, terms=OWN)
        generate(ws, server)
        yield ws


def generate(ws: qinglan.Workspace, server: ChatServer) -> Any:
    terms = qinglan.Terms(channel="weights", licence="Apache-2.0", family="qwen3-8b")
    return ws.generate("p", model="tiny", endpoint=server.url, terms=terms)


def bodies(ws: qinglan.Workspace) -> list[str | None]:
    (path,) = (ws.folder / "journal").glob("*.jsonl")
    with Journal.open(path) as journal:
        return [reply.body for _, reply in journal.replies()]


def test_a_teachers_replies_go_from_the_journal(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    assert None not in bodies(asked)
    done = asked.withdraw("p", annotator="tiny", really=True)
    assert done.counts["annotations"] == 6
    assert set(bodies(asked)) == {None}
    calls = len(server.asked)
    with pytest.raises(StorageError, match="does not come back"):
        generate(asked, server)
    assert len(server.asked) == calls  # and nothing was paid for


def test_replies_to_a_withdrawn_source_go_and_are_not_paid_again(
    asked: qinglan.Workspace, server: ChatServer
) -> None:
    asked.withdraw("p", source="questions", really=True)
    assert set(bodies(asked)) == {None}
    calls = len(server.asked)
    assert generate(asked, server).wanted == 0
    assert len(server.asked) == calls


def test_a_journal_in_use_leaves_it_to_be_finished(asked: qinglan.Workspace) -> None:
    (path,) = (asked.folder / "journal").glob("*.jsonl")
    with Journal.open(path), pytest.raises(StorageError, match="another"):
        asked.withdraw("p", annotator="tiny", really=True)
    assert asked.status()[0].annotations == 0
    assert len(asked.withdraw("p", source="questions", really=True).finished) == 1
    assert set(bodies(asked)) == {None}
