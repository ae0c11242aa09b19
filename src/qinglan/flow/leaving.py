"""``set aside``: what left the line, as a file for whoever mends the source.

One row a row that was set aside, with its line, the field at fault, why, and what to do. Cells
that a spreadsheet would take for formulas are disarmed: they come from strangers' files.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Literal

from qinglan.flow.context import Context, allow
from qinglan.flow.harmless import harmless
from qinglan.provenance.identity import Json
from qinglan.records import Actor, Project, SetAside
from qinglan.storage import set_aside
from qinglan.wording import Language, catalogue, say

Shape = Literal["csv", "jsonl"]

COLUMNS = ("stage", "line", "field", "reason", "why", "remedy", "file", "record", "detail")
PAGE = 2_000
BOM = "\ufeff"
"""Spreadsheets take a CSV without it for one in the machine's own encoding."""


def remedy(reason: str, language: Language) -> str:
    """What to do about a row that was set aside for ``reason``."""
    key = f"remedy.{reason}"
    return say(key if key in catalogue() else "remedy.other", language)


def set_aside_table(
    context: Context, actor: Actor, project: str, *, activity: str | None = None,
    shape: Shape = "csv", language: Language = "en",
) -> Iterator[str]:  # fmt: skip
    """What was set aside in ``project`` (by name), by one activity or by any, in flat memory.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("read", actor)
    return _lines(context, context.project(project), activity, shape, language)


def _lines(
    context: Context, project: Project, activity: str | None, shape: Shape, language: Language
) -> Iterator[str]:
    after = 0
    if shape == "csv":
        yield BOM + _row(COLUMNS)
    while True:
        with context.storage.read() as conn:
            found = set_aside.page(conn, project.id, after, PAGE, activity=activity)
        if not found:
            return
        after = found[-1][0]
        yield "".join(_line(one, shape, language) for _, one in found)


def _line(one: SetAside, shape: Shape, language: Language) -> str:
    reason = one.reason.value
    cells: dict[str, Json] = {
        "stage": one.stage, "line": one.line, "field": one.field, "reason": reason,
        "why": say(f"reason.{reason}", language), "remedy": remedy(reason, language),
        # The folder is the server's own business.
        "file": None if one.file is None else one.file.replace("\\", "/").rpartition("/")[2],
        "record": one.record, "detail": one.detail,
    }  # fmt: skip
    if shape == "jsonl":
        return json.dumps(cells, ensure_ascii=False) + "\n"
    return _row("" if value is None else harmless(str(value)) for value in cells.values())


def _row(cells: object) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)  # type: ignore[arg-type]
    return line.getvalue()
