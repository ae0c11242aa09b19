"""Stored reports: found by id, and what their file says held against what was filed."""

from __future__ import annotations

from pathlib import Path

from qinglan.errors import IntegrityError, UsageError
from qinglan.evaluation.examination import Examination
from qinglan.flow.context import Context, allow
from qinglan.provenance import identity
from qinglan.records import Actor, Report
from qinglan.storage import reports, traces


def place(context: Context, report: str) -> Path:
    """Where the file of the report called ``report`` lies."""
    return context.folder / "reports" / f"{report}.json"


def every(context: Context, actor: Actor) -> list[Report]:
    """All reports that were made here.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("report", actor)
    with context.storage.read() as conn:
        return reports.all(conn)


def opened(context: Context, actor: Actor, report: str) -> Examination:
    """``load``, for those who may see reports.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: as ``load``.
        IntegrityError: as ``load``.
    """
    allow("report", actor)
    return load(context, report)


def load(context: Context, report: str) -> Examination:
    """What the report called ``report`` holds.

    Raises:
        UsageError: no such report was made here.
        IntegrityError: its file is gone, or is not the one that was filed.
    """
    with context.storage.read() as conn:
        filed = reports.get(conn, report)
        known = ", ".join(other.id for other in reports.all(conn)[-5:])
    if filed is None:
        raise UsageError("flow.no_report", id=report, known=known or "—")
    return read(context, filed)


def render(made: Examination) -> str:
    """The text of a report's file."""
    return made.model_dump_json(indent=1) + "\n"


def read(context: Context, filed: Report) -> Examination:
    """What the file of a filed report holds; without the answers that a withdrawal took out.

    Raises:
        IntegrityError: it is gone, or is not the one that was filed.
    """
    file = place(context, filed.id)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise IntegrityError("flow.report_gone", file=file) from error
    with context.storage.read() as conn:
        known = traces.digest(conn, filed.id) or filed.sha256
    if identity.sha256(data) != known:
        raise IntegrityError("flow.report_changed", file=file)
    return Examination.model_validate_json(data)
