"""A server that is killed again and again under a crowd at one desk, and what must then be so.

Kills fall between answers as they are acknowledged, so each finds the crowd at work, on a fast
machine as on a slow one. Whoever gets no answer sends the same form again, as a browser would;
some send twice anyway, and some come back with their answer when their lease is over.

By hand, for more of all of it::

    python tests/web/kill_trials.py --kills 20 --annotators 200 [--database URL]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

from argon2 import PasswordHasher
from sqlalchemy import text
from web_example import fill, join

from qinglan.flow import passwords, work
from qinglan.flow.context import Context, open_context
from qinglan.flow.init import init
from qinglan.records import Actor, Kind, Role
from qinglan.storage import projects, tallies
from qinglan.work import Rules

OVERLAP = 2
RULES = Rules(overlap=OVERLAP, lease_seconds=1)
AWAY = 1.2
"""Seconds that somebody is away who comes back too late."""
PATIENCE = 4
GIVE_UP = 300.0
"""Seconds after which a trial that does not come to its end has failed."""

_FORM = re.compile(r'action="(/desk/p/task/(tsk_\w+)/submit)"')
_FIELD = re.compile(r'name="(csrf|token|kind|options)" value="([^"]*)"')


class Server:
    """A process that has loaded the program and forks a server from it, as often as asked."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        env = {
            **os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            "OPENBLAS_NUM_THREADS": "1",
        }  # fmt: skip
        words = [sys.executable, __file__, "--serve", str(folder), str(self.port)]
        self._forks = subprocess.Popen(
            words, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._ask("start")

    def kill(self) -> None:
        """SIGKILL, then another server on the same port."""
        self._ask("kill")
        self._ask("start")

    def close(self) -> None:
        """End the server, and the process that forks."""
        self._ask("kill")
        self._forks.communicate(timeout=60)

    def _ask(self, word: str) -> None:
        assert self._forks.stdin is not None
        assert self._forks.stdout is not None
        self._forks.stdin.write(word + "\n")
        self._forks.stdin.flush()
        assert self._forks.stdout.readline() == word + "\n", "the forking process is gone"


def fork_servers(folder: Path, port: int) -> None:
    """What the forking process does: one word a line in, the same word out once it is done."""
    from qinglan.web import serving

    child = 0
    for word in sys.stdin:
        if word == "start\n":
            child = os.fork()
            if child == 0:
                try:
                    with open_context(folder, serving=True) as context:
                        serving.serve(context, "127.0.0.1", port)
                finally:
                    os._exit(1)
        else:
            os.kill(child, signal.SIGKILL)
            assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it had ended by itself"
        print(word, end="", flush=True)


@dataclass
class Trial:
    """What the crowd has seen so far."""

    port: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    """Pairs of a name and a task."""
    sent: set[tuple[str, str]] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    until: float = field(default_factory=lambda: time.monotonic() + GIVE_UP)


class Annotator(threading.Thread):
    """One person with one connection, who answers each task with their name and its id."""

    def __init__(self, trial: Trial, name: str, session: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.trial, self.who, self.session = trial, name, session
        self.dice = random.Random(f"{seed} {name}")
        self.connection = HTTPConnection("127.0.0.1", trial.port, timeout=60)

    def run(self) -> None:
        """Until they are told often enough that nothing is left."""
        try:
            asked = 0
            page = self._ask("GET", "/desk/p")
            while asked < PATIENCE:
                found = _FORM.search(page)
                if found is None:
                    asked += 1
                    time.sleep(0.3)
                    page = self._ask("GET", "/desk/p")
                    continue
                asked = 0
                page = self._answer(found[1], found[2], dict(_FIELD.findall(page)))
        except Exception as error:
            self.trial.failed.append(f"{self.who}: {error!r}")
        finally:
            self.connection.close()

    def _answer(self, path: str, task: str, fields: dict[str, str]) -> str:
        body = urlencode({**fields, "text": saying(self.who, task)})
        self.trial.sent.add((self.who, task))
        if self.dice.random() < 0.02:
            self.trial.seen["came late"] += 1
            time.sleep(AWAY)
        page = self._ask("POST", path, body)
        with self.trial.lock:
            self.trial.acknowledged.add((self.who, task))
        if self.dice.random() < 0.1:
            self.trial.seen["sent twice"] += 1
            page = self._ask("POST", path, body)
        return page

    def _ask(self, method: str, path: str, body: str | None = None) -> str:
        headers = {"cookie": f"qinglan={self.session}", "x-fragment": "1"}
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        while True:
            try:
                self.connection.request(method, path, body, headers)
                got = self.connection.getresponse()
                page = got.read().decode()
            except (OSError, HTTPException):
                self.trial.seen["asked again"] += 1
                self.connection.close()
                assert time.monotonic() < self.trial.until
                time.sleep(0.02)
                continue
            assert got.status == 200, f"{got.status} {page[:200]}"
            return page


def saying(name: str, task: str) -> str:
    """What ``name`` answers to ``task``."""
    return f"{name} says it of {task}"


def prepare(folder: Path, tasks: int, people: int, database: str | None) -> dict[str, str]:
    """A desk with free answers to give; the session of each annotator by name."""
    names = [f"p{n}" for n in range(people)]
    with init(folder, database=database) as context:
        rows = [{"q": f"Task {n}?"} for n in range(tasks)]
        fill(context, folder, "p", Kind.FREE, rows, *names, rules=RULES)
        return {name: join(context, name) for name in names}


def run(folder: Path, sessions: dict[str, str], answers: int, kills: int, seed: int) -> Trial:
    """Let the crowd work everything off, and kill the server ``kills`` times on the way."""
    server = Server(folder)
    try:
        trial = Trial(server.port)
        crowd = [Annotator(trial, *one, seed) for one in sessions.items()]
        for one in crowd:
            one.start()
        for number in range(1, kills + 1):
            enough = answers * number // (kills + 1)
            while len(trial.acknowledged) < enough and not trial.failed:
                assert time.monotonic() < trial.until
                time.sleep(0.001)
            server.kill()
        for one in crowd:
            one.join()
    finally:
        server.close()
    assert trial.failed == []
    return trial


def close_up(context: Context, trial: Trial, names: list[str]) -> None:
    """The last leases lapse; whoever asks then takes what is left."""
    far = datetime.now(UTC) + timedelta(days=1)
    for name in names:
        actor = Actor(name=name, role=Role.ANNOTATOR)
        while (task := work.next_task(context, actor, "p", now=far)) is not None:
            answer = {"text": saying(name, task.task)}
            work.submit(context, actor, "p", task.task, task.token, answer, now=far)
            trial.sent.add((name, task.task))
            trial.acknowledged.add((name, task.task))


def examine(context: Context, trial: Trial, tasks: int) -> Counter[str]:
    """Nothing acknowledged is lost, nothing is there twice, and the overlap is exact.

    Returns:
        How many answers count, and how many came late.
    """
    assert context.storage.examine()
    with context.storage.read() as conn:
        project = projects.get(conn, "p")
        assert project is not None
        tallies.check(conn, project.id)
        held = conn.execute(
            text(
                "SELECT p.name, s.task, s.standing, s.late, a.answer FROM assignments s "
                "JOIN annotators p ON p.id = s.annotator "
                "LEFT JOIN annotations a ON a.id = s.annotation"
            )
        ).all()
        given = conn.execute(text("SELECT task, annotator, supersedes FROM annotations")).all()
        slots = conn.execute(text("SELECT wanted, given, held, state FROM work")).all()
    kept = {
        (row.name, row.task): json.loads(row.answer or row.late)["text"]
        for row in held
        if row.answer or row.late
    }
    assert trial.acknowledged <= kept.keys() <= trial.sent
    assert all(kept[place] == saying(*place) for place in kept)
    assert len(given) == len({(row.task, row.annotator) for row in given}) == OVERLAP * tasks
    assert {row.supersedes for row in given} == {None}
    assert set(Counter(row.task for row in given).values()) == {OVERLAP}
    assert {tuple(row) for row in slots} == {(OVERLAP, OVERLAP, 0, "done")}
    counted = Counter(row.standing for row in held)
    assert counted["answered"] == OVERLAP * tasks
    assert counted["leased"] == 0
    return counted


def trial(folder: Path, kills: int, people: int, tasks: int, database: str | None) -> str:
    """One whole trial; what happened in it, in words."""
    began = time.monotonic()
    sessions = prepare(folder, tasks, people, database)
    done = run(folder, sessions, OVERLAP * tasks, kills, seed=kills)
    with open_context(folder) as context:
        close_up(context, done, list(sessions))
        counted = examine(context, done, tasks)
    return (
        f"{people} annotators, {kills} kills: {dict(counted)} of {tasks} tasks; "
        f"{dict(done.seen)}; {time.monotonic() - began:.0f} s"
    )


def main() -> None:
    """Run as the words of the command say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--annotators", type=int, default=16)
    parser.add_argument("--tasks", type=int, default=2_000)
    parser.add_argument("--database")
    words = parser.parse_args()
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._hasher = lambda: cheap
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "ws"
        print(trial(folder, words.kills, words.annotators, words.tasks, words.database))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        fork_servers(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
