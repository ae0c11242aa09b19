"""Finding one among hundreds: a box of words and an order, over what the visitor may see anyway.

It is for the office. An annotator has no such box: what cannot be asked tells nothing about gold.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from qinglan.web.visits import Visit

T = TypeVar("T")

FEW = 8
"""Lists of so many need no box."""
LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """What was sought, in the order asked for."""

    lines: tuple[T, ...]
    of: int
    """How many there are in all."""
    words: str
    order: str
    orders: tuple[str, ...]

    @property
    def shows(self) -> bool:
        """Whether the page shows the box."""
        return self.of > FEW or bool(self.words)


def find(
    visit: Visit, every: Sequence[T], text: Callable[[T], str],
    orders: Mapping[str, Callable[[T], Any]],
) -> Found[T]:  # fmt: skip
    """Those of ``every`` whose ``text`` holds all words of the query's ``q``.

    Args:
        visit: with ``q`` and ``order`` in its query; an order that is none is the first one.
        every: what there is.
        text: what of one is searched.
        orders: by name, what they are sorted by; the first is that of ``every`` as it comes.
    """
    words = visit.query.get("q", "").strip()[:LONGEST]
    order = visit.query.get("order", "")
    order = order if order in orders else next(iter(orders))
    asked = fold(words).split()
    lines = [one for one in every if all(word in fold(text(one)) for word in asked)]
    if order != next(iter(orders)):
        lines.sort(key=orders[order])
    return Found(lines=tuple(lines), of=len(every), words=words, order=order, orders=tuple(orders))


def fold(text: str) -> str:
    """``text`` so that width and case make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()
