"""A file that is sent: kept on the disk while it comes, in a folder of its own, and then gone.

The whole file is there, with its digest, before a verb reads it: a sender who breaks off half-way
has brought nothing in, and one who sends it again brings it in once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from qinglan.durability import scratch
from qinglan.errors import UsageError
from qinglan.flow.context import Context
from qinglan.flow.written import UPLOADS

PIECE = 2**20
"""Bytes that go to the disk together: for pieces of the network's size the way costs more."""

NAME = re.compile(r"[A-Za-z0-9\u3400-\u9fff][A-Za-z0-9\u3400-\u9fff._ -]{0,99}")
MEDIA = ("application/x-ndjson", "application/jsonl", "application/json-lines")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came whole."""

    path: Path
    sha256: str


@asynccontextmanager
async def received(request: Request, context: Context, name: str) -> AsyncIterator[Upload]:
    """The body of ``request`` as a JSONL file whose stem is ``name``.

    Raises:
        UsageError: the name cannot be one, the body is no NDJSON by its type, or was cut off.
        LimitError: it is larger than the settings allow.
    """
    if not NAME.fullmatch(name):
        raise UsageError("api.bad_name", field="name")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind not in MEDIA or "content-encoding" in request.headers:
        raise UsageError("api.bad_media", media=MEDIA[0])
    stack = ExitStack()
    place = scratch(context.folder / UPLOADS)
    folder = await run_in_threadpool(stack.enter_context, place)
    try:
        path, digest = folder / f"{name}.jsonl", hashlib.sha256()
        with path.open("xb") as out:

            def take(pieces: list[bytes]) -> None:
                for piece in pieces:
                    digest.update(piece)
                    out.write(piece)

            try:
                waiting, size = [], 0
                async for chunk in request.stream():
                    waiting.append(chunk)
                    size += len(chunk)
                    if size >= PIECE:
                        await run_in_threadpool(take, waiting)
                        waiting, size = [], 0
                await run_in_threadpool(take, waiting)
            except ClientDisconnect:
                raise UsageError("api.cut_off") from None
        yield Upload(path, digest.hexdigest())
    finally:
        await run_in_threadpool(stack.close)
