"""What is there: projects, tasks, answers, verdicts, releases, counts, people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import FileResponse, Response, StreamingResponse

from qinglan import records
from qinglan.client import models
from qinglan.errors import UsageError
from qinglan.flow import export, people, reading, tiers
from qinglan.flow.scheme import show_scheme
from qinglan.flow.status import StatusLine, status
from qinglan.flow.tokens import Scope
from qinglan.web.api.desk import Cursor, Here, Limit
from qinglan.web.api.guard import Asked, Guarded, needs
from qinglan.web.api.paging import cut, seal, unseal

NDJSON = "application/x-ndjson"

router = APIRouter(route_class=Guarded, tags=["reading"])


@router.get("/projects")
@needs(Scope.READ, "read")
def projects(here: Here) -> list[models.Project]:
    """All projects, by name."""
    found = reading.list_projects(here.context, here.caller.actor)
    return [models.Project(name=one.name, kind=one.kind) for one in found]


@router.get("/status")
@needs(Scope.READ, "status")
def counts(here: Here) -> list[models.Status]:
    """What is where on the line, for each project."""
    return [status_of(line) for line in status(here.context, here.caller.actor)]


@router.get("/projects/{project}/scheme")
@needs(Scope.READ, "read")
def scheme(project: str, here: Here) -> models.SchemeVersion:
    """What the project's labels and criteria are called."""
    version, found = show_scheme(here.context, here.caller.actor, project)
    return models.SchemeVersion(version=version, scheme=found)


@router.get("/projects/{project}/tasks")
@needs(Scope.READ, "read")
def tasks(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[models.Task]:
    """The project's tasks, by id."""
    place = f"tasks {project}"
    found = reading.page_tasks(
        here.context, here.caller.actor, project, limit=limit, after=_after(here, place, after)
    )
    items = [_task(one) for one in found.items]
    return models.Page(items=items, next=seal(here.context.secret, place, found.after))


@router.get("/projects/{project}/tasks/{task}")
@needs(Scope.READ, "read")
def task(project: str, task: str, here: Here) -> models.Task:
    """One task."""
    return _task(reading.one_task(here.context, here.caller.actor, project, task))


@router.get("/projects/{project}/annotations")
@needs(Scope.EXPORT, "export")
def answers(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[models.Answered]:
    """The project's tasks with all their standing answers, by id."""
    place = f"annotations {project}"
    found = export.export_page(
        here.context, here.caller.actor, project, limit=limit, after=_after(here, place, after)
    )
    if after is None:  # that the rest is asked for need not be said again
        export.note_export(here.context, here.caller.actor, project)
    items = [models.Answered.model_validate_json(line) for line in found.lines]
    return models.Page(items=items, next=seal(here.context.secret, place, found.after))


@router.get(
    "/projects/{project}/annotations.ndjson",
    response_class=StreamingResponse,
    responses={200: {"content": {NDJSON: {}}, "description": "One task with its answers a line."}},
)
@needs(Scope.EXPORT, "export")
def export_annotations(
    project: str, here: Here, shape: Annotated[export.Shape, Query(alias="format")] = "qinglan"
) -> Response:
    """All of the project's tasks with their standing answers, one JSON line each.

    With ``format=prm800k`` each line is one answer as PRM800K has it, for rated alternatives.
    The response ends as HTTP ends one: whoever reads to that end has all of it.
    """
    first = export.export_page(here.context, here.caller.actor, project, shape=shape)
    export.note_export(here.context, here.caller.actor, project)
    return StreamingResponse(_lines(here, project, first, shape), media_type=NDJSON)


@router.get("/projects/{project}/verdicts")
@needs(Scope.READ, "read")
def verdicts(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[models.Verdict]:
    """The current verdicts, by task."""
    place = f"verdicts {project}"
    found = reading.page_verdicts(
        here.context, here.caller.actor, project, limit=limit, after=_after(here, place, after)
    )
    items = [
        models.Verdict(
            id=one.id, task=one.task, value=one.value, annotation=one.annotation, votes=one.votes,
            probability=None if one.probability is None else str(one.probability),
            method=one.method, reason=one.reason, estimates=one.estimates,
        )
        for one in found.items
    ]  # fmt: skip
    return models.Page(items=items, next=seal(here.context.secret, place, found.after))


@router.get("/projects/{project}/set-aside")
@needs(Scope.READ, "read")
def set_aside(
    project: str,
    here: Here,
    activity: Annotated[str | None, Query(max_length=100)] = None,
    after: Cursor = None,
    limit: Limit = 100,
) -> models.Page[models.SetAside]:
    """Rows that could not be used, with line, field and reason; of one import, or of all."""
    place = f"aside {project} {activity or ''}"
    found = reading.page_set_aside(
        here.context, here.caller.actor, project, activity=activity, limit=limit,
        after=unseal(here.context.secret, place, after) or "0",
    )  # fmt: skip
    items = [aside(one) for one in found.items]
    return models.Page(items=items, next=seal(here.context.secret, place, found.after))


@router.get("/projects/{project}/releases")
@needs(Scope.READ, "read")
def releases(project: str, here: Here) -> list[models.Release]:
    """The project's releases, by name."""
    found = reading.list_releases(here.context, here.caller.actor, project)
    return [_release(one) for one in found]


@router.get("/projects/{project}/releases/{release}")
@needs(Scope.READ, "read")
def release(project: str, release: str, here: Here) -> models.Release:
    """One release."""
    return _release(reading.open_release(here.context, here.caller.actor, project, release).release)


@router.get(
    "/projects/{project}/releases/{release}/manifest",
    response_class=Response,
    responses={200: {"content": {"application/json": {}}, "description": "As it was signed."}},
)
@needs(Scope.READ, "read")
def manifest(project: str, release: str, here: Here) -> Response:
    """The release's manifest, to the byte."""
    found = reading.open_release(here.context, here.caller.actor, project, release)
    return Response(found.manifest.render(), media_type="application/json")


@router.get("/projects/{project}/releases/{release}/files")
@needs(Scope.READ, "read")
def files(project: str, release: str, here: Here) -> list[models.File]:
    """The release's files."""
    found = reading.open_release(here.context, here.caller.actor, project, release)
    digests = {one.name: one.sha256 for one in found.manifest.files}
    return [
        models.File(name=name, bytes=(found.folder / name).stat().st_size, sha256=digests.get(name))
        for name in found.names
        if (found.folder / name).is_file()
    ]


@router.get(
    "/projects/{project}/releases/{release}/files/{name:path}",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file."},
        206: {"description": "The part of it that was asked for."},
        416: {"description": "It has no such part."},
    },
)
@needs(Scope.READ, "read")
def download(project: str, release: str, name: str, here: Here) -> Response:
    """One file of the release; ``Range`` takes up a download that was cut off."""
    found = reading.open_release(here.context, here.caller.actor, project, release)
    place = found.folder.resolve() / name
    # A link that somebody put in the folder must not lead out of it.
    if name not in found.names or place.resolve() != place or not place.is_file():
        raise UsageError("api.no_file", name=name[:200])
    return FileResponse(place, media_type="application/octet-stream", filename=place.name)


@router.get("/people")
@needs(Scope.PEOPLE, "audit")
def everybody(here: Here, after: Cursor = None, limit: Limit = 100) -> models.Page[models.Person]:
    """All accounts and open invitations, by name."""
    found = people.people(here.context, here.caller.actor)
    some, then = cut(here.context.secret, "people", found, lambda one: one.name, after, limit)
    items = [
        models.Person(name=one.name, role=one.role, active=one.active, until=one.until)
        for one in some
    ]
    return models.Page(items=items, next=then)


@router.get("/projects/{project}/people")
@needs(Scope.PEOPLE, "conduct")
def tiered(
    project: str, here: Here, after: Cursor = None, limit: Limit = 100
) -> models.Page[models.Tiered]:
    """Who works in the project, by name, with their tiers and credentials."""
    found = tiers.roster(here.context, here.caller.actor, project).people
    place = f"people {project}"
    some, then = cut(here.context.secret, place, found, lambda one: one.name, after, limit)
    items = [
        models.Tiered(
            name=one.name, seated=one.seated, active=one.active, tier=one.tier,
            languages=list(one.languages), agreed=None if one.agreed is None else one.agreed[0],
            credentials=[
                models.Credential(
                    number=it.number, words=it.words, link=it.link, checked_by=it.checked_by
                )
                for it in one.credentials if it.ended is None
            ],
        )
        for one in some
    ]  # fmt: skip
    return models.Page(items=items, next=then)


def status_of(line: StatusLine) -> models.Status:
    """One project's counts."""
    return models.Status(
        project=line.project, kind=records.Kind(line.kind), counts=dict(line.stages()),
        set_aside=[
            models.Aside(stage=stage, reason=reason, count=count)
            for stage, reason, count in line.set_aside
        ],
        withdrawn=dict(line.withdrawn),
    )  # fmt: skip


def aside(row: records.SetAside) -> models.SetAside:
    """The place of a row and the reason; nothing of what it said."""
    return models.SetAside(
        stage=row.stage, reason=row.reason, line=row.line, field=row.field, record=row.record
    )


def _after(here: Asked, place: str, cursor: str | None) -> str:
    return unseal(here.context.secret, place, cursor) or ""


def _lines(
    here: Asked, project: str, page: export.ExportPage, shape: export.Shape
) -> Iterator[str]:
    while True:
        yield "".join(page.lines)
        if page.after is None:
            return
        page = export.export_page(
            here.context, here.caller.actor, project, after=page.after, shape=shape
        )


def _task(one: records.Task) -> models.Task:
    return models.Task(
        id=one.id, kind=one.kind, prompt=one.prompt, options=list(one.options), skill=one.skill,
        group=one.group,
    )  # fmt: skip


def _release(one: records.Release) -> models.Release:
    return models.Release(
        id=one.id, name=one.name, purpose=one.purpose, root=one.root, rows=one.rows,
        built=one.built,
    )  # fmt: skip
