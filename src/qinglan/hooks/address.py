"""Where a webhook may lead (against server-side request forgery).

Names are resolved here and the connection goes to what was found, so a name that answers
otherwise a moment later (DNS rebinding) gains nothing. Numbers in odd spellings (``2130706433``,
``0x7f.1``), addresses inside addresses (``::ffff:127.0.0.1``, 6to4, Teredo, NAT64) and names of
this machine all come down to the address that would be connected to, and that one is judged.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from qinglan.errors import EndpointError, UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST = 2_000

_VISIBLE = re.compile(r"[!-~]+")
_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All that was ever given out for the open internet."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Target:
    """An address as it was written, in its parts."""

    https: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class Place:
    """What to connect to: as the socket module has it."""

    family: int
    socket_address: tuple[str, int] | tuple[str, int, int, int]
    allowed_apart: bool
    """It is no address of the open internet, and the settings allow it."""


def read(url: str) -> Target:
    """The parts of ``url``.

    Raises:
        UsageError: it is no plain HTTP or HTTPS address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError("hooks.bad_url") from None
    host = parts.hostname or ""
    whole = len(url) <= LONGEST and _VISIBLE.fullmatch(url) and "\\" not in url
    plain = parts.username is None and parts.password is None and not parts.fragment
    if not whole or not plain or parts.scheme not in ("http", "https") or not host or port == 0:
        raise UsageError("hooks.bad_url")
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(https, host, port or (443 if https else 80), path)


def resolve(target: Target, networks: Sequence[Network]) -> Place:
    """What ``target`` leads to now. ``networks`` may be called though they are not open.

    Raises:
        EndpointError: it leads nowhere; or to an address that is not open, be it one of several;
            or unencrypted to one that is.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise EndpointError("hooks.no_address", host=target.host) from None
    places = []
    for family, _, _, _, address in found:
        number = ipaddress.ip_address(str(address[0]).partition("%")[0])
        apart = any(_inner(number) in network for network in networks)
        if not apart and not is_open(number):
            raise EndpointError("hooks.private_address", host=target.host)
        places.append(Place(family, address, apart))  # type: ignore[arg-type]
    if not target.https and not all(place.allowed_apart for place in places):
        raise EndpointError("hooks.plain_http", host=target.host)
    return places[0]


def is_open(number: Address) -> bool:
    """Whether ``number`` is one of the open internet, and nothing is hidden in it."""
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped is not None:
            return is_open(number.ipv4_mapped)
        if number.sixtofour is not None or number.teredo is not None or number in _NAT64:
            return False
        if number not in _UNICAST:
            return False
    return number.is_global and not number.is_multicast and not number.is_reserved


def _inner(number: Address) -> Address:
    mapped = number.ipv4_mapped if isinstance(number, ipaddress.IPv6Address) else None
    return number if mapped is None else mapped
