"""Choices: an answer that names options by letter, by text, or by true and false.

Letters are positions: A is the first option. What names no option, or two different ones, is
not read; "A or B" is ambiguous, "A, C" is a multiple choice. Where an option's text is itself a
letter, the letter could mean either, and is read only if both mean the same option.
"""

from __future__ import annotations

import re

from qinglan.kinds import final
from qinglan.kinds.canonical import Canonical
from qinglan.kinds.free import fold
from qinglan.kinds.quantity import plain
from qinglan.records import Reason

__all__ = ["LETTERS", "read"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STEMS = dict(zip("甲乙丙丁戊己庚辛", LETTERS, strict=False))
_TRUE = "true t yes right correct 对 正确 是 √ ✓ ✔"
_FALSE = "false f no wrong incorrect 错 错误 不对 不正确 否 × ✗ ✘"
_TRUTH = dict.fromkeys(_TRUE.split(), True) | dict.fromkeys(_FALSE.split(), False)
_UNKNOWN_OPTIONS = 8
"""Letters read where the task's options are not known: A to H."""


def read(text: str, options: tuple[str, ...] = ()) -> Canonical:
    """The options that ``text`` names, as sorted letters, or "true"/"false" without options."""
    whole = _read_statement(text, options)
    if whole.value is not None:
        return whole
    statements = final.find_statements(text)
    if not statements:
        return Canonical(None, Reason.NO_FINAL_ANSWER)
    found = {_read_statement(statement, options) for statement in statements}
    stated = found.pop() if len(found) == 1 else Canonical(None, Reason.ANSWER_AMBIGUOUS)
    return stated if stated.value is not None or whole.reason != Reason.ANSWER_AMBIGUOUS else whole


def _read_statement(text: str, options: tuple[str, ...]) -> Canonical:
    """One statement: an option's text, letters, a letter before its text, true or false."""
    if len(text) > max([final.LONGEST_STATEMENT, *map(len, options)]) + 20:
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    said = fold(text)
    by_text = {LETTERS[i] for i, option in enumerate(options[:26]) if said and fold(option) == said}
    by_letter = _letters(plain(text), options)
    if by_letter is None:
        by_letter = _lettered_text(text, options)
    if by_letter == "?" or len(by_text) > 1:
        return Canonical(None, Reason.ANSWER_AMBIGUOUS)
    if by_text:
        value = by_text.pop()
        if by_letter not in (None, value):
            return Canonical(None, Reason.ANSWER_AMBIGUOUS)
        return Canonical(value)
    if by_letter is not None:
        return Canonical(by_letter)
    return _truth(text, options)


_ONE = re.compile(
    r"[(\[{]?\s?([A-Za-z甲乙丙丁戊己庚辛])\s?[)\]}.]?"
    r"|(?:选项|选|option|choice) ?\(?([A-Za-z])\)?",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[,、，;；&+]\s*(?:and\s+)?|\s+(?:and\s+)?|\s*[和与及]\s*")
_EITHER = re.compile(r"(?:^|[^A-Za-z])([A-Z])\)? ?(?:or|或者?|/) ?\(?([A-Z])(?:$|[^A-Za-z])")


def _letters(text: str, options: tuple[str, ...]) -> str | None:
    """Letters alone: "C", "(c)", "ACD", "A, C", "A和C"; "?" for "A or B"."""
    if len(text) > 60:
        return None
    if _EITHER.search(text):
        return "?"
    one = _ONE.fullmatch(text)
    if one:
        return _check([one[1] or one[2]], options)
    if re.fullmatch(r"[A-Z]{2,8}", text):
        return _check(list(text), options)
    parts = [_ONE.fullmatch(part) for part in _SPLIT.split(text)]
    if len(parts) > 1 and all(parts):
        return _check([part[1] or part[2] for part in parts if part], options)
    return None


def _check(letters: list[str], options: tuple[str, ...]) -> str | None:
    """Sorted letters, if each is an option and none comes twice."""
    known = LETTERS[: len(options) or _UNKNOWN_OPTIONS]
    upper = [_STEMS.get(letter, letter.upper()) for letter in letters]
    if len(set(upper)) != len(upper) or not set(upper) <= set(known):
        return None
    return "".join(sorted(upper))


_LETTERED = re.compile(r"[(\[]?([A-Z])\s?[)\].:、]\s?(\S.*)", re.DOTALL)


def _lettered_text(text: str, options: tuple[str, ...]) -> str | None:
    """A letter and its option's text, "B. 18 apples"; "?" where the text is another option's."""
    found = _LETTERED.fullmatch(plain(text))
    if found is None:
        return None
    letter = _check([found[1]], options)
    if letter is None:
        return None
    rest = fold(found[2])
    named = {LETTERS[i] for i, option in enumerate(options[:26]) if fold(option) == rest}
    if named and letter not in named:
        return "?"
    if named or not re.search(r"(?<![A-Za-z])[A-Z](?![A-Za-z'])", found[2]):
        return letter
    return "?"


def _truth(text: str, options: tuple[str, ...]) -> Canonical:
    """True or false, as the option that says so, or by itself where there are no options."""
    truth = _TRUTH.get(fold(text), _TRUTH.get(text.strip()))
    if truth is None:
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    if not options:
        return Canonical("true" if truth else "false")
    fits = [i for i, option in enumerate(options[:26]) if _TRUTH.get(fold(option)) is truth]
    if len(fits) != 1:
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    return Canonical(LETTERS[fits[0]])
