"""One POST to one address: within seconds, without following, and without reading what comes.

Of the response only the status is kept: what a place inside the network says never reaches
whoever set the webhook up.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qinglan.errors import QinglanError
from qinglan.hooks import address
from qinglan.hooks.address import Network, Place, Target

SECONDS = 10.0
"""For all of it: resolving apart, from the first packet to the status line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Went:
    """How it went: a status, or the key of an error."""

    status: int | None
    error: str | None
    ms: int

    @property
    def delivered(self) -> bool:
        """Whether the other side said that it has it."""
        return self.status is not None and 200 <= self.status < 300


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    networks: Sequence[Network] = (),
    seconds: float = SECONDS,
    context: ssl.SSLContext | None = None,
) -> Went:
    """Send ``body`` to ``url``; never raises for what the other side does.

    Args:
        url: as it was given; resolved anew each time.
        body: the bytes.
        headers: beside those of the connection.
        networks: addresses that may be called though they are not open.
        seconds: after which it counts as failed.
        context: for TLS; default: this system's authorities.
    """
    began = time.monotonic()
    status: int | None = None
    error: str | None = None
    try:
        target = address.read(url)
        place = address.resolve(target, networks)
        status = _status(target, place, body, headers, seconds, context)
    except QinglanError as refused:
        error = refused.key.removeprefix("error.")
    except ssl.SSLError:
        error = "hooks.no_trust"
    except (OSError, http.client.HTTPException, ValueError):
        error = "hooks.no_response"
    return Went(status=status, error=error, ms=int(1000 * (time.monotonic() - began)))


def _status(
    target: Target,
    place: Place,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
    context: ssl.SSLContext | None,
) -> int:
    tls = (context or ssl.create_default_context()) if target.https else None
    connection = _Pinned(target, place, seconds, tls)
    connection.connect()
    # A timeout of the socket begins anew with each byte; whoever drips them has this much in all.
    watch = threading.Timer(seconds, connection.break_off)
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        return connection.getresponse().status
    finally:
        watch.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the place that was judged, whatever the name says by now."""

    def __init__(
        self, target: Target, place: Place, seconds: float, tls: ssl.SSLContext | None
    ) -> None:
        host = f"[{target.host}]" if ":" in target.host else target.host
        super().__init__(host, target.port, timeout=seconds)
        if tls is not None:
            self.default_port = 443
        self._name, self._place, self._tls = target.host, place, tls

    def connect(self) -> None:
        """Connect, and where it is HTTPS see whose certificate it is."""
        raw = socket.socket(self._place.family, socket.SOCK_STREAM)
        try:
            raw.settimeout(self.timeout)
            raw.connect(self._place.socket_address)
            self.sock = (
                raw if self._tls is None
                else self._tls.wrap_socket(raw, server_hostname=self._name)
            )  # fmt: skip
        except BaseException:
            raw.close()
            raise

    def break_off(self) -> None:
        """End the wait of whoever waits."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)
