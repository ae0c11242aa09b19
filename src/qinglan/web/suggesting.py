"""The lead's page of suggestions: whose are shown at the desk, and how far people follow them."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.errors import UsageError
from qinglan.flow import office, suggesting
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit


def suggestions(visit: Visit) -> Response:
    """What is suggested, and what comes of it."""
    found = suggesting.suggesting(visit.context, visit.actor, visit.parts["project"])
    return show(visit, "suggesting", found=found, manages=office.may(visit.actor, "desk"))


def suggest(visit: Visit) -> Response:
    """Show a model's answers at the desk, or nobody's."""
    office.may_manage(visit.actor)
    project, share = visit.parts["project"], visit.form.get("hidden", "")
    if not (share.isascii() and share.isdigit() and len(share) < 4):
        raise UsageError("suggesting.hidden", hidden=share or "—")
    model = None if visit.form.get("does") == "stop" else visit.form.get("model", "")
    suggesting.suggest(visit.context, visit.actor, project, model, hidden=10 * int(share))
    return visit.go(f"/office/projects/{project}/suggestions")


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/office/projects/{project}/suggestions", suggestions),
    ("POST", "/office/projects/{project}/suggestions", suggest),
)
