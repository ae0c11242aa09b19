"""A file sent with a form: who sends it is known before a byte of it is kept.

A browser sends files as ``multipart/form-data``. The form's own fields come first, its secret among
them, and they are looked at before the file is: a stranger, somebody whose role may not, or another
site's page fills no disk. The file goes to the disk as it comes, and its size is counted there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from qinglan.durability import scratch
from qinglan.errors import LimitError, QinglanError, UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.written import UPLOADS
from qinglan.web.handling import answered
from qinglan.web.visits import Visit, refuse_foreign, refuse_site, visit

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_FIELD = 64 * 2**10
"""Bytes of a field beside the file."""
MOST_HEADERS = 16 * 2**10
MOST_PARTS = 20
MOST_BESIDE = 2**20
"""Bytes of a form beside its file."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came whole. ``name`` is what its sender calls it."""

    name: str
    path: Path


Receiving = Callable[[Visit, Sent], Response]


def receiving(
    context: Context, verb: str, route: Receiving, most: int | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """``route`` as the framework calls it, for those whose role may do ``verb``.

    ``most`` bytes make a form; default: what the settings allow a file to import.
    """
    most = context.settings.api_body_bytes if most is None else most

    async def answer(request: Request) -> Response:
        with ExitStack() as kept:
            asked = await run_in_threadpool(visit, request, context)
            received: _Parts | QinglanError | None = None
            try:
                if asked.known is not None:
                    allow(verb, asked.known)
                    refuse_site(request)
                    received = await _receive(request, asked, context, kept, most)
            except QinglanError as error:
                received = error

            def respond() -> Response:
                asked.actor  # noqa: B018 - somebody must be signed in
                if isinstance(received, QinglanError):
                    raise received
                if received is None or received.sent is None:
                    raise UsageError("web.no_file")
                return route(asked, received.sent)

            return await run_in_threadpool(answered, request, asked, respond)

    return answer


async def _receive(
    request: Request, asked: Visit, context: Context, kept: ExitStack, most: int
) -> _Parts:
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 15 or int(length) > most):
        raise LimitError("web.too_large", most=most)
    kind, options = parse_options_header(request.headers.get("content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise UsageError("web.bad_form")
    place = await run_in_threadpool(kept.enter_context, scratch(context.folder / UPLOADS))
    parts = _Parts(place / "file", lambda form: _look(request, asked, form))
    kept.callback(parts.close)
    parser = MultipartParser(boundary, parts.callbacks(), max_size=float("inf"))
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise LimitError("web.too_large", most=most)
            await run_in_threadpool(parser.write, chunk)
    except ClientDisconnect:
        raise UsageError("web.bad_form") from None
    except ValueError:  # what the parser raises
        raise UsageError("web.bad_form") from None
    if not parts.ended:
        raise UsageError("web.bad_form")
    parts.close()
    asked.form = parts.form
    return parts


def _look(request: Request, asked: Visit, form: dict[str, str]) -> None:
    """Before the file: whether the form is one of this visit's."""
    asked.form = form
    refuse_foreign(request, asked)


@dataclass(slots=True)
class _Parts:
    """The parts of one form as they come: small fields, then one file."""

    target: Path
    look: Callable[[dict[str, str]], None]
    form: dict[str, str] = field(default_factory=dict)
    sent: Sent | None = None
    ended: bool = False
    _count: int = 0
    _headers: int = 0
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _about: dict[bytes, bytes] = field(default_factory=dict)
    _field: bytearray | None = None
    _name: str = ""
    _out: IO[bytes] | None = None

    def callbacks(self) -> MultipartCallbacks:
        """As the parser calls them."""
        return {
            "on_part_begin": self._begin, "on_header_field": self._on_field,
            "on_header_value": self._on_value, "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers, "on_part_data": self._on_data,
            "on_part_end": self._on_part, "on_end": self._on_end,
        }  # fmt: skip

    def close(self) -> None:
        """Write what is left of the file."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def _begin(self) -> None:
        self._count += 1
        if self._count > MOST_PARTS:
            raise UsageError("web.bad_form")
        self._about, self._headers = {}, 0

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._bounded(end - start)
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._bounded(end - start)
        self._value += data[start:end]

    def _bounded(self, size: int) -> None:
        self._headers += size
        if self._headers > MOST_HEADERS:
            raise UsageError("web.bad_form")

    def _on_header(self) -> None:
        self._about[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _on_headers(self) -> None:
        said = self._about.get(b"content-disposition", b"").decode("latin-1")
        kind, options = parse_options_header(said)
        words = {name: value.decode("utf-8", "replace") for name, value in options.items()}
        if kind != b"form-data" or b"name" not in words:
            raise UsageError("web.bad_form")
        self._name = words[b"name"]
        if b"filename" not in words:
            self._field = bytearray()
            return
        if self.sent is not None:
            raise UsageError("web.bad_form")
        self.look(self.form)
        self.sent = Sent(words[b"filename"], self.target)
        self._out = self.target.open("xb")

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if self._out is not None:
            self._out.write(data[start:end])
        elif self._field is not None:
            self._field += data[start:end]
            if len(self._field) > MOST_FIELD:
                raise UsageError("web.bad_form")

    def _on_part(self) -> None:
        if self._out is not None:
            self.close()
        elif self._field is not None:
            self.form[self._name] = self._field.decode("utf-8", "replace").replace("\r\n", "\n")
            self._field = None

    def _on_end(self) -> None:
        self.ended = True
