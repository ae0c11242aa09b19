"""Where a webhook may lead, how it is signed, and when it is tried again."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from qinglan.client import webhooks
from qinglan.errors import EndpointError, IntegrityError, UsageError
from qinglan.hooks import address
from qinglan.hooks.schedule import WAITS, wait_after

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, STAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
HEADERS = {
    "Webhook-Id": ID, "Webhook-Timestamp": str(STAMP),
    "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}  # fmt: skip


def test_the_conventions_own_example_is_signed_alike_and_verified() -> None:
    assert webhooks.sign(SECRET, ID, STAMP, BODY) == HEADERS["Webhook-Signature"]
    assert webhooks.verify(SECRET, HEADERS, BODY, now=STAMP + 10) == {"test": 2432232314}
    several = {**HEADERS, "Webhook-Signature": f"v1,AAAA v2,x {HEADERS['Webhook-Signature']}"}
    assert webhooks.verify(SECRET, several, BODY, now=STAMP)


@pytest.mark.parametrize(
    ("change", "body", "key"),
    [({}, BODY + b" ", "bad_signature"), ({"Webhook-Id": "msg_other"}, BODY, "bad_signature"),
     ({"Webhook-Timestamp": str(STAMP + 1)}, BODY, "bad_signature"),
     ({"Webhook-Signature": "v1,"}, BODY, "bad_signature"),
     ({"Webhook-Signature": "v1,\u00e9"}, BODY, "bad_signature"),
     ({"Webhook-Signature": ""}, BODY, "unsigned"), ({"Webhook-Id": ""}, BODY, "unsigned"),
     ({"Webhook-Timestamp": "soon"}, BODY, "unsigned"),
     ({"Webhook-Timestamp": "9" * 30}, BODY, "unsigned")],
)  # fmt: skip
def test_what_was_altered_is_refused(change: dict[str, str], body: bytes, key: str) -> None:
    with pytest.raises(IntegrityError) as caught:
        webhooks.verify(SECRET, {**HEADERS, **change}, body, now=STAMP)
    assert caught.value.key == f"error.client.{key}"


def test_what_is_old_or_ahead_or_under_another_secret_is_refused() -> None:
    for now in (STAMP + 301, STAMP - 301):
        with pytest.raises(IntegrityError) as caught:
            webhooks.verify(SECRET, HEADERS, BODY, now=now)
        assert caught.value.key == "error.client.stale"
    with pytest.raises(IntegrityError):
        webhooks.verify("whsec_AAAA", HEADERS, BODY, now=STAMP)
    with pytest.raises(IntegrityError) as caught:
        webhooks.verify("whsec_not base64", HEADERS, BODY, now=STAMP)
    assert caught.value.key == "error.client.bad_secret"


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254",
     "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1",
     "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:169.254.169.254", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
     "64:ff9b::7f00:1", "2001:db8::1", "fec0::1", "::127.0.0.1"],
)  # fmt: skip
def test_no_address_inside_is_open(number: str) -> None:
    assert not address.is_open(ipaddress.ip_address(number))


def test_addresses_of_the_open_internet_are() -> None:
    for number in ("93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"):
        assert address.is_open(ipaddress.ip_address(number))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1%25lo]", "169.254.169.254"],
)  # fmt: skip
def test_however_this_machine_is_spelled_it_is_refused(host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises((EndpointError, UsageError)) as caught:
            address.resolve(address.read(f"{scheme}://{host}/x"), ())
        assert caught.value.key in (
            "error.hooks.private_address", "error.hooks.no_address", "error.hooks.bad_url"
        )  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["", "example.org", "file:///etc/passwd", "gopher://example.org", "ftp://example.org/",
     "https://", "https:///x", "https://user@example.org/", "https://u:p@example.org/",
     "https://example.org/#x", "https://example.org:99999/", "https://example.org:0/",
     "https://exa mple.org/", "https://example.org/\r\nX: y", "https://例子.org/",
     "https://example.org\\@127.0.0.1/", "https://[::1", f"https://example.org/{'x' * 2000}"],
)  # fmt: skip
def test_only_plain_addresses_are_taken(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        address.read(url)
    assert caught.value.key == "error.hooks.bad_url"


def names(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """Let every name lead to ``numbers``."""
    found: list[Any] = [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443))
        for one in numbers
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_one_address_inside_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    target = address.read("https://example.org/hook?x=1")
    assert (target.host, target.port, target.path) == ("example.org", 443, "/hook?x=1")
    names(monkeypatch, "93.184.215.14", "10.0.0.1")
    with pytest.raises(EndpointError) as caught:
        address.resolve(target, ())
    assert caught.value.key == "error.hooks.private_address"
    names(monkeypatch, "93.184.215.14", "2606:4700:4700::1111")
    assert address.resolve(target, ()).socket_address == ("93.184.215.14", 443)


def test_the_owner_allows_networks_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = [ipaddress.ip_network("10.0.0.0/8")]
    plain, tls = address.read("http://inside.lab/"), address.read("https://inside.lab/")
    for number in ("10.0.0.1", "::ffff:10.0.0.1"):
        names(monkeypatch, number)
        assert address.resolve(plain, allowed).allowed_apart
        assert address.resolve(tls, allowed).allowed_apart
    for number in ("169.254.169.254", "127.0.0.1", "192.168.0.1"):
        names(monkeypatch, number)
        with pytest.raises(EndpointError):
            address.resolve(tls, allowed)
    names(monkeypatch, "93.184.215.14")
    with pytest.raises(EndpointError) as caught:
        address.resolve(plain, allowed)
    assert caught.value.key == "error.hooks.plain_http"


def test_tries_end() -> None:
    waits = [wait_after(tried, spread=0) for tried in range(1, 9)]
    assert waits == [*(1000 * seconds for seconds in WAITS), None]
    assert wait_after(1, spread=1) == 5_500
    assert 31 * 3600 < sum(WAITS) < 33 * 3600
