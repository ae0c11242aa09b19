"""Importing answers in the browser: whose they are, to which tasks, and under which terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from qinglan.errors import InputError, UsageError
from qinglan.flow import arriving, arriving_answers, jobs, leaving, load
from qinglan.flow.arriving import Arrival
from qinglan.flow.arriving_answers import Asked
from qinglan.flow.context import Progress
from qinglan.flow.hands import in_words
from qinglan.flow.terms import origin_of
from qinglan.provenance.identity import Json
from qinglan.web import import_forms
from qinglan.web.handling import status_of
from qinglan.web.render import show
from qinglan.web.visits import Visit

TYPES = ("person", "model", "program")


def look(visit: Visit, arrival: Arrival) -> Response:
    """What is in the file, with a mapping that its columns suggest."""
    return _page(visit, arrival, None)


def decide(visit: Visit, arrival: Arrival, *, take: bool) -> Response:
    """Look again with another mapping, or take the file in."""
    asked, project = _asked(visit.form), visit.parts["project"]
    if not take:
        return _page(visit, arrival, asked)
    try:
        type_: Any = visit.form.get("type", "")
        if type_ not in TYPES:
            raise UsageError("web.bad_form")
        terms = import_forms.terms_of(visit.form)
        said = visit.form.get("declared", "").strip()
        declared = in_words(said) if said else None
        origin_of(terms, arrival.path.stem, None)
        asked = arriving_answers.check(visit.context, visit.actor, arrival, asked)
        mapping = asked.mapping()
    except InputError as error:
        return _page(visit, arrival, asked, error.say(visit.language), status_of(error))

    def do(progress: Progress) -> Mapping[str, Json]:
        done = load.load_answers(
            visit.context, visit.actor, project, arrival.path, mapping, terms,
            annotator_type=type_, tasks_from=asked.tasks_from or None, declared=declared,
            progress=progress,
        )  # fmt: skip
        arriving.drop(arrival)
        return import_forms.done_told(done, arrival)

    job = jobs.start(visit.context, visit.actor, project, "import", do)
    return visit.go(f"/office/projects/{project}/jobs/{job}")


def _page(
    visit: Visit, arrival: Arrival, asked: Asked | None, message: str | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    seen = arriving_answers.preview(visit.context, visit.actor, arrival, asked)
    if message is None and seen.error is not None:
        message = seen.error.say(visit.language)
    owners = {path: name for name, path in seen.asked.columns.items()}
    return show(
        visit, "import_answers", status, project=arrival.project, arrival=arrival, seen=seen,
        mapped=dict(pair.partition("=")[::2] for pair in seen.asked.pairs), owners=owners,
        by=visit.form.get("by") or ("columns" if owners else "rows"), message=message,
        kind=seen.kind, scheme=seen.scheme, channels=import_forms.CHANNELS,
        splits=import_forms.PARTS, types=TYPES,
        form={"channel": "person", **visit.form},
        remedy=lambda reason: leaving.remedy(reason, visit.language),
        source=visit.form.get("name", "").strip() or arrival.path.stem,
    )  # fmt: skip


def _asked(form: Mapping[str, str]) -> Asked:
    """How the form says that the file is to be read."""
    by = form.get("by", "rows")
    if by not in ("rows", "columns"):
        raise UsageError("web.bad_form")
    pairs = import_forms.pairs_of(form)
    columns: dict[str, str] = {}
    if by == "columns":
        pairs = [pair for pair in pairs if pair.startswith("task=")]
        for field, value in form.items():
            name = value.strip()[:200]
            if field.startswith("who-") and name:
                if name in columns:
                    raise UsageError("flow.bad_column", pair=name)
                columns[name] = field.removeprefix("who-")
    tasks_from = form.get("tasks_from", "").strip()[:500]
    return Asked(pairs=tuple(pairs), columns=columns, tasks_from=tasks_from)
