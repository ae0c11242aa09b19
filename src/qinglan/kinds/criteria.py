"""Criteria: ordinal scales, each with a key that never changes.

A task states a criterion as ``key:low-high``, such as ``accuracy:1-5``. What it is called and what
its levels mean stands in the project's scheme, in both languages, and may be reworded; an answer
holds the key and the level, so that it stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qinglan.records import Score

__all__ = ["KEY", "Criterion", "canonical", "criteria_of", "near", "parse", "read_scores"]

KEY = r"[^\W_][\w.-]{0,39}"
"""What a key looks like: a word of up to forty letters, digits, dots, hyphens and underscores."""
LEVELS = 20
"""Most levels above the lowest: finer than that is a number, not a scale."""

_CRITERION = re.compile(rf"({KEY}):(\d{{1,2}})-(\d{{1,2}})")
_PAIR = re.compile(rf"({KEY})\s*[=:：]\s*(\d{{1,2}})")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One scale: whole numbers from ``low`` to ``high``."""

    key: str
    low: int
    high: int

    def __str__(self) -> str:
        """As a task's options have it."""
        return f"{self.key}:{self.low}-{self.high}"

    @property
    def levels(self) -> range:
        """Its levels, from the lowest."""
        return range(self.low, self.high + 1)


def parse(text: str) -> Criterion | None:
    """The criterion that ``text`` states, or ``None``."""
    found = _CRITERION.fullmatch(text.strip())
    if found is None:
        return None
    low, high = int(found[2]), int(found[3])
    return Criterion(found[1], low, high) if low < high <= low + LEVELS else None


def criteria_of(texts: Sequence[str]) -> tuple[Criterion, ...] | None:
    """The criteria that a task states; ``None`` where one cannot be read, or comes twice."""
    found = [parse(text) for text in texts]
    every = tuple(one for one in found if one is not None)
    unique = len({one.key for one in every}) == len(found)
    return every if unique and 0 < len(every) <= 30 else None


def read_scores(given: object, criteria: tuple[Criterion, ...]) -> tuple[Score, ...] | None:
    """A score for each criterion, in their order, or ``None``.

    ``given``: levels by key, a list of levels in the criteria's order, a list of ``criterion`` and
    ``score``, or a text such as ``accuracy=4 tone=3``. Where the criteria are not known (none),
    levels by key are taken as they are.
    """
    pairs = _pairs(given, criteria)
    if pairs is None or len({key for key, _ in pairs}) != len(pairs):
        return None
    found = dict(pairs)
    if not criteria:
        return tuple(Score(criterion=key, score=level) for key, level in pairs) or None
    if found.keys() != {one.key for one in criteria}:
        return None
    if any(found[one.key] not in one.levels for one in criteria):
        return None
    return tuple(Score(criterion=one.key, score=found[one.key]) for one in criteria)


def canonical(scores: Sequence[Score], criteria: tuple[Criterion, ...]) -> str | None:
    """Scores as one text, in the criteria's order; ``None`` where they do not fit them."""
    found = read_scores({one.criterion: one.score for one in scores}, criteria)
    if found is None or len(found) != len(scores):
        return None
    return " ".join(f"{one.criterion}={one.score}" for one in found)


def near(value: str, key: str, criteria: tuple[Criterion, ...]) -> bool:
    """Whether two canonical scores say the same: each level equal, or next to it on a scale of
    more than three levels.
    """
    left, right = read_scores(value, criteria), read_scores(key, criteria)
    if left is None or right is None:
        return False
    return all(
        abs(a.score - b.score) <= (len(one.levels) > 3)
        for a, b, one in zip(left, right, criteria, strict=True)
    )


def _pairs(given: object, criteria: tuple[Criterion, ...]) -> list[tuple[str, int]] | None:
    if isinstance(given, str):
        found = [_PAIR.fullmatch(part) for part in re.split(r"[\s,，;；]+", given.strip())]
        if all(found):
            return [(one[1], int(one[2])) for one in found if one]
        given = re.split(r"[\s,，;；]+", given.strip())
    items: list[tuple[object, object]]
    if isinstance(given, Mapping):
        items = list(given.items())
    elif isinstance(given, Sequence):
        named = all(isinstance(one, Mapping) and {*one} == {"criterion", "score"} for one in given)
        if named and given:
            items = [(one["criterion"], one["score"]) for one in given]
        elif len(given) == len(criteria):
            items = [(one.key, level) for one, level in zip(criteria, given, strict=True)]
        else:
            return None
    else:
        return None
    levels = [(key, _level(level)) for key, level in items]
    good = [(k, level) for k, level in levels if isinstance(k, str) and level is not None]
    if len(good) != len(items) or not all(re.fullmatch(KEY, key) for key, _ in good):
        return None
    return good


def _level(given: object) -> int | None:
    if isinstance(given, bool) or not isinstance(given, (int, str, Decimal, float)):
        return None
    text = str(given).strip()
    text = text[:-2] if text.endswith(".0") else text
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else None
