"""Pages, tables and docstrings as Markdown, for the reference pages written from the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence

NOTE = (
    "<!-- Written by scripts/make_reference.py from the code; change the code, not this page. -->"
)


def page(title: str, *parts: str) -> str:
    """One page: a title, the note that it is generated, and its parts."""
    return "\n\n".join([f"# {title}", NOTE, *(part.strip("\n") for part in parts if part)]) + "\n"


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; bars and line breaks in cells are made harmless."""

    def line(cells: tuple[str, ...]) -> str:
        clean = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
        return "| " + " | ".join(clean) + " |"

    return "\n".join([line(head), "|" + " --- |" * len(head), *map(line, rows)])


def docstring(thing: object) -> str:
    """The docstring as Markdown: sections such as ``Raises:`` become lists."""
    text = (inspect.getdoc(thing) or "").replace("``", "`")
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        if re.fullmatch(r"(Raises|Returns|Args|Yields):", line):
            lines += [f"*{line}*", ""]
            inside = True
        elif inside and re.match(r" {4}\S", line):
            lines.append(f"- {line.strip()}")
        else:
            inside = inside and line.startswith(" ")
            lines.append(line)
    return "\n".join(lines)
