"""Endpoints against a real server on 127.0.0.1 that can be as bad as servers are."""

import asyncio
import json
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from chat_server import Answer, Body, ChatServer, echo, prompt_of, reply
from qinglan import policy
from qinglan.endpoints.address import Resolver
from qinglan.endpoints.asking import Ask, Outcome, Sampling, Unanswered, make_ask
from qinglan.endpoints.budget import Budget, Prices, Purse
from qinglan.endpoints.completion import read_completion
from qinglan.endpoints.http import OpenAICompatible
from qinglan.endpoints.journal import Journal, Tally
from qinglan.endpoints.local import LocalModel
from qinglan.endpoints.pace import Pacer, Patience, named_wait
from qinglan.errors import EndpointError, MissingPart, Refused, StorageError, UsageError
from qinglan.policy import Permit
from qinglan.records import Origin, Purpose, Reason, Reply

KEY = "sk-very-secret"
OURS = Origin(source="tiny", channel="own")


def permit(*origins: Origin) -> Permit:
    return policy.judge(
        origins or [OURS], Purpose.TRAINING, today=date(2026, 11, 25), registry=policy.load()
    )


@pytest.fixture
def server() -> Iterator[ChatServer]:
    running = ChatServer()
    yield running
    running.stop()


def endpoint(
    server: ChatServer | str, *, parallel: int = 16, key: str | None = KEY, **patience: Any
) -> OpenAICompatible:
    url = server if isinstance(server, str) else server.url
    return OpenAICompatible(
        url, "tiny", key, origin=OURS, permit=permit(), parallel=parallel,
        patience=Patience(**{"first_wait": 0.01, **patience}),
    )  # fmt: skip


def asks(model: OpenAICompatible, count: int, **sampling: Any) -> Iterable[Ask]:
    return (make_ask(model, f"tsk_{n}", 1, f"p{n}", Sampling(**sampling)) for n in range(count))


class Kept:
    """What was handed on, and the journal's tally afterwards."""

    def __init__(self, path: Path, model: OpenAICompatible, budget: Budget | None = None) -> None:
        self.path, self.model, self.budget = path, model, budget or Budget()
        self.outcomes: list[Outcome] = []
        self.exhausted = False

    def ask(self, those: Iterable[Ask]) -> None:
        with Journal.open(self.path) as journal:
            left = [one for one in those if not journal.answered(one.request)]
            purse = Purse(self.budget, journal.tally)
            try:
                self.model.ask_all(left, journal=journal, purse=purse, keep=self.outcomes.extend)
            finally:
                self.exhausted = purse.exhausted
                self.in_memory = purse.spent

    @property
    def tally(self) -> Tally:
        with Journal.open(self.path) as journal:
            return journal.tally

    @property
    def texts(self) -> list[str]:
        return [read_completion(str(o.body)).text for o in self.outcomes if isinstance(o, Reply)]

    @property
    def unanswered(self) -> list[Unanswered]:
        return [o for o in self.outcomes if isinstance(o, Unanswered)]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "replies.jsonl"


def test_completions_come_in_the_order_of_the_prompts(server: ChatServer) -> None:
    def slow_first(body: Body, turn: int) -> Answer:
        if prompt_of(body) == "p0":
            time.sleep(0.1)
        return echo(body)

    server.script = slow_first
    made = endpoint(server)
    texts = made.complete([f"p{i}" for i in range(20)], n=2, temperature=0.5, max_tokens=9, seed=4)
    assert texts == [[f"p{i}!4", f"p{i}!5"] for i in range(20)]
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "tiny"
    assert (body["temperature"], body["max_tokens"]) == (0.5, 9)


def test_no_prompts_are_no_calls(server: ChatServer) -> None:
    assert endpoint(server).complete([]) == []
    assert server.asked == []


def test_an_empty_answer_is_an_answer(server: ChatServer) -> None:
    server.script = lambda body, turn: reply(None)
    assert endpoint(server).complete(["p"]) == [[""]]


def test_no_model_is_asked_without_its_own_permit(server: ChatServer) -> None:
    other = Origin(source="somebody else's", channel="own")
    with pytest.raises(Refused, match="permit does not speak of tiny"):
        OpenAICompatible(server.url, "tiny", origin=OURS, permit=permit(other))
    with pytest.raises(TypeError):
        OpenAICompatible(server.url, "tiny", origin=OURS)  # type: ignore[call-arg]


def test_every_call_is_on_the_disk_before_it_is_handed_on(
    server: ChatServer, journal: Path
) -> None:
    kept = Kept(journal, endpoint(server))
    kept.ask(asks(kept.model, 40))
    with Journal.open(journal) as opened:
        found = [one for _, one in opened.replies()]
        assert sorted(one.id for one in found) == sorted(o.id for o in kept.outcomes)  # type: ignore[union-attr]
        assert opened.tally == kept.in_memory
    assert (kept.tally.replies, kept.tally.cut_off) == (40, 0)
    assert (kept.tally.prompt_tokens, kept.tally.completion_tokens) == (440, 200)
    one = found[0]
    assert (one.model, one.endpoint, one.status) == ("tiny", server.url, 200)
    assert json.loads(str(one.body))["usage"] == {"prompt_tokens": 11, "completion_tokens": 5}
    kept.ask(asks(kept.model, 40))
    assert len(server.asked) == 40


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: ChatServer, journal: Path, status: int) -> None:
    server.script = lambda body, turn: (status, {}, b"{}") if turn < 4 else echo(body)
    kept = Kept(journal, endpoint(server))
    kept.ask(asks(kept.model, 1))
    assert kept.texts == ["p0!0"]
    assert (kept.tally.refused, kept.tally.replies, kept.tally.cut_off) == (3, 1, 0)


def test_each_wait_is_longer_and_spread_and_bounded() -> None:
    patience = Patience(first_wait=1.0, longest_wait=10.0)
    for attempt in range(1, 4):
        waits = {patience.wait(attempt) for _ in range(200)}
        assert len(waits) > 100
        assert all(0.5 * 2 ** (attempt - 1) <= wait <= 1.5 * 2 ** (attempt - 1) for wait in waits)
    assert patience.wait(40) == 10.0
    assert patience.wait(1, 17.0) == 17.0


def test_retry_after_is_read_in_seconds_and_as_a_date() -> None:
    assert named_wait("17") == 17
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    assert 35 < (named_wait(later) or 0) <= 40
    for value in (None, "", "-5", "soon", "1e9", "٣", "Mon, 99 Foo 2020"):
        assert named_wait(value) is None


def test_all_wait_as_long_as_the_server_says(server: ChatServer, journal: Path) -> None:
    times: list[float] = []

    def busy_at_first(body: Body, turn: int) -> Answer:
        times.append(time.monotonic())
        return (429, {"Retry-After": "1"}, b"") if turn == 1 else echo(body)

    server.script = busy_at_first
    kept = Kept(journal, endpoint(server, parallel=1))
    kept.ask(asks(kept.model, 5))
    assert sorted(kept.texts) == [f"p{n}!0" for n in range(5)]
    assert times[1] - times[0] >= 1
    assert times[-1] - times[1] < 1


def test_a_server_that_serves_few_at_a_time_is_not_drummed_upon(
    server: ChatServer, journal: Path
) -> None:
    def only_three(body: Body, turn: int) -> Answer:
        if server.under_way > 3:
            return 429, {}, b""
        time.sleep(0.01)
        return echo(body)

    server.script = only_three
    kept = Kept(journal, endpoint(server, parallel=32, attempts=4))
    kept.ask(asks(kept.model, 120))
    # With attempts counted blindly, most would have been given up.
    assert len(kept.texts) == 120
    assert server.paid_twice == []
    assert len(server.asked) < 3 * 120


def test_a_wait_beyond_our_patience_ends_it(server: ChatServer, journal: Path) -> None:
    server.script = lambda body, turn: (429, {"Retry-After": "3600"}, b"")
    kept = Kept(journal, endpoint(server, longest_wait=60.0))
    with pytest.raises(EndpointError, match="3600 seconds"):
        kept.ask(asks(kept.model, 1))
    assert len(server.asked) == 1


def test_a_server_that_stays_down_is_given_up(server: ChatServer, journal: Path) -> None:
    server.script = lambda body, turn: (500, {}, b"")
    kept = Kept(journal, endpoint(server, attempts=3))
    with pytest.raises(EndpointError, match=r"3 attempts.*HTTP 500"):
        kept.ask(asks(kept.model, 1))
    assert len(server.asked) == 3


def test_after_a_failure_nothing_more_is_asked(server: ChatServer, journal: Path) -> None:
    def refuse(body: Body, turn: int) -> Answer:
        time.sleep(0.01)
        return 404, {}, b"{}"

    server.script = refuse
    kept = Kept(journal, endpoint(server, parallel=2))
    with pytest.raises(EndpointError, match="HTTP 404"):
        kept.ask(asks(kept.model, 500))
    assert len(server.asked) <= 3


def test_one_bad_prompt_does_not_stop_its_neighbours(server: ChatServer, journal: Path) -> None:
    def hates_seven(body: Body, turn: int) -> Answer:
        return {"p7": (400, {}, b"{}"), "p8": (500, {}, b"{}")}.get(prompt_of(body), echo(body))

    server.script = hates_seven
    kept = Kept(journal, endpoint(server, parallel=1, attempts=2))
    kept.ask(asks(kept.model, 20))
    assert len(kept.texts) == 18
    assert [(u.ask.task, u.reason) for u in kept.unanswered] == [
        ("tsk_7", Reason.REQUEST_REFUSED),
        ("tsk_8", Reason.NO_REPLY),
    ]


def test_a_server_that_refuses_all_prompts_is_not_asked_them_all(
    server: ChatServer, journal: Path
) -> None:
    server.script = lambda body, turn: (400, {}, b"{}")
    kept = Kept(journal, endpoint(server, parallel=2))
    with pytest.raises(EndpointError, match="HTTP 400"):
        kept.ask(asks(kept.model, 500))
    assert len(server.asked) <= 10


def test_few_prompts_that_are_all_refused_are_an_error_too(
    server: ChatServer, journal: Path
) -> None:
    server.script = lambda body, turn: (400, {}, b"{}")
    kept = Kept(journal, endpoint(server))
    with pytest.raises(EndpointError, match="HTTP 400"):
        kept.ask(asks(kept.model, 2))


def test_nobody_listens(journal: Path) -> None:
    kept = Kept(journal, endpoint("http://127.0.0.1:9/v1", attempts=2))
    with pytest.raises(EndpointError, match="2 attempts"):
        kept.ask(asks(kept.model, 1))
    # Nobody was reached, so nothing can have been paid for.
    assert (kept.tally.refused, kept.tally.cut_off) == (2, 0)


@pytest.mark.parametrize(("status", "word"), [(401, "API key"), (403, "API key"), (404, "name")])
def test_refusals_name_the_remedy_and_are_not_repeated(
    server: ChatServer, status: int, word: str
) -> None:
    server.script = lambda body, turn: (status, {}, KEY.encode())
    made = endpoint(server)
    with pytest.raises(EndpointError, match=word) as caught:
        made.complete(["p"])
    assert len(server.asked) == 1
    assert KEY not in caught.value.say("en") + caught.value.say("zh") + repr(made)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_does_not_carry_the_key_away(server: ChatServer, status: int) -> None:
    thief = ChatServer()
    try:
        server.script = lambda body, turn: (status, {"Location": thief.url}, b"")
        with pytest.raises(EndpointError, match="redirect"):
            endpoint(server).complete(["p"])
        assert thief.asked == []
    finally:
        thief.stop()


def test_a_key_that_comes_back_is_not_kept(server: ChatServer, journal: Path) -> None:
    server.script = lambda body, turn: reply(f"your key is {KEY}")
    kept = Kept(journal, endpoint(server))
    kept.ask(asks(kept.model, 1))
    assert kept.texts == ["your key is ***"]
    assert KEY.encode() not in journal.read_bytes()


def test_a_reply_that_never_ends_is_cut_off_and_not_paid_again(
    server: ChatServer, journal: Path
) -> None:
    server.script = lambda body, turn: (200, {}, b" " * 300_000)
    kept = Kept(journal, endpoint(server, max_bytes=100_000))
    kept.ask(asks(kept.model, 1))
    (found,) = kept.outcomes
    assert isinstance(found, Reply)
    assert (found.body, found.gone) == (None, "too_large")
    assert journal.stat().st_size < 2_000
    kept.ask(asks(kept.model, 1))
    assert len(server.asked) == 1


def test_a_packed_reply_is_not_unpacked(server: ChatServer, journal: Path) -> None:
    import gzip

    bomb = gzip.compress(b"0" * 50_000_000)
    server.script = lambda body, turn: (200, {"Content-Encoding": "gzip"}, bomb)
    kept = Kept(journal, endpoint(server, max_bytes=1_000_000))
    kept.ask(asks(kept.model, 1))
    (found,) = kept.outcomes
    assert isinstance(found, Reply)
    assert found.charset == "latin-1"
    assert str(found.body).encode("latin-1") == bomb


def test_a_reply_that_drips_runs_out_of_time(server: ChatServer, journal: Path) -> None:
    server.drip = 0.05
    server.script = lambda body, turn: reply("x" * 2_000)
    kept = Kept(journal, endpoint(server, timeout=0.3, attempts=1))
    began = time.monotonic()
    with pytest.raises(EndpointError, match="TimeoutError"):
        kept.ask(asks(kept.model, 1))
    assert time.monotonic() - began < 3
    assert kept.tally.cut_off == 1


def test_a_reply_cut_off_on_the_way_is_counted_apart_and_asked_again(
    server: ChatServer, journal: Path
) -> None:
    def cut_twice(body: Body, turn: int) -> Answer:
        status, headers, data = echo(body)
        if turn == 1:
            return status, headers | {"Content-Length": str(len(data) + 1)}, data
        if turn == 2:  # no length at all: only the JSON tells that it is not whole
            return status, headers | {"Content-Length": "", "Connection": "close"}, data[:-9]
        return status, headers, data

    server.script = cut_twice
    kept = Kept(journal, endpoint(server))
    kept.ask(asks(kept.model, 1))
    assert kept.texts == ["p0!0"]
    assert (kept.tally.cut_off, kept.tally.replies) == (2, 1)
    assert kept.tally.lost_completion_tokens == 2 * Sampling().max_tokens


BAD = [
    b"", b"<html>", b"[]", b"null", b'{"choices": []}', b'{"choices": [{}]}',
    b'{"choices": [{"message": {"content": 7}}]}', b'{"choices": 7}', b"\xff\xfe",
    b"[" * 100_000, rb'{"choices": [{"message": {"content": "\ud800"}}]}',
    rb'{"choices": [{"message": {"content": "a\u0000b"}}]}',
]  # fmt: skip


@pytest.mark.parametrize("data", BAD)
def test_a_reply_that_is_none_is_named_so(server: ChatServer, data: bytes) -> None:
    server.script = lambda body, turn: (200, {}, data)
    with pytest.raises(EndpointError, match="no chat completion"):
        endpoint(server).complete(["p"])


def test_a_reply_that_is_none_is_kept_as_it_came_and_not_paid_again(
    server: ChatServer, journal: Path
) -> None:
    server.script = lambda body, turn: (200, {}, BAD[int(prompt_of(body)[1:])])
    kept = Kept(journal, endpoint(server))
    kept.ask(asks(kept.model, len(BAD)))
    found = {o.task: o for o in kept.outcomes if isinstance(o, Reply)}
    for number, data in enumerate(BAD):
        one = found[f"tsk_{number}"]
        assert str(one.body).encode(one.charset) == data
    kept.ask(asks(kept.model, len(BAD)))
    assert len(server.asked) == len(BAD)


@pytest.mark.parametrize(
    "usage", [None, {}, [], 7, {"prompt_tokens": -1}, {"prompt_tokens": True},
              {"prompt_tokens": "9"}, {"completion_tokens": 2**60}],
)  # fmt: skip
def test_a_server_that_counts_badly_is_taken_at_its_most(
    server: ChatServer, journal: Path, usage: Any
) -> None:
    server.script = lambda body, turn: reply("x", usage=usage)
    kept = Kept(journal, endpoint(server))
    (one,) = asks(kept.model, 1)
    kept.ask([one])
    tally = kept.tally
    assert (tally.prompt_tokens, tally.completion_tokens) == (len(one.body), 1024)
    assert kept.in_memory == tally


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        ["file:///etc/passwd", "ftp://host/v1", "host:8000", "http://", "http://me:pw@host/v1", "",
         "http://:pw@host/v1", "gopher://127.0.0.1/", "http://host/v1?key=1", "http://host/v1#x",
         "http://host:0/v1", "http://host:99999/v1", "http://ho st/v1", "http://host/v1\r\nX: y",
         "http://169.254.169.254/latest", "http://[fe80::1]/v1", "http://224.0.0.1/v1",
         "http://0.0.0.0:8000/v1", "http://[::]/v1", "http://2130706433/v1", "http://0x7f000001/",
         "http://0177.0.0.1/v1", "http://127.1/v1", "http://[::ffff:127.0.0.1]/v1",
         "http://[::ffff:a9fe:a9fe]/v1", "http://[2002:7f00:1::]/v1", "http://a..b/v1",
         "http://\uff11\uff12\uff17.0.0.1/v1"],
    )  # fmt: skip
    def test_odd_addresses_are_refused_without_their_password(self, url: str) -> None:
        with pytest.raises(UsageError) as caught:
            endpoint(url)
        assert "pw" not in caught.value.say("en")

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1:8000/v1", "http://localhost/v1/", "https://api.example.com/v1",
         "http://[::1]:8000/v1", "http://gpu-01:8000/v1", "http://10.0.0.7/v1"],
    )  # fmt: skip
    def test_what_the_operator_names_is_asked(self, url: str) -> None:
        assert endpoint(url).address == url.rstrip("/")

    @pytest.mark.parametrize(
        "leads_to", ["127.0.0.1", "127.8.9.1", "::1", "169.254.169.254", "0.0.0.0",
                     "::ffff:127.0.0.1", "fe80::1%eth0"],
    )  # fmt: skip
    def test_a_name_does_not_lead_to_this_machine_or_the_cloud_s_secrets(
        self, server: ChatServer, monkeypatch: pytest.MonkeyPatch, leads_to: str
    ) -> None:
        async def rebound(self: Resolver, host: str, port: int = 0, family: int = 0) -> Any:
            return [{"hostname": host, "host": leads_to, "port": port, "family": 2, "proto": 0,
                     "flags": 0}]  # fmt: skip

        monkeypatch.setattr("qinglan.endpoints.address.ThreadedResolver.resolve", rebound)
        port = server.host.partition(":")[2]
        with pytest.raises(EndpointError, match=r"models\.example leads to"):
            endpoint(f"http://models.example:{port}/v1").complete(["p"])
        assert server.asked == []

    def test_localhost_by_name_is_this_machine(self, server: ChatServer) -> None:
        port = server.host.partition(":")[2]
        assert endpoint(f"http://localhost:{port}/v1").complete(["p"]) == [["p!0"]]


def test_a_key_cannot_smuggle_a_header() -> None:
    for key in ("sk\r\nX-Evil: 1", "", "密钥"):
        with pytest.raises(UsageError, match="API key"):
            endpoint("http://127.0.0.1/v1", key=key)


@pytest.mark.parametrize(
    "asked", [{"n": 0}, {"max_tokens": 0}, {"temperature": -0.1}, {"temperature": 2.1}]
)
def test_senseless_requests_are_refused(server: ChatServer, asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        endpoint(server).complete(["p"], **asked)
    with pytest.raises(UsageError):
        endpoint(server, parallel=0)
    assert server.asked == []


class TestBudgets:
    def test_calls_stop_exactly(self, server: ChatServer, journal: Path) -> None:
        kept = Kept(journal, endpoint(server), Budget(calls=17))
        kept.ask(asks(kept.model, 100))
        assert len(server.asked) == len(kept.texts) == 17
        assert kept.exhausted
        kept.ask(asks(kept.model, 100))  # the limit is for all runs together
        assert len(server.asked) == 17
        kept.budget = Budget(calls=20)
        kept.ask(asks(kept.model, 100))
        assert len(server.asked) == 20
        kept.budget = Budget(calls=200)
        kept.ask(asks(kept.model, 100))
        assert len(server.asked) == 100
        assert not kept.exhausted

    def test_refused_calls_cost_nothing_and_cut_off_calls_their_most(
        self, server: ChatServer, journal: Path
    ) -> None:
        def bad_beginning(body: Body, turn: int) -> Answer:
            status, headers, data = echo(body)
            if turn in (1, 2):
                return 429, {}, b""
            return status, headers | ({"Content-Length": "9999"} if turn == 3 else {}), data

        server.script = bad_beginning
        kept = Kept(journal, endpoint(server, parallel=1), Budget(calls=4))
        kept.ask(asks(kept.model, 100))
        assert len(server.asked) == 2 + 1 + 3
        assert (kept.tally.refused, kept.tally.cut_off, kept.tally.replies) == (2, 1, 3)

    @pytest.mark.parametrize("parallel", [1, 16])
    def test_tokens_are_never_overspent_whatever_is_under_way(
        self, server: ChatServer, journal: Path, parallel: int
    ) -> None:
        used = {"prompt_tokens": 60, "completion_tokens": 90}
        server.script = lambda body, turn: reply("x", usage=used)
        kept = Kept(journal, endpoint(server, parallel=parallel), Budget(tokens=5_000))
        one = next(iter(asks(kept.model, 1, max_tokens=90)))
        kept.ask(asks(kept.model, 100, max_tokens=90))
        spent = 150 * len(server.asked)
        # It stops where one more call could have been too much, and not before.
        assert 5_000 - sum(one.most) - 2 < spent <= 5_000
        assert kept.exhausted

    def test_money_is_never_overspent(self, server: ChatServer, journal: Path) -> None:
        used = {"prompt_tokens": 100, "completion_tokens": 50}
        server.script = lambda body, turn: reply("x", usage=used)
        prices = Prices(prompt=Decimal("2"), completion=Decimal("10"))
        kept = Kept(journal, endpoint(server), Budget(money=Decimal("0.02"), prices=prices))
        kept.ask(asks(kept.model, 100, max_tokens=50))
        # 0.0007 a call; with the prompt's bytes for its tokens, at most 0.0009 or so.
        assert len(server.asked) == 28
        purse = Purse(kept.budget, kept.tally)
        assert purse.cost == Decimal("0.0196")

    @pytest.mark.parametrize(
        "limits",
        [{"calls": -1}, {"tokens": -5}, {"money": Decimal("NaN"), "prices": True},
         {"money": Decimal("-1"), "prices": True}, {"money": Decimal(1)}],
    )  # fmt: skip
    def test_senseless_budgets_are_refused(self, limits: dict[str, Any]) -> None:
        if limits.get("prices"):
            limits["prices"] = Prices(prompt=Decimal(1), completion=Decimal(1))
        with pytest.raises(UsageError):
            Budget(**limits)


class TestFailures:
    def test_what_was_answered_before_a_failure_is_kept(
        self, server: ChatServer, journal: Path
    ) -> None:
        server.script = lambda body, turn: echo(body) if turn <= 10 else (401, {}, b"")
        kept = Kept(journal, endpoint(server, parallel=4))
        with pytest.raises(EndpointError, match="API key"):
            kept.ask(asks(kept.model, 100))
        assert len(kept.texts) == kept.tally.replies == 10
        server.script = lambda body, turn: echo(body)
        kept.ask(asks(kept.model, 100))
        assert len(kept.texts) == 100
        assert server.paid_twice == []

    def test_a_keeper_that_fails_stops_the_calls_and_loses_no_reply(
        self, server: ChatServer, journal: Path
    ) -> None:
        model = endpoint(server, parallel=4)

        def keep(outcomes: list[Outcome]) -> None:
            raise StorageError("storage.closed")

        with Journal.open(journal) as opened, pytest.raises(StorageError):
            model.ask_all(
                asks(model, 10_000), journal=opened, purse=Purse(Budget(), opened.tally), keep=keep
            )
        assert len(server.asked) < 10_000
        with Journal.open(journal) as opened:
            assert opened.tally.replies == len(server.asked)

    def test_a_disk_that_fails_stops_the_calls(
        self, server: ChatServer, journal: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = Journal.write
        flushed = 0

        def full(self: Journal, lines: Any) -> None:
            nonlocal flushed
            flushed += 1
            if flushed > 3:
                raise StorageError("endpoints.journal_unusable", file=self.path, why="full")
            real(self, lines)

        monkeypatch.setattr(Journal, "write", full)
        kept = Kept(journal, endpoint(server, parallel=2))
        with pytest.raises(StorageError, match="full"):
            kept.ask(asks(kept.model, 1_000))
        assert len(server.asked) <= 4

    def test_it_runs_where_an_event_loop_runs_already(self, server: ChatServer) -> None:
        async def notebook() -> list[list[str]]:
            return endpoint(server).complete(["p"])

        assert asyncio.run(notebook()) == [["p!0"]]

    def test_calls_under_way_keep_to_their_number(self, server: ChatServer) -> None:
        def slow(body: Body, turn: int) -> Answer:
            time.sleep(0.02)
            return echo(body)

        server.script = slow
        endpoint(server, parallel=5).complete([f"p{n}" for n in range(40)])
        assert server.most_under_way == 5


def test_a_pacer_halves_once_for_one_piece_of_news_and_recovers() -> None:
    async def story() -> list[int]:
        pacer = Pacer(16)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(16):
            assert await pacer.turn()
        for _ in range(16):
            pacer.slow_down(began, 0.0)
            pacer.leave()
        seen = [await turns(pacer)]
        for _ in range(200):
            pacer.went_well()
        seen.append(await turns(pacer))
        pacer.stop()
        assert not await pacer.turn()
        return seen

    async def turns(pacer: Pacer) -> int:
        """How many turns are to be had at once."""
        waiting = [asyncio.ensure_future(pacer.turn()) for _ in range(20)]
        await asyncio.sleep(0.01)
        given = sum(place.done() for place in waiting)
        for place in waiting:
            place.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for _ in range(given):
            pacer.leave()
        return given

    assert asyncio.run(story()) == [8, 16]


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

    def test_it_answers_through_http_as_it_does_here(
        self, folder: Path, server: ChatServer
    ) -> None:
        model = LocalModel(folder)

        def serve(body: Body, turn: int) -> Answer:
            prompt = body["messages"][0]["content"]
            ((text,),) = model.complete(
                [prompt], temperature=body["temperature"], max_tokens=body["max_tokens"],
                seed=body["seed"],
            )  # fmt: skip
            return reply(text)

        server.script = serve
        made = endpoint(server, parallel=1)
        prompts = ["1+1=", "2+2="]
        assert made.complete(prompts, max_tokens=6) == model.complete(prompts, max_tokens=6)


FAULTS = """
import resource
from qinglan.endpoints.local import keep_quiet
keep_quiet()
import torch
def step():
    [torch.ones(4_000_000) for _ in range(8)]
for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_memory_that_a_step_frees_serves_the_next() -> None:
    pytest.importorskip("torch")
    done = subprocess.run(
        [sys.executable, "-c", FAULTS], capture_output=True, text=True, check=True
    )
    # Left to itself, glibc gives back at least one block, whose 4,000 pages are paid for anew.
    assert int(done.stdout) < 1_000
