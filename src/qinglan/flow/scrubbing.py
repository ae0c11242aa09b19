"""Taking what was withdrawn out of a workspace's free files: reports, worksheets, pages.

A report keeps its figures and loses the answers that may quote: all of them where its model learned
from a release that holds what was withdrawn, and those to withdrawn questions. A worksheet goes
whole. Every step can be done again, and is, after a crash. Not a verb.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from qinglan.durability import remove_abandoned, write_whole
from qinglan.evaluation import worksheet
from qinglan.evaluation.examination import Examination
from qinglan.flow import arriving, written
from qinglan.flow import reports as stored
from qinglan.flow.context import Context
from qinglan.flow.stale import is_stale
from qinglan.provenance import identity
from qinglan.records import Activity, Project, Release, Report
from qinglan.storage import links, projects, releases, reports, traces, withdrawals


def mark_stale(conn: Connection, project: str, withdrawal: str, held: Mapping[str, int]) -> None:
    """Note which releases of ``project`` (its id) hold what the withdrawal erased.

    Args:
        conn: in the transaction of the erasure.
        project: id of the project.
        withdrawal: id of the withdrawal.
        held: rows that hold it, by the name of each release whose folder is here.
    """
    for release in releases.all(conn, project):
        if release.name in held:
            rows: int | None = held[release.name]
        elif _rested_on(conn, release, withdrawal):
            rows = None
        else:
            continue
        if rows is None or rows:
            traces.mark_stale(conn, withdrawal, release.id, rows)


def scrub(context: Context, activity: Activity, of: Collection[str]) -> None:
    """Take what was withdrawn from these projects (their ids) out of the workspace's free files.

    Raises:
        UsageError: an evaluation is under way on what was withdrawn.
    """
    with context.storage.read() as conn:
        known = {project.id: project for project in projects.all(conn)}
        owners = {release.id: known[release.project] for release in releases.all(conn)}
        filed = reports.all(conn)
        stale = traces.stale(conn)
    for report in filed:
        _redact(context, owners[report.release], activity, report)
    _throw_away_sheets(context, stale)
    for folder in ("reports", "journal"):
        for part in (context.folder / folder).glob("*.part"):
            part.unlink()  # what a crash left of a file that was being replaced
    uploads = context.folder / written.UPLOADS
    if uploads.is_dir():
        remove_abandoned(uploads)
        arriving.sweep(context, all_=True)
    for project in of:
        written.take_away(context, project)


def _rested_on(conn: Connection, release: Release, withdrawal: str) -> bool:
    """Whether a verdict in the release fell with the withdrawal: as near as can be known."""
    return any(
        withdrawals.known(conn, "verdicts", edge.inputs, by=[withdrawal])
        for edge in links.of_output(conn, release.id)
    )


def _redact(context: Context, project: Project, activity: Activity, report: Report) -> None:
    """Write the report anew without the answers in question; one that was altered goes."""
    file = stored.place(context, report.id)
    if not file.exists():
        return
    data = file.read_bytes()
    with context.storage.read() as conn:
        if identity.sha256(data) not in (report.sha256, traces.digest(conn, report.id)):
            file.unlink()  # nobody could read it any more, and nobody knows what is in it
            return
        made = Examination.model_validate_json(data)
        items = [item.id for item in made.scores.items]
        whole = report.run is not None and is_stale(conn, report.run)
        gone = set(items) if whole else withdrawals.known(conn, "tasks", items)
    kept = tuple(
        None if item in gone else text for item, text in zip(items, made.answers, strict=True)
    )
    if kept == made.answers:
        return
    text = stored.render(made.model_copy(update={"answers": kept}))
    digest = identity.sha256(text.encode())

    def note(conn: Connection) -> None:
        if traces.redact(conn, report.id, digest):
            context.note(
                conn, project, activity, report=report.id, sha256=digest, redacted=len(gone)
            )

    context.write(project, note)
    write_whole(file, text)


def _throw_away_sheets(context: Context, stale: Collection[str]) -> None:
    """Remove the worksheets of examinations on, or of models made of, what was withdrawn."""

    def meant(about: Mapping[str, Any]) -> bool:
        if "release" not in about:
            return True  # an earlier version did not say
        with context.storage.read() as conn:
            run = about.get("run")
            return about["release"] in stale or (run is not None and is_stale(conn, run))

    place = context.folder / "reports" / ".open"
    for sheet in sorted(place.glob("*.jsonl")):
        worksheet.throw_away(sheet, meant)
    for replies in sorted(place.glob("*.replies")):
        if not replies.with_suffix(".jsonl").exists():
            replies.unlink()
    for part in place.glob("*.part"):
        part.unlink()
