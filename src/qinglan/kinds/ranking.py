"""Rankings: all items of a task in order, the best first.

An answer names items by their numbers from 1, in the task's order; letters and the items' own texts
are read too. Two rankings are one answer where every item has the same place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from qinglan.kinds.canonical import Canonical
from qinglan.kinds.choice import LETTERS
from qinglan.records import Reason

__all__ = ["ENOUGH", "agreement", "canonical", "fits", "near", "read"]

ENOUGH = 0.8
"""Share of pairs in the same order from which a ranking agrees with a key."""

_SPLIT = re.compile(r"\s*[>＞,，、;；\s]\s*")


def read(given: object, items: tuple[str, ...]) -> tuple[int, ...] | None:
    """The numbers of the items in ``given``, best first; ``None`` where it is no whole ranking.

    ``items``: none where they are not known yet; then numbers and letters are read.
    """
    if isinstance(given, str):
        given = [part for part in _SPLIT.split(given.strip().strip(">＞")) if part]
    if not isinstance(given, Sequence):
        return None
    found = [_number(one, items) for one in given]
    order = tuple(number for number in found if number is not None)
    return order if len(order) == len(found) and fits(order, len(items)) else None


def fits(order: Sequence[int], items: int) -> bool:
    """Whether ``order`` names each of so many items once; 0 where that is not known yet."""
    count = items or len(order)
    return count >= 2 and sorted(order) == list(range(1, count + 1))


def canonical(order: Sequence[int], items: int) -> Canonical:
    """One text: ``2>1>3``."""
    if not fits(order, items):
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    return Canonical(">".join(map(str, order)))


def agreement(value: str, key: str) -> float:
    """Share of pairs that two canonical rankings of the same items have in the same order."""
    left = {int(item): place for place, item in enumerate(value.split(">"))}
    right = [int(item) for item in key.split(">")]
    pairs = [left[a] < left[b] for a, b in combinations(right, 2)]
    return sum(pairs) / len(pairs)


def near(value: str, key: str) -> bool:
    """Whether two canonical rankings agree on ``ENOUGH`` of the pairs."""
    return agreement(value, key) >= ENOUGH


def _number(given: object, items: tuple[str, ...]) -> int | None:
    if isinstance(given, bool) or not isinstance(given, (int, str, Decimal)):
        return None
    text = str(given).strip()
    if text.isascii() and text.isdigit() and len(text) < 3:
        return int(text)
    if text in items:
        return items.index(text) + 1
    return LETTERS.index(text.upper()) + 1 if len(text) == 1 and text.upper() in LETTERS else None
