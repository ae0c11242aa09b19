"""Checking, judging and releasing as jobs that a program looks at; and pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query

from qinglan.client import models
from qinglan.flow import jobs, pay
from qinglan.flow.tokens import Scope
from qinglan.web import doing
from qinglan.web.api.desk import Here
from qinglan.web.api.guard import Asked, Guarded, needs
from qinglan.web.visits import language_of

Day = Annotated[str | None, Query(max_length=20)]

router = APIRouter(route_class=Guarded, tags=["releasing"])


@router.post("/projects/{project}/verify")
@needs(Scope.RELEASE, "verify", repeats=True)
def begin_verify(project: str, here: Here) -> models.Job:
    """Begin to check new answers against their keys."""
    context, actor = here.context, here.caller.actor
    return _job(here, project, doing.begin_verify(context, actor, project))


@router.post("/projects/{project}/judge")
@needs(Scope.RELEASE, "judge", repeats=True)
def begin_judge(project: str, sent: models.Judging, here: Here) -> models.Job:
    """Begin to conclude a verdict on every task."""
    job = doing.begin_judge(
        here.context, here.caller.actor, project, threshold=Decimal(sent.threshold),
        use_keys=sent.use_keys,
    )  # fmt: skip
    return _job(here, project, job)


@router.post("/projects/{project}/releases")
@needs(Scope.RELEASE, "release", repeats=True)
def begin_release(project: str, sent: models.NewRelease, here: Here) -> models.Job:
    """Begin to build a release; the gate judges every source first."""
    job = doing.begin_release(
        here.context, here.caller.actor, project, name=sent.name, purpose=sent.purpose
    )
    return _job(here, project, job)


@router.get("/projects/{project}/jobs/{job}")
@needs(Scope.RELEASE, "verify")
def job(project: str, job: str, here: Here) -> models.Job:
    """How far a job is, or what came of it."""
    return _job(here, project, job)


@router.get("/projects/{project}/pay")
@needs(Scope.PAY, "pay")
def statement(project: str, here: Here, start: Day = None, end: Day = None) -> models.Statement:
    """Who earned what, as verdicts stand now; of some days (UTC, 2026-03-01) or of all."""
    made = pay.statement(here.context, here.caller.actor, project, start=start, end=end)
    return models.Statement(
        project=project, unrated=made.unrated,
        people=[
            models.Earned(
                person=one.person, currency=one.currency, answers=one.answers,
                amount=format(one.amount, "f"),
            )
            for one in made.people
        ],
    )  # fmt: skip


@router.put("/projects/{project}/pay/rate")
@needs(Scope.PAY, "rate", repeats=True)
def set_rate(project: str, sent: models.NewRate, here: Here) -> models.Rate:
    """Pay another amount for each accepted answer to tasks given out from now on."""
    rate = pay.set_rate(
        here.context, here.caller.actor, project, sent.amount, sent.currency, budget=sent.budget
    )
    return models.Rate(
        version=rate.version, amount=format(rate.amount, "f"), currency=rate.currency,
        budget=None if rate.budget is None else format(rate.budget, "f"),
    )  # fmt: skip


def job_told(here: Asked, seen: jobs.Seen) -> models.Job:
    """A job as it goes over the wire."""
    why = seen.why(language_of(here.request)) if seen.state == "failed" else None
    return models.Job(
        id=seen.id, verb=seen.verb, state=seen.state, done=seen.done, total=seen.total,
        result=dict(seen.told) if seen.state == "done" else None, why=why, started=seen.started,
    )  # fmt: skip


def _job(here: Asked, project: str, id_: str) -> models.Job:
    return job_told(here, jobs.look(here.context, here.caller.actor, project, id_))
