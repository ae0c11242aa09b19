"""Programs at the table: tokens by which they ask, and webhooks by which they are told."""

from __future__ import annotations

from starlette.responses import Response

from qinglan.errors import EndpointError, InputError, QinglanError, UsageError
from qinglan.flow import office, people, tokens, webhooks
from qinglan.flow.hands import moment
from qinglan.flow.tokens import Scope
from qinglan.records import Role
from qinglan.web.handling import status_of
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit

PROGRAMS = (Role.ANNOTATOR, Role.REVIEWER, Role.AUDITOR, Role.LEAD)


def tokens_page(
    visit: Visit, issued: tokens.Issued | None = None, error: QinglanError | None = None
) -> Response:
    """All tokens, and the form for another; a new one is shown, once."""
    found = tokens.every(visit.context, visit.actor)
    manages = office.may(visit.actor, "tokens")
    names = [one.name for one in people.people(visit.context, visit.actor) if one.active]
    return show(
        visit, "tokens", 200 if error is None else status_of(error), tokens=found, issued=issued,
        message=None if error is None else error.say(visit.language), manages=manages,
        names=names, scopes=tuple(Scope), roles=PROGRAMS, days=tokens.DAYS,
        most=tokens.LONGEST_DAYS, form=visit.form,
    )  # fmt: skip


def make_token(visit: Visit) -> Response:
    """Make a token and show it."""
    form = visit.form
    days = form.get("days", "").strip()
    try:
        role = Role(form["role"]) if form.get("role") else None
    except ValueError:
        raise UsageError("web.bad_form") from None
    try:
        if not (days.isascii() and days.isdigit() and len(days) < 6):
            raise UsageError("tokens.days", most=tokens.LONGEST_DAYS)
        issued = tokens.create(
            visit.context, visit.actor, form.get("program", "").strip() or form.get("name", ""),
            role=role if form.get("program", "").strip() else None,
            scopes=[scope for scope in Scope if f"scope-{scope.value}" in form],
            label=form.get("label", "").strip(), days=int(days),
        )  # fmt: skip
    except InputError as error:
        return tokens_page(visit, error=error)
    return tokens_page(visit, issued)


def end_token(visit: Visit) -> Response:
    """End a token, from this moment on."""
    tokens.revoke(visit.context, visit.actor, visit.form.get("id", ""))
    return visit.go("/office/tokens")


def hooks_page(visit: Visit, error: QinglanError | None = None) -> Response:
    """A project's webhooks, and the form for another."""
    project = visit.parts["project"]
    return show(
        visit, "webhooks", 200 if error is None else 422, project=project, form=visit.form,
        hooks=webhooks.every(visit.context, visit.actor, project), events=webhooks.OFFERED,
        manages=office.may(visit.actor, "webhooks"),
        message=None if error is None else error.say(visit.language), date=moment,
    )  # fmt: skip


def add_hook(visit: Visit) -> Response:
    """Tell another address; then its page, with the secret."""
    project = visit.parts["project"]
    wanted = [one.value for one in webhooks.OFFERED if f"event-{one.value}" in visit.form]
    url = visit.form.get("url", "").strip()
    try:
        if not wanted:
            raise UsageError("web.no_events")
        hook = webhooks.add(visit.context, visit.actor, project, url, wanted)
    except (InputError, EndpointError) as error:
        return hooks_page(visit, error)
    return visit.go(f"/office/projects/{project}/webhooks/{hook.id}")


def hook_page(visit: Visit) -> Response:
    """One webhook: what it was told, and how each try went."""
    project, id_ = visit.parts["project"], visit.parts["hook"]
    before = visit.query.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise UsageError("flow.bad_page")
    log = webhooks.log(
        visit.context, visit.actor, project, id_, before=int(before) if before else None
    )
    found = webhooks.every(visit.context, visit.actor, project)
    manages = office.may(visit.actor, "webhooks")
    # The secret signs; whoever may only read could pass for us with it.
    secret = webhooks.secret(visit.context, visit.actor, project, id_) if manages else None
    return show(
        visit, "webhook", project=project, hook=next(one for one in found if one.id == id_),
        log=log, secret=secret, manages=manages, date=moment,
    )  # fmt: skip


def change_hook(visit: Visit) -> Response:
    """Try it, tell it something again, or tell it nothing any more."""
    project, id_, does = visit.parts["project"], visit.parts["hook"], visit.form.get("does", "")
    if does == "test":
        webhooks.test(visit.context, visit.actor, project, id_)
    elif does == "resend":
        told = visit.form.get("delivery", "")
        webhooks.resend(visit.context, visit.actor, project, id_, told)
    elif does == "remove":
        webhooks.remove(visit.context, visit.actor, project, id_)
        return visit.go(f"/office/projects/{project}/webhooks")
    else:
        raise UsageError("web.bad_form")
    return visit.go(f"/office/projects/{project}/webhooks/{id_}")


_HOOKS = "/office/projects/{project}/webhooks"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/office/tokens", tokens_page),
    ("POST", "/office/tokens", make_token),
    ("POST", "/office/tokens/revoke", end_token),
    ("GET", _HOOKS, hooks_page),
    ("POST", _HOOKS, add_hook),
    ("GET", _HOOKS + "/{hook}", hook_page),
    ("POST", _HOOKS + "/{hook}", change_hook),
)
