"""JSON Lines: one object a line, read with a bounded buffer.

``for line in file`` would take a line of two gigabytes whole. Here a line longer than the limit
is counted, set aside and skipped in pieces, and the next line is read as if nothing had been.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from qinglan.errors import InputError
from qinglan.intake.files import open_file
from qinglan.intake.limits import Limits
from qinglan.intake.values import BadRow, Row, parser
from qinglan.records import Reason, SetAside

__all__ = ["read", "read_lines"]

_BOM = b"\xef\xbb\xbf"
_PIECE = 2**17
"""Bytes that are split into lines at a time."""


def read(
    name: str, limits: Limits, start: int, required: frozenset[str]
) -> Iterator[Row | SetAside]:
    """Objects of a JSON Lines file; blank lines are skipped. ``required`` is for tables."""
    del required
    with open_file(name, limits) as file:
        yield from _read_objects(file, name, limits, start)


def _read_objects(
    file: BinaryIO, name: str, limits: Limits, start: int
) -> Iterator[Row | SetAside]:
    anything, parse = False, parser(limits)
    for number, line in read_lines(file, name, limits):
        if line is not None and not line.strip():
            continue
        anything = True
        if number <= start:
            continue
        if line is None:
            yield SetAside(
                stage="import", reason=Reason.TOO_LARGE, file=name, line=number,
                detail=f"> {limits.max_row_bytes} bytes",
            )  # fmt: skip
            continue
        try:
            yield Row(name, number, parse(line))
        except BadRow as bad:
            yield SetAside(
                stage="import", reason=bad.reason, file=name, line=number, field=bad.field,
                detail=bad.detail,
            )  # fmt: skip
    if not anything:
        raise InputError("intake.empty", file=name)


def read_lines(file: BinaryIO, name: str, limits: Limits) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their 1-based numbers, without line ends; ``None`` for one beyond the limit.

    Raises:
        InputError: the file begins with the mark of UTF-16 or UTF-32.
    """
    most = limits.max_row_bytes
    # What was read of a line whose end was not; of one beyond the limit, nothing is kept.
    number, begun, beyond = 0, b"", False
    piece = file.read(_PIECE)
    if piece.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("intake.encoding", file=name)
    piece = piece.removeprefix(_BOM) or file.read(_PIECE)
    while piece:
        *lines, begun = (begun + piece).split(b"\n")
        for line in lines:
            number += 1
            body = line.removesuffix(b"\r")
            yield number, None if beyond or len(body) > most else body
            beyond = False
        if beyond or len(begun) > most + 1:  # room for CR
            begun, beyond = b"", True
        piece = file.read(_PIECE)
    if begun or beyond:
        yield number + 1, None if beyond or len(begun) > most else begun
