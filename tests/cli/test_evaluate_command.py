"""``qinglan evaluate`` against a real server: shown, kept, killed half-way, and gone on with."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import forking
import qinglan

KEY = "sk-very-secret"


class Server(ThreadingHTTPServer):
    """An OpenAI-compatible server that adds; wrong where the first summand is below 20."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str | None] = set()
        self.delay = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.keys.add(self.headers["Authorization"])
        time.sleep(self.server.delay)
        a, b = body["messages"][0]["content"].split("=")[0].split("+")
        text = str(int(a) + int(b) + (int(a) < 20))
        usage = {"prompt_tokens": 5, "completion_tokens": 1}
        reply = json.dumps({"choices": [{"message": {"content": text}}], "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tasks = [
        {"id": f"q{i}", "prompt": f"{i}+1=", "key": str(i + 1), "skill": f"s{i % 2}"}
        for i in range(80)
    ]
    given = [{"task": f"q{i}", "annotator": "a", "answer": str(i + 1)} for i in range(80)]
    for name, rows in (("tasks", tasks), ("answers", given)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with qinglan.init(tmp_path / "w") as ws:
        ws.load(
            "sums", tmp_path / "tasks.jsonl", terms=qinglan.Terms(channel="own"),
            fields=["id=id", "prompt=prompt", "key=key", "skill=skill"],
        )  # fmt: skip
        ws.load_answers(
            "sums", tmp_path / "answers.jsonl", tasks_from="tasks", annotator_type="person",
            fields=["task=task", "annotator=annotator", "answer=answer"],
            terms=qinglan.Terms(channel="person"),
        )  # fmt: skip
        ws.verify("sums")
        ws.judge("sums")
        ws.release("sums", name="held", purpose="evaluation")
    return tmp_path


def start(folder: Path, *words: str, language: str = "en") -> forking.Forked:
    return forking.start(
        *words, "-w", "w", cwd=folder, QINGLAN_LANG=language, COLUMNS="160", LAB_KEY=KEY
    )


EVALUATE = ("evaluate", "adder", "--on", "sums/held")


def run(folder: Path, *words: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    running = start(folder, *words, language=language)
    told, said = running.communicate(timeout=300)
    return subprocess.CompletedProcess(running.args, running.wait(), told, said)


def test_shown_in_both_languages_and_as_json(folder: Path, server: Server) -> None:
    asked = [
        "--endpoint",
        server.url,
        "--channel",
        "own",
        "--samples",
        "2",
        "--key-from",
        "LAB_KEY",
    ]
    first = run(folder, *EVALUATE, *asked)
    assert first.returncode == 0, first.stderr
    # 60 of 80: Wilson's interval is 64.5 to 83.2.
    assert "75.0 [64.5, 83.2]" in first.stdout
    assert "look number 1 at these questions" in first.stdout
    assert server.keys == {f"Bearer {KEY}"}
    (file,) = (folder / "w" / "reports").glob("rpt_*.json")
    report = file.stem

    second = run(folder, *EVALUATE, *asked, "--json", "--against", report, "--seed", "5")
    assert second.returncode == 0, second.stderr
    told = json.loads(second.stdout)
    assert (told["looks"], told["models"], told["server"]) == (
        2,
        1,
        server.url,
    )
    assert [line["value"] for line in told["differences"]] == [0, 0, 0]
    assert told["differences"][0]["low"] < 0 < told["differences"][0]["high"]

    third = run(folder, *EVALUATE, *asked, "--instruct", "End on the number.", language="zh")
    assert third.returncode == 0, third.stderr
    assert "第 3 次查看" in third.stdout
    assert server.asked[-1]["messages"][0]["content"].endswith("=\nEnd on the number.")
    for path in (folder / "w").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_what_cannot_be_is_one_line(
    folder: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    from qinglan.cli.entry import main

    monkeypatch.chdir(folder)
    monkeypatch.setenv("QINGLAN_LANG", "en")
    own = ["--channel", "own"]
    for words, code, said in (
        ([*own, "--endpoint", server.url, "--key-from", "NO_SUCH_VARIABLE"], 2, "NO_SUCH_VARIABLE"),
        ([*own, "--endpoint", "file:///etc/passwd"], 2, "http"),
        ([*own, "--endpoint", server.url, "--split", "dev"], 2, "dev split"),
        ([*own, "--endpoint", server.url, "--against", "rpt_x"], 2, "rpt_x"),
        ([*own, "--endpoint", server.url, "--k", "9"], 2, "pass@9"),
        (["--endpoint", server.url], 2, "--channel"),
        (["--endpoint", server.url, "--channel", "api", "--family", "unheard-of"], 1, "unheard-of"),
        ([], 2, "holds no model"),
    ):
        assert main([*EVALUATE, *words, "-w", "w"]) == code, words
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
    assert server.asked == []


def test_killed_half_way_nothing_answered_is_asked_again(folder: Path, server: Server) -> None:
    asked = ["--endpoint", server.url, "--channel", "own", "--samples", "1"]
    server.delay = 0.1
    running = start(folder, *EVALUATE, *asked)
    deadline = time.monotonic() + 240
    while len(server.asked) < 100:  # a portion is 64 questions, each asked twice
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=300)
    assert not list((folder / "w" / "reports").glob("rpt_*.json"))
    time.sleep(0.3)  # what was under way ends
    server.delay = 0
    before = len(server.asked)

    done = run(folder, *EVALUATE, *asked, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    # Every call that was made again was cut off, and is counted so.
    again = len(server.asked) - 160
    assert 0 < before < 160
    assert 0 <= again <= told["calls"]["cut_off"] <= 32
    assert told["calls"]["replies"] == 160
    assert told["looks"] == 1
    assert told["lines"][0]["pass_1"]["value"] == 0.75
    assert not list((folder / "w" / "reports" / ".open").iterdir())


def test_headroom_in_terminal_json_and_page(folder: Path, server: Server) -> None:
    asked = ["--endpoint", server.url, "--channel", "own", "--samples", "2", "--json"]
    report = json.loads(run(folder, *EVALUATE, *asked).stdout)["id"]
    shown = run(
        folder, "headroom", "--teacher", report, "--budget", "0", "--out", "h.html", language="zh"
    )
    assert shown.returncode == 0, shown.stderr
    # Of each skill's forty the teacher never finds ten; anna finds them all.
    assert shown.stdout.count("+25 [") == 2
    assert "唯专家可教" in shown.stdout
    assert "<script" not in (folder / "h.html").read_text(encoding="utf-8")
    told = json.loads(run(folder, "headroom", "--teacher", report, "--json").stdout)
    assert [line["experts_only"]["value"] for line in told["skills"]] == [0.25, 0.25]
    assert told["sent"] is None
    refused = run(folder, "headroom", "--teacher", "rpt_nothing")
    assert refused.returncode == 2
    assert report in refused.stderr
