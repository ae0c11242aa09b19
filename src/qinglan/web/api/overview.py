"""What a lead and an auditor read and set of a project: guideline, settings, board, log, files."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from qinglan.client import models, office
from qinglan.errors import UsageError
from qinglan.flow import auditing, guiding, history, jobs, leaving, pay, plans, reading, release
from qinglan.flow import board as boards
from qinglan.flow.auditing import AuditPage
from qinglan.flow.board import Pulse
from qinglan.flow.hands import moment
from qinglan.flow.tokens import Scope
from qinglan.web.api.desk import Cursor, Here, Limit
from qinglan.web.api.guard import Asked, Guarded, needs
from qinglan.web.api.paging import cut, seal, unseal
from qinglan.web.api.reading import NDJSON, status_of
from qinglan.web.api.releasing import Day, job_told
from qinglan.web.visits import language_of
from qinglan.workspace import Workspace

Narrow = Annotated[str, Query(max_length=200)]
CSV = {"content": {"text/csv": {}}, "description": "A table."}

router = APIRouter(route_class=Guarded, tags=["overview"])


@router.get("/projects/{project}/guideline")
@needs(Scope.READ, "read")
def guideline(
    project: str, here: Here, after: Cursor = None, limit: Limit = 20
) -> models.Page[office.GuidelineVersion]:
    """Every version of the guideline, the newest first."""
    found = guiding.versions(here.context, here.caller.actor, project)
    some, then = cut(
        here.context.secret, f"guideline {project}", found,
        lambda one: f"{10**9 - one.text.version:010d}", after, limit,
    )  # fmt: skip
    return models.Page(items=[_version(one) for one in some], next=then)


@router.post("/projects/{project}/guideline")
@needs(Scope.IMPORT, "import", repeats=True)
def revise(project: str, sent: office.NewGuideline, here: Here) -> office.GuidelineVersion:
    """Ask by another guideline from now on, and say which answers it touches."""
    made = guiding.revise(
        here.context, here.caller.actor, project, en=sent.en, zh=sent.zh, why=sent.why,
        touches=sent.touches,
    )  # fmt: skip
    return _version(made)


@router.get(
    "/projects/{project}/guideline/{version}/touched.ndjson",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}, "description": "One answer a line, by ids."}},
)
@needs(Scope.EXPORT, "export")
def touched(project: str, version: int, here: Here) -> Response:
    """Task and answer, by id, of the standing answers that a version touches."""
    if not 0 <= version < 2**31:
        raise UsageError("flow.no_version", version=str(version)[:20], project=project)
    found = guiding.touched(here.context, here.caller.actor, project, version)
    lines = (json.dumps({"task": task, "annotation": answer}) + "\n" for task, answer in found)
    return StreamingResponse(lines, media_type=NDJSON)


@router.get(
    "/projects/{project}/settings",
    response_class=Response,
    responses={200: {"content": {"application/toml": {}}, "description": "The settings."}},
)
@needs(Scope.READ, "read")
def settings(project: str, here: Here) -> Response:
    """The project as a file (TOML), to be kept beside the data."""
    plan = Workspace(here.context, here.caller.actor).plan(project)
    return Response(plans.write_plan(plan), media_type="application/toml")


@router.put("/projects/{project}/settings")
@needs(Scope.IMPORT, "import", repeats=True)
def apply(project: str, sent: office.Settings, here: Here) -> office.Composed:
    """Make the project that a file describes, or bring one that is there to it."""
    plan = plans.read_plan(sent.file)
    if plan.name != project:
        raise UsageError("flow.plan_bad", field="name", why=f"{plan.name} ≠ {project}"[:200])
    made = Workspace(here.context, here.caller.actor).compose(
        plan, why=sent.why, touches=sent.touches
    )
    return office.Composed(
        project=made.project, made=made.made, ruled=made.ruled,
        revised=None if made.revised is None else _version(made.revised),
        changed=list(made.changed),
    )  # fmt: skip


@router.get("/projects/{project}/board")
@needs(Scope.READ, "status")
def board(project: str, here: Here) -> office.Board:
    """How the project goes: from running counts alone, so it is quick whatever its size."""
    found = boards.board(here.context, here.caller.actor, project)
    return office.Board(
        project=project, status=status_of(found.line), answers=found.answers,
        in_hand=found.in_hand, a_day=found.a_day, days_left=found.days_left,
        budget=_digits(found.budget) if found.pays else None, spent=found.spent,
        waiting=None if found.waiting is None else office.Waiting(
            tasks=found.waiting.tasks, tier=found.waiting.tier, people=found.waiting.people
        ),
        days=[office.Day(day=one.day, answers=one.answers) for one in found.days],
        moments=[_moment(one, pays=found.pays) for one in found.moments],
    )  # fmt: skip


@router.get("/audit")
@needs(Scope.AUDIT, "audit")
def audit(
    here: Here,
    who: Narrow = "",
    verb: Narrow = "",
    first: Narrow = "",
    last: Narrow = "",
    after: Cursor = None,
    limit: Limit = 100,
) -> models.Page[office.Deed]:
    """What was done in the workspace, newest first; by somebody, of a kind, on some days (UTC)."""
    place = f"audit {who} {verb} {first} {last}"
    found = auditing.audit_log(
        here.context, here.caller.actor, who=who, verb=verb, first=first, last=last,
        before=unseal(here.context.secret, place, after) or "", limit=limit,
    )  # fmt: skip
    return _deeds(here, place, found)


@router.get("/projects/{project}/audit")
@needs(Scope.AUDIT, "audit")
def project_audit(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[office.Deed]:
    """What was done in a project, newest first."""
    place = f"audit of {project}"
    found = auditing.project_log(
        here.context, here.caller.actor, project,
        before=unseal(here.context.secret, place, after) or "", limit=limit,
    )  # fmt: skip
    return _deeds(here, place, found)


@router.get(
    "/projects/{project}/history.ndjson",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}, "description": "One entry of the chain a line."}},
)
@needs(Scope.AUDIT, "audit")
def history_chain(project: str, here: Here) -> Response:
    """The hash chain as ``qinglan history export`` writes it, to check a release against."""
    found = history.stream_history(here.context, here.caller.actor, project)
    return StreamingResponse(found, media_type=NDJSON)


@router.get("/projects/{project}/jobs")
@needs(Scope.READ, "status")
def last_jobs(
    project: str, here: Here, limit: Annotated[int, Query(ge=1, le=100)] = 30
) -> list[models.Job]:
    """The last jobs, the newest first."""
    found = jobs.newest(here.context, here.caller.actor, project, limit=limit)
    return [job_told(here, one) for one in found]


@router.get("/projects/{project}/pay/plan")
@needs(Scope.PAY, "pay")
def pay_plan(project: str, here: Here) -> office.PayPlan:
    """What is paid, the newest rate first, and how the budget stands."""
    found = pay.plan(here.context, here.caller.actor, project)
    return office.PayPlan(
        project=project,
        rates=[
            office.PaidAt(
                version=one.version, amount=format(one.amount, "f"), currency=one.currency,
                budget=_digits(one.budget), since=moment(one.since),
            )
            for one in found.rates
        ],
        committed=format(found.committed, "f"), reached=found.reached,
    )  # fmt: skip


@router.get("/projects/{project}/pay/statement.csv", response_class=Response, responses={200: CSV})
@needs(Scope.PAY, "pay")
def pay_table(project: str, here: Here, start: Day = None, end: Day = None) -> Response:
    """Who earned what as CSV that no spreadsheet runs; of some days (UTC) or of all."""
    made = pay.statement(here.context, here.caller.actor, project, start=start, end=end)
    return Response(pay.table(made), media_type="text/csv; charset=utf-8")


@router.get(
    "/projects/{project}/set-aside.{shape}",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}, NDJSON: {}}, "description": "One row a row."}},
)
@needs(Scope.READ, "read")
def set_aside_table(
    project: str,
    shape: Literal["csv", "jsonl"],
    here: Here,
    activity: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """What was set aside, as a file: each row with its line, field, reason and remedy."""
    found = leaving.set_aside_table(
        here.context, here.caller.actor, project, language=language_of(here.request),
        activity=activity, shape=shape,
    )  # fmt: skip
    media = "text/csv; charset=utf-8" if shape == "csv" else NDJSON
    return StreamingResponse(found, media_type=media)


@router.get("/projects/{project}/releases/{release}/check")
@needs(Scope.READ, "read")
def check_release(project: str, release: str, here: Here) -> office.Checked:
    """Whether a release is as it was signed, and whether its terms hold still."""
    return _checked(here, project, release)


def _checked(here: Asked, project: str, name: str) -> office.Checked:
    found = reading.open_release(here.context, here.caller.actor, project, name)
    made = release.check_release(found.folder, key=here.context.key_folder)
    language = language_of(here.request)
    return office.Checked(
        release=name, whole=not made.failures,
        failures=[one.say(language) for one in made.failures],
        lapses=[one.say(language) for one in made.lapses],
    )  # fmt: skip


def _version(one: guiding.Version) -> office.GuidelineVersion:
    return office.GuidelineVersion(
        version=one.text.version, en=one.text.en, zh=one.text.zh, since=one.since, why=one.why,
        touches=None if one.touches is None else list(one.touches), answers=one.answers,
    )  # fmt: skip


def _moment(one: Pulse, *, pays: bool) -> office.Moment:
    return office.Moment(
        at=moment(one.at), tasks=one.tasks, answers=one.answers, judged=one.judged,
        accepted=one.accepted, agreement=_digits(one.agreement),
        agreement_low=_digits(one.agreement_low), agreement_high=_digits(one.agreement_high),
        error=_digits(one.error), spent=_digits(one.spent) if pays else None,
        currency=one.currency if pays else None,
    )  # fmt: skip


def _deeds(here: Asked, place: str, found: AuditPage) -> models.Page[office.Deed]:
    items = [
        office.Deed(actor=one.actor, verb=one.verb, at=one.at, code=one.code, facts=dict(one.facts))
        for one in found.done
    ]
    return models.Page(items=items, next=seal(here.context.secret, place, found.before))


def _digits(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
