"""What stands before every route: who asks, by which scope, how often, how much, and once.

A token comes in the ``Authorization`` header alone. Cookies count for nothing here, so no page in
somebody's browser can ask in their name. The order is fixed: token, pace, scope and role, and only
then the path, the query and the body; so a caller learns nothing of what they may not ask for.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from qinglan.client.models import Place
from qinglan.cores import apart
from qinglan.errors import LimitError, PermissionDenied, QinglanError, UsageError
from qinglan.flow import repeating, tokens
from qinglan.flow.context import Context
from qinglan.flow.repeating import Claim, Kept
from qinglan.flow.tokens import Caller, Scope
from qinglan.intake import Limits
from qinglan.intake.values import BadRow, JsonValue, parse_object
from qinglan.web.api.pace import Pace
from qinglan.web.api.problems import tell

_LOG = logging.getLogger(__name__)

MOST_BYTES = 4 * 2**20
"""Of a JSON body."""
MOST_FIELDS_TOLD = 20
HOLD_EVERY = 20.0
"""Seconds after which a write under way renews its claim."""

_LIMITS = Limits(max_row_bytes=MOST_BYTES)

F = TypeVar("F", bound=Callable[..., Any])


class Needs(NamedTuple):
    """What a route asks for: the token's scope, and the verb that its role must be allowed."""

    scope: Scope
    verb: str
    repeats: bool
    """A write that is done once for each key, however often it is sent."""
    streams: bool
    """The route reads the body itself."""


_NEEDS: dict[Callable[..., Any], Needs | None] = {}


def needs(
    scope: Scope, verb: str, *, repeats: bool = False, streams: bool = False
) -> Callable[[F], F]:
    """Mark a route with what it asks for."""

    def mark(route: F) -> F:
        _NEEDS[route] = Needs(scope, verb, repeats, streams)
        return route

    return mark


def for_any_token(route: F) -> F:
    """Mark a route that every token may use."""
    _NEEDS[route] = None
    return route


def needs_of(route: Callable[..., Any]) -> Needs | None:
    """What ``route`` asks for; a route that says nothing of it is no route (``KeyError``)."""
    return _NEEDS[route]


@dataclass(slots=True)
class Doors:
    """What all requests of one application share."""

    context: Context
    by_token: Pace
    by_address: Pace
    """Of those who come without a token that opens anything."""


@dataclass(slots=True)
class Asked:
    """One request that was let in."""

    context: Context
    caller: Caller
    request: Request
    claim: Claim | None = None
    kept: str | None = None
    """What a repetition is told instead of the response, which holds a secret."""
    _held: float = field(default_factory=time.monotonic)

    async def once(self, digest: str, do: Callable[[], Awaitable[Response]]) -> Response:
        """``do``, or what came of it, where the caller gave the request a key and sent it before.

        Raises:
            UsageError: the key cannot be used.
        """
        key = self.request.headers.get("idempotency-key")
        if key is None:
            return await do()
        found = await run_in_threadpool(
            repeating.begin, self.context, self.caller.token, key, digest
        )
        if isinstance(found, Kept):
            headers = {"idempotency-replayed": "true"}
            return Response(found.body, found.status, headers, media_type="application/json")
        self.claim = found
        kept = False
        try:
            response = await do()
            if response.status_code < 300:
                body = bytes(response.body).decode() if self.kept is None else self.kept
                await run_in_threadpool(
                    repeating.settle, self.context, found, response.status_code, body
                )
                kept = True
            return response
        finally:
            if not kept:  # nothing was done that a repetition should be told
                await run_in_threadpool(repeating.drop, self.context, found)

    def hold(self, done: int, total: int | None) -> None:
        """Progress of a long write: its claim is renewed."""
        del done, total
        if self.claim is not None and time.monotonic() > self._held + HOLD_EVERY:
            self._held = time.monotonic()
            repeating.hold(self.context, self.claim)


async def asked(request: Request) -> Asked:
    """The request as the routes see it; a dependency."""
    found: Asked = request.scope["qinglan.asked"]
    return found


def digest_of(request: Request, body: str) -> str:
    """Of all that is asked; ``body`` is the body's digest."""
    said = "\n".join((request.method, request.url.path, request.url.query, body))
    return hashlib.sha256(said.encode()).hexdigest()


class Guarded(APIRoute):
    """A route behind the guard."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own handler, with the guard before it."""
        inner = super().get_route_handler()
        wanted = needs_of(self.endpoint)
        known = frozenset(one.alias for one in self.dependant.query_params)

        async def handle(request: Request) -> Response:
            return await _told(request, lambda: _guarded(request, inner, wanted, known))

        return handle


async def _guarded(
    request: Request,
    inner: Callable[[Request], Awaitable[Response]],
    wanted: Needs | None,
    known: frozenset[str],
) -> Response:
    doors: Doors = request.app.state.doors
    caller = await run_in_threadpool(_admit, doors, request)
    request.scope["qinglan.token"] = caller.token
    if wanted is not None:
        tokens.require(caller, wanted.scope, wanted.verb)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise UsageError(
            "api.unknown_parameter", field=unknown[0][:100], known=", ".join(sorted(known)) or "—"
        )
    # NUL is in no name and no id of ours, and PostgreSQL would refuse to look for it.
    if any("\0" in str(word) for word in request.path_params.values()):
        raise UsageError("api.nothing_here")
    if any("\0" in word for word in request.query_params.values()):
        raise UsageError("api.bad_request")
    streams = wanted is not None and wanted.streams
    most = doors.context.settings.api_body_bytes if streams else MOST_BYTES
    read = _Strict(request.scope, _bounded(request.receive, most))
    found = Asked(doors.context, caller, read)
    request.scope["qinglan.asked"] = found
    if wanted is None or streams or not wanted.repeats:
        return await inner(read)
    body = hashlib.sha256(await read.body()).hexdigest()
    return await found.once(digest_of(request, body), lambda: _told(read, lambda: inner(read)))


async def _told(request: Request, do: Callable[[], Awaitable[Response]]) -> Response:
    """``do``, and every failure as a problem."""
    try:
        return await do()
    except _Slow as slow:
        return tell(request, slow, headers={"retry-after": str(slow.facts["seconds"])})
    except QinglanError as error:
        return tell(request, error)
    except RequestValidationError as error:
        return tell(request, UsageError("api.bad_request"), fields=_places(error))
    except HTTPException as error:
        return tell(request, _cause(error))
    except Exception:
        # The caller is told that it failed, the log why; a response must not show our insides.
        _LOG.exception("%s failed", request.scope.get("qinglan.request", "-"))
        return tell(request, _Failed("api.failed"))


class _Slow(PermissionDenied):
    """They ask too often. Facts: seconds."""


class _Failed(QinglanError):
    """Something of ours."""


def _admit(doors: Doors, request: Request) -> Caller:
    """Whose request it is.

    Raises:
        PermissionDenied: it has no token that opens anything, or they ask too often.
    """
    apart()  # what a program asks for may take long, and need not stand beside the desk
    kind, _, words = request.headers.get("authorization", "").partition(" ")
    caller = tokens.who(doors.context, words.strip()) if kind.casefold() == "bearer" else None
    if caller is None:
        address = "" if request.client is None else request.client.host
        _wait(doors.by_address, address)
        raise PermissionDenied("api.no_token")
    _wait(doors.by_token, caller.token)
    return caller


def _wait(pace: Pace, who: str) -> None:
    seconds = pace.take(who)
    if seconds:
        raise _Slow("api.too_many", seconds=int(seconds) + 1)


class _Strict(Request):
    """A request whose JSON is read as an import reads it: no key twice, no NaN, no depths."""

    async def json(self) -> dict[str, JsonValue]:
        """The object in the body."""
        return parse_object(await self.body(), _LIMITS)


def _bounded(receive: Receive, most: int) -> Receive:
    count = 0

    async def bounded() -> Message:
        nonlocal count
        message = await receive()
        count += len(message.get("body", b""))
        if count > most:
            raise LimitError("api.too_large", most=most)
        return message

    return bounded


def _places(error: RequestValidationError) -> list[Place]:
    return [
        Place(field=".".join(map(str, one["loc"]))[:200], why=str(one["msg"])[:200])
        for one in error.errors()[:MOST_FIELDS_TOLD]
    ]


def _cause(error: HTTPException) -> QinglanError:
    """What the framework wrapped."""
    cause = error.__cause__
    if isinstance(cause, QinglanError):
        return cause
    if isinstance(cause, BadRow):
        return UsageError("api.bad_json", field=cause.field or "body", reason=cause.reason.value)
    if error.status_code == 404:
        return UsageError("api.nothing_here")
    if error.status_code == 405:
        return UsageError("api.not_so")
    return UsageError("api.bad_request")
