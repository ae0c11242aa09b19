"""The lead's page of whom to ask next: what one more answer of each person is expected to mend."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.flow import asking
from qinglan.web import values
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit


def whom(visit: Visit) -> Response:
    """By skill and language, who tells most first."""
    project = visit.parts["project"]
    found = asking.whom(visit.context, visit.actor, project)
    judged = "" if found is None else values.minute(found.at)
    return show(visit, "asking", project=project, found=found, judged=judged)


ROUTES: tuple[tuple[str, str, Route], ...] = (("GET", "/office/projects/{project}/asking", whom),)
