"""The annotator's desk: the next task, drafts, answers, giving back, going back, the queue.

A page is a form. Without a script it is sent, and the next page comes; with one, the script sends
the same form and puts the main part of the next page in place of this one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from qinglan import pictures
from qinglan.errors import InputError, PermissionDenied, UsageError
from qinglan.flow import opening, routes, standing, work
from qinglan.flow.hands import Desk
from qinglan.flow.work import InHand
from qinglan.records import Kind
from qinglan.web import forms, values
from qinglan.web.handling import status_of
from qinglan.web.render import show
from qinglan.web.standing import own
from qinglan.web.visits import Route, Visit
from qinglan.work import SkipReason, Standing

PARTS = ("todo", "drafts", "submitted", "sent_back")
REASONS = (SkipReason.UNSURE, SkipReason.BAD_PROBLEM, SkipReason.GIVE_UP, SkipReason.SKIP)


def home(visit: Visit) -> Response:
    """The desks at which the visitor has a seat."""
    return show(
        visit, "desks", desks=opening.desks(visit.context, visit.actor),
        languages=routes.languages(visit.context, visit.actor),
    )  # fmt: skip


def state_languages(visit: Visit) -> Response:
    """Say in which languages one can work."""
    words = visit.form.get("languages", "").replace("，", ",").split(",")
    routes.state_languages(visit.context, visit.actor, [word for word in words if word.strip()])
    return visit.go("/desk")


def next_task(visit: Visit) -> Response:
    """The task to do now; before it, what must come before, and why there is none."""
    project = visit.parts["project"]
    if not visit.fragment and not standing.told(visit.context, visit.actor, project):
        return visit.go(f"/desk/{project}/before")
    try:
        task = work.next_task(visit.context, visit.actor, project)
    except PermissionDenied as error:
        if error.key == _SPENT or (visit.fragment and error.key == _ASKED):
            return _page(visit, None, message=error.say(visit.language))
        if error.key == _ASKED:
            return visit.go(f"/desk/{project}/before")
        if visit.fragment or error.key not in _ASIDE:
            raise
        if error.key == "error.assignment.paused":
            return own(visit, 403)
        return visit.go(f"/desk/{project}/lessons")
    return _page(visit, task)


def one_task(visit: Visit) -> Response:
    """A task of the visitor's own queue."""
    seen = opening.open_task(
        visit.context, visit.actor, visit.parts["project"], visit.parts["task"]
    )
    return _page(visit, seen.task, closed=seen.standing is Standing.ANSWERED)


def submit(visit: Visit) -> Response:
    """Take the answer; then the next task."""
    project, task, token = visit.parts["project"], visit.parts["task"], _token(visit)
    fields = _fields(visit)
    try:
        payload = forms.finish(_kind(visit), fields)
        if visit.fragment:
            desk, then = work.submit_onward(
                visit.context, visit.actor, project, task, token, payload
            )
            return _page(visit, then, desk=desk)
        work.submit(visit.context, visit.actor, project, task, token, payload)
    except PermissionDenied as error:
        if error.key not in (_SPENT, _ASKED):
            raise
        return _page(visit, None, message=error.say(visit.language))  # the answer is kept
    except InputError as error:
        if visit.fragment:
            raise
        # Without a script what was typed comes back with the page that says what is wrong.
        seen = opening.open_task(visit.context, visit.actor, project, task)
        message = error.say(visit.language)
        return _page(visit, seen.task, kept=fields, message=message, status=status_of(error))
    return visit.go(f"/desk/{project}")


def draft(visit: Visit) -> Response:
    """Keep what has been typed so far; a form that asks for ``more`` room comes back with it,
    and to a script goes how an edited answer differs from the original, or how a text will look.
    """
    project, task = visit.parts["project"], visit.parts["task"]
    work.save_draft(visit.context, visit.actor, project, task, _token(visit), _fields(visit))
    if visit.fragment and visit.form.get("more"):
        return _page(visit, opening.open_task(visit.context, visit.actor, project, task).task)
    if visit.fragment and visit.form.get("kind") == Kind.EDIT:
        seen = opening.open_task(visit.context, visit.actor, project, task).task
        pair = (seen.options[0] if seen.options else "", visit.form.get("edited", ""))
        return show(visit, "changes_shown", pair=pair)
    if visit.fragment and visit.form.get("kind") in (Kind.CHAT, Kind.ITEM):
        written = forms.fill(_kind(visit), _fields(visit), 0)
        return show(visit, "written_shown", answer=written)
    if visit.fragment:
        return Response(status_code=204)
    return visit.go(f"/desk/{project}/task/{task}")


def skip(visit: Visit) -> Response:
    """Give the task back, with a reason; then the next."""
    project, task = visit.parts["project"], visit.parts["task"]
    try:
        reason = SkipReason(visit.form.get("reason", ""))
    except ValueError:
        raise UsageError("web.bad_form") from None
    note = visit.form.get("note", "").strip() or None
    work.skip(visit.context, visit.actor, project, task, _token(visit), reason, note=note)
    return _onward(visit)


def undo(visit: Visit) -> Response:
    """Open the last answer again, or the one named."""
    project = visit.parts["project"]
    task = visit.form.get("task") or None
    again = work.undo(visit.context, visit.actor, project, task=task)
    if visit.fragment:
        return _page(visit, again)
    return visit.go(f"/desk/{project}/task/{again.task}")


def queue(visit: Visit) -> Response:
    """One part of the visitor's queue."""
    part: Any = visit.query.get("part", "todo")  # the verb refuses what is none
    project, after = visit.parts["project"], visit.query.get("after")
    page = work.queue(visit.context, visit.actor, project, part, after=after)
    lines = [(line, values.minute(line.moved)) for line in page.lines]
    return show(visit, "queue", project=project, part=part, parts=PARTS, lines=lines,
                after=page.after)  # fmt: skip


_ASIDE = frozenset({"error.assignment.paused", "error.assignment.not_admitted"})
"""Why there may be no task, where a page of one's own says more."""
_SPENT = "error.pay.budget_reached"
_ASKED = "error.rights.not_agreed"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    # The most asked for first: a path is held against one after another.
    ("POST", "/desk/{project}/task/{task}/submit", submit),
    ("POST", "/desk/{project}/task/{task}/draft", draft),
    ("GET", "/desk", home),
    ("POST", "/desk/languages", state_languages),
    ("GET", "/desk/{project}", next_task),
    ("GET", "/desk/{project}/queue", queue),
    ("POST", "/desk/{project}/undo", undo),
    ("GET", "/desk/{project}/task/{task}", one_task),
    ("POST", "/desk/{project}/task/{task}/skip", skip),
)


def _page(
    visit: Visit,
    task: InHand | None,
    *,
    kept: Mapping[str, Any] | None = None,
    closed: bool = False,
    desk: Desk | None = None,
    message: str | None = None,
    status: int = 200,
) -> Response:
    """The desk with ``task`` on it. ``kept`` is what the form is filled with, before a draft."""
    desk = desk or opening.desk_of(visit.context, visit.actor, visit.parts["project"])
    template = "desk_main" if visit.fragment else "desk"
    if task is None:
        return show(visit, template, task=None, desk=desk, message=message)
    filled = kept or task.draft or task.answer
    given = None if task.suggestion is None else task.suggestion.fields
    return show(
        visit, template, status, task=task, desk=desk, closed=closed, message=message,
        answer=forms.fill(task.kind, filled, len(task.options)), revising=task.answer is not None,
        attached=pictures.referred([json.dumps(filled)]) if filled else (),
        reasons=REASONS, marks=forms.MARKS, sides=forms.SIDES, scheme=desk.scheme,
        suggested=forms.suggested(task.kind, given, len(task.options)),
    )  # fmt: skip


def _onward(visit: Visit) -> Response:
    return next_task(visit) if visit.fragment else visit.go(f"/desk/{visit.parts['project']}")


def _kind(visit: Visit) -> Kind:
    """What kind of form this is; a wrong word gives an answer that its task refuses."""
    try:
        return Kind(visit.form.get("kind", ""))
    except ValueError:
        raise UsageError("web.bad_form") from None


def _fields(visit: Visit) -> dict[str, Any]:
    count = visit.form.get("options", "0")
    if not (count.isascii() and count.isdigit() and len(count) < 5):
        raise UsageError("web.bad_form")
    return forms.read(_kind(visit), visit.form, int(count))


def _token(visit: Visit) -> str:
    return visit.form.get("token", "")
