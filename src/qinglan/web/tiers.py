"""The lead's page of tiers and credentials: who is what, why, and what they showed."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.errors import UsageError
from qinglan.flow import office, rights, routes, tiers
from qinglan.web import values
from qinglan.web.finding import find
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit


def roster(visit: Visit) -> Response:
    """Everybody with a seat or a tier."""
    project = visit.parts["project"]
    found = tiers.roster(visit.context, visit.actor, project)
    return show(
        visit, "tiers", roster=found, lines=find(
            visit, found.people, lambda one: f"{one.name} {one.tier or ''}",
            {
                "name": lambda one: one.name,
                "tier": lambda one: -1 if one.tier is None else -found.tiers.index(one.tier) - 2,
            },
        ), manages=office.may(visit.actor, "desk"), minute=values.minute,
        rights=rights.statement(visit.context, visit.actor, project),
        missing=rights.missing(visit.context, visit.actor, project),
        needs=routes.needs(visit.context, visit.actor, project),
    )  # fmt: skip


def name_tiers(visit: Visit) -> Response:
    """Change the list of tiers."""
    words = visit.form.get("tiers", "").replace("，", ",").split(",")
    names = [word for word in words if word.strip()]
    tiers.name_tiers(visit.context, visit.actor, visit.parts["project"], names)
    return _back(visit)


def give(visit: Visit) -> Response:
    """Give somebody a tier, or none."""
    name, why = visit.form.get("name", ""), visit.form.get("why", "")
    tier = visit.form.get("tier", "") or None
    tiers.give_tier(visit.context, visit.actor, visit.parts["project"], name, tier, why)
    return _back(visit)


def note(visit: Visit) -> Response:
    """Note what somebody showed."""
    name, words = visit.form.get("name", ""), visit.form.get("words", "")
    link = visit.form.get("link", "")
    tiers.add_credential(visit.context, visit.actor, visit.parts["project"], name, words, link)
    return _back(visit)


def end(visit: Visit) -> Response:
    """Take a credential back."""
    name, number = visit.form.get("name", ""), visit.form.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        raise UsageError("web.bad_form")
    tiers.end_credential(visit.context, visit.actor, visit.parts["project"], name, int(number))
    return _back(visit)


def need(visit: Visit) -> Response:
    """Let a skill be for a tier alone, or for all again."""
    skill, tier = visit.form.get("skill", "").strip(), visit.form.get("tier", "") or None
    routes.need_tier(visit.context, visit.actor, visit.parts["project"], skill, tier)
    return _back(visit)


def ask_rights(visit: Visit) -> Response:
    """Ask people to agree to other words."""
    en, zh = visit.form.get("en", ""), visit.form.get("zh", "")
    rights.set_statement(visit.context, visit.actor, visit.parts["project"], en=en, zh=zh)
    return _back(visit)


_HERE = "/office/projects/{project}/tiers"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", _HERE, roster),
    ("POST", f"{_HERE}/names", name_tiers),
    ("POST", f"{_HERE}/give", give),
    ("POST", f"{_HERE}/note", note),
    ("POST", f"{_HERE}/end", end),
    ("POST", f"{_HERE}/need", need),
    ("POST", f"{_HERE}/rights", ask_rights),
)


def _back(visit: Visit) -> Response:
    return visit.go(f"/office/projects/{visit.parts['project']}/tiers")
