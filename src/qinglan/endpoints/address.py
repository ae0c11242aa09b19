"""Which addresses a model may be asked at.

The base URL is the operator's own word, yet what it leads to is not. Nothing but plain http and
https is spoken. This machine itself may be asked only where it was named as such: a name from
outside that resolves to it, or to the address where clouds keep their secrets, is an attack or a
mistake (SSRF, DNS rebinding). The check is made on the very addresses that are then connected to.
Private networks are let through: a laboratory's own servers live there.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from qinglan.errors import EndpointError, UsageError

_NUMERIC = re.compile(r"(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)
"""A last label like this makes a whole name an IPv4 address in disguise, such as 2130706433."""


def check_base_url(url: str) -> str:
    """``url`` without the slash at its end, if a model may be asked there.

    Raises:
        UsageError: it is not plain http or https, holds a user, password, query or fragment, or
            is an address in disguise, or one that no model lives at.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        usable = (
            parts.scheme in ("http", "https")
            and parts.username is None
            and not parts.query
            and not parts.fragment
            and parts.port != 0
            and url.isascii()
            and url.isprintable()
            and " " not in url
            and _is_plain(host)
        )
    except ValueError:
        usable = False
    if not usable:
        raise UsageError("endpoints.bad_url", url=_bare(url))
    return url.rstrip("/")


class Resolver(AbstractResolver):
    """Names become addresses, unless they lead where a name must not lead."""

    def __init__(self, inner: AbstractResolver | None = None) -> None:
        self._inner = inner or ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """The addresses of ``host``.

        Raises:
            EndpointError: one of them is this machine, and ``host`` does not say so, or is one
                that no model lives at.
        """
        found = await self._inner.resolve(host, port, family)  # type: ignore[arg-type]
        for result in found:
            address = ip_address(result["host"].partition("%")[0])
            here = host == "localhost" or host.endswith(".localhost")
            if not _may_be_named(address) or (address.is_loopback and not here):
                raise EndpointError("endpoints.forbidden_address", host=host, address=address)
        return found

    async def close(self) -> None:
        """Let go of what the inner resolver holds."""
        await self._inner.close()


def _is_plain(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        return all(labels) and _NUMERIC.fullmatch(labels[-1]) is None
    return _may_be_named(address)


def _may_be_named(address: IPv4Address | IPv6Address) -> bool:
    disguised = isinstance(address, IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo
    )
    return not (
        disguised or address.is_link_local or address.is_multicast or address.is_unspecified
    )


def _bare(url: str) -> str:
    """``url`` without a user and password that may stand in it."""
    return url.rpartition("@")[2] if "@" in url else url
