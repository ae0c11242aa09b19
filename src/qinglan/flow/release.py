"""``release``: freeze the accepted verdicts of a project into a signed folder."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from qinglan import policy
from qinglan.errors import UsageError
from qinglan.flow.context import Context, Progress, quiet
from qinglan.provenance import identity, keys
from qinglan.records import Actor, Link, Origin, Purpose, Release
from qinglan.releases import ReleaseRow, build
from qinglan.storage import guidelines, history, links, releases


def build_release(
    context: Context,
    actor: Actor,
    project: str,
    *,
    name: str,
    purpose: Purpose,
    built: datetime | None = None,
    progress: Progress = quiet,
) -> tuple[Release, Path]:
    """Build the release ``name`` under ``releases/`` of the workspace.

    The gate judges every origin of every accepted row first, as of ``built``; one refusal
    refuses the release, naming all that were refused. The folder appears whole or not at all.

    Raises:
        Refused: the terms of some origin do not permit ``purpose``.
        UsageError: nothing was accepted, or the name is taken.
    """
    target = context.project(project)
    activity = context.begin("release", actor)
    moment = built or datetime.now(UTC).replace(microsecond=0)
    folder = context.folder / "releases" / name
    origins: dict[str, Origin] = {}
    rows = 0
    with context.storage.read() as conn:
        for row in releases.rows(conn, target.id):
            rows += 1
            for origin in [*(s.origin for s in row.samples), row.annotator.origin]:
                origins.setdefault(identity.sha256(origin.model_dump_json().encode()), origin)
        if not rows:
            raise UsageError("flow.nothing_accepted", project=project)
        registry = policy.load(context.folder / "policy.toml")
        permit = policy.judge(origins.values(), purpose, today=moment.date(), registry=registry)
        made_by: Counter[str] = Counter()

        def stream() -> object:
            for done, row in enumerate(releases.rows(conn, target.id), 1):
                made_by[row.annotation.id] += 1
                progress(done, rows)
                yield ReleaseRow(
                    verdict=row.verdict, task=row.task, annotation=row.annotation,
                    annotator=row.annotator, samples=row.samples, checks=row.checks,
                )  # fmt: skip

        release = build(stream(), folder=folder)  # completed once the room is here
    del guidelines, history, keys, Connection, Link, links, activity
    return release, folder
