"""One request to a chat server, and what came back: bytes within limits, read with suspicion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType

import aiohttp

from qinglan.endpoints.address import Resolver
from qinglan.endpoints.asking import Ask
from qinglan.endpoints.completion import read_completion
from qinglan.endpoints.pace import Patience, named_wait
from qinglan.errors import EndpointError
from qinglan.records import Reply

_REST = 64 << 10
"""Bytes of a refusal that are read to keep the connection; a longer one closes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How one call ended: with a reply, refused, or cut off."""

    reply: Reply | None = None
    status: int = 0
    """HTTP's; 0 where nothing came, or not all of it."""
    why: str = ""
    wait: float | None = None
    """Seconds that the server asks us to wait."""
    refused: bool = False
    """Surely not done, and so not paid for: the server said so, or was never reached."""


class Wire:
    """A session with one server, as an asynchronous context manager."""

    def __init__(
        self, address: str, model: str, key: str | None, *, parallel: int, patience: Patience
    ) -> None:
        self.url = address + "/chat/completions"
        self._address, self._model, self._key = address, model, key
        self._limit = patience.max_bytes
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=parallel, resolver=Resolver()),
            timeout=aiohttp.ClientTimeout(total=patience.timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=headers,
            auto_decompress=False,
        )

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def send(self, ask: Ask, call: str) -> Answered:
        """Make the call; the reply, if one came whole, is to be known as ``call``.

        Raises:
            EndpointError: the name leads to an address that must not be asked.
        """
        try:
            async with self._session.post(
                self.url, data=ask.body, allow_redirects=False
            ) as response:
                if response.status != 200:
                    await response.content.read(_REST)
                    return Answered(
                        status=response.status, why=f"HTTP {response.status}", refused=True,
                        wait=named_wait(response.headers.get("Retry-After")),
                    )  # fmt: skip
                body = await self._read(response)
                headers = response.headers
        except aiohttp.ClientConnectorError as error:
            return Answered(why=type(error).__name__, refused=True)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return Answered(why=type(error).__name__)
        framed = "Content-Length" in headers or "Transfer-Encoding" in headers
        return self._reply(ask, call, body, framed)

    def refusal(self, status: int) -> EndpointError:
        """What it means that the server answers every request like this."""
        if status in (401, 403):
            return EndpointError("endpoints.unauthorised", url=self.url, code=status)
        if 300 <= status < 400:
            return EndpointError("endpoints.redirected", url=self.url, code=status)
        return EndpointError("endpoints.refused", url=self.url, code=status)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes | None:
        """The body; ``None`` where it is larger than our limit."""
        whole = bytearray()
        async for chunk in response.content.iter_any():
            whole += chunk
            if len(whole) > self._limit:
                response.close()
                return None
        return bytes(whole)

    def _reply(self, ask: Ask, call: str, body: bytes | None, framed: bool) -> Answered:
        text, charset = (None, "utf-8") if body is None else _decode(body)
        if text and self._key and self._key in text:
            text = text.replace(self._key, "***")
        prompt = completion = None
        try:
            said = read_completion(text or "")
            prompt, completion = said.prompt_tokens, said.completion_tokens
        except ValueError:
            if body is not None and not framed:
                # Without a length, a body that was cut off looks like a whole one.
                return Answered(why="cut off")
        return Answered(
            status=200,
            reply=Reply.model_validate(
                {
                    "id": call,
                    "task": ask.task,
                    "number": ask.number,
                    "request": ask.request,
                    "model": self._model,
                    "endpoint": self._address,
                    "time": datetime.now(UTC),
                    "status": 200,
                    "body": text,
                    "gone": "too_large" if body is None else None,
                    "charset": charset,
                    "prompt_tokens": prompt,
                    "completion_tokens": completion,
                }
            ),
        )


def _decode(body: bytes) -> tuple[str, str]:
    """The text, and how to get the bytes back from it."""
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return body.decode("latin-1"), "latin-1"
