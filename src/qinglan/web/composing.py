"""Composing a project: what is asked, by which guideline, under which rules, with its desk shown.

The preview is the desk's own form with a task to try it on. Without a script a button shows it;
with one it follows what is typed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response, StreamingResponse

from qinglan.errors import InputError, UsageError
from qinglan.flow import guiding, office
from qinglan.flow.plans import Plan, read_asked, read_plan, write_asked, write_plan
from qinglan.flow.scheme import NAMED, set_scheme
from qinglan.kinds.scheme import Scheme, parse, write
from qinglan.records import Kind, Role
from qinglan.web import forms, naming
from qinglan.web.handling import status_of
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit
from qinglan.wording import catalogue
from qinglan.work import Rules
from qinglan.workspace import Workspace

MANAGERS = frozenset({Role.OWNER, Role.LEAD})
MOST_OPTIONS = 26
_PAIRS = frozenset({Kind.PREFERENCE, Kind.COMPARISON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A task to try a desk on."""

    kind: Kind
    prompt: str
    options: tuple[str, ...]


def begin(visit: Visit) -> Response:
    """An empty form."""
    office.may_manage(visit.actor)
    return _new(visit, Plan(name="", kind=Kind.MARKS))


def make(visit: Visit) -> Response:
    """Make the project, or show what it would look like, or take the settings from a file."""
    office.may_manage(visit.actor)
    does = visit.form.get("does", "")
    plan = Plan(name="", kind=Kind.MARKS)
    try:
        plan = replace(_written(visit.form), rules=None)
        if does == "preview":
            return _preview(visit, plan) if visit.fragment else _new(visit, plan)
        if does == "file":
            plan = read_plan(visit.form.get("file", ""))
            return _new(visit, plan)
        if does != "make":
            raise UsageError("web.bad_form")
        plan = replace(plan, rules=rules_of(visit.form))
        Workspace(visit.context, visit.actor).compose(plan, new=True)
    except InputError as error:
        if visit.fragment:
            raise
        return _new(visit, plan, error.say(visit.language), status_of(error))
    return visit.go(f"/office/projects/{plan.name}")


def guideline(visit: Visit) -> Response:
    """The guideline in all its versions, and the form for another."""
    return show_guideline(visit)


def revise(visit: Visit) -> Response:
    """Ask by another guideline, or show what it would look like."""
    office.may_manage(visit.actor)
    project, form = visit.parts["project"], visit.form
    plan = replace(_written(form, visit), name=project)
    try:
        if form.get("does") == "preview":
            return _preview(visit, plan) if visit.fragment else show_guideline(visit, plan)
        if form.get("does") != "keep":
            raise UsageError("web.bad_form")
        skills = [one.strip() for one in form.get("skills", "").split(",")]
        touches = {"none": [], "all": None, "skills": [one for one in skills if one]}
        chosen = form.get("touches", "")
        if chosen not in touches or (chosen == "skills" and not touches[chosen]):
            raise UsageError("web.bad_form")
        guiding.revise(
            visit.context, visit.actor, project, en=plan.en, zh=plan.zh, why=form.get("why", ""),
            touches=touches[chosen],
        )  # fmt: skip
    except InputError as error:
        if visit.fragment:
            raise
        return show_guideline(visit, plan, error.say(visit.language), status_of(error))
    return visit.go(f"/office/projects/{project}/guideline")


def settings(visit: Visit) -> Response:
    """The project as a file, to be kept beside the data."""
    plan = Workspace(visit.context, visit.actor).plan(visit.parts["project"])
    kept = {"content-disposition": f'attachment; filename="{plan.name}.toml"'}
    return Response(write_plan(plan), media_type="application/toml", headers=kept)


def apply(visit: Visit) -> Response:
    """Bring a project to what a file says."""
    office.may_manage(visit.actor)
    project, form = visit.parts["project"], visit.form
    try:
        plan = read_plan(form.get("file", ""))
        if plan.name != project:
            raise UsageError("flow.plan_bad", field="name", why=f"{plan.name} ≠ {project}"[:200])
        touches = None if form.get("touches") == "all" else ()
        Workspace(visit.context, visit.actor).compose(
            plan, why=form.get("why", ""), touches=touches
        )
    except InputError as error:
        return show_guideline(visit, None, error.say(visit.language), status_of(error))
    return visit.go(f"/office/projects/{project}/guideline")


def name(visit: Visit) -> Response:
    """Name labels and criteria: their keys stay, so old answers come along."""
    office.may_manage(visit.actor)
    project, form = visit.parts["project"], visit.form
    kind = office.desk(visit.context, visit.actor, project).kind
    try:
        set_scheme(visit.context, visit.actor, project, naming.said(form, kind))
    except InputError as error:
        return show_guideline(
            visit, None, error.say(visit.language), status_of(error), naming.again(form, kind)
        )
    return visit.go(f"/office/projects/{project}/guideline")


def touched(visit: Visit) -> Response:
    """Which answers a version touches, as CSV: ids alone, so nothing in it is a formula."""
    number = visit.parts["version"]
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise UsageError("flow.no_version", version=number[:20], project=visit.parts["project"])
    found = guiding.touched(visit.context, visit.actor, visit.parts["project"], int(number))
    kept = {"content-disposition": 'attachment; filename="touched.csv"'}
    return StreamingResponse(_table(found), media_type="text/csv; charset=utf-8", headers=kept)


def rules_of(form: Mapping[str, str]) -> Rules:
    """The rules in a form.

    Raises:
        UsageError: one is none, or out of its range.
    """

    def number(name: str) -> int:
        text = form.get(name, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise UsageError("assignment.bad_rules", why=name)
        return int(text)

    try:
        return Rules(
            overlap=number("overlap"), gold_per_mille=number("gold_per_mille"),
            lease_seconds=60 * number("lease_minutes"),
            most=number("most") if form.get("most", "").strip() else None,
            stop_after=number("stop_after") if "stop_after" in form else Rules().stop_after,
            reserved=number("reserved") if form.get("reserved", "").strip() else 0,
            reserved_for=form.get("reserved_for", "").strip() or None,
            by_gain=form.get("by_gain", "") == "1",
        )  # fmt: skip
    except ValueError as error:
        raise UsageError("assignment.bad_rules", why=str(error)) from None


_HERE = "/office/projects/{project}/guideline"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/office/new", begin),
    ("POST", "/office/new", make),
    ("GET", _HERE, guideline),
    ("POST", _HERE, revise),
    ("GET", "/office/projects/{project}/settings.toml", settings),
    ("POST", "/office/projects/{project}/settings", apply),
    ("POST", "/office/projects/{project}/names", name),
    ("GET", _HERE + "/{version}/touched.csv", touched),
)


def _new(visit: Visit, plan: Plan, message: str | None = None, status: int = 200) -> Response:
    rules = {
        **numbers_of(plan.rules or Rules()),
        **{n: visit.form[n] for n in _RULES & {*visit.form}},
    }
    if visit.form.get("does") == "file" and message is None:
        rules = numbers_of(plan.rules or Rules())
    return show(
        visit, "compose", status, plan=plan, rules=rules, message=message, kinds=tuple(Kind),
        asked=visit.form.get("asked") or write_asked(plan),
        file=visit.form.get("file", ""), **_shown(visit, plan),
    )  # fmt: skip


_RULES = {
    "overlap", "most", "gold_per_mille", "lease_minutes", "stop_after", "reserved", "reserved_for",
    "by_gain",
}  # fmt: skip


def numbers_of(rules: Rules) -> dict[str, str]:
    """``rules`` as a form shows them."""
    return {
        "overlap": str(rules.overlap), "most": "" if rules.most is None else str(rules.most),
        "gold_per_mille": str(rules.gold_per_mille), "stop_after": str(rules.stop_after),
        "lease_minutes": str(max(1, rules.lease_seconds // 60)),
        "reserved": str(rules.reserved), "reserved_for": rules.reserved_for or "",
        "by_gain": "1" if rules.by_gain else "",
    }  # fmt: skip


def show_guideline(
    visit: Visit, plan: Plan | None = None, message: str | None = None, status: int = 200,
    names: naming.Naming | None = None,
) -> Response:  # fmt: skip
    """The page of the guideline, with the form in which labels and criteria are named."""
    desk = office.desk(visit.context, visit.actor, visit.parts["project"])
    versions = guiding.versions(visit.context, visit.actor, desk.project)
    text = versions[0].text
    plan = plan or Plan(name=desk.project, kind=desk.kind, en=text.en, zh=text.zh, rules=desk.rules)
    return show(
        visit, "guideline", status, project=desk.project, plan=plan, versions=versions,
        manages=visit.actor.role in MANAGERS, message=message, form=visit.form,
        names=names or naming.form_of(visit, desk.project, desk.kind),
        exports=visit.actor.role in MANAGERS | {Role.AUDITOR}, **_shown(visit, plan),
    )  # fmt: skip


def _preview(visit: Visit, plan: Plan) -> Response:
    return show(visit, "compose_preview", plan=plan, **_shown(visit, plan))


def _shown(visit: Visit, plan: Plan) -> dict[str, Any]:
    """What the preview shows: that kind's desk, with the task typed in the form or one of ours."""
    task = _trial(visit, plan.kind, plan.scheme)
    return {
        "task": task, "answer": forms.fill(plan.kind, None, len(task.options)),
        "marks": forms.MARKS, "sides": forms.SIDES,
        "trial_prompt": visit.form.get("trial_prompt", ""),
        "trial_options": visit.form.get("trial_options", ""),
        "scheme": plan.scheme, "scheme_text": visit.form.get("scheme") or write(plan.scheme),
    }  # fmt: skip


def _trial(visit: Visit, kind: Kind, scheme: Scheme) -> Trial:
    phrase = catalogue().get(f"web.trial.{kind.value}") or catalogue()["web.trial.free"]
    ours = phrase.zh if visit.language == "zh" else phrase.en
    prompt, *options = ours.split("\n")
    typed = [one for one in visit.form.get("trial_options", "").splitlines() if one.strip()]
    if options and typed:
        options = [*typed, *options[len(typed) :]] if kind in _PAIRS else typed
    if stated := scheme.options(kind) if kind in NAMED else ():
        first = {Kind.RUBRIC: 1, Kind.COMPARISON: 2, Kind.SPANS: 1}.get(kind, 0)
        options = [*options[:first], *stated]
    if kind is Kind.ALTERNATIVES:
        options = [json.dumps(one.split(" | ")) for one in options]
    if kind is Kind.CHAT:
        asked = visit.form.get("trial_prompt", "").strip() or prompt
        options = [json.dumps({"role": "user", "content": asked})]
    most = {Kind.PREFERENCE: 2, Kind.EDIT: 1}.get(kind, MOST_OPTIONS)
    prompt = visit.form.get("trial_prompt", "").strip() or prompt
    return Trial(kind=kind, prompt=prompt, options=tuple(options[:most]))


def _written(form: Mapping[str, str], visit: Visit | None = None) -> Plan:
    """What stands in the form, finished or not. Of a project that is there the kind is known."""
    if visit is not None:
        kind = office.desk(visit.context, visit.actor, visit.parts["project"]).kind
    else:
        try:
            kind = Kind(form.get("kind", ""))
        except ValueError:
            raise UsageError("web.bad_form") from None
    guiding.checked(form.get("en", ""), form.get("zh", ""))
    plan = Plan(
        name=form.get("name", "").strip(), kind=kind, en=form.get("en", ""),
        zh=form.get("zh", ""), scheme=parse(form.get("scheme", "")),
    )  # fmt: skip
    return read_asked(form.get("asked", ""), plan)


def _table(found: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield "task,answer\r\n"
    for row in found:
        line = io.StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue()
