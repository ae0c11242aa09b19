"""Pictures for programs: brought for tasks or for an answer, and fetched by their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from qinglan.client import models
from qinglan.errors import LimitError
from qinglan.flow import pictures
from qinglan.flow.pictures import Brought
from qinglan.flow.tokens import Scope
from qinglan.web.api.desk import Here
from qinglan.web.api.guard import Asked, Guarded, digest_of, needs

Alt = Annotated[str, Query(max_length=500)]
"""What is on it, for those who cannot see it."""
Name = Annotated[str, Query(max_length=200)]
SENT: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The file: PNG, JPEG, WebP or a still GIF, judged by its bytes.",
    }
}
SHOWN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The picture.",
        "content": {
            media: {"schema": {"type": "string", "format": "binary"}}
            for media in ("image/png", "image/jpeg", "image/webp")
        },
    }
}

router = APIRouter(route_class=Guarded, tags=["pictures"])


@router.post("/projects/{project}/pictures", response_model=models.Picture, openapi_extra=SENT)
@needs(Scope.IMPORT, "import", repeats=True, streams=True)
async def add_picture(project: str, here: Here, name: Name = "picture", alt: Alt = "") -> Response:
    """Keep a picture, for the texts of tasks that are imported next, or for a guideline.

    Its reference goes into their Markdown. One that nothing shows is deleted after a day.
    """

    def keep(data: bytes) -> Brought:
        return pictures.bring(here.context, here.caller.actor, project, data, name, alt=alt)

    return await _bring(here, keep)


@router.get("/projects/{project}/pictures/{picture}", response_class=Response, responses=SHOWN)
@needs(Scope.READ, "read")
def picture(project: str, picture: str, here: Here) -> Response:
    """A picture that a task, an answer or the guideline shows."""
    here.context.project(project)
    seen, body = pictures.show(here.context, here.caller.actor, picture)
    return Response(body, media_type=seen.media)


@router.post(
    "/desks/{project}/tasks/{task}/pictures", response_model=models.Picture, openapi_extra=SENT
)
@needs(Scope.ANNOTATE, "annotate", repeats=True, streams=True)
async def attach_picture(
    project: str, task: str, lease: Annotated[str, Query(max_length=100)], here: Here,
    name: Name = "picture", alt: Alt = "",
) -> Response:  # fmt: skip
    """Keep a picture for the caller's own answer; its reference goes into the answer's Markdown."""

    def keep(data: bytes) -> Brought:
        return pictures.attach(
            here.context, here.caller.actor, project, task, lease, data, name, alt=alt
        )

    return await _bring(here, keep)


@router.get("/desks/{project}/pictures/{picture}", response_class=Response, responses=SHOWN)
@needs(Scope.ANNOTATE, "annotate")
def own_picture(project: str, picture: str, here: Here) -> Response:
    """A picture that the caller was given to see at this desk, or brought."""
    seen, body = pictures.show(here.context, here.caller.actor, picture, desk=project)
    return Response(body, media_type=seen.media)


async def _bring(here: Asked, keep: Callable[[bytes], Brought]) -> Response:
    most = here.context.settings.picture_bytes
    data = bytearray()
    async for chunk in here.request.stream():
        data += chunk
        if len(data) > most:
            raise LimitError("api.too_large", most=most)

    async def bring() -> Response:
        made = await run_in_threadpool(keep, bytes(data))
        told = models.Picture(
            id=made.picture.id, reference=made.reference, media=made.picture.media,
            width=made.picture.width, height=made.picture.height,
        )  # fmt: skip
        return Response(told.model_dump_json(), media_type="application/json")

    return await here.once(digest_of(here.request, hashlib.sha256(data).hexdigest()), bring)
