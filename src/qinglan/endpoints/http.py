"""A model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, a vendor.

The far side is not trusted. Replies are read up to a limit and within a deadline, no redirect is
followed (it would carry the key to another host), and a key never reaches an error or a repr.
Busy servers are asked again, later each time, and when they say how much later, then that late.
The base URL is the operator's own choice; faces must not take one from a visitor.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from qinglan.endpoints.completion import check_request
from qinglan.errors import EndpointError, UsageError

_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much a server may cost us: time in seconds, sizes in bytes."""

    timeout: float = 120.0
    """A whole reply."""
    attempts: int = 6
    first_wait: float = 0.5
    """Doubled with every attempt, and spread by chance so that callers do not march in step."""
    longest_wait: float = 60.0
    max_bytes: int = 16 << 20


class OpenAICompatible:
    """A model called ``model`` at ``base_url``, such as ``http://127.0.0.1:8000/v1``."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        parallel: int = 16,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises ``UsageError`` for a URL that is not plain http or https."""
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise UsageError("endpoints.bad_url", url=_bare(base_url))
        if api_key is not None and not (api_key.isascii() and api_key.isprintable()):
            raise UsageError("endpoints.bad_key")
        self.url = base_url.rstrip("/") + "/chat/completions"
        self.name = model
        self._key = api_key
        self._parallel = parallel
        self._patience = patience or Patience()
        self._sleep = sleep
        self._opener = build_opener(_NoRedirect)

    def __repr__(self) -> str:
        return f"OpenAICompatible({self.url!r}, {self.name!r})"

    def complete(
        self,
        prompts: Sequence[str],
        *,
        n: int = 1,
        temperature: float = 0.0,
        max_tokens: int = 256,
        seed: int = 0,
    ) -> list[list[str]]:
        """See ``Endpoint.complete``. Each prompt is the one message of a user."""
        check_request(n, temperature, max_tokens)

        def one(place: int) -> list[str]:
            texts: list[str] = []
            # Some servers know no `n` and give one choice at a time: ask for the rest.
            while len(texts) < n:
                texts += self._ask(
                    {
                        "model": self.name,
                        "messages": [{"role": "user", "content": prompts[place]}],
                        "n": n - len(texts),
                        "temperature": temperature,
                        "max_tokens": max_tokens,
                        "seed": (seed + 7919 * place + len(texts)) % 2**31,
                    }
                )
            return texts[:n]

        pool = ThreadPoolExecutor(min(self._parallel, max(1, len(prompts))))
        try:
            return list(pool.map(one, range(len(prompts))))
        finally:
            # After a failure nothing further is asked, or paid for.
            pool.shutdown(cancel_futures=True)

    def _ask(self, body: Mapping[str, Any]) -> list[str]:
        """One request, repeated while the server is busy."""
        patience = self._patience
        for attempt in range(1, patience.attempts + 1):
            wait = patience.first_wait * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
            try:
                return _texts(self._post(json.dumps(body).encode()), self.url)
            except HTTPError as error:
                with error:
                    why = f"HTTP {error.code}"
                    if error.code not in _AGAIN:
                        raise _refusal(error, self.url) from None
                    # A time that the server names is kept; one that is past our patience ends it.
                    named = _retry_after(error.headers)
                if named is not None and named > patience.longest_wait:
                    raise EndpointError(
                        "endpoints.wait_too_long", url=self.url, seconds=named
                    ) from None
                wait = max(wait, named or 0.0)
            except (OSError, HTTPException) as error:
                why = type(error).__name__
            if attempt < patience.attempts:
                self._sleep(min(wait, patience.longest_wait))
        raise EndpointError("endpoints.gave_up", url=self.url, attempts=patience.attempts, why=why)

    def _post(self, data: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = Request(self.url, data=data, headers=headers, method="POST")  # noqa: S310
        deadline = time.monotonic() + self._patience.timeout
        with self._opener.open(request, timeout=self._patience.timeout) as reply:
            return _read(reply, self._patience.max_bytes, deadline, self.url)


class _NoRedirect(HTTPRedirectHandler):
    """Redirects come back as the errors they are for us."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _read(reply: HTTPResponse, limit: int, deadline: float, url: str) -> bytes:
    """The body, unless it is larger than ``limit`` or drips past ``deadline``."""
    whole = bytearray()
    while chunk := reply.read1(_CHUNK):
        whole += chunk
        if len(whole) > limit:
            raise EndpointError("endpoints.reply_too_large", url=url, limit=limit)
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(whole)


def _texts(data: bytes, url: str) -> list[str]:
    """The texts of a reply's choices, at least one."""
    try:
        choices = json.loads(data)["choices"]
        texts = [choice["message"]["content"] or "" for choice in choices]
        for text in texts:
            text.encode()  # a lone surrogate could be neither stored nor hashed
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EndpointError("endpoints.bad_reply", url=url, why=type(error).__name__) from None
    if not texts:
        raise EndpointError("endpoints.bad_reply", url=url, why="no choices")
    return texts


def _refusal(error: HTTPError, url: str) -> EndpointError:
    if error.code in (401, 403):
        return EndpointError("endpoints.unauthorised", url=url, code=error.code)
    if 300 <= error.code < 400:
        return EndpointError("endpoints.redirected", url=url, code=error.code)
    return EndpointError("endpoints.refused", url=url, code=error.code)


def _retry_after(headers: Message) -> float | None:
    """Seconds to wait, from a ``Retry-After`` in either form (RFC 9110, 10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _bare(url: str) -> str:
    """``url`` without a user and password that may stand in it."""
    return url.rpartition("@")[2] if "@" in url else url
