"""The reviewer's pages: what is worth a look, one task with all its answers, and the ruling."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from qinglan.errors import InputError, UsageError
from qinglan.flow import contesting, contests, desk, disputing, load, office, review
from qinglan.flow import status as line
from qinglan.records import Kind
from qinglan.web import forms, values
from qinglan.web.handling import status_of
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit
from qinglan.wording import catalogue
from qinglan.work import Rules

JUDGES = 3
"""People who compare each pair, where the place for it is new."""


def queue(visit: Visit) -> Response:
    """The tasks that are worth most."""
    name = visit.parts["project"]
    return _queue(visit, name)


def contest(visit: Visit) -> Response:
    """Have others compare the written texts: in a project that is there, or in a new one."""
    name, into = visit.parts["project"], visit.form.get("into", "").strip()
    new = into not in {one.project for one in line.status(visit.context, visit.actor)}
    try:
        if new:
            asked = catalogue()["flow.contest_guideline"]
            load.make_project(
                visit.context, visit.actor, into, Kind.PREFERENCE, en=asked.en, zh=asked.zh
            )
        done = contesting.contest(visit.context, visit.actor, name, into)
        if new:
            desk.open_desk(visit.context, visit.actor, into, Rules(overlap=JUDGES))
    except InputError as error:
        return _queue(visit, name, message=error.say(visit.language), status=status_of(error))
    return _queue(visit, name, done=done)


def _queue(
    visit: Visit, name: str, *, done: contesting.Contested | None = None,
    message: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    page = review.review_queue(visit.context, visit.actor, name, after=visit.query.get("after", ""))
    kind = office.desk(visit.context, visit.actor, name).kind
    return show(
        visit, "review", status, project=name, page=page, done=done, message=message,
        texts=kind in contests.KINDS and office.may(visit.actor, "contest"),
    )  # fmt: skip


def one_task(visit: Visit) -> Response:
    """One task with all its answers."""
    return _page(visit)


def decide(visit: Visit) -> Response:
    """Rule for an answer, write the right one, or send one back; then the queue."""
    does, form = visit.form.get("does", ""), visit.form
    name, task = visit.parts["project"], visit.parts["task"]
    note, annotation = form.get("note", "").strip(), form.get("annotation", "")
    fields: dict[str, Any] | None = None
    try:
        if does == "send_back":
            if not note:
                raise UsageError("web.needs_reason")
            review.return_answer(visit.context, visit.actor, name, task, annotation, note)
            return visit.go(f"/office/projects/{name}/review")
        payload = None
        if does == "write":
            kind, fields = _written(visit)
            payload = forms.finish(kind, fields)
        elif does == "accept":
            annotation = visit.form.get("concluded", "")
        elif does != "choose":
            raise UsageError("web.bad_form")
        review.rule(
            visit.context, visit.actor, name, task, considered=form.get("considered", "").split(),
            annotation=annotation, payload=payload, note=note,
            licence=form.get("licence", "").strip() or None,
        )  # fmt: skip
    except InputError as error:
        # What was typed comes back with the page that says what is wrong.
        return _page(visit, fields, error.say(visit.language), status_of(error))
    return visit.go(f"/office/projects/{name}/review")


def keys(visit: Visit) -> Response:
    """The keys that are disputed."""
    return _keys(visit)


def decide_key(visit: Visit) -> Response:
    """Let a disputed key stand, or correct it."""
    form, does = visit.form, visit.form.get("does", "")
    if does not in ("stands", "correct"):
        raise UsageError("web.bad_form")
    try:
        disputing.decide(
            visit.context, visit.actor, visit.parts["project"], form.get("task", ""),
            key=form.get("key", "") if does == "correct" else None, words=form.get("words", ""),
        )  # fmt: skip
    except InputError as error:
        return _keys(visit, error.say(visit.language), status_of(error))
    return visit.go(f"/office/projects/{visit.parts['project']}/keys")


ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/office/projects/{project}/review", queue),
    ("POST", "/office/projects/{project}/contest", contest),
    ("GET", "/office/projects/{project}/keys", keys),
    ("POST", "/office/projects/{project}/keys", decide_key),
    ("GET", "/office/projects/{project}/review/{task}", one_task),
    ("POST", "/office/projects/{project}/review/{task}", decide),
)


def _keys(visit: Visit, message: str | None = None, status: int = 200) -> Response:
    name = visit.parts["project"]
    found = disputing.disputed(visit.context, visit.actor, name)
    return show(visit, "keys", status, project=name, found=found, message=message)


def _page(
    visit: Visit, fields: dict[str, Any] | None = None, message: str | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    name = visit.parts["project"]
    task = review.open_review(visit.context, visit.actor, name, visit.parts["task"])
    return show(
        visit, "adjudicate", status, project=name, task=task, message=message,
        reviews=office.may(visit.actor, "review"),
        considered=" ".join(side.annotation for side in task.sides),
        concluded=next((side.annotation for side in task.sides if side.concluded), None),
        writing=fields is not None,
        answer=forms.fill(task.kind, fields, len(task.options)), marks=forms.MARKS,
        sides=forms.SIDES, scheme=task.scheme, written=task.kind in review.TEXTS,
        value_shown=lambda value: values.shown(
            task.kind, task.options, value, task.scheme, visit.language
        ),
    )  # fmt: skip


def _written(visit: Visit) -> tuple[Kind, dict[str, Any]]:
    """The reviewer's own answer, as it stands in the form."""
    task = review.open_review(
        visit.context, visit.actor, visit.parts["project"], visit.parts["task"]
    )
    return task.kind, forms.read(task.kind, visit.form, len(task.options))
