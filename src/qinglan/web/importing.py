"""Importing in the browser: send a file, say which field is what, look, then take it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response, StreamingResponse

from qinglan.errors import InputError, UsageError
from qinglan.flow import arriving, jobs, leaving, load, office
from qinglan.flow.arriving import Arrival
from qinglan.flow.context import Progress
from qinglan.flow.terms import Terms, origin_of
from qinglan.provenance.identity import Json
from qinglan.web.handling import status_of
from qinglan.web.receiving import Receiving, Sent
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit

CHANNELS = ("own", "published", "weights", "api", "person", "simulated")
PARTS = ("train", "dev", "test")


def begin(visit: Visit) -> Response:
    """The form for a file, and what was imported last."""
    office.may_manage(visit.actor)
    project = visit.parts["project"]
    done = jobs.newest(visit.context, visit.actor, project)
    most = visit.context.settings.api_body_bytes
    return show(
        visit, "import", project=project, jobs=[one for one in done if one.verb == "import"],
        most=most // 2**20, endings=", ".join(arriving.ENDINGS),
    )  # fmt: skip


def receive(visit: Visit, sent: Sent) -> Response:
    """Keep the file, and show what is in it."""
    name = arriving.file_name(sent.name)
    project = visit.parts["project"]
    made = arriving.keep(visit.context, visit.actor, project, name, sent.path)
    return visit.go(f"/office/projects/{project}/import/{made.id}")


def look(visit: Visit) -> Response:
    """What is in the file, with a mapping that its columns suggest."""
    return _page(visit, _arrival(visit), None)


def decide(visit: Visit) -> Response:
    """Look again with another mapping, take the file in, or let it go."""
    arrival, does, project = _arrival(visit), visit.form.get("does", ""), visit.parts["project"]
    if does == "drop":
        arriving.drop(arrival)
        return visit.go(f"/office/projects/{project}/import")
    pairs = _pairs(visit.form)
    if does == "look":
        return _page(visit, arrival, pairs)
    if does != "import":
        raise UsageError("web.bad_form")
    try:
        terms = _terms(visit.form)
        edits = visit.form.get("original-channel")
        original = _terms(visit.form, "original-") if edits else None
        load.see_original(visit.context.project(project), original)
        mapping = load.task_mapping(pairs)
        origin_of(terms, arrival.path.stem, None)
        arriving.check(visit.context, visit.actor, arrival, mapping)
    except InputError as error:
        return _page(visit, arrival, pairs, error.say(visit.language), status_of(error))

    def do(progress: Progress) -> Mapping[str, Json]:
        done = load.load_tasks(
            visit.context, visit.actor, project, arrival.path, mapping, terms,
            original=original, progress=progress,
        )  # fmt: skip
        arriving.drop(arrival)
        return {
            "read": done.read, "new": done.new, "set_aside": done.set_aside, "again": done.again,
            "activity": done.activity, "file": arrival.name,
            "reasons": dict(sorted(done.reasons.items())),
        }  # fmt: skip

    job = jobs.start(visit.context, visit.actor, project, "import", do)
    return visit.go(f"/office/projects/{project}/jobs/{job}")


def job(visit: Visit) -> Response:
    """How far something is that the machine does, or what came of it."""
    seen = jobs.look(visit.context, visit.actor, visit.parts["project"], visit.parts["job"])
    return show(
        visit, "job", project=seen.project, job=seen, why=seen.why(visit.language),
        remedy=lambda reason: leaving.remedy(reason, visit.language),
    )  # fmt: skip


def aside(visit: Visit) -> Response:
    """What an import set aside, or all that left the line, as a file."""
    shape = visit.parts["shape"]
    if shape not in ("csv", "jsonl"):
        raise UsageError("web.bad_form")
    found = leaving.set_aside_table(
        visit.context, visit.actor, visit.parts["project"], language=visit.language,
        activity=visit.query.get("of") or None, shape="csv" if shape == "csv" else "jsonl",
    )  # fmt: skip
    media = "text/csv" if shape == "csv" else "application/x-ndjson"
    kept = {"content-disposition": f'attachment; filename="set-aside.{shape}"'}
    return StreamingResponse(found, media_type=f"{media}; charset=utf-8", headers=kept)


_HERE = "/office/projects/{project}"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", _HERE + "/import", begin),
    ("GET", _HERE + "/import/{arrival}", look),
    ("POST", _HERE + "/import/{arrival}", decide),
    ("GET", _HERE + "/jobs/{job}", job),
    ("GET", _HERE + "/set-aside.{shape}", aside),
)

RECEIVING: tuple[tuple[str, str, Receiving], ...] = ((_HERE + "/import", "import", receive),)
"""Path, the verb that a role must be allowed, and the route."""


def _arrival(visit: Visit) -> Arrival:
    parts = visit.parts
    return arriving.find(visit.context, visit.actor, parts["project"], parts["arrival"])


def _page(
    visit: Visit, arrival: Arrival, pairs: list[str] | None, message: str | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    source = visit.form.get("name", "").strip() or arrival.path.stem
    seen = arriving.preview(visit.context, visit.actor, arrival, pairs, source)
    mapped = dict(pair.partition("=")[::2] for pair in seen.pairs)
    said = seen.error
    if message is None and said is not None:
        message = said.say(visit.language)
    return show(
        visit, "import_look", status, project=arrival.project, arrival=arrival, seen=seen,
        mapped=mapped, message=message, kind=seen.kind, channels=CHANNELS,
        splits=PARTS, form=visit.form,
        remedy=lambda reason: leaving.remedy(reason, visit.language), source=source,
    )  # fmt: skip


def _pairs(form: Mapping[str, str]) -> list[str]:
    """The mapping in the form: a column chosen from the file's, or a path that was typed."""
    pairs = []
    for name, value in form.items():
        target = name.removeprefix("map-")
        path = form.get(f"path-{target}", "").strip() or value.strip()
        if name.startswith("map-") and path:
            pairs.append(f"{target}={path}")
    return pairs


def _terms(form: Mapping[str, str], of: str = "") -> Terms:
    """The terms in the form; ``of`` comes before the names of those that are not the file's."""

    def word(name: str) -> str | None:
        return form.get(of + name, "").strip()[:500] or None

    channel: Any = form.get(f"{of}channel", "")
    part: Any = word("part")
    if channel not in CHANNELS or part not in (None, *PARTS):
        raise UsageError("web.bad_form")
    return Terms(
        channel=channel, licence=word("licence"), family=word("family"), part=part,
        name=word("name"),
    )  # fmt: skip
