"""What was changed in a text: runs of words that stayed, went and came.

Words are compared, and Chinese characters one by one, so that one changed word is one change.
Where texts are so long that this would keep the server busy, whole lines are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, NamedTuple

MOST = 2_000
"""Words, or lines, that are compared one by one; what is longer counts as changed as a whole."""

_WORD = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Piece(NamedTuple):
    """A run of text, and what became of it."""

    change: Literal["same", "gone", "new"]
    text: str


@lru_cache(maxsize=1024)
def compare(before: str, after: str) -> tuple[Piece, ...]:
    """What of ``before`` stayed and what went, and what came, in the order of ``after``."""
    for pattern in (_WORD, _LINE):
        old, new = pattern.findall(before), pattern.findall(after)
        start, end = _shared(old, new)
        middle = old[start : len(old) - end], new[start : len(new) - end]
        if max(map(len, middle)) <= MOST:
            break
    else:
        middle = ["".join(middle[0])], ["".join(middle[1])]
    pieces = [Piece("same", "".join(old[:start])), *_changes(*middle)]
    pieces.append(Piece("same", "".join(old[len(old) - end :])))
    return tuple(piece for piece in pieces if piece.text)


def _shared(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many words both begin with, and how many of the rest both end with."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    most -= start
    end = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return start, end


def _changes(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[i:j]))
            continue
        yield Piece("gone", "".join(old[i:j]))
        yield Piece("new", "".join(new[k:m]))
