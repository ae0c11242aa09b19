"""Two servers on one PostgreSQL are one workbench; on SQLite a second one is refused."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from web_example import OWNER, Client, fill, join, seat

from qinglan.flow import conduct, desk, office, people
from qinglan.flow.context import Context, open_context
from qinglan.flow.init import init
from qinglan.records import Kind, Role
from qinglan.work import Rules

PEOPLE = tuple(f"p{n}" for n in range(16))
TASKS, OVERLAP = 40, 3


def command(folder: Path, port: int, *more: str) -> subprocess.Popen[str]:
    """``serve`` as a process of its own."""
    env = {
        **os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "QINGLAN_LANG": "en",
    }  # fmt: skip
    words = [sys.executable, "-m", "qinglan.cli", "serve", "-w", str(folder), "--port", str(port)]
    words += more
    return subprocess.Popen(
        words, env=env, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """A server process on a free port; the port, once it answers."""
    with running(folder) as (port, _):
        yield port


@contextmanager
def running(folder: Path, *more: str) -> Iterator[tuple[int, int]]:
    """As ``served``, with ``more`` words for the command; the port, and the process's id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = command(folder, port, *more)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                    connection.request("GET", "/healthz")
                    connection.getresponse().read()
                break
            except OSError:
                assert server.poll() is None, server.communicate()
                assert time.monotonic() < until
                time.sleep(0.05)
        yield port, server.pid
    finally:
        server.terminate()
        server.communicate(timeout=60)


def work_off(client: Client, ports: tuple[int, int], failed: list[str]) -> None:
    """Answer what comes, each request to the other server, as the desk's script does."""
    turn = 0
    page = client.get("/desk/p", x_fragment="1").text
    while "/submit" in page:
        turn += 1
        client.port = ports[turn % 2]
        task = client.form_of(page)
        kept = {name: task[name] for name in ("token", "kind", "options")}
        answer = client.post(
            task["action"], csrf=task["csrf"], text="It is 1.", headers={"x-fragment": "1"}, **kept
        )
        if answer.status != 200:
            failed.append(f"{answer.status} {answer.text}")
            return
        page = answer.text


def test_two_servers_are_one_workbench(tmp_path: Path, postgresql_url: str) -> None:
    with init(tmp_path / "ws", database=postgresql_url) as context, ExitStack() as stack:
        rows = [{"q": f"Task {n}?"} for n in range(TASKS)]
        fill(context, tmp_path, "p", Kind.FREE, rows, *PEOPLE, rules=Rules(overlap=OVERLAP))
        first, second = (stack.enter_context(served(tmp_path / "ws")) for _ in range(2))
        sixteen_people_get_exact_overlap(context, first, second)
        what_one_process_ends_has_ended_for_the_others(context, first, second)


def sixteen_people_get_exact_overlap(context: Context, first: int, second: int) -> None:
    clients = [Client((first, second)[n % 2], join(context, who)) for n, who in enumerate(PEOPLE)]
    failed: list[str] = []
    crowd = [
        threading.Thread(target=work_off, args=(client, (first, second), failed))
        for client in clients
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert failed == []
    found: Counter[str] = Counter()
    after: str | None = ""
    while after is not None:
        page = office.answers_beside(context, OWNER, "p", after=after)
        for task in page.tasks:
            names = [said.annotator for said in task.said]
            assert len(set(names)) == len(names)
            found[task.task] = len(names)
        after = page.after
    assert len(found) == TASKS
    assert set(found.values()) == {OVERLAP}


def what_one_process_ends_has_ended_for_the_others(
    context: Context, first: int, second: int
) -> None:
    """Nothing that decides about access is remembered: the very next request is refused."""
    session = join(context, "quinn")
    seat(context, "p", "quinn")
    here, there = Client(first, session), Client(second, session)
    assert here.get("/desk/p").status == there.get("/desk/p").status == 200
    conduct.pause(context, OWNER, "p", "quinn", "Rest.")
    for client in (here, there):
        assert client.get("/desk/p").status == 403
    desk.seat(context, OWNER, "p", "quinn", licence="CC-BY-4.0")
    assert there.get("/desk/p").status == here.get("/desk/p").status == 200
    people.change(context, OWNER, "quinn", role=Role.AUDITOR)
    for client in (here, there):  # signed out with the change of role
        assert client.get("/desk/p", x_fragment="1").status == 401
    session = join(context, "rosa")
    here, there = Client(first, session), Client(second, session)
    assert there.get("/desk").status == here.get("/desk").status == 200
    here.post("/sign-out")
    assert there.get("/desk", x_fragment="1").status == 401


def test_a_second_server_on_sqlite_is_refused(tmp_path: Path) -> None:
    init(tmp_path / "ws").close()
    with open_context(tmp_path / "ws", serving=True):
        second = command(tmp_path / "ws", 1)
        _, said = second.communicate(timeout=120)
    assert second.returncode == 1
    assert f"{os.getpid()}" in said
    assert "PostgreSQL" in said
    assert "Traceback" not in said


@pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="one core, or a system whose threads cannot choose",
)
@pytest.mark.parametrize("more", [(), ("--any-core",)])
def test_threads_that_answer_at_the_desk_share_a_core_unless_told(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    """The loop, the writer and the desk's hands do; the courier, and who works for the office or
    for programs, go apart.
    """
    with init(tmp_path / "ws") as context:
        fill(context, tmp_path, "p", Kind.FREE, [{"q": "1 + 1 = ?"}], "ann")
        sessions = join(context, "ann"), join(context, "lead", Role.LEAD)
    with running(tmp_path / "ws", *more) as (port, pid):
        for session, path in zip(sessions, ("/desk/p", "/office"), strict=True):
            assert Client(port, session).get(path).status == 200
        threads = [int(one.name) for one in Path(f"/proc/{pid}/task").iterdir()]
        cores = {thread: frozenset(os.sched_getaffinity(thread)) for thread in threads}
    tied = {thread for thread, where in cores.items() if len(where) == 1}
    if more:
        assert not tied
        return
    assert pid in tied, "the loop runs in the first thread"
    assert len(tied) >= 3
    assert len({cores[thread] for thread in tied}) == 1
    assert len(cores.keys() - tied) >= 2
