"""Marks: which steps of a solution hold, up to the first that does not.

Marking stops at the first wrong step, for what follows a wrong step is neither right nor wrong.
So an answer says one thing above all: which step is the first wrong one, or that none is; votes
are counted on that. Files code marks as words, or as 1, 0 and −1, as PRM800K does.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from qinglan.kinds.canonical import Canonical
from qinglan.records import MarksAnswer, Reason

__all__ = ["NONE", "first_wrong", "fits", "read", "read_key", "read_one"]

NONE = "none"
"""The canonical form of a solution without a wrong step."""

_MARKS = {
    "right": "right", "1": "right", "+": "right", "对": "right", "正确": "right",
    "neutral": "neutral", "0": "neutral", "中性": "neutral", "中立": "neutral",
    "wrong": "wrong", "-1": "wrong", "-": "wrong", "错": "wrong", "错误": "wrong",
}  # fmt: skip


def read(marks: object) -> tuple[str, ...] | None:
    """The marks that a list or one text of words names, or ``None``."""
    if isinstance(marks, str):
        marks = marks.replace(",", " ").split()
    if not isinstance(marks, Sequence) or not marks:
        return None
    found = [read_one(mark) for mark in marks]
    return None if None in found else tuple(str(mark) for mark in found)


def read_one(mark: object) -> str | None:
    """The one mark that a word or number names, or ``None``."""
    return _MARKS.get(_word(mark))


def fits(marks: Sequence[str], steps: int) -> bool:
    """Whether marks are whole: one a step, or up to the one wrong step, which is the last.

    ``steps`` is 0 where it is not known yet.
    """
    if "wrong" in marks[:-1]:
        return False
    if steps == 0:
        return True
    return len(marks) <= steps if marks[-1] == "wrong" else len(marks) == steps


def first_wrong(answer: MarksAnswer, steps: int) -> Canonical:
    """The number of the first wrong step, from 1, or ``none``."""
    if not fits(answer.marks, steps):
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    wrong = answer.marks[-1] == "wrong"
    return Canonical(str(len(answer.marks)) if wrong else NONE)


def read_key(key: str, steps: int) -> str | None:
    """The first wrong step that a key names, in canonical form; ``None`` where it names none."""
    word = key.strip().casefold()
    if word in (NONE, "无", "没有"):
        return NONE
    if not (word.isascii() and word.isdigit() and len(word) < 9):
        return None
    return str(int(word)) if 1 <= int(word) <= (steps or 10**9) else None


def _word(mark: object) -> str:
    if isinstance(mark, bool) or not isinstance(mark, (str, int, Decimal)):
        return ""
    return str(mark).strip().casefold().replace("−", "-")
