"""Tables of labels, truth and votes, as other tools write them: CSV, JSONL or Parquet.

Files come from strangers, so what is wrong is said with file, line and field, and nothing is
skipped: a judgement over nine tenths of the labels is not the judgement that was asked for. A
well-formed CSV is read by Polars in bulk (a million labels in a fraction of a second); at the
first thing amiss the careful reader of ``intake`` goes over it line by line and names the place.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

import numpy as np

from qinglan.errors import InputError, RowError
from qinglan.intake import Row, rows
from qinglan.intake.files import open_file
from qinglan.intake.limits import DEFAULT_LIMITS
from qinglan.quality.cells import number
from qinglan.quality.votes import Floats, Ints
from qinglan.records import Reason

if TYPE_CHECKING:
    import polars as pl

Columns: TypeAlias = Mapping[str, tuple[str, ...]]
Duplicates: TypeAlias = Literal["refuse", "last"]
Place: TypeAlias = str | os.PathLike[str]

LABELS: Columns = {
    "task": ("item", "task"), "annotator": ("worker", "annotator"), "label": ("label",),
}  # fmt: skip
TRUTH: Columns = {"task": ("item", "task"), "truth": ("truth", "label")}
VOTES: Columns = {"left": ("left",), "right": ("right",), "winner": ("winner",)}
MISSING = frozenset({"", "nan", "null", "none", "na", "n/a"})
"""What other tools write where a value is missing, in lower case."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelTable:
    """Labels as codes, and the names they stand for.

    Tasks and annotators are in order of first appearance, classes in numeric order where all are
    numbers, else in the order of their characters. ``replaced`` counts labels that a later one of
    the same annotator on the same task replaced.
    """

    tasks: list[str]
    annotators: list[str]
    classes: list[str]
    task: Ints
    annotator: Ints
    label: Ints
    replaced: int


@dataclass(frozen=True, slots=True, eq=False)
class VoteTable:
    """Comparisons as codes: left and right item, and the outcome (0 left, 1 right, 2 tie)."""

    items: list[str]
    left: Ints
    right: Ints
    outcome: Ints
    annotators: list[str] | None
    annotator: Ints | None


def read_labels(path: Place, duplicates: Duplicates = "refuse") -> LabelTable:
    """Read ``item|task, worker|annotator, label``; further columns are ignored.

    Args:
        path: a .csv, .jsonl or .parquet file.
        duplicates: what a second label of one annotator on one task means: an error, or a
            correction.

    Raises:
        InputError: the file cannot be used at all, or has no rows.
        RowError: a row cannot be used, or repeats another; with its line and field.
    """
    table = read_columns(path, LABELS)
    task, tasks = encode_column(table["task"])
    who, people = encode_column(table["annotator"])
    label, classes = encode_column(table["label"], ordered=True)
    pair = task.astype(np.int64) * len(people) + who
    _, last = np.unique(pair[::-1], return_index=True)
    replaced = len(pair) - len(last)
    if replaced and duplicates == "refuse":
        refuse_repeated(path, LABELS, ("task", "annotator"))
    if replaced:
        kept = np.sort(len(pair) - 1 - last)
        task, who, label = task[kept], who[kept], label[kept]
    return LabelTable(tasks, people, classes, task, who, label, replaced)


def read_truth(path: Place) -> dict[str, str]:
    """Read ``item|task, truth|label``: task → class.

    Raises:
        InputError, RowError: as ``read_labels``; a task given twice is an error.
    """
    table = read_columns(path, TRUTH)
    if table["task"].n_unique() != len(table):
        refuse_repeated(path, TRUTH, ("task",))
    return dict(zip(table["task"].to_list(), table["truth"].to_list(), strict=True))


def read_votes(path: Place) -> VoteTable:
    """Read ``left, right, winner[, annotator]``.

    The winner is ``left``, ``right`` or ``tie``, or the winning item's own name; where an item is
    itself called ``left``, ``right`` or ``tie``, sides come first.

    Raises:
        InputError, RowError: as ``read_labels``; a winner that is neither side is an error, and
            so is an item against itself.
    """
    import polars as pl

    table = read_columns(path, VOTES, optional={"annotator": ("annotator", "worker")})
    outcome = table.select(
        pl.when(pl.col("winner").str.to_lowercase() == "left").then(0)
        .when(pl.col("winner").str.to_lowercase() == "right").then(1)
        .when(pl.col("winner").str.to_lowercase() == "tie").then(2)
        .when(pl.col("winner") == pl.col("left")).then(0)
        .when(pl.col("winner") == pl.col("right")).then(1)
        .otherwise(-1).alias("outcome")
    )["outcome"].to_numpy()  # fmt: skip
    bad = (outcome < 0) | (table["left"] == table["right"]).to_numpy()
    if bad.any():
        _refuse_vote(path, int(np.flatnonzero(bad)[0]))
    both, items = encode_column(pl.concat([table["left"], table["right"].rename("left")]))
    named = "annotator" in table.columns
    who, people = encode_column(table["annotator"]) if named else (None, None)
    half = len(table)
    return VoteTable(items, both[:half], both[half:], outcome.astype(np.int32), people, who)


def numbers(table: LabelTable, path: Place) -> Floats:
    """Each label as a number, for ordinal and interval agreement.

    Raises:
        RowError: a label is not a finite number.
    """
    values = [number(name) for name in table.classes]
    bad = {name for name, value in zip(table.classes, values, strict=True) if value is None}
    if bad:
        refuse_text(path, bad)
    return np.array(values, dtype=np.float64)[table.label]


def read_columns(path: Place, wanted: Columns, optional: Columns | None = None) -> pl.DataFrame:
    """The wanted columns as text, none missing; ``optional`` ones where the file has them."""
    found = _read_fast(path, wanted, optional or {})
    return _read_carefully(path, wanted, optional or {}) if found is None else found


def _read_fast(path: Place, wanted: Columns, optional: Columns) -> pl.DataFrame | None:
    """As ``read_columns`` for a CSV in which nothing is amiss; ``None`` leaves it to the careful
    one.
    """
    import polars as pl

    if Path(path).suffix.lower() != ".csv":
        return None
    with open_file(os.fspath(path), DEFAULT_LIMITS) as file:
        size = os.fstat(file.fileno()).st_size
        if size > 2**31:
            return None
        data = file.read()
    if b"\0" in data or data.startswith(b"\xef\xbb\xbf"):
        return None
    try:
        table = pl.read_csv(data, infer_schema=False)
    except pl.exceptions.PolarsError:
        return None
    names = match_columns(table.columns, wanted, optional, None)
    if names is None or not len(table):
        return None
    table = table.select(pl.col(given).alias(name) for name, given in names.items())
    blank = pl.all().is_null() | pl.all().str.to_lowercase().is_in(list(MISSING))
    missing = table.select(pl.any_horizontal(blank).any()).item()
    return None if missing else table


def _read_carefully(path: Place, wanted: Columns, optional: Columns) -> pl.DataFrame:
    import polars as pl

    columns: dict[str, list[str]] = {name: [] for name in (*wanted, *optional)}
    names: dict[str, str] | None = None
    for row in good_rows(path):
        if names is None:
            names = match_columns(list(row.values), wanted, optional, os.fspath(path)) or {}
        for name, given in names.items():
            columns[name].append(cell_text(row, given))
    if names is None:
        raise InputError("quality.no_rows", file=os.fspath(path))
    return pl.DataFrame(
        {name: columns[name] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


def good_rows(path: Place) -> Iterator[Row]:
    """Good rows; the first bad one is an error."""
    for row in rows(path):
        if not isinstance(row, Row):
            reason = row.reason if row.reason in _SPOKEN else Reason.BAD_VALUE
            raise RowError(
                f"quality.row_{reason.value}", file=os.fspath(path), line=row.line,
                field=row.field or "-",
            )  # fmt: skip
        yield row


_SPOKEN = frozenset({Reason.BAD_ENCODING, Reason.BAD_VALUE, Reason.MISSING_FIELD, Reason.TOO_LARGE})


def match_columns(
    given: list[str], wanted: Columns, optional: Columns, file: str | None
) -> dict[str, str] | None:
    """The file's own name of each wanted column; ``None`` or, given ``file``, an error if short."""
    names: dict[str, str] = {}
    for name, choices in {**wanted, **optional}.items():
        match = [choice for choice in choices if choice in given]
        if len(match) == 1:
            names[name] = match[0]
        elif name in wanted:
            if file is None:
                return None
            key = "quality.two_columns" if match else "quality.no_column"
            raise InputError(key, file=file, column=" | ".join(choices), found=", ".join(given))
    return names


def cell_text(row: Row, field: str) -> str:
    """A cell as text; a missing or nested value is an error with its line and field."""
    value = row.values.get(field)
    if isinstance(value, (list, dict)):
        raise RowError("quality.row_bad_value", file=row.file, line=row.line, field=field)
    text = "" if value is None else str(value)
    if text.lower() in MISSING:
        raise RowError("quality.row_missing_field", file=row.file, line=row.line, field=field)
    return text


def refuse_text(
    path: Place, bad: Container[str], columns: tuple[str, ...] = LABELS["label"]
) -> NoReturn:
    """Name the first row whose label is one of ``bad``, which are no numbers."""
    for row in good_rows(path):
        names = match_columns(list(row.values), {"label": columns}, {}, os.fspath(path))
        field = (names or {})["label"]
        label = cell_text(row, field)
        if label in bad:
            raise RowError(
                "quality.not_numeric", file=os.fspath(path), line=row.line, field=field, label=label
            )
    raise AssertionError("a label that was read is in the file")


def refuse_repeated(path: Place, wanted: Columns, key: tuple[str, ...]) -> None:
    """Name the first row whose ``key`` columns repeat those of another, if there is one."""
    seen: dict[tuple[str, ...], int] = {}
    names: dict[str, str] | None = None
    for row in good_rows(path):
        names = names or match_columns(list(row.values), wanted, {}, os.fspath(path)) or {}
        place = tuple(cell_text(row, names[part]) for part in key)
        if place in seen:
            raise RowError(
                "quality.repeated", file=os.fspath(path), line=row.line, first=seen[place],
                what=", ".join(place),
            )  # fmt: skip
        seen[place] = row.line


def _refuse_vote(path: Place, number: int) -> None:
    for at, row in enumerate(good_rows(path)):
        if at == number:
            key = (
                "quality.self_vote"
                if row.values["left"] == row.values["right"]
                else ("quality.no_winner")
            )
            raise RowError(
                key, file=os.fspath(path), line=row.line, winner=row.values["winner"],
                left=row.values["left"], right=row.values["right"],
            )  # fmt: skip


def encode_column(names: pl.Series, *, ordered: bool = False) -> tuple[Ints, list[str]]:
    """Codes and distinct names: by first appearance, or in their natural order."""
    import polars as pl

    distinct = names.unique(maintain_order=True).to_list()
    if ordered:
        distinct.sort(key=lambda name: (number(name) is None, number(name) or 0.0, name))
    codes = names.replace_strict(
        pl.Series(distinct, dtype=pl.String), np.arange(len(distinct), dtype=np.int32),
        return_dtype=pl.Int32,
    )  # fmt: skip
    return codes.to_numpy(), distinct
