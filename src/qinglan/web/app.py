"""The application: every route, and what stands before them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from qinglan.cores import apart
from qinglan.errors import QinglanError
from qinglan.flow import people
from qinglan.flow.context import Context
from qinglan.web import (
    asking,
    auditing,
    board,
    composing,
    conduct,
    desk,
    doors,
    importing,
    office,
    pay,
    pictures,
    programs,
    releasing,
    reviews,
    standing,
    suggesting,
    tiers,
)
from qinglan.web.api.app import PREFIX, make_api
from qinglan.web.handling import endpoint
from qinglan.web.headers import Headers
from qinglan.web.logs import Requests
from qinglan.web.receiving import MOST_BESIDE, receiving
from qinglan.web.render import show, static
from qinglan.web.visits import Route, Visit
from qinglan.wording import say

ROUTES: tuple[tuple[str, str, Route], ...] = (
    *desk.ROUTES,  # first, for they are asked for most
    ("GET", "/", doors.front),
    ("GET", "/sign-in", doors.sign_in_form),
    ("POST", "/sign-in", doors.sign_in),
    ("POST", "/sign-out", doors.sign_out),
    ("GET", "/invite/{token}", doors.invite_form),
    ("POST", "/invite/{token}", doors.accept),
    ("GET", "/language", doors.choose_language),
    *pictures.ROUTES,
    *standing.ROUTES,
    *conduct.ROUTES,
    *auditing.ROUTES,
    *board.ROUTES,
    *programs.ROUTES,
    *composing.ROUTES,
    *importing.ROUTES,
    *office.ROUTES,
    *pay.ROUTES,
    *releasing.ROUTES,
    *reviews.ROUTES,
    *suggesting.ROUTES,
    *tiers.ROUTES,
    *asking.ROUTES,
)


HANDS = 40
"""Pages that are made at once: most of them wait for the disk."""


def make_app(context: Context) -> Starlette:
    """The workbench on an opened workspace."""
    app = Starlette()
    app.add_middleware(Headers)
    app.add_middleware(Requests)
    at_desk = ThreadPoolExecutor(HANDS, "qinglan-desk")
    # What the office asks for may take long; nobody at a desk should wait beside it.
    elsewhere = ThreadPoolExecutor(HANDS, "qinglan-page", initializer=apart)

    async def alive(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(request: Request) -> Response:
        try:
            await run_in_threadpool(people.accounts, context)
        except QinglanError:
            return PlainTextResponse("no database", 503)
        return PlainTextResponse("ok")

    async def file(request: Request) -> Response:
        return static(str(request.path_params["name"]))

    app.router.add_route("/healthz", alive, methods=["GET"])
    app.router.add_route("/readyz", ready, methods=["GET"])
    app.router.add_route("/static/{name}", file, methods=["GET"])
    for method, path, route in ROUTES:
        hands = at_desk if (method, path, route) in desk.ROUTES else elsewhere
        app.router.add_route(path, endpoint(context, route, hands), methods=[method])
    for path, verb, receive in importing.RECEIVING:
        app.router.add_route(path, receiving(context, verb, receive), methods=["POST"])
    most = context.settings.picture_bytes + MOST_BESIDE
    for path, verb, receive in pictures.RECEIVING:
        app.router.add_route(path, receiving(context, verb, receive, most), methods=["POST"])
    app.mount(PREFIX, make_api(context))
    app.router.add_route("/{path:path}", endpoint(context, _nowhere, elsewhere), methods=["GET"])
    return app


def _nowhere(visit: Visit) -> Response:
    return show(visit, "error", 404, message=say("web.not_found", visit.language))
