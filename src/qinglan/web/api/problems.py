"""How a failure is told to a program: RFC 9457, in the language asked for, under our own key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from qinglan.client.models import Place, Problem
from qinglan.errors import QinglanError
from qinglan.web.handling import status_of
from qinglan.web.visits import language_of

MEDIA = "application/problem+json"

_STATUS: dict[str, HTTPStatus] = {
    "error.api.no_token": HTTPStatus.UNAUTHORIZED,
    "error.api.too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "error.api.under_way": HTTPStatus.CONFLICT,
    "error.api.nothing_here": HTTPStatus.NOT_FOUND,
    "error.api.not_so": HTTPStatus.METHOD_NOT_ALLOWED,
    "error.api.bad_media": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "error.api.no_file": HTTPStatus.NOT_FOUND,
    "error.flow.no_project": HTTPStatus.NOT_FOUND,
    "error.flow.which_release": HTTPStatus.NOT_FOUND,
    "error.flow.release_gone": HTTPStatus.GONE,
    "error.flow.release_swapped": HTTPStatus.CONFLICT,
    "error.releases.manifest_unreadable": HTTPStatus.CONFLICT,
    "error.assignment.no_such_task": HTTPStatus.NOT_FOUND,
    "error.assignment.already_answered": HTTPStatus.CONFLICT,
    "error.assignment.already_skipped": HTTPStatus.CONFLICT,
    "error.review.changed": HTTPStatus.CONFLICT,
    "error.flow.job_running": HTTPStatus.CONFLICT,
    "error.hooks.private_address": HTTPStatus.UNPROCESSABLE_ENTITY,
    "error.hooks.no_address": HTTPStatus.UNPROCESSABLE_ENTITY,
    "error.hooks.plain_http": HTTPStatus.UNPROCESSABLE_ENTITY,
    "error.hooks.no_delivery": HTTPStatus.NOT_FOUND,
    "error.hooks.no_webhook": HTTPStatus.NOT_FOUND,
}
"""Where the key says more than the class of the error."""


def status_for(error: QinglanError) -> int:
    """The status that ``error`` is told with."""
    return int(_STATUS.get(error.key, status_of(error)))


def tell(
    request: Request,
    error: QinglanError,
    *,
    fields: Sequence[Place] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """``error`` as a response."""
    language = language_of(request)
    status, key = status_for(error), error.key.removeprefix("error.")
    named = error.facts.get("field")
    if named and not fields:
        fields = [Place(field=str(named), why=str(error.facts.get("reason", key)))]
    body = Problem(
        type=f"urn:qinglan:error:{key}", title=HTTPStatus(status).phrase, status=status,
        detail=error.say(language), key=key, request=request_id(request), fields=list(fields),
    )  # fmt: skip
    more = {"content-language": language, **(headers or {})}
    if status == HTTPStatus.UNAUTHORIZED:
        more["www-authenticate"] = "Bearer"
    return Response(body.model_dump_json(), status, more, media_type=MEDIA)


def request_id(request: Request) -> str:
    """Under which the log has this request."""
    return str(request.scope.get("qinglan.request", "-"))
