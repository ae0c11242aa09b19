"""The caller's own desks: the same leases, checks and silences as in the browser."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from qinglan.client import models
from qinglan.flow import opening, standing, work
from qinglan.flow.hands import InHand, moment
from qinglan.flow.tokens import Scope
from qinglan.web.api.guard import Asked, Guarded, asked, for_any_token, needs
from qinglan.web.api.paging import seal, unseal

Here = Annotated[Asked, Depends(asked)]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=2000)]

router = APIRouter(route_class=Guarded, tags=["desk"])


@router.get("/me")
@for_any_token
def me(here: Here) -> models.Me:
    """Whose token it is, and what it may be used for."""
    actor = here.caller.actor
    return models.Me(name=actor.name, role=actor.role, scopes=sorted(here.caller.scopes))


@router.get("/desks")
@needs(Scope.ANNOTATE, "annotate")
def desks(here: Here) -> list[models.Desk]:
    """The desks at which the caller has a seat, with their guidelines."""
    return [
        models.Desk(
            project=desk.project, kind=desk.kind, active=desk.active,
            guideline_version=None if desk.guideline is None else desk.guideline.version,
            en="" if desk.guideline is None else desk.guideline.en,
            zh="" if desk.guideline is None else desk.guideline.zh,
            scheme=desk.scheme,
        )
        for desk in opening.desks(here.context, here.caller.actor)
    ]  # fmt: skip


@router.post(
    "/desks/{project}/next",
    response_model=models.InHand,
    responses={204: {"description": "Nothing is left at this moment."}},
)
@needs(Scope.ANNOTATE, "annotate")
def next_task(project: str, here: Here) -> models.InHand | Response:
    """The task to do now: the one in hand, or else the next of the queue.

    Asking again gives the same task, until it is answered or given back.
    """
    standing.see_told(here.context, here.caller.actor, project)
    task = work.next_task(here.context, here.caller.actor, project)
    return Response(status_code=204) if task is None else _in_hand(task)


@router.get("/desks/{project}/queue")
@needs(Scope.ANNOTATE, "annotate")
def queue(
    project: str,
    here: Here,
    part: Literal["todo", "drafts", "submitted", "sent_back"] = "todo",
    after: Cursor = None,
    limit: Limit = 50,
) -> models.Page[models.Listed]:
    """One part of the caller's own queue, newest first."""
    place = f"queue {project} {part}"
    secret = here.context.secret
    page = work.queue(
        here.context, here.caller.actor, project, part, after=unseal(secret, place, after),
        limit=limit,
    )  # fmt: skip
    lines = [
        models.Listed(
            task=line.task, standing=line.standing,
            moved=moment(line.moved), excerpt=line.excerpt,
            note=line.note, drafted=line.drafted,
        )
        for line in page.lines
    ]  # fmt: skip
    return models.Page(items=lines, next=seal(secret, place, page.after))


@router.get("/desks/{project}/tasks/{task}")
@needs(Scope.ANNOTATE, "annotate")
def own_task(project: str, task: str, here: Here) -> models.InHand:
    """A task that the caller was given, with their draft and their answer."""
    return _in_hand(opening.open_task(here.context, here.caller.actor, project, task).task)


@router.post("/desks/{project}/tasks/{task}/submit")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def submit(project: str, task: str, sent: models.Submission, here: Here) -> models.Done:
    """Take the answer; it is on the disk when this returns. The same answer again is one answer."""
    work.submit(here.context, here.caller.actor, project, task, sent.lease, sent.answer)
    return models.Done(task=task)


@router.put("/desks/{project}/tasks/{task}/draft")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def save_draft(project: str, task: str, sent: models.Draft, here: Here) -> models.Done:
    """Keep what is there so far, and the task with it for another lease."""
    work.save_draft(here.context, here.caller.actor, project, task, sent.lease, sent.body)
    return models.Done(task=task)


@router.post("/desks/{project}/tasks/{task}/skip")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def skip(project: str, task: str, sent: models.Skip, here: Here) -> models.Done:
    """Give the task back, and say why."""
    work.skip(
        here.context, here.caller.actor, project, task, sent.lease, sent.reason, note=sent.note
    )
    return models.Done(task=task)


@router.post("/desks/{project}/tasks/{task}/reopen")
@needs(Scope.ANNOTATE, "annotate", repeats=True)
def reopen(project: str, task: str, here: Here) -> models.Done:
    """Open one of the caller's last ten answers again; it counts meanwhile."""
    work.undo(here.context, here.caller.actor, project, task=task)
    return models.Done(task=task)


def _in_hand(task: InHand) -> models.InHand:
    seen = task.suggestion
    return models.InHand(
        task=task.task, kind=task.kind, prompt=task.prompt, options=list(task.options),
        lease=task.token, until=task.until, draft=task.draft, answer=task.answer, note=task.note,
        suggestion=None if seen is None else models.Suggested(answer=seen.fields, by=seen.by),
    )  # fmt: skip
