"""Killing a verb, running it again, and holding the end against that of a run nobody touched.

A trial starts from a copy of one workspace, keys included, so that ids come out alike. What is
random or a time in every run (salts, commitments over them, activities) is left out of the
comparison, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, make_url, text

import qinglan
from qinglan.storage import Storage, committed, history, projects
from qinglan.storage.tables import metadata

BATCH = 8
"""Rows a transaction in the trials, so that a small workspace has several."""

Rows = dict[str, list[tuple[Any, ...]]]
RANDOM = {"activity", "salt", "commitment", "seq", "prev", "digest"}
"""Columns that no two runs have in common; the chain of digests is checked apart."""


@dataclass(frozen=True)
class Verb:
    """A command under trial."""

    name: str
    words: tuple[str, ...]


QUESTIONS, PEOPLE = 24, 2
WHERE = ("--project", "p", "--channel")
VERBS = (
    Verb(
        "import tasks",
        ("import", "tasks", "../questions.jsonl", *WHERE, "own", "--licence", "MIT", "--map",
         "id=id", "--map", "prompt=prompt", "--map", "key=key", "--json"),
    ),
    Verb(
        "import answers",
        ("import", "answers", "../answers.jsonl", *WHERE, "simulated", "--type", "person",
         "--tasks-from", "questions", "--map", "task=task", "--map", "annotator=annotator",
         "--map", "answer=answer", "--json"),
    ),
    Verb("verify", ("verify", "p", "--json")),
    Verb("judge", ("judge", "p", "--json")),
    Verb(
        "release build",
        ("release", "build", "p", "--name", "r", "--purpose", "training", "--built",
         "2026-01-31T00:00:00+00:00", "--json"),
    ),
)  # fmt: skip
"""In the order of the line: each starts from what those before it left."""


def write_inputs(folder: Path, questions: int = QUESTIONS, people: int = PEOPLE) -> None:
    """Questions and answers, some of them bad: those must be set aside once and not again."""
    asked = [
        json.dumps({"id": f"q{i}", "prompt": f"Compute {i}+1. 求值", "key": str(i + 1)})
        for i in range(questions)
    ]
    asked[7:7] = ["{broken", '{"id": "q3", "prompt": "again", "key": "4"}']
    answers = [
        {"task": f"q{i}", "annotator": f"a{who}", "answer": f"The answer is {i + 1 + wrong}."}
        for i in range(questions)
        for who in range(people)
        for wrong in [int((i + who) % 5 == 0)]
    ]
    answers.insert(11, {"task": "nowhere", "annotator": "a0", "answer": "1"})
    for name, lines in (("questions", asked), ("answers", map(json.dumps, answers))):
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


class Forks:
    """The process that forks; see ``crash_server``."""

    def __init__(self) -> None:
        here = Path(__file__).with_name("crash_server.py")
        path = os.pathsep.join(p for p in sys.path if p)
        env = {
            **os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1",
            "QINGLAN_LANG": "en", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        self._process = subprocess.Popen(
            [sys.executable, str(here)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=env,
        )  # fmt: skip
        self._answer()

    def run(
        self,
        verb: Verb,
        copy: Copy,
        *,
        kill_at: int | None = None,
        kill_after: float | None = None,
        log: Path | None = None,
        loads: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """Run a verb in a workspace; its exit code (-9: killed), moments passed, writes kept."""
        said = copy.folder.parent / "said.txt"
        said.unlink(missing_ok=True)
        asked = {
            "words": verb.words, "folder": str(copy.folder), "batch": BATCH, "kill_at": kill_at,
            "kill_after": kill_after, "log": None if log is None else str(log), "said": str(said),
            "loads": loads,
            "env": {} if copy.database is None else {"QINGLAN_DATABASE": copy.database},
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return {**self._answer(), "said": said.read_text() if said.exists() else ""}

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the forking process is gone"
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        self._process.communicate(timeout=60)


@dataclass(frozen=True)
class Copy:
    """A workspace, and the database it is on where that is not a file inside."""

    folder: Path
    database: str | None

    @property
    def url(self) -> str:
        return self.database or f"sqlite:///{self.folder / 'qinglan.db'}"


class Place:
    """Where trials happen: a workspace and copies of it, on SQLite or on PostgreSQL."""

    def __init__(self, folder: Path, postgresql: str | None) -> None:
        self.folder = folder
        self._postgresql = postgresql
        self._copies = 0
        self._own = secrets.token_hex(4)
        """In the names of databases, for a server may be shared by several places."""

    def make(self) -> Copy:
        """A new workspace."""
        copy = self._name("template1")
        qinglan.init(copy.folder, database=copy.database).close()
        return copy

    def copy(self, start: Copy) -> Copy:
        """The same workspace again, keys and database included."""
        copy = self._name(None if start.database is None else make_url(start.database).database)
        shutil.copytree(start.folder, copy.folder)
        return copy

    def forget(self, copy: Copy) -> None:
        """Remove a copy, and its database."""
        if copy.database is not None:
            self._admin(f'DROP DATABASE "{make_url(copy.database).database}"')
        shutil.rmtree(copy.folder)

    def _name(self, template: str | None) -> Copy:
        self._copies += 1
        name = f"copy{self._copies}"
        if self._postgresql is None:
            return Copy(self.folder / name, None)
        database = f"{name}_{self._own}"
        self._admin(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        url = make_url(self._postgresql).set(database=database)
        return Copy(self.folder / name, url.render_as_string(hide_password=False))

    def _admin(self, statement: str) -> None:
        engine = create_engine(str(self._postgresql), isolation_level="AUTOCOMMIT")
        with engine.connect() as conn:
            conn.execute(text(statement))
        engine.dispose()


COUNTED = " UNION ALL ".join(f"SELECT '{n}', count(*) FROM \"{n}\"" for n in metadata.tables)
"""One statement, written once: compiling one for each table cost more than the runs did."""


@contextmanager
def opened(copy: Copy) -> Iterator[Connection]:
    """Look into a copy as it is, through no verb."""
    engine = create_engine(copy.url)
    try:
        with engine.connect() as conn:
            if copy.database is not None:
                wait_for_others(conn)
            yield conn
    finally:
        engine.dispose()


def wait_for_others(conn: Connection) -> None:
    """A server finishes the statement of a client that died; only then is the end seen."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()"
    )
    for _ in range(2000):
        found = conn.execute(others).scalar_one()
        conn.rollback()  # within one transaction the answer would stay the same
        if found == 0:
            return
        time.sleep(0.005)
    raise AssertionError("a killed client's session never ended")


def counts(conn: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {str(name): int(n) for name, n in conn.exec_driver_sql(COUNTED)}


def rows(conn: Connection) -> Rows:
    """Every table without what is random, in an order that does not depend on it."""
    found: Rows = {}
    for name, table in metadata.tables.items():
        kept = ", ".join(f'"{column.name}"' for column in table.c if column.name not in RANDOM)
        lines = [tuple(row) for row in conn.exec_driver_sql(f'SELECT {kept} FROM "{name}"')]
        if name == "history":
            lines = [(project, told(event)) for project, event in lines]
        if name in ("activities", "deeds"):
            lines = []  # one for each attempt, and what it was about
        if name == "pulses":  # where the line stood at some time; a judging that died may have told
            lines = [*{(project, *stood) for project, _, *stood in lines}]
        if name == "prospects":  # so does what the last judging expects
            lines = [(project, body) for project, _, body in lines]
        if name == "tallies":  # the sum counts; on PostgreSQL each process adds to its own slot
            sums: Counter[tuple[str, str]] = Counter()
            for project, counted, _, n in lines:
                sums[project, counted] += n
            lines = [(*place, n) for place, n in sums.items()]
        found[name] = sorted(lines, key=repr)
    return found


def told(event: str) -> str:
    """An entry of the history without who and when."""
    facts = json.loads(event)
    for random_or_time in ("activity", "time"):
        del facts[random_or_time]
    return json.dumps(facts, sort_keys=True)


def files(copy: Copy) -> dict[str, str]:
    """Digests of everything under ``releases/`` of a workspace."""
    place = copy.folder / "releases"
    return {
        str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


End = dict[str, Any]
"""All that two runs of a verb must have in common, by name."""


@dataclass
class Reference:
    """An undisturbed run: how it ends, and how many rows there are after each of its writes."""

    moments: int
    seconds: float
    states: list[dict[str, int]]
    end: End
    copy: Copy


class Exact:
    """What must hold of a verb whose runs are alike, write by write."""

    def run(self, forks: Forks, verb: Verb, copy: Copy, **how: Any) -> dict[str, Any]:
        """Run the verb once."""
        return forks.run(verb, copy, **how)

    def end(self, copy: Copy) -> End:
        """What a copy holds when all is done."""
        with opened(copy) as conn:
            return {**rows(conn), "files": files(copy)}

    def examine(self, copy: Copy, true: Reference, kept: int) -> None:
        """Right after a kill: what was acknowledged is there, and nothing by halves."""
        with opened(copy) as conn:
            found = counts(conn)
        # One write is one transaction, so the state is that of the undisturbed run after the last
        # acknowledged write, or after the next one, whose answer nobody lived to hear.
        assert found in true.states[kept : kept + 2], (kept, found)
        examine_releases(copy)

    def compare(self, copy: Copy, true: Reference) -> None:
        """At the end: the same as undisturbed, nothing left over, and a history that holds."""
        found = self.end(copy)
        for name, expected in true.end.items():
            assert found[name] == expected, (name, found[name], expected)
        assert list(copy.folder.rglob("*.part")) == []
        with Storage.open(copy.url) as storage:
            storage.examine()
            with storage.read() as conn:
                committed.examine(conn)
                for project in projects.all(conn):
                    history.check(conn, project.id)


@dataclass
class Tally:
    """What the trials of one verb came to."""

    trials: int = 0
    killed: int = 0
    killed_again: int = 0
    moments: set[int] = field(default_factory=set)


def reference(
    forks: Forks, place: Place, verb: Verb, start: Copy, judge: Exact | None = None
) -> Reference:
    """Run ``verb`` undisturbed, twice: two runs agree in all that is compared later."""
    judge = judge or Exact()
    copy, again = place.copy(start), place.copy(start)
    log = place.folder / "states.jsonl"
    log.unlink(missing_ok=True)
    with opened(copy) as conn:
        states = [counts(conn)]
    for one, kept in ((copy, log), (again, None)):
        done = judge.run(forks, verb, one, log=kept)
        assert done["code"] == 0, done["said"]
    states += [json.loads(line) for line in log.read_text().splitlines()]
    true = Reference(
        moments=done["moments"], seconds=done["seconds"], states=states, end=judge.end(copy),
        copy=copy,
    )  # fmt: skip
    assert judge.end(again) == true.end, "two undisturbed runs differ"
    place.forget(again)
    return true


def trial(
    forks: Forks,
    place: Place,
    verb: Verb,
    start: Copy,
    true: Reference,
    tally: Tally,
    dice: random.Random,
    *,
    kill_at: int | None = None,
    judge: Exact | None = None,
) -> bool:
    """Kill ``verb`` at a counted or a random moment, run it again until done, compare.

    Whether the kill met it: a run can be over before.
    """
    judge = judge or Exact()
    copy = place.copy(start)
    after = None if kill_at is not None else dice.uniform(0, true.seconds)
    done = judge.run(forks, verb, copy, kill_at=kill_at, kill_after=after)
    assert done["code"] in (0, -9), done["said"]
    met: bool = done["code"] == -9
    tally.trials += 1
    if met:
        tally.killed += 1
        tally.moments.add(done["moments"])
    judge.examine(copy, true, done["kept"])
    if dice.random() < 0.3:
        done = judge.run(forks, verb, copy, kill_at=dice.randrange(true.moments))
        tally.killed_again += done["code"] == -9
    last = judge.run(forks, verb, copy)
    if verb.name == "release build" and last["code"] == 2:
        # Recorded before the kill: the name is taken, and by the very release asked for.
        assert "exists" in last["said"], last["said"]
    else:
        assert last["code"] == 0, last["said"]
    judge.compare(copy, true)
    place.forget(copy)
    return met


def meet(
    forks: Forks,
    place: Place,
    verb: Verb,
    start: Copy,
    true: Reference,
    tally: Tally,
    dice: random.Random,
    *,
    kill_at: int,
    judge: Exact | None = None,
) -> None:
    """A trial at a counted moment, or earlier where the run is over before it.

    Replies that come together are written together, so that a teacher's run can have fewer
    moments than the undisturbed one had.
    """
    while not trial(forks, place, verb, start, true, tally, dice, kill_at=kill_at, judge=judge):
        assert kill_at > 0, "a run without a moment"
        kill_at -= 1 + kill_at // 8


def examine_releases(copy: Copy) -> None:
    """No half release is visible."""
    for release in visible(copy):
        checked = qinglan.check_release(release, key=copy.folder / "keys" / "signing.pub")
        assert checked.ok, [failure.say("en") for failure in checked.failures]


def visible(copy: Copy) -> list[Path]:
    """What a person who lists the releases sees."""
    return [p for p in (copy.folder / "releases").glob("*") if not p.name.startswith(".")]


def spread(moments: int, trials: int) -> list[int]:
    """``trials`` moments of ``moments``, as evenly as can be, the last ones included."""
    return sorted({round(i * (moments - 1) / max(1, trials - 1)) for i in range(trials)})
