"""The office's page of pay: rates, the budget, who earned what, and the statement to download."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.flow import pay
from qinglan.records import Role
from qinglan.web import values
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit

MANAGERS = frozenset({Role.OWNER, Role.LEAD})


def page(visit: Visit) -> Response:
    """What is paid, and who earned what."""
    project = visit.parts["project"]
    plan = pay.plan(visit.context, visit.actor, project)
    made = pay.statement(visit.context, visit.actor, project) if plan.rates else None
    return show(
        visit, "pay", project=project, plan=plan, made=made,
        rates=[(one, values.minute(one.since)) for one in plan.rates],
        manages=visit.actor.role in MANAGERS,
    )  # fmt: skip


def set_rate(visit: Visit) -> Response:
    """Another rate from now on."""
    project = visit.parts["project"]
    words = {name: visit.form.get(name, "").strip() for name in ("amount", "currency", "budget")}
    pay.set_rate(
        visit.context, visit.actor, project, words["amount"], words["currency"],
        budget=words["budget"] or None,
    )  # fmt: skip
    return visit.go(f"/office/projects/{project}/pay")


def download(visit: Visit) -> Response:
    """The statement as CSV, of some days or of all."""
    made = pay.statement(
        visit.context, visit.actor, visit.parts["project"],
        start=visit.query.get("from") or None, end=visit.query.get("to") or None,
    )  # fmt: skip
    kept = {"content-disposition": 'attachment; filename="pay.csv"'}
    return Response(pay.table(made), media_type="text/csv; charset=utf-8", headers=kept)


_HERE = "/office/projects/{project}/pay"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", _HERE, page),
    ("POST", _HERE, set_rate),
    ("GET", f"{_HERE}/statement.csv", download),
)
