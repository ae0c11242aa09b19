"""Two servers on one PostgreSQL are one workbench; on SQLite a second one is refused."""

from __future__ import annotations

import json
import os
import signal
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
from api_example import token_for
from web_example import OWNER, Client, fill, join, seat

from qinglan import client as api
from qinglan.client import models
from qinglan.flow import conduct, desk, load, office, people
from qinglan.flow.context import Context, open_context
from qinglan.flow.init import init
from qinglan.records import Kind, Role
from qinglan.storage import tasks
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


def runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def started_by(pid: int) -> set[int]:
    """The processes that those started which ``pid`` started: proc(5)."""
    found = {pid}
    for _ in range(2):
        found = {
            int(child)
            for one in found
            for told in Path(f"/proc/{one}/task").glob("*/children")
            for child in told.read_text().split()
        }
    return found


@pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2,
    reason="one core, or a system whose processes are not forked",
)
def test_a_large_file_is_read_by_another_process_of_the_server(tmp_path: Path) -> None:
    """One that is killed at it is told with the remedy, and costs nothing that was kept."""
    rows = tmp_path / "rows.jsonl"
    lines = [json.dumps({"q": f"{n} + 1 = ?", "k": "x" * 900}) for n in range(20_000)]
    rows.write_text("\n".join(lines))
    with init(tmp_path / "ws") as context:
        load.make_project(context, OWNER, "p", Kind.FREE)
        token = token_for(context, "bot", Role.LEAD)

    def bring() -> models.Imported:
        return program.import_tasks(
            "p", rows, name="rows", fields=["prompt=q", "key=k"], channel="own"
        )

    with running(tmp_path / "ws") as (port, pid):
        killed: list[int] = []

        def kill() -> None:
            until = time.monotonic() + 60
            while not killed and time.monotonic() < until:
                for reader in started_by(pid):
                    stat = Path(f"/proc/{reader}/stat").read_text().rpartition(")")[2].split()
                    if int(stat[11]) + int(stat[12]) > 2:  # ticks: it is at work
                        os.kill(reader, signal.SIGKILL)
                        killed.append(reader)

        other = threading.Thread(target=kill)
        other.start()
        with api.Client(f"http://127.0.0.1:{port}", token, timeout=60, tries=1) as program:
            with pytest.raises(api.ApiError) as raised:
                bring()
            other.join()
            assert len(killed) == 1
            assert raised.value.problem.status == 503
            assert "import again" in raised.value.problem.detail
            done = bring()
            assert not done.again
            assert bring().again
        assert Client(port, "").get("/healthz").status == 200
        assert started_by(pid) == set()
        (waiting,) = [
            int(one)
            for told in Path(f"/proc/{pid}/task").glob("*/children")
            for one in told.read_text().split()
        ]
    with open_context(tmp_path / "ws") as context, context.storage.read() as conn:
        assert tasks.count(conn, context.project("p").id) == len(lines)
    until = time.monotonic() + 60
    while runs(waiting):
        assert time.monotonic() < until, "it ends with the server"
        time.sleep(0.01)
