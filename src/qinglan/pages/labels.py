"""What stands beside a number: labels in one or two languages, and numbers as text.

A chart and a table must write the same number the same way, and an unknown one as a dash in
both; so the writing is done here, once, for both. Labels come from files and models: control
characters and marks that turn the writing direction are taken out, for they break XML or make
one name look like another.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

from qinglan import wording
from qinglan.wording import Language, Phrase

Label: TypeAlias = str | Phrase
"""A name as it is (str), or a sentence in both languages."""

TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
UNKNOWN = "—"
"""How an unknown number is written; never 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number with its interval; ``n`` is how many items it rests on, ``None`` is unknown.

    Raises:
        ValueError: a number is NaN or infinite, the interval has one end only, or ends that cross.
    """

    label: Label
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    note: Label = ""

    def __post_init__(self) -> None:
        for number in (self.value, self.low, self.high):
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{number} is not a number to show; an unknown one is None")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends, or none")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the ends of the interval cross")


def phrase(key: str, **facts: object) -> Phrase:
    """The phrase ``key`` in both languages, with ``facts`` filled in."""
    return Phrase(wording.say(key, "en", **facts), wording.say(key, "zh", **facts))


def tell(label: Label, language: Language) -> str:
    """The label in this language, cleaned for display."""
    if isinstance(label, Phrase):
        return clean(label.zh if language == "zh" else label.en)
    return clean(label)


def visible(text: str) -> str:
    """``text`` without control characters, surrogates and direction marks; spacing is kept."""
    return "".join(
        mark
        for mark in text
        if mark in "\t\n"
        or (
            unicodedata.category(mark) not in {"Cc", "Cs", "Co", "Cn"}
            and unicodedata.bidirectional(mark) not in TURNS
        )
    )


def clean(text: str) -> str:
    """What is ``visible`` of ``text``, on one line."""
    return " ".join(visible(text).split())


def width(text: str) -> int:
    """Columns that ``text`` takes in a fixed-width font: CJK and full-width characters take two."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def shorten(text: str, columns: int) -> str:
    """``text`` cut to ``columns``, with an ellipsis where something is missing."""
    if width(text) <= columns:
        return text
    room = columns - 1
    for cut, mark in enumerate(text):
        room -= width(mark)
        if room < 0:
            return text[:cut].rstrip() + "…"
    return text


def count(number: int | None) -> str:
    """A count with thousands separated, or a dash."""
    return UNKNOWN if number is None else f"{number:,}"


def decimal(number: float | None, percent: bool = False) -> str:
    """A score with two decimals, or as a percentage with one; or a dash."""
    if number is None:
        return UNKNOWN
    text = f"{number * 100:.1f}%" if percent else f"{number:.2f}"
    return text.replace("-", "−")


def interval(row: Estimate, percent: bool = False) -> str:
    """The interval in brackets, or a dash where it is unknown."""
    if row.low is None or row.high is None:
        return UNKNOWN
    return f"[{decimal(row.low, percent)}, {decimal(row.high, percent)}]"


def written(row: Estimate, percent: bool = False) -> str:
    """The estimate as one text: value, then interval where there is one."""
    if row.value is None or row.low is None:
        return decimal(row.value, percent)
    return f"{decimal(row.value, percent)} {interval(row, percent)}"
