"""A model's class probabilities as a table beside the labels.

The columns are those that a consensus is written with, so one model's output, or one consensus,
can stand beside other labels: ``item|task`` and one ``p_<label>`` a class.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np

from qinglan.errors import InputError, RowError
from qinglan.intake import Row
from qinglan.quality.cells import number
from qinglan.quality.tables import (
    LabelTable,
    Place,
    cell_text,
    good_rows,
    match_columns,
)
from qinglan.quality.votes import Floats

PREFIX = "p_"
SLACK = 1e-3
"""How far from 1 a row's sum may lie by rounding; rows are then normalised."""


def read_model(path: Place, labels: LabelTable) -> tuple[LabelTable, Floats]:
    """Read ``item|task, p_<label>, …`` for the tasks of ``labels``.

    A class that nobody labelled joins the table's classes at the end; a class without a column
    has probability 0. Tasks without labels are left aside; a labelled task without a row is one
    that the model did not see, a row of NaN.

    Returns:
        The table with its classes completed, and probabilities (tasks, classes).

    Raises:
        InputError: no column of tasks, or none of probabilities.
        RowError: a value that is no probability, a row that does not sum to 1, a repeated task.
    """
    file = os.fspath(path)
    task_at = {name: i for i, name in enumerate(labels.tasks)}
    columns: dict[str, int] = {}
    classes = list(labels.classes)
    given: Floats = np.empty((0, 0))
    task_column = ""
    first: dict[str, int] = {}
    for row in good_rows(path):
        if not task_column:
            task_column = (
                match_columns(list(row.values), {"task": ("item", "task")}, {}, file) or {}
            )["task"]
            named = [name for name in row.values if name.startswith(PREFIX)]
            if not named:
                raise InputError(
                    "quality.no_column", file=file, column=f"{PREFIX}<label>",
                    found=", ".join(row.values),
                )  # fmt: skip
            classes += [n[len(PREFIX) :] for n in named if n[len(PREFIX) :] not in classes]
            columns = {name: classes.index(name[len(PREFIX) :]) for name in named}
            given = np.full((len(labels.tasks), len(classes)), np.nan)
        task = cell_text(row, task_column)
        if task in first:
            raise RowError(
                "quality.repeated", file=file, line=row.line, first=first[task], what=task
            )
        first[task] = row.line
        chances = _chances(row, list(columns))
        if task in task_at:
            line = given[task_at[task]]
            line[:] = 0.0
            line[list(columns.values())] = chances
    if not first:
        raise InputError("quality.no_rows", file=file)
    return replace(labels, classes=classes), given


def _chances(row: Row, columns: list[str]) -> Floats:
    values = []
    for name in columns:
        value = number(cell_text(row, name))
        if value is None or not 0 <= value <= 1:
            raise RowError("quality.row_bad_value", file=row.file, line=row.line, field=name)
        values.append(value)
    chances = np.array(values)
    if abs(chances.sum() - 1) > SLACK:
        raise RowError(
            "quality.not_one", file=row.file, line=row.line, total=f"{chances.sum():.4f}"
        )
    whole: Floats = chances / chances.sum()
    return whole
