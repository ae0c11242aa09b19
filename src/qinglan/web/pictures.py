"""Pictures: each at an address of its own, and the forms by which people bring them.

With a script a picture is pasted, dropped or chosen where one writes, and its reference comes back;
without, a page of its own shows the reference, to be put into the text. What is sent is judged by
its bytes alone. Browsers keep a picture, and ask again each time whether they still may show it.
"""

from __future__ import annotations

from starlette.responses import Response

from qinglan.errors import InputError, LimitError, PermissionDenied
from qinglan.flow import opening, pictures
from qinglan.flow.office import may_manage
from qinglan.flow.pictures import Brought
from qinglan.web.handling import status_of
from qinglan.web.receiving import Receiving, Sent
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit
from qinglan.wording import say

ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
LONGEST_ALT = 500


def picture(visit: Visit) -> Response:
    """One picture, for those who may see it; for others there is none."""
    id_ = visit.parts["picture"]
    mark = f'"{id_}"'
    headers = {"cache-control": "private, no-cache", "etag": mark}
    try:
        if visit.unchanged == mark:
            pictures.known(visit.context, visit.actor, id_)
            return Response(status_code=304, headers=headers)
        seen, body = pictures.show(visit.context, visit.actor, id_)
    except PermissionDenied:
        return show(visit, "error", 404, message=say("web.not_found", visit.language))
    name = f"{seen.id}.{ENDINGS[seen.media]}"
    headers["content-disposition"] = f'inline; filename="{name}"'
    return Response(body, media_type=seen.media, headers=headers)


def desk_form(visit: Visit) -> Response:
    """The form for a picture in an answer."""
    return _desk_page(visit)


def desk_bring(visit: Visit, sent: Sent) -> Response:
    """Keep a picture for an answer."""
    parts = visit.parts

    def keep(data: bytes, alt: str) -> Brought:
        return pictures.attach(
            visit.context, visit.actor, parts["project"], parts["task"],
            visit.form.get("token", ""), data, sent.name[:200], alt=alt,
        )  # fmt: skip

    try:
        brought = keep(_read(visit, sent), _alt(visit))
    except InputError as error:
        if visit.fragment:
            raise
        return _desk_page(visit, message=error.say(visit.language), status=status_of(error))
    return _told(visit, brought) if visit.fragment else _desk_page(visit, brought)


def office_form(visit: Visit) -> Response:
    """The form for a picture in a guideline, or in tasks that are sent by a program."""
    may_manage(visit.actor)
    return _office_page(visit)


def office_bring(visit: Visit, sent: Sent) -> Response:
    """Keep a picture for a project."""
    try:
        brought = pictures.bring(
            visit.context, visit.actor, visit.parts["project"], _read(visit, sent),
            sent.name[:200], alt=_alt(visit),
        )  # fmt: skip
    except InputError as error:
        if visit.fragment:
            raise
        return _office_page(visit, message=error.say(visit.language), status=status_of(error))
    return _told(visit, brought) if visit.fragment else _office_page(visit, brought)


_DESK = "/desk/{project}/task/{task}/pictures"
_OFFICE = "/office/projects/{project}/pictures"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/pictures/{picture}", picture),
    ("GET", _DESK, desk_form),
    ("GET", _OFFICE, office_form),
)

RECEIVING: tuple[tuple[str, str, Receiving], ...] = (
    (_DESK, "annotate", desk_bring), (_OFFICE, "import", office_bring),
)  # fmt: skip
"""Path, the verb that a role must be allowed, and the route."""


def _read(visit: Visit, sent: Sent) -> bytes:
    """The bytes that came.

    Raises:
        LimitError: more than a picture may have.
    """
    most = visit.context.settings.picture_bytes
    with sent.path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        name, size = sent.name[:200], sent.path.stat().st_size
        raise LimitError("intake.picture_too_large", file=name, size=size, limit=most)
    return data


def _alt(visit: Visit) -> str:
    return " ".join(visit.form.get("alt", "").split())[:LONGEST_ALT]


def _told(visit: Visit, brought: Brought) -> Response:
    return Response(brought.reference, 201, media_type="text/plain")


def _desk_page(
    visit: Visit, brought: Brought | None = None, *, message: str | None = None, status: int = 200
) -> Response:
    project, task = visit.parts["project"], visit.parts["task"]
    held = opening.open_task(visit.context, visit.actor, project, task).task
    return _page(
        visit, _DESK, f"/desk/{project}/task/{task}", brought, held.token, message, status
    )  # fmt: skip


def _office_page(
    visit: Visit, brought: Brought | None = None, *, message: str | None = None, status: int = 200
) -> Response:
    back = f"/office/projects/{visit.parts['project']}/guideline"
    return _page(visit, _OFFICE, back, brought, "", message, status)


def _page(
    visit: Visit, place: str, back: str, brought: Brought | None, token: str,
    message: str | None, status: int,
) -> Response:  # fmt: skip
    settings = visit.context.settings
    return show(
        visit, "picture", status, action=place.format(**visit.parts), back=back, brought=brought,
        token=token, message=message, most=settings.picture_bytes // 2**20,
        megapixels=settings.picture_pixels // 10**6,
    )  # fmt: skip
