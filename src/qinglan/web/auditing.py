"""The audit log: who did what, when, with which version."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.flow import auditing
from qinglan.web import facts
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit
from qinglan.wording import catalogue

VERBS = tuple(verb for verb in auditing.VERBS if f"web.verb.{verb}" in catalogue())
"""Those that have a name in words."""
FILTERS = ("who", "verb", "first", "last")


def log(visit: Visit) -> Response:
    """The whole workspace's."""
    asked = {name: visit.query.get(name, "").strip() for name in FILTERS}
    found = auditing.audit_log(
        visit.context, visit.actor, who=asked["who"], verb=asked["verb"], first=asked["first"],
        last=asked["last"], before=visit.query.get("before", ""),
    )  # fmt: skip
    return _page(visit, None, found, asked)


def of_project(visit: Visit) -> Response:
    """One project's: its history."""
    project = visit.parts["project"]
    before = visit.query.get("before", "")
    found = auditing.project_log(visit.context, visit.actor, project, before=before)
    return _page(visit, project, found, {})


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/office/audit", log),
    ("GET", "/office/projects/{project}/audit", of_project),
)


def _page(
    visit: Visit, project: str | None, found: auditing.AuditPage, asked: dict[str, str]
) -> Response:
    told = [(one, facts.told(one.facts, found.names, visit.language)) for one in found.done]
    return show(visit, "audit", project=project, page=found, told=told, asked=asked, verbs=VERBS)
