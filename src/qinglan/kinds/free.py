"""Free answers: a text that ends in an answer, read into a number or into words.

What counts as one vote is decided here. Numbers compare as numbers however written; words
compare after Unicode folding, so that "Paris." and "paris" are one answer. A statement which
contains exactly one number and nothing that computes, bounds or negates it (答：小红有18个苹果)
gives that number.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from qinglan.kinds import final
from qinglan.kinds.quantity import Quantity, agree, plain, read_quantity, write_quantity
from qinglan.records import Reason

__all__ = ["Reading", "fold", "read"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer says: a quantity, or words, or neither and why."""

    quantity: Quantity | None = None
    words: str | None = None
    reason: Reason | None = None

    @property
    def value(self) -> str | None:
        """The canonical text, or ``None``."""
        return self.words if self.quantity is None else write_quantity(self.quantity)


def read(text: str, *, sentences: bool = True) -> Reading:
    """The final answer that ``text`` gives.

    Args:
        sentences: take the only number out of a stated sentence. Off for keys, which must be
            beyond doubt.

    Returns:
        A reading whose reason is ``NO_FINAL_ANSWER``, ``ANSWER_UNREADABLE`` or
        ``ANSWER_AMBIGUOUS`` where it has neither quantity nor words.
    """
    statements = final.find_statements(text)
    if not statements:
        return Reading(reason=Reason.NO_FINAL_ANSWER)
    readings = [_read_statement(statement, sentences) for statement in statements]
    first = readings[0]
    if all(_same(first, other) for other in readings[1:]):
        return first
    return Reading(reason=Reason.ANSWER_AMBIGUOUS)


def _same(left: Reading, right: Reading) -> bool:
    if left.quantity is not None and right.quantity is not None:
        return agree(left.quantity, right.quantity) is True
    return left == right


_ALTERNATIVES = re.compile(r"\bor\b|或者?", re.IGNORECASE)
_CLAUSE = re.compile(r"[,，] |，|[,，]?\b(?:because|since)\b|因为")


def _read_statement(statement: str, sentences: bool) -> Reading:
    """One statement: an equation's last side, alternatives that must agree, words."""
    if len(statement) > final.LONGEST_STATEMENT:
        return Reading(reason=Reason.ANSWER_UNREADABLE)
    quantity = read_quantity(statement)
    if quantity is not None:
        return Reading(quantity=quantity)
    if "=" in statement:
        return _read_equation(statement)
    parts = [read_quantity(part) for part in _ALTERNATIVES.split(statement)]
    known = [part for part in parts if part is not None]
    if len(known) > 1 and any(agree(known[0], part) is not True for part in known[1:]):
        return Reading(reason=Reason.ANSWER_AMBIGUOUS)
    if len(known) == len(parts):
        return Reading(quantity=known[0])
    clause = _CLAUSE.search(statement)
    if clause and not re.search(r"\d", statement[clause.end() :]):
        quantity = read_quantity(statement[: clause.start()])
    if quantity is None and sentences:
        quantity = _only_number(statement)
    return Reading(quantity=quantity) if quantity is not None else _read_words(statement)


def _read_equation(statement: str) -> Reading:
    """The last side of an equation; the other sides that are numbers must equal it."""
    sides = [read_quantity(side) for side in plain(statement).split("=")]
    last = sides[-1]
    if last is None:
        return _read_words(statement)
    if any(side is not None and agree(side, last) is not True for side in sides):
        return Reading(reason=Reason.ANSWER_AMBIGUOUS)
    return Reading(quantity=last)


_TOKEN = re.compile(r"(?<![A-Za-z0-9.])[-+]?[$¥€£]?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?: ?%)?")
_COMPUTES = re.compile(
    r"[+*/=^×÷√<>≈±{}\\$]|(?<![A-Za-z])-|-(?![A-Za-z])"
    r"|[零〇二三四五六七八九十百千万亿两半几不约非或]|左右|至少|至多|最多|最少|以上|以下|超过"
    r"|多于|少于|大于|小于|没有|分之|之间|的平方|的立方|次方"
    r"|n't\b|\b(?:not|no|about|approximately|around|roughly|nearly|almost|least|most|half|halves"
    r"|twice|thrice|double|triple|squared|cubed|thirds?|quarters?|fifths?|dozens?|hundreds?"
    r"|thousands?|millions?|billions?|or|and|plus|minus|over|under|between|if|than|never|neither"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|dozen|percent|wrong|incorrect|to|th|st|nd|rd)\b",
    re.IGNORECASE,
)


def _only_number(statement: str) -> Quantity | None:
    """The one number of a sentence, with its unit where we know it."""
    text = plain(statement)
    tokens = [found for _, found in zip(range(2), _TOKEN.finditer(text), strict=False)]
    if len(tokens) != 1:
        return None
    start, end = tokens[0].span()
    for cut in range(min(len(text), end + 14), end - 1, -1):
        last, following = text[cut - 1], text[cut : cut + 1]
        if cut > end and (not last.isalnum() or (following.isalpha() and following.isascii())):
            continue  # on white space or in the middle of a word
        quantity = read_quantity(text[start:cut], listed_units=True)
        if quantity is not None:
            around = f"{text[:start]} {text[cut:]}"
            glued = re.match(r"[A-Za-z\d:]|[.,]\S", text[cut:])
            return None if glued or _COMPUTES.search(around) else quantity
    return None


def fold(text: str) -> str:
    """Words for comparison: NFKC, case folded, white space single, edges without punctuation."""
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


_SHORT = 100


@lru_cache(4096)
def _fold_short(text: str) -> str:
    """As ``_fold``, remembered: a few labels are said a million times."""
    return _fold(text)


def _fold(text: str) -> str:
    for _ in range(3):  # folding may undo normalisation, so until nothing changes
        folded = plain(unicodedata.normalize("NFKC", plain(text).casefold()))
        if folded == text:
            break
        text = folded
    return text


def _read_words(statement: str) -> Reading:
    words = fold(statement)
    if not words or not any(c.isalnum() for c in words):
        return Reading(reason=Reason.ANSWER_UNREADABLE)
    # What folding has laid bare may be a statement again ("A: A: x"); read it as such.
    again = final.find_statements(words)
    if again != [words] or read_quantity(words) is not None:
        return Reading(reason=Reason.ANSWER_UNREADABLE)
    return Reading(words=words)
