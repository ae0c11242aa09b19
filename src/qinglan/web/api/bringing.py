"""Bringing in: projects, desks and seats, and files of tasks and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from qinglan.client import models
from qinglan.errors import UsageError
from qinglan.flow import desk, load, reading, scheme, seating, tiers
from qinglan.flow.load import Imported
from qinglan.flow.terms import Terms
from qinglan.flow.tokens import Scope
from qinglan.kinds.scheme import Scheme
from qinglan.web.api.desk import Here
from qinglan.web.api.guard import Asked, Guarded, digest_of, needs
from qinglan.web.api.reading import NDJSON, aside
from qinglan.web.api.uploads import Upload, received
from qinglan.work import Rules

ROWS_TOLD = 1_000
"""Rows set aside that the response of an import holds."""

Word = Annotated[str | None, Query(max_length=500)]
Map = Annotated[list[str], Query(alias="map", max_length=100)]
"""``TARGET=FIELD`` pairs, as ``qinglan import`` takes them."""
Part = Annotated[Literal["train", "dev", "test"] | None, Query()]
SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {NDJSON: {"schema": {"type": "string"}}},
        "description": "One JSON object a line.",
    }
}

router = APIRouter(route_class=Guarded, tags=["bringing in"])


@router.post("/projects")
@needs(Scope.IMPORT, "import", repeats=True)
def make_project(sent: models.NewProject, here: Here) -> models.Project:
    """Make a project with its first guideline; one that is there already stays as it is."""
    made = load.make_project(
        here.context, here.caller.actor, sent.name, sent.kind, en=sent.en, zh=sent.zh
    )
    return models.Project(name=made.name, kind=made.kind)


@router.put("/projects/{project}/scheme")
@needs(Scope.IMPORT, "scheme", repeats=True)
def set_scheme(project: str, sent: Scheme, here: Here) -> models.SchemeVersion:
    """Say what the project's labels and criteria are called; keys that are there must stay."""
    version = scheme.set_scheme(here.context, here.caller.actor, project, sent)
    return models.SchemeVersion(version=version, scheme=sent)


@router.put("/projects/{project}/desk")
@needs(Scope.IMPORT, "desk", repeats=True)
def open_desk(project: str, sent: models.Rules, here: Here) -> models.Opened:
    """Open the project's desk, or change its rules."""
    try:
        rules = Rules(**sent.model_dump())
    except ValueError as error:
        raise UsageError("assignment.bad_rules", why=str(error)) from None
    done = desk.open_desk(here.context, here.caller.actor, project, rules)
    return models.Opened(project=done.project, queued=done.queued)


@router.put("/projects/{project}/seats/{name}")
@needs(Scope.IMPORT, "desk", repeats=True)
def seat(project: str, name: str, sent: models.Seat, here: Here) -> models.Seated:
    """Let an account work at the desk: a person, a model, or a program."""
    context, actor = here.context, here.caller.actor
    if sent.type == "person":
        if sent.channel not in (None, "person") or sent.family is not None:
            raise UsageError("api.person_terms")
        annotator = desk.seat(
            context, actor, project, name, skills=sent.skills, licence=sent.licence
        )
    else:
        if sent.channel in (None, "person"):
            raise UsageError("api.program_terms")
        terms = Terms(channel=sent.channel, licence=sent.licence, family=sent.family)
        annotator = seating.seat_program(
            context, actor, project, name, type=sent.type, terms=terms, skills=sent.skills
        )
    return models.Seated(project=project, name=name, annotator=annotator)


@router.put("/projects/{project}/people/{name}/tier")
@needs(Scope.IMPORT, "desk", repeats=True)
def tier(project: str, name: str, sent: models.Tier, here: Here) -> models.Tier:
    """Give an annotator of the project a tier, or take theirs away."""
    tiers.give_tier(here.context, here.caller.actor, project, name, sent.tier, sent.why)
    return sent


@router.post("/projects/{project}/tasks", response_model=models.Imported, openapi_extra=SENT)
@needs(Scope.IMPORT, "import", repeats=True, streams=True)
async def import_tasks(
    project: str,
    here: Here,
    name: Annotated[str, Query(max_length=100)],
    channel: models.Channel,
    pairs: Map,
    licence: Word = None,
    family: Word = None,
    part: Part = None,
    original_channel: models.Channel | None = None,
    original_licence: Word = None,
    original_family: Word = None,
    original_name: Word = None,
) -> Response:
    """Bring tasks in, with keys where they are mapped; rows that cannot be used are set aside.

    ``name`` is that of the data set. The same file again brings nothing in twice. Terms of the
    ``original`` are those of answers that are to be edited.
    """
    terms = Terms(channel=channel, licence=licence, family=family, part=part)
    original = None
    if original_channel is not None:
        original = Terms(
            channel=original_channel, licence=original_licence, family=original_family,
            name=original_name,
        )  # fmt: skip

    def do(file: Upload) -> Imported:
        return load.load_tasks(
            here.context, here.caller.actor, project, file.path, load.task_mapping(pairs), terms,
            original=original, sha256=file.sha256, progress=here.hold,
        )  # fmt: skip

    return await _bring(here, project, name, do)


@router.post("/projects/{project}/annotations", response_model=models.Imported, openapi_extra=SENT)
@needs(Scope.IMPORT, "import", repeats=True, streams=True)
async def import_annotations(
    project: str,
    here: Here,
    name: Annotated[str, Query(max_length=100)],
    channel: models.Channel,
    pairs: Map,
    annotator_type: Literal["person", "model", "program"],
    tasks_from: Word = None,
    declared: Word = None,
    licence: Word = None,
    family: Word = None,
    part: Part = None,
) -> Response:
    """Bring answers in, to tasks that are here; rows that cannot be used are set aside.

    ``tasks_from`` names the data set whose ids the rows use, where it is not this one.
    ``declared`` is the caller's word that the people agreed what may be done with their answers.
    """
    terms = Terms(channel=channel, licence=licence, family=family, part=part)

    def do(file: Upload) -> Imported:
        return load.load_answers(
            here.context, here.caller.actor, project, file.path, load.answer_mapping(pairs), terms,
            annotator_type=annotator_type, tasks_from=tasks_from, declared=declared,
            sha256=file.sha256, progress=here.hold,
        )  # fmt: skip

    return await _bring(here, project, name, do)


async def _bring(
    here: Asked, project: str, name: str, do: Callable[[Upload], Imported]
) -> Response:
    async with received(here.request, here.context, name) as file:

        async def bring() -> Response:
            done = await run_in_threadpool(_brought, here, project, do, file)
            return Response(done.model_dump_json(), media_type="application/json")

        return await here.once(digest_of(here.request, file.sha256), bring)


def _brought(
    here: Asked, project: str, do: Callable[[Upload], Imported], file: Upload
) -> models.Imported:
    done = do(file)
    rows: list[models.SetAside] = []
    if done.activity is not None and done.set_aside:
        found = reading.page_set_aside(
            here.context, here.caller.actor, project, activity=done.activity, limit=ROWS_TOLD
        )
        rows = [aside(one) for one in found.items]
    return models.Imported(
        project=done.project, read=done.read, new=done.new, set_aside=done.set_aside,
        again=done.again, reasons=done.reasons, activity=done.activity, rows=rows,
    )  # fmt: skip
