"""The Python client against a served process: real HTTP, a real kill, a server that fails."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from api_example import TASKS, line, seat, token_for

from qinglan.client import ApiError, Client, Unreachable, models
from qinglan.client import client as client_module
from qinglan.errors import UsageError
from qinglan.records import Kind, Role


class Served:
    """``qinglan serve`` in a process of its own, on a port that stays the same."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        words = ["serve", "--port", str(self.port), "--workspace", str(self.folder)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qinglan.cli", *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ,
        )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture(scope="module")
def words() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, words: dict[str, str]) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("client") / "ws"
    with line(folder) as context:
        seat(context, "p", "bot")
        words["owner"] = token_for(context, "owner bot", Role.OWNER)
        words["bot"] = token_for(context, "bot", Role.ANNOTATOR)
    server = Served(folder)
    yield server
    server.kill()


@pytest.fixture
def owner(served: Served, words: dict[str, str]) -> Iterator[Client]:
    with Client(served.url, words["owner"]) as client:
        yield client


def test_lists_turn_their_pages_by_themselves(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    once = Client._once

    def counted(self: Client, method: str, path: str, *more: Any) -> Any:
        asked.append(path)
        return once(self, method, f"{path}{'&' if '?' in path else '?'}limit=5", *more)

    monkeypatch.setattr(Client, "_once", counted)
    ids = [task.id for task in owner.tasks("q")]
    assert (len(ids), len(set(ids)), len(asked)) == (TASKS, TASKS, 3)
    assert [one.task for one in owner.annotations("q")] == sorted(ids)
    assert [one.task for one in owner.verdicts("q")] == sorted(ids)


def test_a_project_from_its_making_to_its_export(owner: Client, tmp_path: Path) -> None:
    assert owner.me().role is Role.OWNER
    owner.make_project("made", Kind.FREE, en="Add.", zh="相加。")
    rows = [{"id": n, "q": f"{n}+1"} for n in range(3)]
    file = tmp_path / "more.jsonl"
    file.write_text(json.dumps({"id": "f", "q": "2+2"}) + "\n")
    fields = ["prompt=q", "id=id"]
    got = owner.import_tasks("made", rows, name="sums", fields=fields, channel="own")
    more = owner.import_tasks("made", file, name="more", fields=fields, channel="own")
    assert (got.new, more.new) == (3, 1)
    answers = [{"id": n, "w": "gpt", "a": f"It is {n + 1}."} for n in (0, 1, 9)]
    given = owner.import_annotations(
        "made", answers, name="replies", channel="own", annotator_type="program",
        fields=["task=id", "annotator=w", "answer=a"], tasks_from="sums",
    )  # fmt: skip
    assert (given.new, given.set_aside, given.rows[0].line) == (2, 1, 3)
    assert [row.reason for row in owner.set_aside("made", given.activity)] == ["unknown_task"]
    out = io.BytesIO()
    size = owner.export("made", out)
    lines = [json.loads(row) for row in out.getvalue().splitlines()]
    assert (size, len(lines)) == (len(out.getvalue()), 4)
    assert {one["kind"] for one in (s.model_dump() for s in owner.projects())} == {"free"}
    assert {line.project for line in owner.status()} >= {"made", "p", "q"}
    assert "owner bot" in {one.name for one in owner.people()}


def test_a_release_is_brought_home(owner: Client) -> None:
    (release,) = owner.releases("q")
    for file in owner.release_files("q", release.name):
        out = io.BytesIO()
        assert owner.download("q", release.name, file.name, out) == file.bytes


def test_a_kill_between_two_tries_makes_no_second_answer(
    served: Served, words: dict[str, str], owner: Client
) -> None:
    """The server dies while answers come in; whoever was not told sends the same again."""
    done: list[str] = []

    def work() -> None:
        with Client(served.url, words["bot"], tries=10) as bot:
            bot.save_draft("p", _next(bot), {"text": "so far"})
            while (task := bot.next_task("p")) is not None:
                number = int(task.prompt.split("+")[1].rstrip("."))
                bot.submit("p", task, {"text": f"It is {2 * number}."})
                done.append(task.task)

    thread = threading.Thread(target=work)
    thread.start()
    until = time.monotonic() + 60
    while len(done) < 4 and time.monotonic() < until:
        time.sleep(0.002)
    served.kill()
    served.start()
    thread.join(120)
    assert not thread.is_alive()
    assert len(done) == len(set(done)) == TASKS
    found = {one.task: one.answers for one in owner.annotations("p")}
    assert all(len(found[task]) == 1 for task in done)
    with Client(served.url, words["bot"]) as bot:
        assert {one.task for one in bot.queue("p", "submitted")} == set(done)
        assert bot.own_task("p", done[0]).answer is not None


def _next(bot: Client) -> models.InHand:
    task = bot.next_task("p")
    assert task is not None
    return task


def test_what_the_server_says_no_to_says_why(served: Served, words: dict[str, str]) -> None:
    with Client(served.url, words["bot"], language="zh") as bot:
        with pytest.raises(ApiError) as caught:
            list(bot.tasks("q"))
        assert caught.value.problem.status == 403
        assert caught.value.problem.key == "tokens.scope"
        assert "令牌" in str(caught.value)
        assert words["bot"] not in repr(bot)
        assert words["bot"] not in str(caught.value)


def test_a_token_does_not_cross_a_network_in_the_clear() -> None:
    for url in ("http://desk.example.org", "ftp://x", "desk", "https://a:b@desk.example.org"):
        with pytest.raises(UsageError):
            Client(url, "qlt_x")
    Client("https://desk.example.org", "qlt_x").close()


class Failing(BaseHTTPRequestHandler):
    """Says what it was told to say, one after another; keeps the keys it was sent."""

    script: ClassVar[list[int]] = []
    keys: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.keys.append(self.headers.get("idempotency-key"))
        status = self.script.pop(0)
        if status == 0:
            self.close_connection = True
            return
        body = b'{"name":"p","kind":"free"}'
        self.send_response(status)
        self.send_header("retry-after", "0")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(client_module, "_pause", lambda tried: 0.0)
    Failing.script, Failing.keys = [], []
    with HTTPServer(("127.0.0.1", 0), Failing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_write_is_sent_again_under_the_same_key(failing: str) -> None:
    Failing.script = [503, 0, 429, 200]
    with Client(failing, "qlt_x") as client:
        assert client.make_project("p", Kind.FREE).name == "p"
    assert len(Failing.keys) == 4
    assert len(set(Failing.keys)) == 1
    assert Failing.keys[0]


def test_what_cannot_get_better_is_sent_once_and_the_rest_ends(failing: str) -> None:
    with Client(failing, "qlt_x", tries=3) as client:
        for status, times in ((422, 1), (409, 1), (500, 1), (503, 3)):
            Failing.script, Failing.keys = [status] * times, []
            with pytest.raises(ApiError):
                client.make_project("p", Kind.FREE)
            assert len(Failing.keys) == times
        Failing.script, Failing.keys = [0] * 3, []
        with pytest.raises(Unreachable):
            client.make_project("p", Kind.FREE)
        assert len(Failing.keys) == 3
