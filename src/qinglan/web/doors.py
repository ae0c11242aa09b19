"""The door: signing in and out, taking up an invitation, and the choice of language."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import entrance
from qinglan.records import Role
from qinglan.web.render import show
from qinglan.web.visits import LANGUAGE_COOKIE, Visit, local


def front(visit: Visit) -> Response:
    """To the desk, or to the office."""
    role = visit.actor.role
    return visit.go("/desk" if role is Role.ANNOTATOR else "/office")


def sign_in_form(visit: Visit) -> Response:
    """The form for name and password."""
    if visit.known is not None:
        return visit.go("/")
    return show(visit, "sign_in", message=None, name="", next=local(visit.query.get("next", "/")))


def sign_in(visit: Visit) -> Response:
    """Begin a session, under a new token."""
    name, then = visit.form.get("name", ""), local(visit.form.get("next", "/"))
    try:
        password = visit.form.get("password", "")
        token = entrance.sign_in(visit.context, name, password, visit.address)
    except PermissionDenied as error:
        message = error.say(visit.language)
        return show(visit, "sign_in", 403, message=message, name=name, next=then)
    return visit.remember(visit.go(then), token)


def sign_out(visit: Visit) -> Response:
    """End the session here and on the server."""
    entrance.sign_out(visit.context, visit.token)
    response = visit.go("/sign-in")
    response.delete_cookie("qinglan", path="/", httponly=True, samesite="lax", secure=visit.secure)
    return response


def invite_form(visit: Visit) -> Response:
    """The form in which somebody who was invited sets their password."""
    invited = entrance.look_up_invite(visit.context, visit.parts["token"])
    return show(visit, "invite", invited=invited, message=None)


def accept(visit: Visit) -> Response:
    """Make the account, and begin its first session."""
    token = visit.parts["token"]
    invited = entrance.look_up_invite(visit.context, token)
    try:
        session = entrance.accept(visit.context, token, visit.form.get("password", ""))
    except UsageError as error:
        return show(visit, "invite", 422, invited=invited, message=error.say(visit.language))
    return visit.remember(visit.go("/"), session)


def choose_language(visit: Visit) -> Response:
    """Keep the choice, and go back."""
    response = visit.go(local(visit.query.get("back", "/")))
    if visit.query.get("to") in ("en", "zh"):
        response.set_cookie(
            LANGUAGE_COOKIE, visit.query["to"], max_age=365 * 86_400, path="/", httponly=True,
            samesite="lax", secure=visit.secure,
        )  # fmt: skip
    return response
