"""What an annotator sees beside the work: what is recorded, lessons, own standing, appeals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from qinglan.errors import InputError, UsageError
from qinglan.flow import conduct, disputing, lessons, opening, pay, rights, standing
from qinglan.records import Kind
from qinglan.web import forms, values
from qinglan.web.flags import tell
from qinglan.web.handling import status_of
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit


def before(visit: Visit) -> Response:
    """What is recorded about the work here, told before it begins and to be read at any time."""
    project = visit.parts["project"]
    told = standing.told(visit.context, visit.actor, project)
    licence = standing.licence_of(visit.context, visit.actor, project)
    asked, agreed = rights.agreement(visit.context, visit.actor, project)
    return show(
        visit, "before", project=project, told=told and agreed, licence=licence, asked=asked,
        recorded=standing.RECORDED, used=standing.USED,
    )  # fmt: skip


def begin(visit: Visit) -> Response:
    """They have read it."""
    project, version = visit.parts["project"], visit.form.get("rights", "")
    if version.isascii() and version.isdigit() and len(version) < 10:
        rights.agree(visit.context, visit.actor, project, int(version))
    standing.tell(visit.context, visit.actor, project)
    return visit.go(f"/desk/{project}")


def own(visit: Visit, status: int = 200) -> Response:
    """Their own standing, what they earned, flags and appeals."""
    project = visit.parts["project"]
    found = standing.own(visit.context, visit.actor, project)
    earned = pay.own(visit.context, visit.actor, project)
    told = [tell(one, visit.language) for one in found.flags]
    return show(visit, "own", status, own=found, earned=earned, told=told)


def appeal(visit: Visit) -> Response:
    """Answer a flag."""
    project, words = visit.parts["project"], visit.form.get("words", "")
    conduct.appeal(visit.context, visit.actor, project, visit.form.get("flag", ""), words)
    return visit.go(f"/desk/{project}/own")


def lesson(visit: Visit) -> Response:
    """The lesson that is next, or how the lessons ended."""
    project = visit.parts["project"]
    here = lessons.lesson(visit.context, visit.actor, project)
    if here.exam is not None and not here.admitted:
        lessons.settle_due(visit.context, visit.actor, project)
        here = lessons.lesson(visit.context, visit.actor, project)
    return _lesson(visit, here)


def learn(visit: Visit) -> Response:
    """Take an answer to a lesson; practice explains it."""
    project, task = visit.parts["project"], visit.parts["task"]
    here = lessons.lesson(visit.context, visit.actor, project)
    kind = here.question.kind if here.question is not None else Kind.FREE
    options = here.question.options if here.question is not None else ()
    fields = forms.read(kind, visit.form, len(options))
    try:
        said = lessons.answer(visit.context, visit.actor, project, task, forms.finish(kind, fields))
    except InputError as error:
        return _lesson(visit, here, fields, error.say(visit.language), status_of(error))
    if said is None:
        return visit.go(f"/desk/{project}/lessons")
    desk = opening.desk_of(visit.context, visit.actor, project)
    key = values.shown(kind, options, said.key, desk.scheme, visit.language)
    return show(visit, "feedback", desk=desk, here=here, said=said, key=key)


def clock(visit: Visit) -> Response:
    """How long the task was worked on since the page last said so."""
    text = visit.form.get("spent", "")
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise UsageError("web.bad_form")
    standing.spend(
        visit.context, visit.actor, visit.parts["project"], visit.parts["task"],
        visit.form.get("token", ""), int(text),
    )  # fmt: skip
    return Response(status_code=204)


def dispute(visit: Visit) -> Response:
    """Say that the key of a lesson is wrong."""
    project, task = visit.parts["project"], visit.parts["task"]
    disputing.dispute(visit.context, visit.actor, project, task, visit.form.get("words", ""))
    return visit.go(f"/desk/{project}/lessons")


def behave(visit: Visit) -> Response:
    """What the page counted while an answer was written."""
    counts = {}
    for name in ("pasted", "typed", "away", "taken", "taken_ms"):
        text = visit.form.get(name, "0" if name.startswith("taken") else "")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise UsageError("web.bad_form")
        counts[name] = int(text)
    standing.behave(
        visit.context, visit.actor, visit.parts["project"], visit.parts["task"],
        visit.form.get("token", ""), **counts,
    )  # fmt: skip
    return Response(status_code=204)


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/desk/{project}/before", before),
    ("POST", "/desk/{project}/before", begin),
    ("GET", "/desk/{project}/own", own),
    ("POST", "/desk/{project}/appeal", appeal),
    ("GET", "/desk/{project}/lessons", lesson),
    ("POST", "/desk/{project}/lessons/{task}", learn),
    ("POST", "/desk/{project}/lessons/{task}/dispute", dispute),
    ("POST", "/desk/{project}/task/{task}/behaviour", behave),
    ("POST", "/desk/{project}/task/{task}/time", clock),
)


def _lesson(
    visit: Visit, here: lessons.Now, kept: Mapping[str, Any] | None = None,
    message: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    desk = opening.desk_of(visit.context, visit.actor, visit.parts["project"])
    answer = None
    if here.question is not None:
        answer = forms.fill(here.question.kind, kept, len(here.question.options))
    return show(
        visit, "lesson", status, desk=desk, here=here, task=here.question, answer=answer,
        message=message, marks=forms.MARKS, sides=forms.SIDES, scheme=desk.scheme,
    )  # fmt: skip
