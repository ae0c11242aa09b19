"""Webhooks from the transaction to a real server, on both engines: signed, again, at least once."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest
from desk_example import LEAD, keyed, opened, person, say, work_off
from sqlalchemy import text

from qinglan.client.webhooks import verify
from qinglan.errors import EndpointError, PermissionDenied, UsageError
from qinglan.flow import board, delivering, judge, pay, webhooks, work
from qinglan.flow.context import Context, open_context
from qinglan.flow.release import build_release
from qinglan.hooks import posting
from qinglan.hooks.schedule import WAITS
from qinglan.records import Purpose, Role

HERE = (ip_network("127.0.0.0/8"),)


@dataclass
class Receiver:
    """A server that keeps what it is told and answers as it is told to."""

    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    script: list[int] = field(default_factory=list)
    slow: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.slow.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                outer.slow.wait(30)
                self.send_response(outer.script.pop(0) if outer.script else 200)
                self.send_header("location", outer.url + "/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.slow.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def said(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def context(tmp_path: Path, database: str | None) -> Iterator[Context]:
    with opened(tmp_path / "ws", database, keyed(3)) as made:
        yield allowing(made)


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Context]:
    """On SQLite alone, where the engine makes no difference."""
    with opened(tmp_path / "ws", None, keyed(3)) as made:
        yield allowing(made)


def allowing(context: Context) -> Context:
    return replace(context, settings=context.settings.model_copy(update={"webhook_networks": HERE}))


def test_a_used_up_budget_is_told_once_for_each_rate(lone: Context, receiver: Receiver) -> None:
    webhooks.add(lone, LEAD, "p", f"{receiver.url}/hook", ["budget.reached"])
    pay.set_rate(lone, LEAD, "p", "0.50", "CNY", budget="1")
    assert not board.board(lone, LEAD, "p").spent
    for name in ("ann", "bob", "ann"):
        with pytest.raises(PermissionDenied, match="budget"):
            work_off(lone, name)
    assert board.board(lone, LEAD, "p").spent
    pay.set_rate(lone, LEAD, "p", "0.50", "CNY", budget="1.50")
    with pytest.raises(PermissionDenied, match="budget"):
        work_off(lone, "ann")
    while delivering.deliver_due(lone):
        pass
    data = [json.loads(body)["data"] for _, body in receiver.got]
    told = sorted(data, key=lambda one: one["version"])
    assert [(one["version"], one["budget"], one["committed"]) for one in told] == [
        (1, "1", "1.00"), (2, "1.50", "1.50"),
    ]  # fmt: skip
    assert {one["project"] for one in told} == {"p"}


def test_what_happens_is_told_signed_and_once(context: Context, receiver: Receiver) -> None:
    hook = webhooks.add(context, LEAD, "p", f"{receiver.url}/hook")
    only = webhooks.add(context, LEAD, "p", f"{receiver.url}/hook", ["release.built"])
    done = work_off(context, "ann")
    judge.judge(context, LEAD, "p")
    build_release(context, LEAD, "p", name="r1", purpose=Purpose.EVALUATION)
    while delivering.deliver_due(context):
        pass
    assert sorted(receiver.said()) == [
        "annotation.submitted", "annotation.submitted", "annotation.submitted", "release.built",
        "release.built", "verdict.changed",
    ]  # fmt: skip
    secrets = {one.id: webhooks.secret(context, LEAD, "p", one.id) for one in (hook, only)}
    assert len(set(secrets.values())) == 2
    told = []
    for headers, body in receiver.got:
        signers = []
        for id_, secret in secrets.items():
            try:
                told.append(verify(secret, headers, body))
                signers.append(id_)
            except Exception:
                continue
        assert len(signers) == 1
    answered = [one["data"] for one in told if one["type"] == "annotation.submitted"]
    assert {one["task"] for one in answered} == set(done)
    assert all(one["project"] == "p" and one["revises"] is None for one in answered)
    changed = [one["data"]["changed"] for one in told if one["type"] == "verdict.changed"]
    assert changed == [3]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 6
    log = webhooks.log(context, LEAD, "p", hook.id, limit=3)
    assert [one.delivery.state for one in log.told] == ["delivered"] * 3
    assert [each.status for one in log.told for each in one.tries] == [200] * 3
    rest = webhooks.log(context, LEAD, "p", hook.id, before=log.before)
    assert (len(rest.told), rest.before) == (2, None)


def test_what_was_undone_is_not_told(lone: Context, receiver: Receiver) -> None:
    webhooks.add(lone, LEAD, "p", receiver.url)
    task = work.next_task(lone, person("ann"), "p")
    assert task is not None
    with pytest.raises(Exception, match="text"):
        work.submit(lone, person("ann"), "p", task.task, task.token, {"wrong": 1})
    for _ in range(2):  # the same answer again is one answer, and one message
        work.submit(lone, person("ann"), "p", task.task, task.token, say(task))
    assert delivering.deliver_due(lone) == 1
    assert receiver.said() == ["annotation.submitted"]


def test_it_is_tried_again_by_the_schedule_and_then_given_up(
    lone: Context, receiver: Receiver
) -> None:
    hook = webhooks.add(lone, LEAD, "p", receiver.url)
    receiver.script = [500, 302, 404, *[503] * 20]
    message = webhooks.test(lone, LEAD, "p", hook.id)
    now = datetime.now(UTC)
    for wait in (*WAITS, None):
        assert delivering.deliver_due(lone, now=now) == 1
        assert delivering.deliver_due(lone, now=now + timedelta(seconds=(wait or 9) - 1)) == 0
        now += timedelta(seconds=1.11 * (wait or 1_000_000))
    assert delivering.deliver_due(lone, now=now) == 0
    (told,) = webhooks.log(lone, LEAD, "p", hook.id).told
    assert (told.delivery.id, told.delivery.state) == (message, "given_up")
    assert [each.status for each in told.tries] == [500, 302, 404, *[503] * 5]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.got}) > 1
    assert all(b"elsewhere" not in body for _, body in receiver.got)  # nobody followed

    receiver.script = []
    webhooks.resend(lone, LEAD, "p", hook.id, message)
    with pytest.raises(UsageError):
        webhooks.resend(lone, LEAD, "p", hook.id, message)
    assert delivering.deliver_due(lone) == 1
    assert webhooks.log(lone, LEAD, "p", hook.id).told[0].delivery.state == "delivered"


def test_one_that_says_it_is_gone_is_told_no_more(lone: Context, receiver: Receiver) -> None:
    hook = webhooks.add(lone, LEAD, "p", receiver.url)
    other = webhooks.add(lone, LEAD, "p", receiver.url)
    receiver.script = [410]
    webhooks.test(lone, LEAD, "p", hook.id)
    delivering.deliver_due(lone)
    webhooks.remove(lone, LEAD, "p", other.id)
    assert [one.ended for one in webhooks.every(lone, LEAD, "p")] == ["gone", "removed"]
    work_off(lone, "ann", 1)
    assert delivering.deliver_due(lone) == 0
    for one in (hook, other):
        with pytest.raises(UsageError):
            webhooks.test(lone, LEAD, "p", one.id)


def test_of_several_couriers_one_tries(context: Context, receiver: Receiver) -> None:
    hook = webhooks.add(context, LEAD, "p", receiver.url)
    webhooks.test(context, LEAD, "p", hook.id)
    receiver.slow.clear()
    threads = [threading.Thread(target=delivering.deliver_due, args=(context,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    receiver.slow.set()
    for thread in threads:
        thread.join()
    assert len(receiver.got) == 1


def test_the_courier_of_a_server_tells_and_outlives_what_fails(
    lone: Context, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = webhooks.add(lone, LEAD, "p", receiver.url)
    monkeypatch.setattr(delivering, "REST", 0.01)
    real, failed = delivering.deliver_due, threading.Event()

    def once(context: Context) -> int:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("a fault of ours")
        return real(context)

    monkeypatch.setattr(delivering, "deliver_due", once)
    with delivering.courier(lone):
        message = webhooks.test(lone, LEAD, "p", hook.id)
        until = time.monotonic() + 30
        while not receiver.got and time.monotonic() < until:
            time.sleep(0.01)
    assert failed.is_set()
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [message]
    assert webhooks.log(lone, LEAD, "p", hook.id).told[0].delivery.state == "delivered"


def test_who_may(lone: Context) -> None:
    for role in (Role.REVIEWER, Role.ANNOTATOR, Role.AUDITOR):
        actor = person("x").model_copy(update={"role": role})
        for ask in (
            lambda actor=actor: webhooks.add(lone, actor, "p", "https://example.org"),
            lambda actor=actor: webhooks.secret(lone, actor, "p", "whk_x"),
            lambda actor=actor: webhooks.remove(lone, actor, "p", "whk_x"),
        ):  # fmt: skip
            with pytest.raises(PermissionDenied):
                ask()
    with pytest.raises(UsageError):
        webhooks.add(lone, LEAD, "p", "http://127.0.0.1/", ["gold.leaked"])


KILLED = """
import os, signal, sys
from pathlib import Path
from qinglan.flow import delivering, work
from qinglan.flow.context import open_context
from qinglan.records import Actor, Role

when, folder = sys.argv[1:]
context = open_context(Path(folder))
if when == "before":
    ann = Actor(name="ann", role=Role.ANNOTATOR)
    task = work.next_task(context, ann, "p")
    work.submit(context, ann, "p", task.task, task.token, {"text": "It is 1."})
    os.kill(os.getpid(), signal.SIGKILL)
print("trying", flush=True)
delivering.deliver_due(context)
"""


def test_a_kill_between_commit_and_delivery_loses_nothing(
    tmp_path: Path, receiver: Receiver
) -> None:
    folder = tmp_path / "ws"
    with opened(folder, None, keyed(3)) as made:
        hook = webhooks.add(allowing(made), LEAD, "p", receiver.url)
    with (folder / "qinglan.toml").open("a") as out:
        out.write('webhook_networks = ["127.0.0.0/8"]\n')

    def run(when: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", KILLED, when, str(folder)], stdout=subprocess.PIPE, text=True,
            env=os.environ,
        )  # fmt: skip

    died = run("before")
    died.communicate(timeout=120)
    assert died.returncode == -signal.SIGKILL
    assert receiver.got == []

    receiver.slow.clear()
    dying = run("during")
    until = time.monotonic() + 60
    while not receiver.got and time.monotonic() < until:
        time.sleep(0.01)
    dying.send_signal(signal.SIGKILL)
    dying.communicate()
    receiver.slow.set()

    with open_context(folder) as context:
        assert delivering.deliver_due(context) == 0  # it belongs to whoever died
        later = datetime.now(UTC) + timedelta(milliseconds=delivering.LEASE + 1000)
        assert delivering.deliver_due(context, now=later) == 1
        assert delivering.deliver_due(context, now=later) == 0
        first, second = receiver.got
        assert first[0]["webhook-id"] == second[0]["webhook-id"]
        assert first[1] == second[1]
        secret = webhooks.secret(context, LEAD, "p", hook.id)
        stamp = int(second[0]["webhook-timestamp"])
        assert verify(secret, *second, now=stamp)["type"] == "annotation.submitted"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Context]:
    with opened(tmp_path / "ws", None, keyed(1)) as made:
        yield made


def test_inside_addresses_are_refused_when_set_up_and_when_called(
    small: Context, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set up while its name led outside (DNS rebinding): what is called is what is judged."""
    for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost"), "http://2130706433/"):
        with pytest.raises(EndpointError) as caught:
            webhooks.add(small, LEAD, "p", url)
        assert caught.value.key == "error.hooks.private_address"
    outside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
    port = receiver.server.server_port
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: outside)
    hook = webhooks.add(small, LEAD, "p", f"https://rebind.example:{port}/")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    webhooks.test(small, LEAD, "p", hook.id)
    assert delivering.deliver_due(small) == 1
    (told,) = webhooks.log(small, LEAD, "p", hook.id).told
    assert [each.error for each in told.tries] == ["hooks.private_address"]
    assert receiver.got == []


def test_no_secret_is_kept_or_logged(
    small: Context, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    context = allowing(small)
    hook = webhooks.add(context, LEAD, "p", receiver.url)
    secret = webhooks.secret(context, LEAD, "p", hook.id)
    with caplog.at_level(logging.DEBUG):
        webhooks.test(context, LEAD, "p", hook.id)
        delivering.deliver_due(context)
    assert secret.removeprefix("whsec_") not in caplog.text
    with context.storage.read() as conn:
        for table in ("webhooks", "deliveries", "delivery_tries", "activities", "history"):
            rows = conn.execute(text(f"SELECT * FROM {table}")).all()
            assert secret.removeprefix("whsec_") not in str(rows)
    kept = b"".join(path.read_bytes() for path in context.folder.glob("qinglan.db*"))
    assert secret.removeprefix("whsec_").encode() not in kept


def drip(answer: bytes, pause: float) -> tuple[str, Callable[[], None]]:
    """A server that lets each byte of ``answer`` wait."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            for byte in answer:
                if over.wait(pause):
                    return
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return

    thread = threading.Thread(target=serve)
    thread.start()

    def close() -> None:
        over.set()
        thread.join()
        server.close()

    return f"http://127.0.0.1:{server.getsockname()[1]}/", close


def test_whoever_drips_or_talks_nonsense_is_left() -> None:
    for answer, pause in ((b"HTTP/1.1 200 OK\r\n" + b"x" * 500, 0.05), (b"nonsense\r\n\r\n", 0)):
        url, close = drip(answer, pause)
        try:
            went = posting.post(url, b"{}", {}, networks=HERE, seconds=0.5)
            assert (went.status, went.error) == (None, "hooks.no_response")
            assert went.ms < 5_000
        finally:
            close()


def test_a_certificate_that_does_not_hold_is_no_delivery(receiver: Receiver) -> None:
    url = receiver.url.replace("http:", "https:")
    went = posting.post(url, b"{}", {}, networks=HERE, seconds=2)
    assert went.status is None
    assert went.error in ("hooks.no_trust", "hooks.no_response")
    assert receiver.got == []
