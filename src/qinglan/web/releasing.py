"""Checking, judging and releasing from the office, and the files that come of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from starlette.responses import FileResponse, Response, StreamingResponse

from qinglan.errors import UsageError
from qinglan.flow import export, jobs, office, reading, release
from qinglan.flow.status import line_of
from qinglan.records import Purpose, Role
from qinglan.web import doing
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit

MANAGERS = frozenset({Role.OWNER, Role.LEAD})
VERBS = ("verify", "judge", "release")


def page(visit: Visit) -> Response:
    """How far the line is, what can be done next, and the releases made."""
    project = visit.parts["project"]
    line = line_of(visit.context, visit.actor, project)
    done = jobs.newest(visit.context, visit.actor, project, limit=30)
    found = reading.list_releases(visit.context, visit.actor, project)
    return show(
        visit, "releases", project=project, line=line, purposes=tuple(Purpose),
        releases=sorted(found, key=lambda one: one.built, reverse=True),
        jobs=[one for one in done if one.verb in VERBS][:10],
        manages=visit.actor.role in MANAGERS, verifies=office.may(visit.actor, "verify"),
        exports=office.may(visit.actor, "export"),
        name=f"{project}-{datetime.now(UTC):%Y%m%d}"[:63],
    )  # fmt: skip


def begin(visit: Visit) -> Response:
    """Begin one of the three."""
    does, project = visit.form.get("does", ""), visit.parts["project"]
    context, actor = visit.context, visit.actor
    if does == "verify":
        job = doing.begin_verify(context, actor, project)
    elif does == "judge":
        job = doing.begin_judge(
            context, actor, project, threshold=_share(visit.form.get("threshold", "")),
            use_keys="use_keys" in visit.form,
        )  # fmt: skip
    elif does == "release":
        name = visit.form.get("name", "").strip()
        job = doing.begin_release(context, actor, project, name=name, purpose=_purpose(visit))
    else:
        raise UsageError("web.bad_form")
    return visit.go(f"/office/projects/{project}/jobs/{job}")


def one(visit: Visit) -> Response:
    """One release: what it holds, its files, and whether they are as they were signed."""
    project, name = visit.parts["project"], visit.parts["release"]
    found = reading.open_release(visit.context, visit.actor, project, name)
    checked = None
    if visit.query.get("check"):
        checked = release.check_release(found.folder, key=visit.context.key_folder)
    manifest = found.manifest
    files = [
        (file, (found.folder / file).stat().st_size)
        for file in found.names if (found.folder / file).is_file()
    ]  # fmt: skip
    return show(
        visit, "release", project=project, release=found.release, manifest=manifest, files=files,
        checked=checked,
        failures=[] if checked is None else [one.say(visit.language) for one in checked.failures],
        lapses=[] if checked is None else [one.say(visit.language) for one in checked.lapses],
    )  # fmt: skip


def download(visit: Visit) -> Response:
    """One file of a release."""
    project, name = visit.parts["project"], visit.parts["name"]
    found = reading.open_release(visit.context, visit.actor, project, visit.parts["release"])
    place = found.folder.resolve() / name
    # A link that somebody put in the folder must not lead out of it.
    if name not in found.names or place.resolve() != place or not place.is_file():
        raise UsageError("api.no_file", name=name[:200])
    return FileResponse(place, media_type="application/octet-stream", filename=place.name)


def answers(visit: Visit) -> Response:
    """Every task with its answers, one JSON line each; people by their ids alone."""
    project = visit.parts["project"]
    export.note_export(visit.context, visit.actor, project)
    first = export.export_page(visit.context, visit.actor, project)
    kept = {"content-disposition": f'attachment; filename="{project}.jsonl"'}
    media = "application/x-ndjson; charset=utf-8"
    return StreamingResponse(_lines(visit, project, first), media_type=media, headers=kept)


_HERE = "/office/projects/{project}/releases"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", _HERE, page),
    ("POST", _HERE, begin),
    ("GET", _HERE + "/{release}", one),
    ("GET", _HERE + "/{release}/files/{name:path}", download),
    ("GET", "/office/projects/{project}/answers.jsonl", answers),
)


def _lines(visit: Visit, project: str, page: export.ExportPage) -> Iterator[str]:
    while True:
        yield "".join(page.lines)
        if page.after is None:
            return
        page = export.export_page(visit.context, visit.actor, project, after=page.after)


def _share(word: str) -> Decimal:
    """A share that was typed in percent."""
    try:
        found = Decimal(word.strip()) / 100
    except InvalidOperation:
        found = Decimal(0)
    if not (found.is_finite() and 0 < found <= 1):
        raise UsageError("flow.bad_threshold", threshold=word[:50])
    return found


def _purpose(visit: Visit) -> Purpose:
    try:
        return Purpose(visit.form.get("purpose", ""))
    except ValueError:
        raise UsageError("web.bad_form") from None
