"""The lead's office: projects and their progress, people, and all answers side by side."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from qinglan.errors import UsageError
from qinglan.flow import board as boards
from qinglan.flow import conduct, office, pay, people
from qinglan.flow import desk as desks
from qinglan.flow.scheme import show_scheme
from qinglan.flow.status import status
from qinglan.records import Role
from qinglan.web.composing import numbers_of, rules_of
from qinglan.web.finding import find
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit
from qinglan.wording import say
from qinglan.work import Rules

MANAGERS = frozenset({Role.OWNER, Role.LEAD})


def projects(visit: Visit) -> Response:
    """All projects, with their progress."""
    found = find(
        visit, status(visit.context, visit.actor),
        lambda one: f"{one.project} {say(f'web.kind.{one.kind}', visit.language)}",
        {
            "name": lambda one: one.project, "waiting": lambda one: -one.waiting,
            "answers": lambda one: -one.annotations,
        },
    )  # fmt: skip
    return show(visit, "projects", found=found, manages=visit.actor.role in MANAGERS)


def project(visit: Visit) -> Response:
    """One project: its desk, its rules, who sits there."""
    desk = office.desk(visit.context, visit.actor, visit.parts["project"])
    manages = visit.actor.role in MANAGERS
    names = [one.name for one in people.people(visit.context, visit.actor)] if manages else []
    seated = {one.name for one in desk.people if one.active}
    pays = visit.actor.role in MANAGERS | {Role.AUDITOR}
    spent = pays and pay.plan(visit.context, visit.actor, desk.project).reached
    waiting = boards.waiting(visit.context, visit.actor, desk.project)
    return show(
        visit, "project", desk=desk, rules=numbers_of(desk.rules or Rules()), manages=manages,
        found=find(
            visit, desk.people, lambda one: one.name,
            {
                "name": lambda one: one.name, "answers": lambda one: -one.answered,
                "fewest": lambda one: one.answered, "in_hand": lambda one: -one.in_hand,
                "paused": lambda one: one.active,
            },
        ),
        spent=spent, tiers=desk.tiers, waiting=waiting, few=boards.FEW,
        free=[name for name in names if name not in seated],
    )  # fmt: skip


def open_desk(visit: Visit) -> Response:
    """Open the desk, or change its rules."""
    rules = rules_of(visit.form)
    desks.open_desk(visit.context, visit.actor, visit.parts["project"], rules)
    return _back(visit)


def seat(visit: Visit) -> Response:
    """Let somebody work at the desk."""
    office.may_manage(visit.actor)
    licence = visit.form.get("licence", "").strip()
    if not licence:
        raise UsageError("web.needs_licence")
    words = [one.strip() for one in visit.form.get("skills", "").split(",")]
    desks.seat(
        visit.context, visit.actor, visit.parts["project"], visit.form.get("name", ""),
        skills=[one for one in words if one] or None, licence=licence,
    )  # fmt: skip
    return _back(visit)


def pause(visit: Visit) -> Response:
    """Give somebody nothing new, and tell them why."""
    conduct.pause(
        visit.context, visit.actor, visit.parts["project"], visit.form.get("name", ""),
        visit.form.get("reason", ""),
    )  # fmt: skip
    return _back(visit)


def answers(visit: Visit) -> Response:
    """All answers side by side, some tasks at a time."""
    name = visit.parts["project"]
    who, task = (visit.query.get(part, "").strip() for part in ("who", "task"))
    page = office.answers_beside(
        visit.context, visit.actor, name, after=visit.query.get("after", ""), who=who, only=task
    )
    _, scheme = show_scheme(visit.context, visit.actor, name)
    reviews = office.may(visit.actor, "review")
    return show(
        visit, "answers", project=name, page=page, scheme=scheme, reviews=reviews, who=who,
        task_id=task,
    )  # fmt: skip


def send_back(visit: Visit) -> Response:
    """Ask somebody for a better answer."""
    note = visit.form.get("note", "").strip()
    if not note:
        raise UsageError("web.needs_reason")
    name, task = visit.parts["project"], visit.form.get("task", "")
    desks.send_back(visit.context, visit.actor, name, visit.form.get("name", ""), task, note)
    return visit.go(f"/office/projects/{name}/answers")


def everybody(visit: Visit, link: str | None = None) -> Response:
    """Accounts and open invitations."""
    everybody_here = people.people(visit.context, visit.actor)
    found = find(
        visit, everybody_here,
        lambda one: f"{one.name} {say(f'web.role.{one.role.value}', visit.language)}",
        {
            "name": lambda one: one.name, "role": lambda one: one.role.value,
            "invited": lambda one: one.until is None, "closed": lambda one: one.active,
        },
    )  # fmt: skip
    roles = tuple(Role) if visit.actor.role is Role.OWNER else tuple(
        role for role in Role if role not in MANAGERS
    )  # fmt: skip
    return show(
        visit, "people", found=found, manages=office.may(visit.actor, "people"), roles=roles,
        link=link, now=datetime.now(UTC),
        days=people.INVITED_FOR // 86_400,
    )  # fmt: skip


def invite(visit: Visit) -> Response:
    """Show a link that lets somebody in, once."""
    name = visit.form.get("name", "")
    token = people.invite(visit.context, visit.actor, name, _role(visit))
    return everybody(visit, link=f"{visit.base}/invite/{token}")


def change(visit: Visit) -> Response:
    """Another role for an account, or close it, or open it again."""
    name, does = visit.form.get("name", ""), visit.form.get("does", "")
    if does == "role":
        people.change(visit.context, visit.actor, name, role=_role(visit))
    elif does in ("close", "open"):
        people.change(visit.context, visit.actor, name, active=does == "open")
    else:
        raise UsageError("web.bad_form")
    return visit.go("/office/people")


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/office", projects),
    ("GET", "/office/people", everybody),
    ("POST", "/office/people/invite", invite),
    ("POST", "/office/people/change", change),
    ("GET", "/office/projects/{project}", project),
    ("POST", "/office/projects/{project}/open", open_desk),
    ("POST", "/office/projects/{project}/seat", seat),
    ("POST", "/office/projects/{project}/pause", pause),
    ("GET", "/office/projects/{project}/answers", answers),
    ("POST", "/office/projects/{project}/send-back", send_back),
)


def _role(visit: Visit) -> Role:
    try:
        return Role(visit.form.get("role", ""))
    except ValueError:
        raise UsageError("web.bad_form") from None


def _back(visit: Visit) -> Response:
    return visit.go(f"/office/projects/{visit.parts['project']}")
