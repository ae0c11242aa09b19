"""What the load script drives: a desk, and people who visit it. qinglan's is here.

For another annotation tool write the same two classes beside it, and name the desk's to the
script as ``module:Class``. What a desk acknowledged counts as kept only where ``kept`` finds it.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

from argon2 import PasswordHasher

from qinglan.client import Client
from qinglan.flow import desk, entrance, load, office, passwords, people, standing, tokens
from qinglan.flow.context import open_context
from qinglan.flow.init import init
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Role
from qinglan.work import Rules

TEXT = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 10
"""A preference task of two of these and a question has 1.2 kB."""


class Work(NamedTuple):
    """A task in a visitor's hands: its name, and whatever the desk needs to take the answer."""

    task: str
    form: Any


class Refused(Exception):
    """The desk did not do what was asked: the status, or a word for it."""


class Visitor(Protocol):
    """One annotator, over a connection of their own."""

    def next(self) -> Work | None:
        """The task to do now, as the desk shows it; ``None`` where nothing is left."""

    def submit(self, work: Work) -> Work | None:
        """Answer; the next task where the desk brings it along, ``None`` where it has to be
        asked for. Whoever returns has the desk's word that the answer is kept.
        """


class Desk(Protocol):
    """One desk with preference tasks, each to be answered by ``overlap`` people."""

    overlap: int
    pid: int
    """Of the server, for its CPU and memory."""
    healthy: float
    """Seconds from the start to the first healthy page."""

    def __init__(self, folder: Path, people: int, tasks: int, database: str | None) -> None: ...

    def visitors(self) -> list[Visitor]: ...

    def bring(self, file: Path) -> int:
        """Import the tasks of a file as ``write_tasks`` makes it, over HTTP; how many are there
        when the desk says that they are.
        """

    def answer(self, file: Path) -> int:
        """Import an answer to each, of ``write_answers``, over HTTP; how many are there."""

    def take(self, file: Path) -> None:
        """Export all tasks with their answers over HTTP, to the last byte."""

    def stop(self) -> None: ...

    def kept(self) -> Counter[tuple[str, str]]:
        """After the stop: how many answers there are of each visitor (by place in
        ``visitors``, as text) to each task.
        """


class Line:
    """A connection that is kept, and costs the load generator as little as it can."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body, read to the end. A connection that the server closed meanwhile is
        opened anew, as a browser does it.
        """
        try:
            return self._ask(request)
        except (OSError, Refused):
            self._socket = None
            return self._ask(request)

    def _ask(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=120)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        length = re.search(rb"\r\ncontent-length: *(\d+)", got[:end], re.IGNORECASE)
        rest = (int(length[1]) if length else 0) - (len(got) - end - 4)
        parts = [got[end + 4 :]]
        while rest > 0:
            parts.append(self._more())
            rest -= len(parts[-1])
        return int(got[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        assert self._socket is not None
        part = self._socket.recv(65536)
        if not part:
            raise Refused("closed")
        return part


class Qinglan:
    """Our own: the page's form, sent as the desk's script sends it."""

    overlap = 2

    def __init__(self, folder: Path, people: int, tasks: int, database: str | None) -> None:
        self._folder = folder
        self._names = [f"annotator {n}" for n in range(people)]
        self._sessions, self._token = _prepare(folder, self._names, tasks, database)
        self._server, self.port, self.healthy = _serve(folder)
        self.pid = self._server.pid

    def visitors(self) -> list[Visitor]:
        return [_Annotator(self.port, session) for session in self._sessions]

    def bring(self, file: Path) -> int:
        with self._program() as program:
            fields = ["prompt=q", "left=a", "right=b"]
            done = program.import_tasks("p", file, name="tasks", fields=fields, channel="own")
        return done.new

    def answer(self, file: Path) -> int:
        with self._program() as program:
            done = program.import_annotations(
                "p", file, name="answers", fields=["task=t", "annotator=who", "winner=winner"],
                channel="simulated", annotator_type="person", tasks_from="tasks",
            )  # fmt: skip
        return done.new

    def take(self, file: Path) -> None:
        with self._program() as program, file.open("wb") as out:
            program.export("p", out)

    def _program(self) -> Client:
        return Client(f"http://127.0.0.1:{self.port}", self._token, timeout=3600, tries=1)

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait()

    def kept(self) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        place = {name: str(n) for n, name in enumerate(self._names)}
        after: str | None = ""
        with open_context(self._folder) as context:
            while after is not None:
                page = office.answers_beside(context, OWNER, "p", after=after, limit=1000)
                found.update((place[s.annotator], t.task) for t in page.tasks for s in t.said)
                after = page.after
        return found


class _Annotator:
    """One browser at our desk."""

    FORM = re.compile(rb'action="(/desk/p/task/([^"/]+)/submit)"')
    FIELD = re.compile(rb'name="(csrf|token|kind|options)" value="([^"]*)"')

    def __init__(self, port: int, session: str) -> None:
        self._line = Line(port)
        self._head = f" HTTP/1.1\r\nHost: bench\r\nCookie: qinglan={session}\r\nX-Fragment: 1\r\n"

    def next(self) -> Work | None:
        return self._work(f"GET /desk/p{self._head}\r\n")

    def submit(self, work: Work) -> Work | None:
        path, fields = work.form
        body = urlencode({**fields, b"winner": b"left", b"because": b""})
        return self._work(
            f"POST {path}{self._head}Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def _work(self, request: str) -> Work | None:
        status, page = self._line.ask(request.encode())
        if status != 200:
            raise Refused(str(status))
        form = self.FORM.search(page)
        if form is None:
            return None
        return Work(form[2].decode(), (form[1].decode(), dict(self.FIELD.findall(page))))


OWNER = Actor(name="owner", role=Role.OWNER)


def write_tasks(file: Path, tasks: int) -> None:
    """Preference tasks of 1.2 kB, one a line."""
    with file.open("w") as out:
        for i in range(tasks):
            row = {"q": f"Which is better ({i})?", "a": f"A{i} {TEXT}", "b": f"B{i} {TEXT}"}
            out.write(json.dumps(row) + "\n")


def write_answers(file: Path, tasks: int) -> None:
    """One answer to each task of such a file, by one and the same person."""
    with file.open("w") as out:
        for n in range(1, tasks + 1):
            out.write(json.dumps({"t": str(n), "who": "ann", "winner": "left"}) + "\n")


def _prepare(
    folder: Path, names: list[str], tasks: int, database: str | None
) -> tuple[list[str], str]:
    """A project with its desk open; the sessions of its annotators, and a program's token."""
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._hasher = lambda: cheap  # type: ignore[assignment]  # hundreds of people join
    with init(folder, database=database) as context:
        load.make_project(context, OWNER, "p", Kind.PREFERENCE)
        if tasks:
            file = folder / "tasks.jsonl"
            write_tasks(file, tasks)
            mapping = load.task_mapping(["prompt=q", "left=a", "right=b"])
            load.load_tasks(context, OWNER, "p", file, mapping, Terms(channel="own"))
        desk.open_desk(context, OWNER, "p", Rules(overlap=Qinglan.overlap))
        sessions = []
        for name in names:
            desk.seat(context, OWNER, "p", name, licence="CC0-1.0")
            standing.tell(context, Actor(name=name, role=Role.ANNOTATOR), "p")
            link = people.invite(context, OWNER, name, Role.ANNOTATOR)
            sessions.append(entrance.accept(context, link, "correct horse battery"))
        scopes = [tokens.scope_named(word) for word in ("import", "export")]
        issued = tokens.create(context, OWNER, "loader", role=Role.LEAD, scopes=scopes)
        return sessions, issued.token


def _serve(folder: Path) -> tuple[subprocess.Popen[bytes], int, float]:
    """A server process on a free port, and the seconds until it was healthy."""
    port = free_port()
    words = [sys.executable, "-m", "qinglan.cli", "serve", "-w", str(folder), "--port", str(port)]
    began = time.perf_counter()
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, env=dict(os.environ))
    until_healthy(server, port, "/healthz")
    return server, port, time.perf_counter() - began


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until_healthy(server: subprocess.Popen[bytes], port: int, path: str) -> None:
    """Wait until ``server`` answers at ``path`` that it is well."""
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            if server.poll() is not None:
                raise SystemExit("the server ended") from None
        time.sleep(0.01)
