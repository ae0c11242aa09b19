"""Importing in the browser: send a file, say which field is what, look, then take it in.

Here stands what is the same for all files, and the pages for tasks; those for answers are apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response, StreamingResponse

from qinglan.errors import InputError, UsageError
from qinglan.flow import arriving, jobs, leaving, load, office
from qinglan.flow.arriving import Arrival
from qinglan.flow.context import Progress
from qinglan.flow.terms import origin_of
from qinglan.provenance.identity import Json
from qinglan.web import import_forms
from qinglan.web import importing_answers as answers
from qinglan.web.handling import status_of
from qinglan.web.receiving import Receiving, Sent
from qinglan.web.render import show
from qinglan.web.visits import Route, Visit


def begin(visit: Visit) -> Response:
    """The form for a file, and what was imported last."""
    office.may_manage(visit.actor)
    project = visit.parts["project"]
    done = jobs.newest(visit.context, visit.actor, project)
    most = visit.context.settings.api_body_bytes
    return show(
        visit, "import", project=project, jobs=[one for one in done if one.verb == "import"],
        most=most // 2**20, endings=", ".join((*arriving.ENDINGS, arriving.ARCHIVE)),
    )  # fmt: skip


def receive(visit: Visit, sent: Sent) -> Response:
    """Keep the file, and show what is in it."""
    name = arriving.file_name(sent.name)
    project, what = visit.parts["project"], visit.form.get("what", "tasks")
    if what not in ("tasks", "answers"):
        raise UsageError("web.bad_form")
    made = arriving.keep(
        visit.context, visit.actor, project, name, sent.path,
        "answers" if what == "answers" else "tasks",
    )  # fmt: skip
    return visit.go(f"/office/projects/{project}/import/{made.id}")


def look(visit: Visit) -> Response:
    """What is in the file, with a mapping that its columns suggest."""
    arrival = _arrival(visit)
    return answers.look(visit, arrival) if arrival.what == "answers" else _page(visit, arrival)


def decide(visit: Visit) -> Response:
    """Look again with another mapping, take the file in, or let it go."""
    arrival, does, project = _arrival(visit), visit.form.get("does", ""), visit.parts["project"]
    if does == "drop":
        arriving.drop(arrival)
        return visit.go(f"/office/projects/{project}/import")
    if does not in ("look", "import"):
        raise UsageError("web.bad_form")
    if arrival.what == "answers":
        return answers.decide(visit, arrival, take=does == "import")
    pairs = import_forms.pairs_of(visit.form)
    if does == "look":
        return _page(visit, arrival, pairs)
    try:
        terms = import_forms.terms_of(visit.form)
        edits = visit.form.get("original-channel")
        original = import_forms.terms_of(visit.form, "original-") if edits else None
        load.see_original(visit.context.project(project), original)
        mapping = load.task_mapping(pairs)
        origin_of(terms, arrival.path.stem, None)
        arriving.check(visit.context, visit.actor, arrival, mapping)
    except InputError as error:
        return _page(visit, arrival, pairs, error.say(visit.language), status_of(error))

    def do(progress: Progress) -> Mapping[str, Json]:
        done = load.load_tasks(
            visit.context, visit.actor, project, arrival.path, mapping, terms,
            original=original, images=arrival.images, progress=progress,
        )  # fmt: skip
        arriving.drop(arrival)
        return import_forms.done_told(done, arrival)

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
    visit: Visit, arrival: Arrival, pairs: list[str] | None = None, message: str | None = None,
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
        mapped=mapped, message=message, kind=seen.kind,
        channels=import_forms.CHANNELS, splits=import_forms.PARTS, form=visit.form,
        remedy=lambda reason: leaving.remedy(reason, visit.language), source=source,
    )  # fmt: skip
