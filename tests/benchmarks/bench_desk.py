"""The workbench under load: real HTTP, the server in a process of its own, no think time.

Each annotator fetches the page with their task once, and from then on sends answers as the desk's
script does: one request takes the answer, durably, and brings the next task. "submit to next" is
that request, from the first byte sent to the last received; "next" is a page with the task in
hand, asked for apart. "CPU" is what the server process used for each answer, all its requests
counted: it tells more than the clock where other programs share the cores. Afterwards the answers
in the database are counted against those that were acknowledged.

    python tests/benchmarks/bench_desk.py [--annotators 1,16] [--seconds 20] [--database URL]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from qinglan.flow import desk, entrance, load, office, people, standing
from qinglan.flow.context import Context, open_context
from qinglan.flow.init import init
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Role
from qinglan.work import Rules

OWNER = Actor(name="owner", role=Role.OWNER)
TEXT = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 10
FORM = re.compile(rb'action="(/desk/p/task/[^"]+/submit)"')
FIELD = re.compile(rb'name="(csrf|token|kind|options)" value="([^"]*)"')


def prepare(folder: Path, annotators: int, tasks: int, database: str | None) -> list[str]:
    """A project of preference tasks of 1.2 kB; the sessions of its annotators."""
    with init(folder, database=database) as context:
        file = folder / "tasks.jsonl"
        with file.open("w") as out:
            for i in range(tasks):
                row = {"q": f"Which is better ({i})?", "a": f"A{i} {TEXT}", "b": f"B{i} {TEXT}"}
                out.write(json.dumps(row) + "\n")
        load.make_project(context, OWNER, "p", Kind.PREFERENCE)
        mapping = load.task_mapping(["prompt=q", "left=a", "right=b"])
        load.load_tasks(context, OWNER, "p", file, mapping, Terms(channel="own"))
        desk.open_desk(context, OWNER, "p", Rules(overlap=2))
        sessions = []
        for i in range(annotators):
            name = f"annotator {i}"
            desk.seat(context, OWNER, "p", name, licence="CC0-1.0")
            standing.tell(context, Actor(name=name, role=Role.ANNOTATOR), "p")
            link = people.invite(context, OWNER, name, Role.ANNOTATOR)
            sessions.append(entrance.accept(context, link, "correct horse battery"))
        return sessions


class Annotator(threading.Thread):
    """One browser that never rests."""

    def __init__(self, port: int, session: str, until: float) -> None:
        super().__init__()
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.session, self.until = session, until
        self.submits: list[float] = []
        self.nexts: list[float] = []
        self.failed: Counter[int] = Counter()

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"cookie": f"qinglan={self.session}", "x-fragment": "1"}
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        got = self.connection.getresponse()
        return got.status, got.read()

    def run(self) -> None:
        """Answer until time is up."""
        page = self._next()
        while time.monotonic() < self.until and (form := FORM.search(page)):
            fields = dict(FIELD.findall(page))
            body = urlencode({**fields, b"winner": b"left", b"because": b""})
            began = time.perf_counter()
            status, page = self.ask("POST", form[1].decode(), body)
            if status != 200:
                self.failed[status] += 1
                page = self._next()
                continue
            self.submits.append(time.perf_counter() - began)
            if len(self.submits) % 10 == 0:
                page = self._next()

    def _next(self) -> bytes:
        began = time.perf_counter()
        status, page = self.ask("GET", "/desk/p")
        if status != 200:
            self.failed[status] += 1
        self.nexts.append(time.perf_counter() - began)
        return page


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], int, float]:
    """A server process on a free port, and the seconds until it was healthy."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "qinglan.cli", "serve", "-w", str(folder), "--port", str(port)]
    began = time.perf_counter()
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return server, port, time.perf_counter() - began
        except OSError:
            if server.poll() is not None:
                raise SystemExit("the server ended") from None
            time.sleep(0.01)


def counted(context: Context) -> Counter[tuple[str, str]]:
    """How many standing answers each annotator has to each task."""
    found: Counter[tuple[str, str]] = Counter()
    after: str | None = ""
    while after is not None:
        page = office.answers_beside(context, OWNER, "p", after=after, limit=1000)
        found.update((task.task, said.annotator) for task in page.tasks for said in task.said)
        after = page.after
    return found


def cpu_seconds(pid: int) -> float:
    """What the process has used of the cores so far, in user and in system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show(name: str, times: list[float]) -> str:
    """Percentiles in milliseconds."""
    ordered = sorted(times) or [0.0]
    at = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99))
    return f"{name} p50/p95/p99 " + "/".join(f"{1000 * one:.1f}" for one in at) + " ms"


def measure(annotators: int, seconds: float, tasks: int, database: str | None) -> None:
    """One row of figures."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "ws"
        sessions = prepare(folder, annotators, tasks, database)
        server, port, healthy = serve(folder)
        try:
            until = time.monotonic() + seconds
            crowd = [Annotator(port, session, until) for session in sessions]
            began, used = time.monotonic(), cpu_seconds(server.pid)
            for one in crowd:
                one.start()
            for one in crowd:
                one.join()
            took, used = time.monotonic() - began, cpu_seconds(server.pid) - used
        finally:
            server.terminate()
            server.wait()
        submits = [t for one in crowd for t in one.submits]
        failed = sum((one.failed for one in crowd), Counter())
        with open_context(folder) as context:
            found = counted(context)
        over = Counter(task for task, _ in found)
        print(
            f"{annotators:>3} annotators: healthy in {healthy:.2f} s; "
            f"{len(submits) / took:.0f} submits/s; "
            f"CPU {1000 * used / max(1, len(submits)):.2f} ms; "
            f"{show('submit to next', submits)}; "
            f"{show('next', [t for one in crowd for t in one.nexts])}; "
            f"duplicates {sum(n > 1 for n in found.values())}, "
            f"beyond overlap {sum(n > 2 for n in over.values())}, "
            f"lost {len(submits) - sum(found.values())}, failed {dict(failed)}"
        )


def main() -> None:
    """Run as the words of the command say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotators", default="1,16")
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--database")
    words = parser.parse_args()
    for number in words.annotators.split(","):
        measure(int(number), words.seconds, words.tasks, words.database)


if __name__ == "__main__":
    main()
