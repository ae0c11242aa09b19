"""The audit log: who did what, when, with which version."""

from __future__ import annotations

import json

from starlette.responses import Response

from qinglan.flow import auditing
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
    return show(visit, "audit", project=None, page=found, asked=asked, verbs=VERBS, told=_told)


def of_project(visit: Visit) -> Response:
    """One project's: its history."""
    project = visit.parts["project"]
    before = visit.query.get("before", "")
    found = auditing.project_log(visit.context, visit.actor, project, before=before)
    return show(visit, "audit", project=project, page=found, asked={}, verbs=VERBS, told=_told)


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/office/audit", log),
    ("GET", "/office/projects/{project}/audit", of_project),
)


def _told(value: object) -> str:
    """A fact as a person reads it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"
