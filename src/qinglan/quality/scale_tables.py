"""Tables of scores by criterion, and of rankings; numbers are read as labels are.

Errors name file, line and field, as in ``tables``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

from qinglan.errors import InputError, RowError
from qinglan.quality.cells import number
from qinglan.quality.tables import (
    LABELS,
    Duplicates,
    Place,
    cell_text,
    encode_column,
    good_rows,
    match_columns,
    read_columns,
    refuse_repeated,
    refuse_text,
)
from qinglan.quality.votes import Ints

CRITERION = {"criterion": ("criterion",)}
RANKINGS = {"ranking": ("ranking",)}
SHOWN = {"shown": ("shown",)}
LEVELS = 20
"""Most levels of a rubric: beyond, answers are numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """Scores as codes. ``levels`` are the scores that were given, in order.

    Without a column ``criterion`` all scores are of one criterion, whose name is empty.
    """

    works: list[str]
    raters: list[str]
    criteria: list[str]
    levels: list[float]
    work: Ints
    rater: Ints
    criterion: Ints
    score: Ints
    replaced: int


@dataclass(frozen=True, slots=True, eq=False)
class RankingTable:
    """Rankings as codes, best first, and what was shown for each."""

    items: list[str]
    rankings: list[list[int]]
    shown: list[list[int]]


def read_scores(path: Place, duplicates: Duplicates = "refuse") -> ScoreTable:
    """Read ``item|task, worker|annotator, label[, criterion]``; labels are scores.

    Raises:
        InputError, RowError: see ``tables.read_labels``; a score that is not a number, more than
            ``LEVELS`` different scores, or only one.
    """
    table = read_columns(path, LABELS, CRITERION)
    work, works = encode_column(table["task"])
    rater, raters = encode_column(table["annotator"])
    label, names = encode_column(table["label"], ordered=True)
    if "criterion" in table.columns:
        criterion, criteria = encode_column(table["criterion"])
        key: tuple[str, ...] = ("task", "annotator", "criterion")
    else:
        criterion, criteria, key = np.zeros(len(table), dtype=np.int32), [""], ("task", "annotator")
    values = [number(name) for name in names]
    bad = {name for name, value in zip(names, values, strict=True) if value is None}
    if bad:
        refuse_text(path, bad)
    # "4" and "4.0" are one level.
    levels, place = np.unique(np.array(values, dtype=np.float64), return_inverse=True)
    if not 2 <= len(levels) <= LEVELS:
        raise InputError(
            "quality.bad_levels", file=os.fspath(path), levels=len(levels), limit=LEVELS
        )
    cell = (work.astype(np.int64) * len(raters) + rater) * len(criteria) + criterion
    _, last = np.unique(cell[::-1], return_index=True)
    replaced = len(cell) - len(last)
    if replaced and duplicates == "refuse":
        refuse_repeated(path, {**LABELS, **(CRITERION if len(key) > 2 else {})}, key)
    kept = np.sort(len(cell) - 1 - last)
    return ScoreTable(
        works, raters, criteria, levels.tolist(), work[kept], rater[kept], criterion[kept],
        place.astype(np.int32)[label[kept]], replaced,
    )  # fmt: skip


def has_rankings(path: Place) -> bool:
    """Whether the file's first row has a column ``ranking``."""
    for row in good_rows(path):
        return "ranking" in row.values
    return False


def read_rankings(path: Place) -> RankingTable:
    """Read ``ranking[, shown]``: ``A > B > C``, and ``A | B | C | D`` where more was shown.

    Raises:
        InputError: the file cannot be used at all, or has no rows.
        RowError: a ranking names an item twice, one item only, or one that was not shown.
    """
    at: dict[str, int] = {}
    rankings, shown = [], []
    names: dict[str, str] | None = None
    for row in good_rows(path):
        names = names or match_columns(list(row.values), RANKINGS, SHOWN, os.fspath(path)) or {}
        best = _items(cell_text(row, names["ranking"]), ">")
        among = _items(cell_text(row, names["shown"]), "|") if "shown" in names else best
        if (
            len(among) < 2
            or not all((*best, *among))
            or len(set(best)) < len(best)
            or not set(best) <= set(among)
        ):
            raise RowError("quality.row_bad_ranking", file=os.fspath(path), line=row.line)
        rankings.append([at.setdefault(name, len(at)) for name in best])
        shown.append([at.setdefault(name, len(at)) for name in dict.fromkeys(among)])
    if names is None:
        raise InputError("quality.no_rows", file=os.fspath(path))
    return RankingTable(list(at), rankings, shown)


def _items(text: str, mark: str) -> list[str]:
    return [name.strip() for name in text.split(mark)]
