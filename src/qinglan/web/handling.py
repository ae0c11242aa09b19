"""From a request to a response: one thread for each, and every failure told to the person.

Routes are plain functions; the verbs beneath them wait for the disk, so each runs in a thread of
its own and the loop that reads requests never waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from qinglan.errors import (
    InputError,
    LimitError,
    PermissionDenied,
    ProcessLost,
    QinglanError,
    StorageError,
)
from qinglan.flow.context import Context
from qinglan.web.render import complain, show
from qinglan.web.visits import (
    Route,
    SignInFirst,
    Visit,
    read_form,
    refuse_foreign,
    refuse_nul,
    visit,
)
from qinglan.wording import say

_LOG = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[QinglanError], HTTPStatus], ...] = (
    (PermissionDenied, HTTPStatus.FORBIDDEN),
    (LimitError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
    (ProcessLost, HTTPStatus.SERVICE_UNAVAILABLE),
)


def endpoint(
    context: Context, route: Route, hands: Executor
) -> Callable[[Request], Awaitable[Response]]:
    """``route`` as the framework calls it; ``hands`` are the threads that do the work.

    The framework's own way to a thread costs three times what the library's does, at each request.
    """

    async def answer(request: Request) -> Response:
        form: Mapping[str, str] | QinglanError = {}
        if request.method == "POST":
            try:
                form = await read_form(request)
            except QinglanError as error:
                form = error
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(hands, _answer, request, context, form, route)

    return answer


def status_of(error: QinglanError) -> int:
    """The status that tells a program what kind of failure this is."""
    fit = (status for kind, status in _STATUS if isinstance(error, kind))
    return int(next(fit, HTTPStatus.INTERNAL_SERVER_ERROR))


def _answer(
    request: Request, context: Context, form: Mapping[str, str] | QinglanError, route: Route
) -> Response:
    asked = visit(request, context, None if isinstance(form, QinglanError) else form)

    def respond() -> Response:
        if isinstance(form, QinglanError):
            raise form
        if request.method == "POST":
            refuse_foreign(request, asked)
        refuse_nul(asked)
        return route(asked)

    return answered(request, asked, respond)


def answered(request: Request, asked: Visit, respond: Callable[[], Response]) -> Response:
    """What ``respond`` gives, or the page that tells why it could not be done."""
    try:
        response = respond()
    except SignInFirst:
        response = _to_the_door(asked)
    except QinglanError as error:
        response = complain(asked, error, status_of(error))
    except Exception:
        # The person is told that it failed, the log why; a page must not show our insides.
        _LOG.exception("%s %s failed", request.method, request.url.path)
        response = show(asked, "error", 500, message=say("web.failed", asked.language))
    if asked.fresh and "set-cookie" not in response.headers:
        asked.remember(response, asked.token)
    return response


def _to_the_door(asked: Visit) -> Response:
    if asked.fragment:
        return Response(say("web.signed_out", asked.language), 401, media_type="text/plain")
    then = "" if asked.back == "/" else f"?next={quote(asked.back, safe='')}"
    return asked.go(f"/sign-in{then}")
