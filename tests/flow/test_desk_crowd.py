"""Sixteen people at once: exactly as many answers as wanted, and nobody twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

from crowd_example import clock, crowd
from desk_example import given, keyed, opened, person, slots
from sqlalchemy import text

from qinglan.flow import work
from qinglan.flow.context import Context
from qinglan.work import Rules

PEOPLE = tuple(f"p{n}" for n in range(16))
RULES = Rules(overlap=2, lease_seconds=60)
TASKS = 200


class Watch(threading.Thread):
    """Looks again and again whether any task has more answers and leases than wanted."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.done, self.looks = context, threading.Event(), 0
        self.over: list[tuple[object, ...]] = []

    def run(self) -> None:
        while not self.done.wait(0.05):
            self.over += [row for row in slots(self.context) if row[2] + row[3] > (row[1] or 0)]
            self.looks += 1


def examine(context: Context, watch: Watch) -> None:
    """What must be so when all have gone home."""
    watch.done.set()
    watch.join()
    assert watch.looks > 3
    assert watch.over == []
    answered = given(context)
    assert len(answered) == TASKS
    assert {len(names) for names in answered.values()} == {2}
    assert all(len(set(names)) == 2 for names in answered.values())
    assert {row[1:] for row in slots(context)} == {(2, 2, 0, "done")}
    with context.storage.read() as conn:
        # Each annotation is the one that its assignment names; nothing came in beside.
        loose = text(
            "SELECT count(*) FROM annotations a WHERE NOT EXISTS (SELECT 1 FROM assignments s "
            "WHERE s.annotation = a.id AND s.task = a.task AND s.annotator = a.annotator)"
        )
        assert conn.execute(loose).scalar_one() == 0
        assert conn.execute(text("SELECT count(*) FROM annotations")).scalar_one() == 2 * TASKS
        standing = dict(
            conn.execute(text("SELECT standing, count(*) FROM assignments GROUP BY standing")).all()
        )
    assert standing["answered"] == 2 * TASKS
    assert standing.get("leased", 0) == 0


def close_up(context: Context) -> None:
    """The last leases lapse; whoever asks then takes what is left."""
    far = clock() + timedelta(days=1)
    for name in PEOPLE:
        while (task := work.next_task(context, person(name), "p", now=far)) is not None:
            work.submit(
                context, person(name), "p", task.task, task.token, {"text": "It is 1."}, now=far
            )


def test_sixteen_threads_on_sqlite(tmp_path: Path) -> None:
    with opened(tmp_path / "ws", None, keyed(TASKS), rules=RULES, people=PEOPLE) as context:
        watch = Watch(context)
        watch.start()
        tallies = crowd(context, list(PEOPLE), seed=1)
        close_up(context)
        examine(context, watch)
    assert sum(tally.repeated for tally in tallies) > 20
    assert sum(tally.skipped for tally in tallies) > 5
    assert sum(tally.left for tally in tallies) > 5


def test_four_processes_of_four_threads_on_postgresql(tmp_path: Path, postgresql_url: str) -> None:
    folder = tmp_path / "ws"
    with opened(folder, postgresql_url, keyed(TASKS), rules=RULES, people=PEOPLE) as context:
        watch = Watch(context)
        watch.start()
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        program = str(Path(__file__).with_name("crowd_example.py"))
        processes = [
            subprocess.Popen(
                [sys.executable, program, str(folder), "1", *PEOPLE[n::4]],
                env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for n in range(4)
        ]  # fmt: skip
        for process in processes:
            out, err = process.communicate(timeout=240)
            assert process.returncode == 0, err[-2000:]
            assert out.count("Tally") == 4
        close_up(context)
        examine(context, watch)
