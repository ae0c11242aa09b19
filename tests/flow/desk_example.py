"""A workspace with a desk, on either engine, and people at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flow_example import OWN, TASK_FIELDS, questions
from sqlalchemy import text

from qinglan.flow import desk, load, work
from qinglan.flow.context import Context
from qinglan.flow.init import init
from qinglan.flow.work import InHand
from qinglan.records import Actor, Kind, Role
from qinglan.storage import annotations as answers
from qinglan.work import Rules

LEAD = Actor(name="lead", role=Role.LEAD)
RULES = Rules(overlap=2, lease_seconds=60)
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def person(name: str) -> Actor:
    return Actor(name=name, role=Role.ANNOTATOR)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@contextmanager
def opened(
    folder: Path, database: str | None, tasks: list[dict[str, Any]], *, kind: Kind = Kind.FREE,
    fields: list[str] = TASK_FIELDS, rules: Rules = RULES,
    people: tuple[str, ...] = ("ann", "bob", "cyd"),
) -> Iterator[Context]:  # fmt: skip
    """A project ``p`` of ``tasks`` with its desk open and ``people`` seated."""
    with init(folder, database=database) as context:
        file = folder / "questions.jsonl"
        file.write_text("".join(json.dumps(task) + "\n" for task in tasks), encoding="utf-8")
        load.make_project(context, LEAD, "p", kind)
        load.load_tasks(context, LEAD, "p", file, load.task_mapping(fields), OWN)
        desk.open_desk(context, LEAD, "p", rules)
        for name in people:
            desk.seat(context, LEAD, "p", name, licence="CC-BY-4.0")
        yield context


def keyed(count: int) -> list[dict[str, Any]]:
    return questions(count)


def say(task: InHand, more: int = 0) -> dict[str, Any]:
    """An answer to one of ``questions``: right, or wrong by ``more``."""
    number = int(task.prompt.split("+")[1].rstrip("."))
    return {"text": f"So the answer is {2 * number + more}."}


def work_off(context: Context, name: str, most: int = 1000, now: datetime = START) -> list[str]:
    """Let ``name`` answer until nothing is left, or ``most`` tasks; the tasks in their order."""
    done: list[str] = []
    while len(done) < most:
        task = work.next_task(context, person(name), "p", now=now)
        if task is None:
            break
        work.submit(context, person(name), "p", task.task, task.token, say(task), now=now)
        done.append(task.task)
    return done


def given(context: Context) -> dict[str, list[str]]:
    """The standing answers of ``p``: task → annotators."""
    project = context.project("p")
    found: dict[str, list[str]] = {}
    with context.storage.read() as conn:
        for vote in answers.votes(conn, project.id):
            found.setdefault(vote.task, []).append(vote.annotator)
    return found


def slots(context: Context) -> list[tuple[str, int | None, int, int, str]]:
    """Task, wanted, given, held and state, straight from the table."""
    with context.storage.read() as conn:
        rows = conn.execute(text("SELECT task, wanted, given, held, state FROM work ORDER BY task"))
        return [tuple(row) for row in rows]
