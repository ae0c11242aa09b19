"""Spans: stretches of a text, each with one of the task's labels.

A span is from a character (from 0) to before another; characters are Unicode code points, so that
an offset means the same in every language and to every reader. Spans of one label do not overlap;
those of different labels may. In a form or a table spans are lines, ``label 12-17``. A span that
quotes its words (``text``) must stand where those are: else its places were counted otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from qinglan.kinds.canonical import Canonical
from qinglan.records import Reason, Span

__all__ = [
    "ENOUGH", "NONE", "Misread", "Quote", "canonical", "fit", "misread", "near", "overlap", "parse",
    "quotes", "read", "read_lines",
]  # fmt: skip

NONE = "none"
"""The canonical form of a text in which nothing is marked."""
ENOUGH = 0.8
"""Overlap (F1 by characters and labels) from which spans agree with a key."""

_LINE = re.compile(r"(\S{1,40})\s+(\d{1,9})\s*[-–—]\s*(\d{1,9})")
_QUOTE = re.compile(
    r"(\S{1,40})\s+(?:(\d{1,3})\s*\*\s*)?[\"“”「『](.{1,2000})[\"“”」』]", re.DOTALL
)


def read(given: object, options: tuple[str, ...]) -> tuple[Span, ...] | None:
    """The spans that a list or a text of lines names, in order, or ``None``.

    ``options``: the text and its labels; none where they are not known yet. Then nothing can be
    held against them, and lines that quote words are not read.
    """
    text = options[0] if options else ""
    spans = read_lines(given, text) if isinstance(given, str) else _listed(given)
    return None if spans is None else fit(spans, options)


class Quote(NamedTuple):
    """A span with the words that are said to stand there."""

    start: int
    end: int
    words: str


class Misread(NamedTuple):
    """A span at which other words stand; ``counted`` is what its file counts, where that fits."""

    quote: Quote
    there: str
    counted: Literal["UTF-16", "UTF-8"] | None


def quotes(given: object) -> tuple[Quote, ...]:
    """The spans of a list that say their words."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return ()
    return tuple(
        Quote(int(str(one["start"])), int(str(one["end"])), str(one["text"]))
        for one in given
        if isinstance(one, Mapping) and isinstance(one.get("text"), str)
        and _whole(one.get("start")) and _whole(one.get("end"))
    )  # fmt: skip


def misread(quoted: Sequence[Quote], text: str) -> Misread | None:
    """The first span at which ``text`` says something else; ``None`` where all are as quoted.

    Other tools count in UTF-16 units (JavaScript, Java) or in bytes of UTF-8: past the first emoji
    or Chinese character such places are elsewhere. White space at the edges of a span is none of
    it, and may be quoted or not.
    """

    def wrong(data: str | bytes, encoding: str = "", width: int = 1) -> Iterator[Misread]:
        for one in quoted:
            piece = data[one.start * width : one.end * width]
            there = piece if isinstance(piece, str) else piece.decode(encoding, "replace")
            if there != one.words and there.strip() != one.words.strip():
                yield Misread(one, there, None)

    found = next(wrong(text), None)
    if found is None:
        return None
    if next(wrong(text.encode("utf-16-le"), "utf-16-le", 2), None) is None:
        return found._replace(counted="UTF-16")
    if next(wrong(text.encode("utf-8"), "utf-8"), None) is None:
        return found._replace(counted="UTF-8")
    return found


def read_lines(given: str, text: str) -> list[tuple[str, int, int]] | None:
    """Label, start and end of each line: ``label 12-17``, or ``label "words"``.

    Quoted words are where they first stand in ``text``; ``label 2*"words"`` is their second place,
    and so on up to 999.
    """
    if given.strip().casefold() == NONE:
        return []
    spans = []
    places: dict[str, list[int]] = {}
    for line in given.splitlines():
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is not None:
            spans.append((found[1], int(found[2]), int(found[3])))
            continue
        found = _QUOTE.fullmatch(line.strip())
        known = [] if found is None else places.setdefault(found[3], [])
        start = -1 if found is None else _place(text, found[3], int(found[2] or 1), known)
        if found is None or start < 0:
            return None
        spans.append((found[1], start, start + len(found[3])))
    return spans


def fit(spans: Sequence[tuple[str, int, int]], options: tuple[str, ...]) -> tuple[Span, ...] | None:
    """Spans in order, each without white space at its edges, or ``None``: a label that is none of
    the task's, an end beyond the text, white space alone, or two of one label that overlap.
    """
    fitted = []
    for label, start, end in spans:
        if start >= end or start < 0 or len(label) > 40:
            return None
        if options:
            if label not in options[1:] or end > len(options[0]):
                return None
            words = options[0][start:end]
            start, end = (
                start + len(words) - len(words.lstrip()),
                end - len(words) + len(words.rstrip()),
            )
            if start >= end:
                return None
        fitted.append(Span(start=start, end=end, label=label))
    fitted = sorted(set(fitted), key=lambda one: (one.start, one.end, one.label))
    last: dict[str, int] = {}
    for one in fitted:
        if one.start < last.get(one.label, 0):
            return None
        last[one.label] = one.end
    return tuple(fitted)


def canonical(spans: Sequence[Span], options: tuple[str, ...]) -> Canonical:
    """One text: ``0-5:person 9-14:place``, or ``none``."""
    fitted = fit([(one.label, one.start, one.end) for one in spans], options)
    if fitted is None:
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    return Canonical(" ".join(f"{one.start}-{one.end}:{one.label}" for one in fitted) or NONE)


def parse(value: str) -> list[tuple[str, int, int]]:
    """Label, start and end of each span of a canonical text.

    Raises:
        ValueError: it is none.
    """
    spans = []
    for part in [] if value == NONE else value.split(" "):
        place, colon, label = part.partition(":")
        start, dash, end = place.partition("-")
        if not (colon and dash):
            raise ValueError(f"no span: {part[:80]!r}")
        spans.append((label, int(start), int(end)))
    return spans


def overlap(value: str, key: str) -> float:
    """F1 of two canonical texts of spans, by characters and labels; 1 where neither marks any."""
    left, right = (
        {(label, at) for label, start, end in parse(one) for at in range(start, end)}
        for one in (value, key)
    )
    both = len(left) + len(right)
    return 1.0 if both == 0 else 2 * len(left & right) / both


def near(value: str, key: str) -> bool:
    """Whether two canonical texts of spans overlap by ``ENOUGH``."""
    return overlap(value, key) >= ENOUGH


def _listed(given: object) -> list[tuple[str, int, int]] | None:
    if not isinstance(given, Sequence):
        return None
    spans = []
    for one in given:
        if isinstance(one, Mapping):
            parts = [one.get(name) for name in ("label", "start", "end")]
            if not {*one} <= {"label", "start", "end", "text"}:
                return None
            if not isinstance(one.get("text"), (str, type(None))):
                return None
        elif isinstance(one, Sequence) and not isinstance(one, str) and len(one) == 3:
            parts = [one[2], one[0], one[1]]
        else:
            return None
        label, start, end = parts
        if not isinstance(label, str) or not (_whole(start) and _whole(end)):
            return None
        spans.append((label, int(str(start)), int(str(end))))
    return spans


def _whole(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, (int, Decimal)):
        return False
    return str(number).isdigit() and len(str(number)) < 10


def _place(text: str, words: str, number: int, known: list[int]) -> int:
    """Where ``words`` stand in ``text`` for the ``number``-th time; −1 where they do not.

    ``known`` are the first places, which are looked for once however many lines quote them.
    """
    while len(known) < number:
        at = text.find(words, known[-1] + 1 if known else 0)
        if at < 0:
            return -1
        known.append(at)
    return known[number - 1] if number else -1
