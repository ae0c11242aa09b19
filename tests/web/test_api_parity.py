"""What a person does in the workbench beside how a program does it: no use case in one face alone.

A new page or form has to say here by which route of the API its use case is had, or why by none.
"""

from __future__ import annotations

import pytest

from qinglan.web import pictures
from qinglan.web.api.app import ROUTERS, routes
from qinglan.web.app import ROUTES
from qinglan.web.importing import RECEIVING

OFFICE, P = "/office/projects/{project}", "/projects/{project}"
DESK, D = "/desk/{project}", "/desks/{project}"

BY_API: dict[str, str] = {
    # at the desk
    "GET /desk": "GET /desks",
    "POST /desk/languages": "PUT /me/languages",
    f"GET {DESK}": f"POST {D}/next",
    f"GET {DESK}/queue": f"GET {D}/queue",
    f"POST {DESK}/undo": f"POST {D}/tasks/{{task}}/reopen",
    f"GET {DESK}/task/{{task}}": f"GET {D}/tasks/{{task}}",
    f"POST {DESK}/task/{{task}}/submit": f"POST {D}/tasks/{{task}}/submit",
    f"POST {DESK}/task/{{task}}/draft": f"PUT {D}/tasks/{{task}}/draft",
    f"POST {DESK}/task/{{task}}/skip": f"POST {D}/tasks/{{task}}/skip",
    f"POST {DESK}/task/{{task}}/time": f"POST {D}/tasks/{{task}}/time",
    f"POST {DESK}/task/{{task}}/behaviour": f"POST {D}/tasks/{{task}}/behaviour",
    f"GET {DESK}/before": f"GET {D}/before",
    f"POST {DESK}/before": f"POST {D}/before",
    f"GET {DESK}/own": f"GET {D}/own",
    f"POST {DESK}/appeal": f"POST {D}/flags/{{flag}}/appeal",
    f"GET {DESK}/lessons": f"GET {D}/lessons",
    f"POST {DESK}/lessons/{{task}}": f"POST {D}/lessons/{{task}}",
    f"POST {DESK}/lessons/{{task}}/dispute": f"POST {D}/lessons/{{task}}/dispute",
    # pictures
    "GET /pictures/{picture}": f"GET {P}/pictures/{{picture}}",
    f"GET {DESK}/task/{{task}}/pictures": f"POST {D}/tasks/{{task}}/pictures",
    f"POST {DESK}/task/{{task}}/pictures": f"POST {D}/tasks/{{task}}/pictures",
    f"GET {OFFICE}/pictures": f"POST {P}/pictures",
    f"POST {OFFICE}/pictures": f"POST {P}/pictures",
    # projects and what comes into them
    "GET /office": "GET /status",
    "POST /office/new": "POST /projects",
    f"GET {OFFICE}": f"GET {P}/desk",
    f"POST {OFFICE}/open": f"PUT {P}/desk",
    f"POST {OFFICE}/seat": f"PUT {P}/seats/{{name}}",
    f"POST {OFFICE}/pause": f"POST {P}/seats/{{name}}/pause",
    f"GET {OFFICE}/guideline": f"GET {P}/guideline",
    f"POST {OFFICE}/guideline": f"POST {P}/guideline",
    f"GET {OFFICE}/guideline/{{version}}/touched.csv":
        f"GET {P}/guideline/{{version}}/touched.ndjson",
    f"GET {OFFICE}/settings.toml": f"GET {P}/settings",
    f"POST {OFFICE}/settings": f"PUT {P}/settings",
    f"POST {OFFICE}/contest": f"POST {P}/contest",
    f"POST {OFFICE}/names": f"PUT {P}/scheme",
    f"POST {OFFICE}/import": f"POST {P}/tasks",
    f"POST {OFFICE}/import/{{arrival}}": f"POST {P}/tasks",
    f"GET {OFFICE}/jobs/{{job}}": f"GET {P}/jobs/{{job}}",
    f"GET {OFFICE}/set-aside.{{shape}}": f"GET {P}/set-aside.{{shape}}",
    # people
    "GET /office/people": "GET /people",
    "POST /office/people/invite": "POST /people",
    "POST /office/people/change": "PUT /people/{name}",
    f"GET {OFFICE}/suggestions": f"GET {P}/suggestions",
    f"POST {OFFICE}/suggestions": f"PUT {P}/suggestions",
    f"GET {OFFICE}/conduct": f"GET {P}/conduct",
    f"POST {OFFICE}/conduct/decide": f"PUT {P}/flags/{{flag}}",
    f"POST {OFFICE}/conduct/look": f"POST {P}/flags",
    f"POST {OFFICE}/conduct/marks": f"PUT {P}/marks",
    f"POST {OFFICE}/conduct/draw": f"POST {P}/gold",
    f"POST {OFFICE}/conduct/explain": f"PUT {P}/lessons/{{task}}",
    f"GET {OFFICE}/tiers": f"GET {P}/people",
    f"POST {OFFICE}/tiers/names": f"PUT {P}/tiers",
    f"POST {OFFICE}/tiers/need": f"PUT {P}/needs",
    f"POST {OFFICE}/tiers/rights": f"PUT {P}/rights",
    f"GET {OFFICE}/asking": f"GET {P}/asking",
    f"POST {OFFICE}/tiers/give": f"PUT {P}/people/{{name}}/tier",
    f"POST {OFFICE}/tiers/note": f"POST {P}/people/{{name}}/credentials",
    f"POST {OFFICE}/tiers/end": f"DELETE {P}/people/{{name}}/credentials/{{number}}",
    # review
    f"GET {OFFICE}/answers": f"GET {P}/answers",
    f"POST {OFFICE}/send-back": f"POST {P}/answers/{{task}}/send-back",
    f"GET {OFFICE}/review": f"GET {P}/review",
    f"GET {OFFICE}/review/{{task}}": f"GET {P}/review/{{task}}",
    f"POST {OFFICE}/review/{{task}}": f"POST {P}/review/{{task}}/ruling",
    f"GET {OFFICE}/keys": f"GET {P}/keys",
    f"POST {OFFICE}/keys": f"PUT {P}/keys/{{task}}",
    # what comes of it
    f"GET {OFFICE}/board": f"GET {P}/board",
    f"GET {OFFICE}/pay": f"GET {P}/pay/plan",
    f"POST {OFFICE}/pay": f"PUT {P}/pay/rate",
    f"GET {OFFICE}/pay/statement.csv": f"GET {P}/pay/statement.csv",
    f"GET {OFFICE}/releases": f"GET {P}/releases",
    f"POST {OFFICE}/releases": f"POST {P}/releases",
    f"GET {OFFICE}/releases/{{release}}": f"GET {P}/releases/{{release}}",
    f"GET {OFFICE}/releases/{{release}}/files/{{name:path}}":
        f"GET {P}/releases/{{release}}/files/{{name}}",
    f"GET {OFFICE}/answers.jsonl": f"GET {P}/annotations.ndjson",
    "GET /office/audit": "GET /audit",
    f"GET {OFFICE}/audit": f"GET {P}/audit",
    # programs
    "GET /office/tokens": "GET /tokens",
    "POST /office/tokens": "POST /tokens",
    "POST /office/tokens/revoke": "DELETE /tokens/{token}",
    f"GET {OFFICE}/webhooks": f"GET {P}/webhooks",
    f"POST {OFFICE}/webhooks": f"POST {P}/webhooks",
    f"GET {OFFICE}/webhooks/{{hook}}": f"GET {P}/webhooks/{{webhook}}/messages",
    f"POST {OFFICE}/webhooks/{{hook}}": f"POST {P}/webhooks/{{webhook}}/test",
}  # fmt: skip
"""Page or form, and the route by which a program has its use case."""

MORE: dict[str, tuple[str, ...]] = {
    "GET /desk": ("GET /me/languages",),
    f"GET {OFFICE}/tiers": (f"GET {P}/tiers", f"GET {P}/needs", f"GET {P}/rights"),
    "POST /office/new": (f"PUT {P}/settings",),
    f"POST {OFFICE}/import/{{arrival}}": (f"POST {P}/annotations",),
    f"GET {OFFICE}/conduct": (f"GET {P}/flags", f"GET {P}/marks", f"GET {P}/lessons"),
    f"POST {OFFICE}/conduct/decide": (f"POST {P}/seats/{{name}}/again",),
    f"POST {OFFICE}/conduct/draw": (f"POST {P}/lessons",),
    f"POST {OFFICE}/review/{{task}}": (f"POST {P}/review/{{task}}/send-back",),
    f"GET {OFFICE}/pay": (f"GET {P}/pay",),
    f"GET {OFFICE}/releases": (f"GET {P}/jobs",),
    f"POST {OFFICE}/releases": (f"POST {P}/verify", f"POST {P}/judge"),
    f"GET {OFFICE}/releases/{{release}}": (
        f"GET {P}/releases/{{release}}/files", f"GET {P}/releases/{{release}}/check",
    ),
    f"GET {OFFICE}/webhooks/{{hook}}": (f"GET {P}/webhooks/{{webhook}}/secret",),
    f"POST {OFFICE}/webhooks/{{hook}}": (
        f"POST {P}/webhooks/{{webhook}}/messages/{{delivery}}/resend",
        f"DELETE {P}/webhooks/{{webhook}}",
    ),
}  # fmt: skip
"""Forms that do several things, and pages that show them: the other routes."""

LEFT: dict[str, str] = {
    "GET /": "sends people to their page",
    "GET /sign-in": "people sign in; programs have tokens",
    "POST /sign-in": "people sign in; programs have tokens",
    "POST /sign-out": "people sign in; programs have tokens",
    "GET /invite/{token}": "a person sets a password, which no program should know",
    "POST /invite/{token}": "a person sets a password, which no program should know",
    "GET /language": "a program says Accept-Language",
    "GET /office/new": "an empty form",
    f"GET {OFFICE}/import": "an empty form",
    f"GET {OFFICE}/import/{{arrival}}": "a preview: a program reads its own file",
}
"""Pages and forms without a route of their own, and why."""


def web() -> set[str]:
    return {f"{method} {path}" for method, path, _ in ROUTES} | {
        f"POST {path}" for path, _, _ in (*RECEIVING, *pictures.RECEIVING)
    }


def api() -> set[str]:
    return {f"{method} {path}" for router in ROUTERS for method, path, _, _ in routes(router)}


def test_every_page_and_form_has_its_route_or_its_reason() -> None:
    assert not BY_API.keys() & LEFT.keys()
    assert web() == BY_API.keys() | LEFT.keys()
    assert MORE.keys() <= BY_API.keys()


def test_every_route_named_here_is_there() -> None:
    named = {*BY_API.values(), *(route for routes_ in MORE.values() for route in routes_)}
    assert named <= {path.replace(":path}", "}") for path in api()}


@pytest.mark.parametrize("form", sorted(one for one in LEFT if one.startswith("POST")))
def test_no_form_is_left_out_but_those_by_which_people_come_in(form: str) -> None:
    assert form in {"POST /sign-in", "POST /sign-out", "POST /invite/{token}"}
