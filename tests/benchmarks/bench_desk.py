"""A desk under load: real HTTP, the server in a process of its own.

Each annotator fetches a task and answers it, again and again, with or without time to think. Where
the desk brings the next task with the answer, as ours does, "submit" is that request, from the
first byte sent to the last received, and the task in hand is asked for apart at every tenth
answer, which is "next". Then what the desk holds is counted against what it acknowledged:
"duplicates" are answers of one person to one task beyond the first, "beyond" are tasks with more
answers than wanted, and "lost" are answers that were acknowledged and are not there.

"CPU" is what the server used for each answer, all its requests counted, in user and system mode:
it tells more than the clock where the load, or other programs, share the cores. The load
generator's own is told beside it.

    python tests/benchmarks/bench_desk.py [--annotators 1,16] [--think 5] [--seconds 20] \\
        [--tasks 20000] [--database URL | --postgresql] [--desk module:Class] [--json] \\
        [--files 20000 [--at-once] [--others] | --commands 20000]

``--postgresql`` starts a server from pip on this machine, with a fresh database for each row; its
own use of the cores is not told. ``--files`` measures instead how long that many tasks, and then
an answer to each, take to come in over HTTP, and to be exported with it, on a new desk that has
come to rest after its start (``--at-once``: right after it). ``--others`` counts what its other
processes use as well; to look costs some per cent of the time. ``--commands`` measures the same by
our own command, its start included.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from desks import Desk, Refused, Visitor, Work, write_answers, write_tasks

PARTS = (0.5, 0.95, 0.99)


class Person(threading.Thread):
    """One visitor at work. Times in seconds; ``done`` are the answers that were acknowledged."""

    def __init__(self, name: str, visitor: Visitor, think: float, gate: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.who, self.visitor, self.think, self.gate = name, visitor, think, gate
        self.until = 0.0
        self.submits: list[float] = []
        self.nexts: list[float] = []
        self.done: list[str] = []
        self.failed: Counter[str] = Counter()

    def run(self) -> None:
        """Answer until time is up, or until nothing is left."""
        work = self._next()
        self.nexts.clear()  # the first is the server's first page, too
        self.gate.wait()
        self.gate.wait()
        self._rest(first=True)
        while work is not None and time.monotonic() < self.until:
            work = self._submit(work)
            if work is None or len(self.done) % 10 == 0:
                work = self._next()
            self._rest()

    def _submit(self, work: Work) -> Work | None:
        began = time.perf_counter()
        try:
            found = self.visitor.submit(work)
        except Refused as refused:
            self.failed[str(refused)] += 1
            return None
        self.submits.append(time.perf_counter() - began)
        self.done.append(work.task)
        return found

    def _next(self) -> Work | None:
        began = time.perf_counter()
        try:
            return self.visitor.next()
        except Refused as refused:
            self.failed[str(refused)] += 1
            return None
        finally:
            self.nexts.append(time.perf_counter() - began)

    def _rest(self, *, first: bool = False) -> None:
        if self.think:
            time.sleep(self.think * random.uniform(0 if first else 0.5, 1 if first else 1.5))


def cpu_seconds(pid: int) -> float:
    """What the process has used of the cores so far, in user and in system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid: int) -> float:
    """The most memory that the process has had, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


class Others:
    """What processes that a server started use beside it.

    One that has ended tells nothing any more: they are looked at ten times a second, and their
    memory, which stops them, at every third look.
    """

    def __init__(self, pid: int, *, look: bool) -> None:
        self._pid, self._over = pid, threading.Event()
        self._used: dict[int, float] = {}
        self.mib = 0.0
        """The most memory that they had at one time; of what is shared, their part."""
        self._thread = threading.Thread(target=self._work if look else int, daemon=True)
        self._thread.start()

    @property
    def seconds(self) -> float:
        """What they used of the cores so far."""
        return sum(self._used.values())

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        for turn in count():
            if self._over.wait(0.1):
                return
            mib = 0.0
            for pid in started_by(self._pid):
                with suppress(OSError):
                    self._used[pid] = cpu_seconds(pid)
                    if turn % 3 == 0:
                        mib += pss_mib(pid)
            self.mib = max(self.mib, mib)


def pss_mib(pid: int) -> float:
    """A process's memory in MiB, with its part of what it shares with others: proc(5)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


def started_by(pid: int) -> Iterator[int]:
    """The processes that it started, those that these started, and so on: proc(5)."""
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (thread / "children").read_text().split()):
                yield child
                yield from started_by(child)


def rest(pid: int) -> None:
    """Wait until a server that was just started has nothing left to do, a minute at most."""
    until, before = time.monotonic() + 60, -1.0
    while time.monotonic() < until and cpu_seconds(pid) - before > 0.02:
        before = cpu_seconds(pid)
        time.sleep(0.5)


class Stolen:
    """How much of the machine's time its host gave to others, since this was made: proc(5).

    A figure of a virtual machine means little without it.
    """

    def __init__(self) -> None:
        self._before = self._look()

    @staticmethod
    def _look() -> tuple[int, int]:
        times = [int(word) for word in Path("/proc/stat").read_text().split()[1:9]]
        return times[7], sum(times)

    def percent(self) -> float:
        """Per cent of all cores."""
        stolen, whole = (now - then for now, then in zip(self._look(), self._before, strict=True))
        return round(100 * stolen / max(1, whole), 1)


def percentiles(times: list[float]) -> list[float]:
    """p50, p95 and p99 in milliseconds."""
    ordered = sorted(times) or [0.0]
    at = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in PARTS)
    return [round(1000 * one, 1) for one in at]


def measure(
    make: type[Desk], people: int, args: argparse.Namespace, database: str | None
) -> dict[str, Any]:
    """One row of figures."""
    with tempfile.TemporaryDirectory() as place:
        desk = make(Path(place) / "ws", people, args.tasks, database)
        gate = threading.Barrier(people + 1)
        try:
            crowd = [
                Person(str(n), visitor, args.think, gate)
                for n, visitor in enumerate(desk.visitors())
            ]
            for one in crowd:
                one.start()
            gate.wait()
            began, used, own = time.monotonic(), cpu_seconds(desk.pid), time.process_time()
            stolen = Stolen()
            for one in crowd:
                one.until = began + args.seconds
            gate.wait()
            for one in crowd:
                one.join()
            took, used = time.monotonic() - began, cpu_seconds(desk.pid) - used
            own, lost = time.process_time() - own, stolen.percent()
            peak = peak_mib(desk.pid)
        finally:
            desk.stop()
        kept = desk.kept()
    said = [(one.who, task) for one in crowd for task in one.done]
    beyond = Counter(task for _, task in kept)
    return {
        "desk": f"{make.__module__}:{make.__name__}",
        "engine": "postgresql" if database else "sqlite",
        "annotators": people,
        "think_s": args.think,
        "healthy_s": round(desk.healthy, 2),
        "answers": len(said),
        "answers_per_s": round(len(said) / took, 1),
        "submit_ms": percentiles([t for one in crowd for t in one.submits]),
        "next_ms": percentiles([t for one in crowd for t in one.nexts]),
        "server_cpu_ms": round(1000 * used / max(1, len(said)), 2),
        "load_cpu_ms": round(1000 * own / max(1, len(said)), 2),
        "peak_mib": round(peak, 1),
        "stolen_pct": lost,
        "duplicates": sum(n - 1 for n in kept.values()),
        "beyond": sum(n > desk.overlap for n in beyond.values()),
        "lost": len(set(said) - kept.keys()),
        "failed": dict(sum((one.failed for one in crowd), Counter())),
    }


def files(
    make: Callable[..., Desk], tasks: int, database: str | None, *, settled: bool, look: bool
) -> dict[str, Any]:
    """Import of ``tasks`` tasks and of an answer to each, and export of all, over HTTP; once the
    server has ``settled``, or right after its start. ``look``: at its other processes as well.
    """
    with tempfile.TemporaryDirectory() as place:
        rows, answers, out = (Path(place) / f"{name}.jsonl" for name in ("tasks", "answers", "out"))
        write_tasks(rows, tasks)
        write_answers(answers, tasks)
        desk = make(Path(place) / "ws", 0, 0, database)
        told = {"desk": type(desk).__name__, "engine": "postgresql" if database else "sqlite"}
        told |= {"tasks": tasks, "healthy_s": round(desk.healthy, 2)}
        steps = {
            "import": lambda: desk.bring(rows), "import_answers": lambda: desk.answer(answers),
            "export": lambda: desk.take(out),
        }  # fmt: skip
        others = Others(desk.pid, look=look)
        try:
            if settled:
                rest(desk.pid)
            for name, step in steps.items():
                began, used = time.perf_counter(), cpu_seconds(desk.pid)
                stolen, beside = Stolen(), others.seconds
                there = step()
                told[f"{name}_s"] = round(time.perf_counter() - began, 2)
                told[f"{name}_stolen_pct"] = stolen.percent()
                told[f"{name}_cpu_s"] = round(
                    cpu_seconds(desk.pid) - used + others.seconds - beside, 2
                )
                told[f"{name}_peak_mib"] = round(peak_mib(desk.pid) + others.mib)
                if there not in (None, tasks):
                    raise SystemExit(f"{name}: {there} of {tasks} are there")
        finally:
            others.stop()
            desk.stop()
        with out.open("rb") as exported:
            told["exported"] = sum(1 for _ in exported)
        return told


def commands(tasks: int, database: str | None) -> dict[str, Any]:
    """Import and export of ``tasks`` preference tasks, each a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "ws"
        write_tasks(Path(place) / "tasks.jsonl", tasks)
        answers = Path(place) / "answers.jsonl"
        write_answers(answers, tasks)
        where = ["--project", "p"]
        more = [] if database is None else ["--database", database]
        command(folder, "init", str(folder), *more)
        own = ["--channel", "own", "--licence", "MIT", "--kind", "preference"]
        mapping = ["--map", "prompt=q", "--map", "left=a", "--map", "right=b"]
        told = {"engine": "postgresql" if database else "sqlite", "tasks": tasks}
        told |= command(
            folder, "import", "tasks", str(Path(place) / "tasks.jsonl"), *where, *own, *mapping,
            name="import",
        )  # fmt: skip
        told |= command(
            folder, "import", "answers", str(answers), *where, "--channel", "simulated",
            "--type", "person", "--tasks-from", "tasks", "--map", "task=t",
            "--map", "annotator=who", "--map", "winner=winner", name="import_answers",
        )  # fmt: skip
        told |= command(folder, "export", "p", str(Path(place) / "out.jsonl"), name="export")
        return told


def command(folder: Path, *words: str, name: str = "") -> dict[str, Any]:
    """Run our command; its seconds and its CPU."""
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    whole = [sys.executable, "-m", "qinglan.cli", *words]
    if words[0] != "init":
        whole += ["-w", str(folder)]
    # An installed command finds its modules compiled.
    compiled = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(whole, check=True, stdout=subprocess.DEVNULL, env=compiled)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return {f"{name}_s": round(time.perf_counter() - began, 2), f"{name}_cpu_s": round(cpu, 2)}


@contextmanager
def databases(args: argparse.Namespace) -> Iterator[Callable[[], str | None]]:
    """What gives each row its database; ``None`` for SQLite."""
    if not args.postgresql:
        yield lambda: args.database
        return
    from sqlalchemy import create_engine, make_url, text

    sys.path.insert(0, str(Path(__file__).parent.parent))
    from postgresql_server import running

    with running() as address:
        admin = create_engine(address, isolation_level="AUTOCOMMIT")
        numbers = count()

        def fresh() -> str:
            name = f"desk{next(numbers)}"
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return make_url(address).set(database=name).render_as_string(hide_password=False)

        yield fresh
        admin.dispose()


def show(told: dict[str, Any]) -> str:
    """A row for people to read."""
    return "; ".join(f"{name} {value}" for name, value in told.items())


def main() -> None:
    """Run as the words of the command say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotators", default="1,16")
    parser.add_argument("--think", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--database")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--desk", default="desks:Qinglan")
    parser.add_argument("--files", type=int)
    parser.add_argument("--at-once", action="store_true")
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--commands", type=int)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.database and "," in args.annotators:
        parser.error("each row needs a fresh database: ask for one number of annotators")
    tell = json.dumps if args.json else show
    module, _, name = args.desk.partition(":")
    make = getattr(importlib.import_module(module), name)
    with databases(args) as database:
        if args.files:
            how = {"settled": not args.at_once, "look": args.others}
            told = files(make, args.files, database(), **how)
            print(tell(told), flush=True)
            return
        if args.commands:
            print(tell(commands(args.commands, database())), flush=True)
            return
        for number in args.annotators.split(","):
            print(tell(measure(make, int(number), args, database())), flush=True)


if __name__ == "__main__":
    main()
