"""What an import and its preview share: limits, the ids of tasks, rows set aside. Not a verb."""

from __future__ import annotations

from pathlib import Path

from qinglan.flow.context import Context
from qinglan.intake import Limits
from qinglan.kinds import fits
from qinglan.kinds.spans import misread
from qinglan.provenance import identity
from qinglan.records import Reason, SetAside
from qinglan.sources.files import AnswerDraft


def limits_of(context: Context) -> Limits:
    """How much of a file this workspace reads."""
    settings = context.settings
    return Limits(
        max_file_bytes=settings.max_file_bytes,
        max_row_bytes=settings.max_row_bytes,
        max_rows=settings.max_rows,
        max_depth=settings.max_depth,
    )


def task_ids(secret: bytes, project: str, source: str) -> identity.Minter:
    """What gives the id of the task that ``source`` calls so in ``project`` (by name), under the
    workspace's secret.
    """
    return identity.Minter(secret, "tsk", project, source)


def aside_of(path: Path, line: int, reason: Reason, field: str | None, detail: str) -> SetAside:
    """A row of ``path`` that is set aside."""
    return SetAside(
        stage="import", reason=reason, file=str(path), line=line, field=field, detail=detail[:200]
    )


def duplicate(path: Path, line: int, external: str) -> SetAside:
    """A row whose id came before."""
    return aside_of(path, line, Reason.DUPLICATE_ROW, None, external)


def matched(
    path: Path, draft: AnswerDraft, options: tuple[str, ...] | None
) -> tuple[str, ...] | SetAside:
    """The options of the task that an answer is one to, or why it is one to none.

    ``options``: those of the task that it names, if there is one.
    """
    if options is None:
        return aside_of(path, draft.row, Reason.UNKNOWN_TASK, "task", draft.task)
    if not fits(draft.answer, options):
        return aside_of(path, draft.row, Reason.BAD_VALUE, None, draft.task)
    return (draft.quoted and _misaligned(path, draft, options)) or options


def _misaligned(path: Path, draft: AnswerDraft, options: tuple[str, ...]) -> SetAside | None:
    """A row whose spans quote words that do not stand there; the detail says how they are counted,
    where that can be told.
    """
    wrong = misread(draft.quoted, options[0]) if options else None
    if wrong is None:
        return None
    (start, end, words), there = wrong.quote, wrong.there
    said = f"{start}-{end}: {there[:60]!r} ≠ {words[:60]!r}"
    counted = "" if wrong.counted is None else f"{wrong.counted} ✓; "
    return aside_of(path, draft.row, Reason.MISALIGNED, "spans", counted + said)
