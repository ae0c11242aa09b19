"""Up to a million tasks and five million answers on both engines: times, memory and plans.

Run by hand, never as a timed test; the whole size takes an hour or so, and 8 GB of disk::

    PYTHONPATH=src python tests/benchmarks/bench_scale.py --tasks 1000000 --ahead 200000
        [--answers 5] [--engine sqlite|postgresql|both] [--seed 1] [--json FILE]

What is measured is the verbs themselves: ``import`` of tasks and of answers (files of several
sizes into a new workspace, to show that they are linear and their memory flat, and one more file
into the full one), opening the desk, and then, in the full workspace, ``next_task``, ``submit``
and ``skip`` of the assignment room for four annotators: one who is ``--ahead`` tasks ahead of all
others, the same person as if what they had passed were forgotten, one who skips every other task,
and one who is given two skills of ten; ``status``, a page of answers, ``export``, and the live
board over HTTP, as a server that has just started gives it and later.

Only the bulk of the full workspace comes through a faster seam than ``import``: the same rows,
with ids of the same length and spread and commitments that hold (rows are read back and checked),
written past SQLAlchemy, foreign keys and indexes, which are made afterwards.

Each step is a process of its own, so its peak memory is its own. CPU is the process's, without
PostgreSQL's server: on a machine that is shared it tells more than the wall. Every statement's
plan is asked for once; one that scans a big table is named.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from desks import Line
from desks import _serve as serve
from sqlalchemy import Engine, event, make_url

sys.path.insert(0, str(Path(__file__).parents[1]))

from qinglan.flow import desk, entrance, export, load, office, people, status, work
from qinglan.flow.context import Context, open_context
from qinglan.flow.init import init
from qinglan.flow.terms import Terms
from qinglan.provenance import identity
from qinglan.records import Actor, Kind, Role
from qinglan.storage import annotations, annotators, samples, tasks
from qinglan.work import Rules, SkipReason

OWNER = Actor(name="owner", role=Role.OWNER)
OWN = Terms(channel="own", licence="MIT")
TEXT = "A train leaves at noon, and another one an hour later; when do they meet? " * 3
OPTIONS = ["at one", "at two", "at three", "at four"]
SKILLS = 10
WIDE = ("tasks", "samples", "task_samples", "answer_keys", "annotations", "work", "assignments")
AHEAD, AGAIN, SKIPS, SKILLED, NEW = "ahead", "again", "skips", "skilled", "new"

Facts = dict[str, Any]


# The rows of the bulk, by number


def digest(word: str) -> str:
    return sha256(word.encode()).hexdigest()


class Rows:
    """Tasks and answers as ``import`` would have stored them, in the order in which they come."""

    def __init__(self, context: Context, seed: int) -> None:
        with context.storage.read() as conn:
            self.project = context.project("p")
            first = tasks.page(conn, self.project.id, "", 1)[0]
            where = "SELECT origin, activity FROM samples LIMIT 1"
            self.origin_id, self.activity = conn.exec_driver_sql(where).one()
            self.origin = samples.get(conn, first.samples)[0].origin
        self.guideline, self.seed = first.guideline, seed
        self.options = json.dumps(OPTIONS, separators=(",", ":"))
        self.origin_text = identity.canonical(self.origin.model_dump()).decode()

    def task(self, n: int) -> tuple[str, str, str]:
        """Id, salt and skill."""
        spread = digest(f"tsk {self.seed} {n}")
        return f"tsk_{spread[:26]}", spread[32:], f"skill {n % SKILLS}"

    def samples(self, count: int) -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            spread = digest(f"smp {self.seed} {n}")
            id_, salt, text = f"smp_{spread[:26]}", spread[32:], f"{n}: {TEXT}"
            said = (
                f'{{"id":"{id_}","origin":{self.origin_text},"row":{n + 1},"salt":"{salt}",'
                f'"text":"{text}","type":"Sample"}}'
            )
            yield id_, self.origin_id, n + 1, text, salt, digest(said), self.activity

    def tasks(self, count: int) -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            id_, salt, skill = self.task(n)
            sample = f"smp_{digest(f'smp {self.seed} {n}')[:26]}"
            prompt, group = f"{n}: {TEXT}", digest(f"group {n}")
            said = (
                f'{{"group":"{group}","guideline":"{self.guideline}","id":"{id_}",'
                f'"kind":"choice","options":{self.options},"project":"{self.project.id}",'
                f'"prompt":"{prompt}","salt":"{salt}","samples":["{sample}"],'
                f'"skill":"{skill}","type":"Task"}}'
            )
            yield (
                id_, self.project.id, self.guideline, "choice", prompt, self.options, skill, group,
                salt, digest(said), self.activity,
            )  # fmt: skip

    def uses(self, count: int) -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            yield self.task(n)[0], 0, f"smp_{digest(f'smp {self.seed} {n}')[:26]}"

    def keys(self, count: int) -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            id_, salt, _ = self.task(n)
            value = OPTIONS[n % 4]
            said = f'{{"salt":"{salt}","task":"{id_}","type":"AnswerKey","value":"{value}"}}'
            yield id_, value, salt, digest(said), self.activity

    def answers(self, count: int, people: list[str]) -> Iterator[tuple[Any, ...]]:
        """Each annotator's file after the other's."""
        for person in people:
            for n in range(count):
                task = self.task(n)[0]
                spread = digest(f"ann {self.seed} {person} {n}")
                id_, salt, option = f"ann_{spread[:26]}", spread[32:], OPTIONS[(n // 3) % 4]
                answer = f'{{"kind":"choice","option":"{option}"}}'
                said = (
                    f'{{"annotator":"{person}","answer":{answer},"id":"{id_}","salt":"{salt}",'
                    f'"supersedes":null,"task":"{task}","type":"Annotation"}}'
                )
                yield (
                    id_, self.project.id, task, person, answer, None, salt, option, None,
                    digest(said), self.activity,
                )  # fmt: skip


COLUMNS = {
    "samples": "id origin row text salt commitment activity",
    "tasks": "id project guideline kind prompt options skill group salt commitment activity",
    "task_samples": "task position sample",
    "answer_keys": "task value salt commitment activity",
    "annotations": "id project task annotator answer supersedes salt value value_reason commitment"
    " activity",
}


def names(table: str) -> str:
    return ", ".join(f'"{name}"' for name in COLUMNS[table].split())


def fill(context: Context, url: str, count: int, per_task: int, seed: int) -> Facts:
    rows = Rows(context, seed)
    with context.storage.read() as conn:
        people = sorted(who.id for who in annotators.all(conn, rows.project.id))[:per_task]
    load_all = {
        "samples": lambda: rows.samples(count),
        "tasks": lambda: rows.tasks(count),
        "task_samples": lambda: rows.uses(count),
        "answer_keys": lambda: rows.keys(count),
        "annotations": lambda: rows.answers(count, people),
    }
    write = fill_sqlite if url.startswith("sqlite") else fill_postgresql
    write(url, load_all)
    context.write(rows.project, lambda conn: recount(conn, rows.project.id))
    with context.storage.read() as conn:  # the rows are what import would have made
        for table, find in (("tasks", tasks.find), ("annotations", annotations.find)):
            for n in random.Random(seed).sample(range(count), 50):
                id_ = next(iter([rows.task(n)[0]])) if table == "tasks" else (
                    f"ann_{digest(f'ann {seed} {people[0]} {n}')[:26]}"
                )  # fmt: skip
                record = find(conn, [id_])[id_]  # type: ignore[operator]
                held = conn.exec_driver_sql(
                    f"SELECT commitment FROM {table} WHERE id = '{id_}'"
                ).scalar_one()
                assert held == identity.commitment(record), (table, n)
    return {"tasks": count, "answers": count * per_task}


def recount(conn: Any, project: str) -> None:
    from qinglan.storage import tallies

    tallies.recount(conn, project)


def fill_sqlite(url: str, load_all: dict[str, Callable[[], Iterator[tuple[Any, ...]]]]) -> None:
    with closing(sqlite3.connect(str(make_url(url).database), isolation_level=None)) as db:
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-1500000"):
            db.execute(f"PRAGMA {pragma}")
        which = "','".join(load_all)
        found = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            f" AND tbl_name IN ('{which}')"
        ).fetchall()
        db.execute("BEGIN IMMEDIATE")
        for name, _ in found:
            db.execute(f"DROP INDEX {name}")
        for table, rows in load_all.items():
            marks = ", ".join("?" * len(COLUMNS[table].split()))
            db.executemany(f"INSERT INTO {table} ({names(table)}) VALUES ({marks})", rows())
        for _, sql in found:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def fill_postgresql(url: str, load_all: dict[str, Callable[[], Iterator[tuple[Any, ...]]]]) -> None:
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as db:
        db.execute("SET synchronous_commit = off")
        db.execute("SET maintenance_work_mem = '512MB'")
        which = list(load_all)
        constraints = db.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype"
            " FROM pg_constraint WHERE contype IN ('f', 'p') AND (conrelid::regclass::text ="
            " ANY(%s) OR (contype = 'f' AND confrelid::regclass::text = ANY(%s)))"
            " ORDER BY contype = 'p'", (which, which),
        ).fetchall()  # fmt: skip
        indexes = db.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND indexname NOT LIKE 'pk_%%'", (which,),
        ).fetchall()  # fmt: skip
        for table, name, _, _ in constraints:
            db.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            db.execute(f'DROP INDEX "{name}"')
        for table, rows in load_all.items():
            with db.cursor().copy(f"COPY {table} ({names(table)}) FROM STDIN") as copy:
                for block in blocks(rows()):
                    copy.write(block)
        for table, name, how, _ in reversed(constraints):
            db.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {how}')
        for _, how in indexes:
            db.execute(how)
        db.execute("VACUUM (ANALYZE)")


def blocks(rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """Rows in COPY's text form; nothing here needs an escape."""
    out = io.StringIO()
    for row in rows:
        out.write("\t".join(["\\N" if value is None else str(value) for value in row]))
        out.write("\n")
        if out.tell() > 2**20:
            yield out.getvalue()
            out = io.StringIO()
    yield out.getvalue()


# The steps


def import_files(context: Context, folder: Path, count: int, word: str) -> Facts:
    """Tasks with keys, then an answer to each, by the verbs."""
    asked, given = folder / f"{word}.jsonl", folder / f"{word} answers.jsonl"
    with asked.open("w") as out, given.open("w") as said:
        for n in range(count):
            row = {"id": n, "q": f"{word} {n}: {TEXT}", "o": OPTIONS, "k": OPTIONS[n % 4],
                   "s": f"skill {n % SKILLS}"}  # fmt: skip
            out.write(json.dumps(row) + "\n")
            for who in range(5 if count < 100 else 1):
                row = {"t": n, "who": f"person {who}", "a": OPTIONS[n % 4]}
                said.write(json.dumps(row) + "\n")
    load.make_project(context, OWNER, "p", Kind.CHOICE)
    mapping = load.task_mapping(["id=id", "prompt=q", "options=o", "key=k", "skill=s"])
    fields = load.answer_mapping(["task=t", "annotator=who", "option=a"])
    facts: Facts = {}
    with timed(facts, "import of tasks", count):
        done = load.load_tasks(context, OWNER, "p", asked, mapping, OWN)
    assert (done.new, done.set_aside) == (count, 0)
    with timed(facts, "import of answers", count):
        done = load.load_answers(
            context, OWNER, "p", given, fields, Terms(channel="simulated"),
            annotator_type="person", tasks_from=word,
        )  # fmt: skip
    assert done.set_aside == 0
    return facts


def open_the_desk(context: Context, ahead: int) -> Facts:
    """``desk`` by the verb; then what ``ahead`` tasks of work of one person leave in the tables."""
    facts: Facts = {}
    with timed(facts, "desk opened") as noted:
        noted["rows"] = desk.open_desk(context, OWNER, "p", Rules(overlap=2)).queued
    seats = {
        name: desk.seat(context, OWNER, "p", name, skills=skills)
        for name, skills in (
            (AHEAD, None), (AGAIN, None), (SKIPS, None), (SKILLED, ["skill 3", "skill 7"]),
            (NEW, None),
        )
    }  # fmt: skip
    target = context.project("p")

    def keep(conn: Any) -> None:
        last = conn.exec_driver_sql("SELECT min(rank) FROM work").scalar_one() + ahead - 1
        for name in (AHEAD, AGAIN):
            # The annotation is left out: it would be one of the five million, and is not read.
            conn.exec_driver_sql(
                "INSERT INTO assignments (annotator, task, project, token, standing, until, moved,"
                f" answers) SELECT '{seats[name]}', task, project, 'x', 'answered', 0, rank, 1"
                f" FROM work WHERE rank <= {last}"
            )
        conn.exec_driver_sql(f"UPDATE work SET given = 1 WHERE rank <= {last}")
        passed = json.dumps({"1": last})
        conn.exec_driver_sql(
            f"UPDATE seats SET turns = {ahead}, passed = '{passed}'"
            f" WHERE annotator = '{seats[AHEAD]}'"
        )

    context.write(target, keep)
    if not str(context.settings.database or "").startswith("postgresql"):
        return facts
    import psycopg

    url = str(context.settings.database).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("VACUUM (ANALYZE)")  # as autovacuum would
    return facts


def at_the_desk(context: Context, name: str, turns: int) -> Facts:
    """``turns`` tasks of one annotator, by the calls that the pages make."""
    actor = Actor(name=name, role=Role.ANNOTATOR)
    facts: Facts = {}
    first, gets, submits, skips = [], [], [], []
    began = time.process_time()
    for turn in range(turns):
        start = time.perf_counter()
        held = work.next_task(context, actor, "p")
        (gets if turn else first).append(time.perf_counter() - start)
        assert held is not None
        start = time.perf_counter()
        if name == SKIPS and turn % 2:
            work.skip(context, actor, "p", held.task, held.token, SkipReason.UNSURE)
            skips.append(time.perf_counter() - start)
        else:
            payload = {"option": OPTIONS[turn % 4]}
            work.submit(context, actor, "p", held.task, held.token, payload)
            submits.append(time.perf_counter() - start)
    cpu = (time.process_time() - began) / turns
    for label, found in (("first next task", first), ("next task", gets), ("submit", submits),
                         ("skip", skips)):  # fmt: skip
        if found:
            facts[f"{name}: {label}"] = {"n": len(found), **spread_of(found)}
    facts[f"{name}: a turn"] = {"cpu": cpu}
    return facts


def spread_of(found: list[float]) -> Facts:
    ordered = sorted(found)
    at = lambda share: ordered[min(int(share * len(ordered)), len(ordered) - 1)]  # noqa: E731
    return {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": ordered[-1]}


def look_around(context: Context) -> Facts:
    facts: Facts = {}
    looks: dict[str, Callable[[], object]] = {
        "status": lambda: status.status(context, OWNER),
        "live board: the desk": lambda: office.desk(context, OWNER, "p"),
        "a page of answers": lambda: office.answers_beside(context, OWNER, "p"),
    }
    for label, look in looks.items():
        look()
        with timed(facts, label):
            look()
    return facts


def over_http(context: Context, folder: Path) -> Facts:
    """The live board as a browser gets it: the first request to a server, and later ones."""
    link = people.invite(context, OWNER, f"lead {time.time_ns()}", Role.LEAD)
    session = entrance.accept(context, link, "correct horse battery")
    context.close()  # SQLite has one server
    facts: Facts = {}
    server, port, healthy = serve(folder / "ws")
    try:
        facts["healthy"] = {"wall": healthy}
        line = Line(port)
        page = (
            f"GET /office/projects/p/board HTTP/1.1\r\nHost: b\r\nCookie: qinglan={session}\r\n\r\n"
        )
        looks = []
        for label in ("live board: first request", *("again",) * 20):
            start = time.perf_counter()
            status, body = line.ask(page.encode())
            looks.append(time.perf_counter() - start)
            assert status == 200, body[:300]
            if len(looks) == 1:
                facts[label] = {"wall": looks[0]}
        facts["live board: later"] = {"n": len(looks) - 1, **spread_of(looks[1:])}
    finally:
        server.terminate()
        server.wait()
    return facts


def write_out(context: Context, folder: Path) -> Facts:
    facts: Facts = {}
    with timed(facts, "export") as noted:
        done = export.export_answers(context, OWNER, "p", folder / "export.jsonl")
        noted["rows"] = done.tasks
        noted["answers"] = done.answers
    noted["MB"] = round((folder / "export.jsonl").stat().st_size / 1e6)
    (folder / "export.jsonl").unlink()
    return facts


class timed:  # noqa: N801 - reads as a word
    """Wall and CPU seconds of what happens inside, as ``facts[label]``."""

    def __init__(self, facts: Facts, label: str, rows: int | None = None) -> None:
        self.noted: Facts = {} if rows is None else {"rows": rows}
        facts[label] = self.noted

    def __enter__(self) -> Facts:
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        return self.noted

    def __exit__(self, *_: object) -> None:
        self.noted["wall"] = time.perf_counter() - self.wall
        self.noted["cpu"] = time.process_time() - self.cpu


# Plans


class Plans:
    """Asks for the plan of every statement that is new to it, before it runs."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        event.listen(Engine, "before_cursor_execute", self._look)

    def _look(
        self, conn: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool
    ) -> None:
        if statement in self.found or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        self.found[statement] = []
        sqlite = conn.dialect.name == "sqlite"
        with closing(conn.connection.driver_connection.cursor()) as own:
            how = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
            own.execute(f"{how} {statement}", values[0] if many else values)
            self.found[statement] = [str(line[-1]) for line in own.fetchall()]

    def scans(self) -> list[str]:
        """Plans that read a big table from end to end, without an index."""
        bad = [f"SCAN {name}" for name in WIDE] + [f"Seq Scan on {name}" for name in WIDE]
        return [
            f"{line.strip()}  <-  {' '.join(statement.split())[:300]}"
            for statement, plan in self.found.items()
            for line in plan
            if any(line.strip(" ->").startswith(start) for start in bad) and "INDEX" not in line
        ]


STEPS = (
    "begin",
    "fill",
    "desk",
    AHEAD,
    AGAIN,
    SKIPS,
    SKILLED,
    NEW,
    "look",
    "http",
    "export",
    "more",
)


def run_step(step: str, args: argparse.Namespace, folder: Path) -> Facts:
    """One step, in this process."""
    url = args.database or f"sqlite:///{folder / 'ws' / 'qinglan.db'}"
    plans = None if step in ("begin", "fill", "desk", "import") else Plans()
    if step in ("begin", "import"):
        init(folder / "ws", database=args.database).close()
    with open_context(folder / "ws") as context:
        if step == "begin":
            import_files(context, folder, 20, "first")
            facts: Facts = {}
        elif step in ("import", "more"):
            facts = import_files(context, folder, args.rows, step)
        elif step == "fill":
            facts = {}
            with timed(facts, "bulk through the seam") as noted:
                noted |= fill(context, url, args.tasks, args.answers, args.seed)
        elif step == "desk":
            facts = open_the_desk(context, args.ahead)
        elif step == "look":
            facts = look_around(context)
        elif step == "http":
            facts = over_http(context, folder)
        elif step == "export":
            facts = write_out(context, folder)
        else:
            facts = at_the_desk(context, step, args.turns)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told: Facts = {"step": step, "rows": args.rows, "peak MiB": round(peak), "facts": facts}
    if plans is not None:
        told |= {"plans": plans.found, "scans": plans.scans()}
    return told


def child(step: str, args: argparse.Namespace, folder: Path, **more: object) -> Facts:
    """One step in a process of its own; prints its table as it comes."""
    wanted = {**vars(args), **more}
    words = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    for name in ("tasks", "answers", "ahead", "turns", "seed", "rows", "database"):
        if wanted.get(name) is not None:
            words += [f"--{name}", str(wanted[name])]
    began = time.monotonic()
    ran = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    told: Facts = json.loads(ran.stdout)
    told["whole step s"] = round(time.monotonic() - began, 1)
    show(told)
    return told


def show(told: Facts) -> None:
    for label, facts in told["facts"].items():
        words = []
        for name, value in facts.items():
            if name in ("p50", "p95", "p99", "max"):
                words.append(f"{name} {value * 1000:.1f} ms")
            elif name == "cpu" and "rows" not in facts and "wall" not in facts:
                words.append(f"{value * 1000:.2f} ms CPU")
            elif isinstance(value, float):
                words.append(f"{value:.2f} s {name}")
            else:
                words.append(f"{value:,} {name}")
        if "rows" in facts and facts.get("cpu"):
            words.append(f"{facts['cpu'] / facts['rows'] * 1e6:.0f} µs CPU a row")
        print(f"  {label:<24} {'; '.join(words)}", flush=True)
    print(
        f"  {'':<24} peak {told['peak MiB']} MiB; whole step {told['whole step s']} s", flush=True
    )
    for line in told.get("scans", ()):
        print(f"    SCANS: {line}", flush=True)


def measure(args: argparse.Namespace, engine: str) -> list[Facts]:
    told = []
    with ExitStack() as stack:
        fresh: Callable[[], str | None] = lambda: None  # noqa: E731
        if engine == "postgresql":
            from postgresql_server import running

            fresh = databases(stack.enter_context(running()))
        for rows in [int(word) for word in args.imports.split(",") if word]:
            print(f"{engine}: files of {rows:,} rows into a new workspace", flush=True)
            with tempfile.TemporaryDirectory(dir=args.place) as place:
                told.append(child("import", args, Path(place), rows=rows, database=fresh()))
        with tempfile.TemporaryDirectory(dir=args.place) as place:
            database = fresh()
            for step in STEPS:
                print(f"{engine}: {step}", flush=True)
                told.append(child(step, args, Path(place), database=database))
                told[-1]["engine"] = engine
                if args.json:
                    Path(f"{args.json}.{engine}").write_text(json.dumps(told, indent=1))
    return told


def databases(server: str) -> Callable[[], str]:
    """A function that makes a new database each time."""
    import psycopg

    made: list[str] = []

    def fresh() -> str:
        url = make_url(server)
        with psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        ) as db:
            name = f"scale{len(made)}"
            db.execute(f"CREATE DATABASE {name}")
        made.append(url.set(database=name).render_as_string(hide_password=False))
        return made[-1]

    return fresh


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=50_000)
    parser.add_argument("--answers", type=int, default=5)
    parser.add_argument("--ahead", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=300)
    parser.add_argument("--imports", default="20000")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--engine", default="both", choices=("sqlite", "postgresql", "both"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json")
    parser.add_argument("--place", help="folder for the workspaces")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--database", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.step:
        print(json.dumps(run_step(args.step, args, args.folder)))
        return
    for engine in ("sqlite", "postgresql") if args.engine == "both" else (args.engine,):
        measure(args, engine)


if __name__ == "__main__":
    main()
