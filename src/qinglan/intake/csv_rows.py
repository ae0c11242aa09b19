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
from qinglan.intake.values import BadRow, JsonValue, Row, check_values
from qinglan.records import Reason, SetAside

__all__ = ["read"]

_MOST_LINES = 20_000
"""Lines in one record: short lines take far more memory than their bytes."""

_Record = tuple[int, list[bytes] | None]
"""The number of the first line, and the lines; ``None`` for one too long."""

_Cells = tuple[int, list[str] | BadRow]
"""The line that a row begins on, and its cells or what is wrong with it."""


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
        lines = read_lines(file, name, limits)
        table = (row for record in _records(lines, limits) for row in _parse(*record, limits))
        header = _read_header(table, name, required)
        line = 0
        for line, cells in table:
            if line <= start:
                continue
            try:
                yield Row(name, line, _fit(cells, header, limits))
            except BadRow as bad:
                yield SetAside(
                    stage="import", reason=bad.reason, file=name, line=line, field=bad.field,
                    detail=bad.detail,
                )  # fmt: skip
        if line == 0:
            raise InputError("intake.empty", file=name)


def _fit(cells: list[str] | BadRow, header: list[str], limits: Limits) -> dict[str, JsonValue]:
    """Cells by column."""
    if isinstance(cells, BadRow):
        raise cells
    if len(cells) != len(header):
        raise BadRow(Reason.BAD_VALUE, detail=f"{len(cells)} ≠ {len(header)}")
    values: dict[str, JsonValue] = dict(zip(header, cells, strict=True))
    check_values(values, limits)
    return values


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
            yield number, None
        elif line.count(b'"') % 2 == 0:
            if line.strip():
                yield number, [line]
        else:
            taken = _gather(line, again, lines, limits)
            bodies = [body for _, body in taken if body is not None]
            if taken and len(bodies) == len(taken) and bodies[-1].count(b'"') % 2 == 1:
                yield number, [line, *bodies]
            else:
                again.extendleft(reversed(taken))
                yield number, [line]


def _gather(
    line: bytes,
    again: deque[tuple[int, bytes | None]],
    lines: Iterator[tuple[int, bytes | None]],
    limits: Limits,
) -> list[tuple[int, bytes | None]]:
    """The lines after ``line``, up to the one that balances its quotes or as far as we look."""
    taken: list[tuple[int, bytes | None]] = []
    size = len(line)
    while size <= limits.max_row_bytes and len(taken) < _MOST_LINES:
        following = again.popleft() if again else next(lines, None)
        if following is None:
            break
        taken.append(following)
        if following[1] is None or following[1].count(b'"') % 2 == 1:
            break
        size += len(following[1]) + 1
    return taken


def _parse(number: int, lines: list[bytes] | None, limits: Limits) -> Iterator[_Cells]:
    """Rows of one record, each with the line it begins on.

    Usually one; several where a quote inside a plain cell (``5" pipe``) had made lines look like
    one record. Where that record cannot be read as a whole, its lines are read each by itself.
    """
    if lines is None:
        yield number, BadRow(Reason.TOO_LARGE, detail=f"> {limits.max_row_bytes} bytes")
        return
    try:
        # Bytes that are not UTF-8 become lone surrogates, which the check of values names by cell.
        yield from _split(number, b"\n".join(lines).decode("utf-8", "surrogateescape"))
        return
    except csv.Error:
        if len(lines) == 1:
            yield number, BadRow(Reason.BAD_VALUE, detail='"')
            return
    for line, body in enumerate(lines, start=number):
        if body.strip():
            yield from _parse(line, [body], limits)


def _split(number: int, text: str) -> list[_Cells]:
    """Rows of ``text``.

    Raises:
        csv.Error: an open quote, text after a closing quote, or a bare carriage return.
    """
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), strict=True)
    found: list[_Cells] = []
    before = 0
    for cells in reader:
        if any(cell.strip() for cell in cells) or len(cells) > 1:
            found.append((number + before, cells))
        before = reader.line_num
    return found


def _read_header(table: Iterator[_Cells], name: str, required: frozenset[str]) -> list[str]:
    """The column names, each with white space taken off its ends."""
    found = next(table, None)
    if found is None:
        raise InputError("intake.empty", file=name)
    cells = found[1]
    if isinstance(cells, BadRow):
        raise InputError("intake.bad_header", file=name)
    header = [cell.strip() for cell in cells]
    if any("\udc80" <= character <= "\udcff" for cell in header for character in cell):
        raise InputError("intake.encoding", file=name)
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
