"""CSV with a header (RFC 4180), where one stray quote must not swallow the file.

A quoted field may hold line ends, so a record is gathered until its quotes balance; where they
never do within the size of a row, only the line with the open quote is set aside and reading
goes on at the next. Cells stay as they are, also those that a spreadsheet would run as formulas:
they are data here, and disarming them is the task of whoever writes a spreadsheet.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from qinglan.errors import InputError
from qinglan.intake.files import open_file
from qinglan.intake.jsonl_rows import read_lines
from qinglan.intake.limits import Limits
from qinglan.intake.values import BadRow, Row, check_values
from qinglan.records import Reason, SetAside

__all__ = ["read"]

_MOST_LINES = 20_000
"""Lines in one record: short lines take far more memory than their bytes."""

_Record = tuple[int, list[bytes] | None, bool]
"""First line number, the lines (``None``: one too long), and whether their quotes balance."""


def read(
    name: str, limits: Limits, start: int, required: frozenset[str]
) -> Iterator[Row | SetAside]:
    """Rows of a CSV file as text by column; blank lines are skipped.

    Raises:
        InputError: no header, a column without a name or twice, or one of ``required`` missing.
    """
    # The parser's own limit is one for the process, and far below ours; rows are bounded already.
    csv.field_size_limit(max(csv.field_size_limit(), limits.max_row_bytes + 1))
    with open_file(name, limits) as file:
        records = _records(read_lines(file, name, limits), limits)
        header = _header(records, name, limits, required)
        number = 0
        for number, lines, balanced in records:
            if number <= start:
                continue
            for place, cells in _cells(number, lines, balanced, limits):
                try:
                    if isinstance(cells, BadRow):
                        raise cells
                    if len(cells) != len(header):
                        detail = f"{len(cells)} ≠ {len(header)}"
                        raise BadRow(Reason.BAD_VALUE, detail=detail)
                    values = dict(zip(header, cells, strict=True))
                    check_values(values, limits)
                    yield Row(name, place, values)
                except BadRow as bad:
                    yield SetAside(
                        stage="import", reason=bad.reason, file=name, line=place,
                        field=bad.field, detail=bad.detail,
                    )  # fmt: skip
        if number == 0:
            raise InputError("intake.empty", file=name)


def _records(lines: Iterator[tuple[int, bytes | None]], limits: Limits) -> Iterator[_Record]:
    """Lines gathered into records whose quotes balance.

    Each line is gathered at most twice: a record that fails has no balanced end for a whole
    row's size, so the next failure lies beyond it.
    """
    again: deque[tuple[int, bytes | None]] = deque()
    while True:
        first = again.popleft() if again else next(lines, None)
        if first is None:
            return
        number, line = first
        if line is None:
            yield number, None, True
            continue
        if line.count(b'"') % 2 == 0:
            if line.strip():
                yield number, [line], True
            continue
        taken, size, balanced = [first], len(line), False
        while not balanced:
            following = again.popleft() if again else next(lines, None)
            if following is None:
                break
            taken.append(following)
            if following[1] is None:
                break
            size += len(following[1]) + 1
            if size > limits.max_row_bytes or len(taken) > _MOST_LINES:
                break
            balanced = following[1].count(b'"') % 2 == 1
        if balanced:
            yield number, [body for _, body in taken if body is not None], True
        else:
            again.extendleft(reversed(taken[1:]))
            yield number, [line], False


def _cells(
    number: int, lines: list[bytes] | None, balanced: bool, limits: Limits
) -> Iterator[tuple[int, list[str] | BadRow]]:
    """Cells of a record with the line they start on.

    Usually one row; several where a quote inside a plain cell (``5" pipe``) had made lines look
    like one record.
    """
    if lines is None:
        yield number, BadRow(Reason.TOO_LARGE, detail=f"> {limits.max_row_bytes} bytes")
        return
    try:
        text = b"\n".join(lines).decode("utf-8")
    except UnicodeDecodeError as error:
        yield number, BadRow(Reason.BAD_ENCODING, detail=f"byte {error.start + 1}")
        for offset, line in enumerate(lines[1:], start=1):  # keep what is good behind it
            if line.strip() and line.count(b'"') % 2 == 0:
                yield from _cells(number + offset, [line], True, limits)
        return
    reader = csv.reader([f"{line}\n" for line in text.split("\n")], strict=not balanced)
    place = number
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            yield place, BadRow(Reason.BAD_VALUE, detail='"')
            cells = []
        if cells is None:
            return
        if cells:
            yield place, cells
        place = number + reader.line_num


def _header(
    records: Iterator[_Record], name: str, limits: Limits, required: frozenset[str]
) -> list[str]:
    """The column names, each with white space taken off its ends."""
    number, lines, balanced = next(records, (1, [], True))
    found = next(_cells(number, lines, balanced, limits), None) if lines or lines is None else None
    if found is None:
        raise InputError("intake.empty", file=name)
    cells = found[1]
    if isinstance(cells, BadRow):
        key = "encoding" if cells.reason is Reason.BAD_ENCODING else "bad_header"
        raise InputError(f"intake.{key}", file=name)
    header = [cell.strip() for cell in cells]
    check_header(header, name, required)
    return header


def check_header(header: list[str], name: str, required: frozenset[str]) -> None:
    """Refuse unnamed, repeated and missing columns."""
    if not all(header):
        raise InputError("intake.unnamed_column", file=name, column=header.index("") + 1)
    for column in header:
        if header.count(column) > 1:
            raise InputError("intake.repeated_column", file=name, column=column)
    missing = sorted(required - set(header))
    if missing:
        raise InputError(
            "intake.missing_column", file=name, column=", ".join(missing), found=", ".join(header)
        )
