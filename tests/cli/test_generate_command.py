"""``generate`` as people run it: killed at any moment, stopped by hand, run again."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import qinglan
from chat_server import Answer, Body, ChatServer, reply, sums
from qinglan.endpoints.journal import Journal
from qinglan.wording import say

TASKS = 150
KEY = "sk-very-secret-4711"


@pytest.fixture
def server() -> Iterator[ChatServer]:
    running = ChatServer()
    running.script = slow_sums
    yield running
    running.stop()


def slow_sums(body: Body, turn: int) -> Answer:
    time.sleep(0.02)
    return sums(body)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with tasks that nobody has answered."""
    folder = tmp_path_factory.mktemp("template")
    rows = [{"id": f"q{i}", "prompt": f"Compute {i}+{i}.", "key": str(2 * i)} for i in range(TASKS)]
    file = folder / "q.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with qinglan.init(folder / "w") as ws:
        fields = ["id=id", "prompt=prompt", "key=key"]
        ws.load("p", file, kind="steps", fields=fields, terms=qinglan.Terms(channel="own"))
    return folder / "w"


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A folder with a copy of that workspace in it, called ``w``."""
    shutil.copytree(template, tmp_path / "w")
    return tmp_path


def words(server: ChatServer, workspace: str = "w", *more: str) -> list[str]:
    return [
        "generate", "p", "--model", "tiny", "--endpoint", server.url, "--channel", "weights",
        "--family", "qwen3-8b", "--licence", "Apache-2.0", "--parallel", "8", "-w", workspace,
        *more,
    ]  # fmt: skip


def run(
    command: list[str], folder: Path, language: str = "en", **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qinglan.cli", *command], capture_output=True, text=True,
        cwd=folder, encoding="utf-8", timeout=120, check=False,
        env={**os.environ, "QINGLAN_LANG": language, "COLUMNS": "100", **env},
    )  # fmt: skip


def begin(command: list[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "qinglan.cli", *command], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "QINGLAN_LANG": "en"},
    )  # fmt: skip


def wait_until(true: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not true() and running.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def kept(workspace: Path) -> set[str]:
    """Requests whose replies are in the journal: nothing of these may be asked for again."""
    found = set()
    for path in (workspace / "journal").glob("*.jsonl"):
        with Journal.open(path) as journal:
            found |= {one.request for _, one in journal.replies()}
    return found


def requests(server: ChatServer, since: int = 0) -> list[str]:
    """Digests of what was asked, as the journal knows them."""
    where = f"{server.url}\n".encode()
    return [
        hashlib.sha256(
            where + json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        ).hexdigest()
        for _, _, body in server.asked[since:]
    ]


def rows(workspace: Path) -> list[tuple[str, ...]]:
    """Every answer, without its salt, which is drawn anew."""
    query = "SELECT id, task, annotator, answer, value FROM annotations ORDER BY id"
    with sqlite3.connect(f"file:{workspace / 'qinglan.db'}?mode=ro", uri=True) as conn:
        found = conn.execute(query).fetchall()
    conn.close()
    return found


def test_kill_9_at_any_moment_repays_nothing_and_changes_nothing(
    folder: Path, server: ChatServer
) -> None:
    shutil.copytree(folder / "w", folder / "twin")
    dice = random.Random(20261125)
    moments = sorted(dice.sample(range(3, TASKS - 20), 4))
    before: set[str] = set()
    for moment in moments:
        asked = len(server.asked)
        running = begin(words(server), folder)
        wait_until(lambda moment=moment: server.answered.total() >= moment, running)  # type: ignore[misc]
        time.sleep(dice.random() * 0.03)
        running.kill()
        running.communicate()
        assert running.returncode == -signal.SIGKILL
        again = before.intersection(requests(server, since=asked))
        assert not again, "a reply that was on the disk was asked for again"
        now = kept(folder / "w")
        assert now >= before
        before = now
    asked = len(server.asked)
    done = run(words(server, "w", "--json"), folder)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert not before.intersection(requests(server, since=asked))
    # What the server answered twice are calls that the kill cut off, and these are counted.
    assert len(server.paid_twice) <= result["cut_off_in_all"] <= 8 * len(moments)
    assert (result["left"], result["wanted"]) == (0, TASKS)
    assert len(rows(folder / "w")) == TASKS
    undisturbed = run(words(server, "twin"), folder)
    assert undisturbed.returncode == 0, undisturbed.stderr
    assert rows(folder / "w") == rows(folder / "twin")


def test_ctrl_c_lets_calls_under_way_end_and_the_rerun_goes_on(
    folder: Path, server: ChatServer
) -> None:
    running = begin(words(server), folder)
    wait_until(lambda: server.answered.total() >= 30, running)
    running.send_signal(signal.SIGINT)
    _, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, complaint
    assert "Traceback" not in complaint
    assert say("cli.stopped", "en") in complaint
    assert "under way are let end" in complaint
    part = len(rows(folder / "w"))
    assert 30 <= part < TASKS
    done = run(words(server, "w", "--json"), folder)
    result = json.loads(done.stdout)
    assert (result["replies"], result["cut_off_in_all"]) == (TASKS - part, 0)
    assert server.paid_twice == []
    assert len(server.asked) == TASKS


def test_a_second_ctrl_c_drops_what_is_under_way(folder: Path, server: ChatServer) -> None:
    def never_ends(body: Body, turn: int) -> Answer:
        time.sleep(0 if turn <= 10 else 3)
        return sums(body)

    server.script = never_ends
    running = begin(words(server), folder)
    wait_until(lambda: len(server.asked) >= 14, running)
    running.send_signal(signal.SIGINT)
    time.sleep(0.3)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, complaint
    assert "Traceback" not in complaint
    assert time.monotonic() - began < 2.5
    server.script = lambda body, turn: sums(body)
    result = json.loads(run(words(server, "w", "--json"), folder).stdout)
    assert result["left"] == 0
    assert 0 < result["cut_off_in_all"] <= 8


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_says_what_it_did_in_both_languages(
    folder: Path, server: ChatServer, language: str
) -> None:
    def odd(body: Body, turn: int) -> Answer:
        return reply("I am not sure.\nReally.") if turn % 10 == 0 else sums(body)

    server.script = odd
    money = ["--price-in", "0.5", "--price-out", "1.5", "--max-cost", "2"]
    done = run(words(server, "w", "--max-calls", "100", *money), folder, language)
    assert done.returncode == 0, done.stderr
    assert "100" in done.stdout
    assert ("no final answer" if language == "en" else "没有给出最终答案") in done.stdout
    assert ("budget" if language == "en" else "预算") in done.stdout
    chinese = any("\u4e00" <= c <= "\u9fff" for c in done.stdout)
    assert chinese == (language == "zh")


def test_the_gate_s_no_is_one_line_and_exit_code_1(folder: Path, server: ChatServer) -> None:
    command = words(server)
    command[command.index("weights")] = "api"
    command[command.index("qwen3-8b")] = "gpt-5"
    done = run(command, folder, "zh")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "api-openai" in done.stderr
    assert server.asked == []


@pytest.mark.parametrize(
    "more",
    [["--price-in", "1"], ["--max-cost", "much"], ["--key-env", "NO_SUCH"]],
)  # fmt: skip
def test_what_cannot_work_is_one_line_and_exit_code_2(
    folder: Path, server: ChatServer, more: list[str]
) -> None:
    done = run(words(server, "w", *more), folder)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert server.asked == []


def test_a_key_appears_nowhere(folder: Path, server: ChatServer) -> None:
    command = words(server, "w", "--key-env", "LAB_KEY")
    done = run(command, folder, LAB_KEY=KEY)
    assert done.returncode == 0, done.stderr
    server.script = lambda body, turn: (403, {}, KEY.encode())
    refused = run([*command, "--revision", "2"], folder, LAB_KEY=KEY)
    assert refused.returncode == 1
    assert KEY not in done.stdout + done.stderr + refused.stdout + refused.stderr
    assert server.asked[0][1]["Authorization"] == f"Bearer {KEY}"
    for path in (folder / "w").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
