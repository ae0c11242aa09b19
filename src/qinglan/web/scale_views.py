"""What the pages of kinds that measure, score, order and mark show of a task and its scheme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from qinglan.kinds import canonical_key, criteria_in, spans
from qinglan.kinds.number import Measure, read_measure
from qinglan.kinds.scheme import Scheme
from qinglan.records import Kind, Span

KEYS = "123456789abcdefghiklmnopqrstuvwyz"
"""A key for each label: without j, x (both of the desk's own) and 0 (nothing to mark)."""

_WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_WIDE}]|[^\W{_WIDE}]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a criterion, the key that chooses it, and what it means."""

    level: int
    key: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion in the visitor's language."""

    key: str
    name: str
    about: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label in the visitor's language, and the key that sets it."""

    key: str
    name: str
    about: str
    press: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The least stretch of a text that the keyboard marks; white space is none."""

    start: int
    end: int
    text: str
    blank: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of a text with the names of the labels that lie on it."""

    text: str
    labels: tuple[str, ...]
    ends: tuple[str, ...]
    """Labels that end here."""


def criteria_shown(kind: Kind, options: tuple[str, ...], scheme: Scheme, language: str) -> Any:  # noqa: ANN401
    """The task's criteria with their texts."""
    shown = []
    for one in criteria_in(kind, tuple(options)):
        rated = scheme.rated(one)
        levels = tuple(
            Level(level=n, key=str(n) if n < 10 else "", meaning=rated.meaning(n, language))
            for n in one.levels
        )
        shown.append(
            Criterion(
                key=one.key,
                name=rated.name(language),
                about=rated.about.say(language),
                levels=levels,
            )
        )
    return shown


def measure_shown(options: tuple[str, ...]) -> Measure:
    """What a number is measured in, and where it may lie."""
    return read_measure(tuple(options)) or Measure()


def labels_shown(options: tuple[str, ...], scheme: Scheme, language: str) -> list[Label]:
    """The labels of a task in which spans are marked."""
    known = {one.key: one for one in scheme.labels}
    return [
        Label(
            key=key, name=scheme.label(key, language),
            about=known[key].about.say(language) if key in known else "",
            press=KEYS[place] if place < len(KEYS) else "",
        )
        for place, key in enumerate(options[1:])
    ]  # fmt: skip


def key_shown(kind: Kind, options: tuple[str, ...], key: str, scheme: Scheme, language: str) -> str:
    """A key as a person reads it; as it stands where it cannot be read."""
    value = canonical_key(kind, options, key).value
    if value is None:
        return key
    if kind is Kind.NUMBER:
        return " ".join(part for part in (value, measure_shown(options).unit) if part)
    if kind is Kind.RANKING:
        return " > ".join(options[int(item) - 1] for item in value.split(">"))
    if kind is Kind.RUBRIC:
        levels = dict(part.split("=") for part in value.split(" "))
        named = [(scheme.rated(one).name(language), one.key) for one in criteria_in(kind, options)]
        return " · ".join(f"{name} {levels[key]}" for name, key in named)
    found = spans.parse(value)
    marked = [f"{scheme.label(name, language)} “{options[0][a:b]}”" for name, a, b in found]
    return " · ".join(marked) or "—"


def tokens(text: str) -> list[Token]:
    """``text`` in words, wide characters and signs, with all white space between."""
    return [
        Token(start=m.start(), end=m.end(), text=m[0], blank=m[0].isspace())
        for m in _TOKEN.finditer(text)
    ]


def stretches(text: str, marked: tuple[Span, ...], scheme: Scheme, language: str) -> list[Stretch]:
    """``text`` cut where spans begin and end."""
    size = len(text)
    edges = {0, size, *(min(at, size) for one in marked for at in (one.start, one.end))}
    shown = []
    waiting = sorted(marked, key=lambda one: one.start)[::-1]
    here: list[Span] = []
    # In one pass: somebody may have marked every single character.
    for start, end in pairwise(sorted(edges)):
        here = [one for one in here if one.end > start]
        while waiting and waiting[-1].start <= start:
            here.append(waiting.pop())
        shown.append(
            Stretch(
                text=text[start:end],
                labels=tuple(scheme.label(one.label, language) for one in here),
                ends=tuple(scheme.label(one.label, language) for one in here if one.end == end),
            )
        )
    return shown


def named(criterion: str, scheme: Scheme, language: str) -> str:
    """What a criterion is called; its key where the scheme does not know it."""
    return next((one.name(language) for one in scheme.criteria if one.key == criterion), criterion)


GLOBALS = {
    "criteria_shown": criteria_shown, "measure_shown": measure_shown,
    "labels_shown": labels_shown, "tokens": tokens, "stretches": stretches,
}  # fmt: skip
"""What templates call."""
