"""Endpoints against a real server on 127.0.0.1 that can be as bad as servers are."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qinglan.endpoints.http import OpenAICompatible, Patience
from qinglan.endpoints.local import LocalModel
from qinglan.errors import EndpointError, MissingPart, UsageError

Body = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]
KEY = "sk-very-secret"


class Server:
    """Answers each request by ``script``, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], Body]] = []
        self.script: Callable[[Body, int], Answer] = lambda body, turn: echo(body)
        self.drip = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, dict(self.headers), body))
                status, headers, data = outer.script(body, len(outer.asked))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                try:
                    for place in range(0, len(data), 20 if outer.drip else max(1, len(data))):
                        self.wfile.write(data[place : place + 20] if outer.drip else data)
                        self.wfile.flush()
                        time.sleep(outer.drip)
                except OSError:
                    pass  # the client has had enough, which is what some tests are about

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


def reply(*texts: str | None) -> Answer:
    choices = [{"message": {"role": "assistant", "content": text}} for text in texts]
    return 200, {"Content-Type": "application/json"}, json.dumps({"choices": choices}).encode()


def echo(body: Body) -> Answer:
    asked = body["messages"][-1]["content"]
    return reply(*[f"{asked}!{number}" for number in range(body["n"])])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    running = Server()
    yield running
    running.stop()


def endpoint(server: Server, **patience: Any) -> tuple[OpenAICompatible, list[float]]:
    slept: list[float] = []
    made = OpenAICompatible(
        server.url, "tiny", KEY, patience=Patience(**patience), sleep=slept.append
    )
    return made, slept


def test_completions_come_in_the_order_of_the_prompts(server: Server) -> None:
    def slow_first(body: Body, turn: int) -> Answer:
        if body["messages"][0]["content"] == "p0":
            time.sleep(0.1)
        return echo(body)

    server.script = slow_first
    made, _ = endpoint(server)
    texts = made.complete([f"p{i}" for i in range(20)], n=2, temperature=0.5, max_tokens=9, seed=4)
    assert texts == [[f"p{i}!0", f"p{i}!1"] for i in range(20)]
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["n"], body["temperature"], body["max_tokens"]) == (
        "tiny",
        2,
        0.5,
        9,
    )
    assert len({body["seed"] for _, _, body in server.asked}) == 20


def test_a_server_without_n_is_asked_for_the_rest(server: Server) -> None:
    server.script = lambda body, turn: reply(f"text {turn}")
    made, _ = endpoint(server)
    assert made.complete(["p"], n=3) == [["text 1", "text 2", "text 3"]]
    assert [body["n"] for _, _, body in server.asked] == [3, 2, 1]
    assert len({body["seed"] for _, _, body in server.asked}) == 3


def test_no_prompts_are_no_calls(server: Server) -> None:
    assert endpoint(server)[0].complete([]) == []
    assert server.asked == []


def test_an_empty_answer_is_an_answer(server: Server) -> None:
    server.script = lambda body, turn: reply(None)
    assert endpoint(server)[0].complete(["p"]) == [[""]]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_later_each_time(server: Server, status: int) -> None:
    server.script = lambda body, turn: (status, {}, b"{}") if turn < 4 else echo(body)
    made, slept = endpoint(server, first_wait=1.0)
    assert made.complete(["p"]) == [["p!0"]]
    assert len(slept) == 3
    for attempt, wait in enumerate(slept):
        assert 0.5 * 2**attempt <= wait <= 1.5 * 2**attempt


def test_retry_after_is_honoured_in_seconds_and_as_a_date(server: Server) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    named = {1: "17", 2: later}
    server.script = lambda body, turn: (
        (429, {"Retry-After": named[turn]}, b"") if turn in named else echo(body)
    )
    made, slept = endpoint(server, first_wait=0.01)
    assert made.complete(["p"]) == [["p!0"]]
    assert slept[0] == 17
    assert 35 < slept[1] <= 40


@pytest.mark.parametrize("value", ["-5", "soon", "1e9", "", "٣", "Mon, 99 Foo 2020"])
def test_a_senseless_retry_after_is_passed_over(server: Server, value: str) -> None:
    encoded = value.encode("utf-8").decode("latin-1")
    server.script = lambda body, turn: (
        (503, {"Retry-After": encoded}, b"") if turn == 1 else echo(body)
    )
    made, slept = endpoint(server, first_wait=0.01)
    assert made.complete(["p"]) == [["p!0"]]
    assert slept[0] < 0.1


def test_a_wait_beyond_our_patience_ends_it(server: Server) -> None:
    server.script = lambda body, turn: (429, {"Retry-After": "3600"}, b"")
    made, slept = endpoint(server, longest_wait=60.0)
    with pytest.raises(EndpointError, match="3600 seconds"):
        made.complete(["p"])
    assert slept == []


def test_a_server_that_stays_down_is_given_up(server: Server) -> None:
    server.script = lambda body, turn: (500, {}, b"")
    made, slept = endpoint(server, attempts=3)
    with pytest.raises(EndpointError, match=r"3 attempts.*HTTP 500"):
        made.complete(["p"])
    assert (len(server.asked), len(slept)) == (3, 2)


def test_after_a_failure_nothing_more_is_asked(server: Server) -> None:
    def refuse(body: Body, turn: int) -> Answer:
        time.sleep(0.01)
        return 400, {}, b"{}"

    server.script = refuse
    made = OpenAICompatible(server.url, "tiny", parallel=2)
    with pytest.raises(EndpointError, match="HTTP 400"):
        made.complete([f"p{i}" for i in range(500)])
    assert len(server.asked) < 50


def test_nobody_listens() -> None:
    made = OpenAICompatible(
        "http://127.0.0.1:9/v1", "tiny", patience=Patience(attempts=2), sleep=lambda s: None
    )
    with pytest.raises(EndpointError, match="2 attempts"):
        made.complete(["p"])


@pytest.mark.parametrize(("status", "word"), [(401, "API key"), (403, "API key"), (404, "name")])
def test_refusals_name_the_remedy_and_are_not_repeated(
    server: Server, status: int, word: str
) -> None:
    server.script = lambda body, turn: (status, {}, KEY.encode())
    made, slept = endpoint(server)
    with pytest.raises(EndpointError, match=word) as caught:
        made.complete(["p"])
    assert (len(server.asked), slept) == (1, [])
    assert KEY not in caught.value.say("en") + caught.value.say("zh") + repr(made)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_does_not_carry_the_key_away(server: Server, status: int) -> None:
    thief = Server()
    try:
        server.script = lambda body, turn: (status, {"Location": thief.url}, b"")
        with pytest.raises(EndpointError, match="redirect"):
            endpoint(server)[0].complete(["p"])
        assert thief.asked == []
    finally:
        thief.stop()


def test_a_reply_that_never_ends_is_cut_off(server: Server) -> None:
    server.script = lambda body, turn: (200, {}, b" " * 300_000)
    with pytest.raises(EndpointError, match="more than 100000 bytes"):
        endpoint(server, max_bytes=100_000)[0].complete(["p"])


def test_a_reply_that_drips_runs_out_of_time(server: Server) -> None:
    server.drip = 0.05
    server.script = lambda body, turn: reply("x" * 2_000)
    began = time.monotonic()
    with pytest.raises(EndpointError, match="TimeoutError"):
        endpoint(server, timeout=0.3, attempts=1)[0].complete(["p"])
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "data",
    [
        b"", b"<html>", b"[]", b"null", b'{"choices": []}', b'{"choices": [{}]}',
        b'{"choices": [{"message": {"content": 7}}]}', b'{"choices": 7}', b"\xff\xfe",
        b"[" * 100_000, rb'{"choices": [{"message": {"content": "\ud800"}}]}',
    ],
)  # fmt: skip
def test_a_reply_that_is_none_is_named_so(server: Server, data: bytes) -> None:
    server.script = lambda body, turn: (200, {}, data)
    with pytest.raises(EndpointError, match="no chat completion"):
        endpoint(server)[0].complete(["p"])


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://host/v1", "host:8000", "http://", "http://me:pw@host/v1", ""],
)
def test_odd_addresses_are_refused_without_their_password(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        OpenAICompatible(url, "tiny")
    assert "pw" not in caught.value.say("en")


def test_a_key_cannot_smuggle_a_header() -> None:
    with pytest.raises(UsageError, match="API key"):
        OpenAICompatible("http://127.0.0.1/v1", "tiny", "sk\r\nX-Evil: 1")


@pytest.mark.parametrize(
    "asked", [{"n": 0}, {"max_tokens": 0}, {"temperature": -0.1}, {"temperature": 2.1}]
)
def test_senseless_requests_are_refused(server: Server, asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        endpoint(server)[0].complete(["p"], **asked)
    assert server.asked == []


def test_without_transformers_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingPart, match=r"pip install 'qinglan\[train\]'"):
        LocalModel(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch = pytest.importorskip("torch", reason="needs the training extra")
    pytest.importorskip("trl", reason="needs the training extra")
    torch.set_num_threads(1)  # where tests run side by side, threads wait for each other
    from qinglan.training import tiny

    folder = tmp_path_factory.mktemp("model") / "noise"
    return tiny.make(folder, texts=["0123456789+-= "], seed=1, width=16, layers=1, heads=2)


class TestLocalModel:
    """A model made on the spot, untrained: what it says is noise, but always the same noise."""

    def test_padding_changes_no_answer(self, folder: Path) -> None:
        model = LocalModel(folder)
        prompts = ["1", "22+3=", "7", "4444444444", "5-5"]
        together = model.complete(prompts, max_tokens=12)
        assert together == [model.complete([p], max_tokens=12)[0] for p in prompts]
        assert len({text for (text,) in together}) > 1

    def test_sampling_is_seeded_and_leaves_other_dice_alone(self, folder: Path) -> None:
        import torch

        model = LocalModel(folder)
        asked: dict[str, Any] = {"n": 5, "temperature": 1.0, "max_tokens": 12}
        torch.manual_seed(0)
        first = model.complete(["1+1="], seed=3, **asked)
        drawn = torch.rand(1)
        torch.manual_seed(0)
        assert torch.equal(drawn, torch.rand(1))
        assert model.complete(["1+1="], seed=3, **asked) == first
        assert model.complete(["1+1="], seed=4, **asked) != first
        assert len(first[0]) == 5
        assert len(set(first[0])) > 1

    def test_greedy_answers_are_one_answer(self, folder: Path) -> None:
        (texts,) = LocalModel(folder).complete(["1+1="], n=3, max_tokens=5)
        assert len(texts) == 3
        assert len(set(texts)) == 1

    def test_more_prompts_than_fit_at_once(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        model = LocalModel(folder)
        prompts = [str(number) for number in range(20)]
        whole = model.complete(prompts, max_tokens=4)
        monkeypatch.setattr("qinglan.endpoints.local.ROWS", 3)
        assert model.complete(prompts, max_tokens=4) == whole

    def test_nothing_asked_and_nothing_said(self, folder: Path) -> None:
        model = LocalModel(folder)
        assert model.complete([]) == []
        with pytest.raises(EndpointError, match="prompt 2 is empty"):
            model.complete(["1", ""])
        with pytest.raises(EndpointError, match="whole window"):
            model.complete(["1" * 128])

    def test_no_model_and_a_broken_model(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(EndpointError, match="holds no model"):
            LocalModel(tmp_path)
        (tmp_path / "config.json").write_text('{"model_type": "llama"}')
        (tmp_path / "model.safetensors").write_bytes(b"not weights")
        with pytest.raises(EndpointError, match="cannot be loaded"):
            LocalModel(tmp_path).complete(["1"])

    def test_it_answers_through_http_as_it_does_here(self, folder: Path, server: Server) -> None:
        model = LocalModel(folder)

        def serve(body: Body, turn: int) -> Answer:
            prompt = body["messages"][0]["content"]
            (texts,) = model.complete(
                [prompt], n=body["n"], temperature=body["temperature"],
                max_tokens=body["max_tokens"], seed=body["seed"],
            )  # fmt: skip
            return reply(*texts)

        server.script = serve
        made = OpenAICompatible(server.url, "noise", parallel=1)
        prompts = ["1+1=", "2+2="]
        assert made.complete(prompts, max_tokens=6) == model.complete(prompts, max_tokens=6)
