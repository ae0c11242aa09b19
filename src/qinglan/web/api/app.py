"""The API as one application, and its description (OpenAPI 3.1), made from the typed models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from qinglan.client.models import Problem
from qinglan.errors import UsageError
from qinglan.flow.context import Context, version
from qinglan.web.api import (
    accounts,
    bringing,
    desk,
    managing,
    measuring,
    overview,
    own,
    pictures,
    reading,
    releasing,
    reviewing,
    routing,
    telling,
)
from qinglan.web.api.guard import Doors, Guarded, Needs, needs_of
from qinglan.web.api.pace import Pace
from qinglan.web.api.problems import MEDIA, tell

PREFIX = "/api/v1"
ROUTERS = (
    desk.router, own.router, reading.router, overview.router, measuring.router, reviewing.router,
    managing.router, accounts.router, routing.router, bringing.router, pictures.router,
    telling.router, releasing.router,
)  # fmt: skip
STRANGERS_A_MINUTE = 60
"""Requests of one address that come with no token that opens anything."""

_PROBLEM = {
    "description": "What went wrong, in the language asked for.",
    "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "A word of the caller's for this write: sent again with it, it is done once.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}  # fmt: skip
_LANGUAGE = {
    "name": "Accept-Language", "in": "header", "required": False,
    "description": "Language of problems: zh or en.", "schema": {"type": "string"},
}  # fmt: skip


def warm(app: Starlette) -> int:
    """Have the API's routes in ``app`` put together, and say how many there are.

    The framework does that when the first request comes, for a tenth of a second, and all others
    wait for it, those of the desk as well.
    """
    nowhere = {"type": "http", "method": "GET", "path": "/", "root_path": ""}
    routes = [
        route
        for mount in app.routes
        if isinstance(mount, Mount) and mount.path == PREFIX
        for route in mount.routes
    ]
    for route in routes:
        route.matches(nowhere)
    return len(routes)


def make_api(context: Context) -> FastAPI:
    """The API on an opened workspace."""
    api = FastAPI(
        title="qinglan", version=version().partition(" ")[2], docs_url=None, redoc_url=None,
        redirect_slashes=False, generate_unique_id_function=lambda route: route.name,
        servers=[{"url": PREFIX}], root_path_in_servers=False,
    )  # fmt: skip
    api.state.doors = Doors(
        context, Pace(context.settings.api_requests_per_minute), Pace(STRANGERS_A_MINUTE)
    )
    for router in ROUTERS:
        api.include_router(router)
    api.add_exception_handler(HTTPException, _nowhere)
    api.openapi = lambda: describe(api)  # type: ignore[method-assign]
    return api


async def _nowhere(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = error.headers if isinstance(error, HTTPException) else None
    key = "api.not_so" if status == 405 else "api.nothing_here"
    return tell(request, UsageError(key), headers=headers)


def describe(api: FastAPI) -> dict[str, Any]:
    """The description: what the models say, with tokens, problems and keys at every operation."""
    if api.openapi_schema is None:
        made = get_openapi(
            title=api.title, version=api.version, routes=api.routes, servers=api.servers
        )
        parts = made.setdefault("components", {})
        schemas = parts.setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
        wanted = {
            endpoint.__name__: needed
            for router in ROUTERS
            for _, _, endpoint, needed in routes(router)
        }
        for path in made["paths"].values():
            for operation in path.values():
                _complete(operation, wanted[operation["operationId"]])
        api.openapi_schema = made
    return api.openapi_schema


def routes(router: APIRouter) -> Iterator[tuple[str, str, Callable[..., Any], Needs | None]]:
    """Method, path, function and needs of each route."""
    for route in router.routes:
        if isinstance(route, Guarded):
            for method in sorted(route.methods or ()):
                yield method, route.path_format, route.endpoint, needs_of(route.endpoint)


def _complete(operation: dict[str, Any], wanted: Needs | None) -> None:
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = _PROBLEM
    more = [_LANGUAGE]
    if wanted is not None:
        operation["x-scope"] = wanted.scope.value
        operation["x-verb"] = wanted.verb
        if wanted.repeats:
            more.append(_KEY)
    operation["parameters"] = [*operation.get("parameters", ()), *more]
