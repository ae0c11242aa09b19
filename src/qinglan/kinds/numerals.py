"""Chinese numerals: 三百二十, 一百零五, 两万三, 三点五, 三分之二, 百分之二十, 负三, 半.

Schoolbooks and people write answers so, and a vote for 三百二十 is a vote for 320. Reading is
exact (``Fraction``) and strict: what does not follow the grammar is no number, because 一样多
("as many") begins like one. Percentages come back apart, as ``Quantity`` keeps them apart.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

__all__ = ["CHARACTERS", "Numeral", "read_numeral"]

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
CHARACTERS = frozenset([*_DIGITS, *_SMALL, *_LARGE, *"半点负分之又"])
_LONGEST = 60


class Numeral(NamedTuple):
    """A value, and whether it was said in hundredths (百分之)."""

    value: Fraction
    percent: bool


def read_numeral(text: str) -> Numeral | None:
    """The number that the whole of ``text`` spells, or ``None``."""
    if not text or len(text) > _LONGEST or not CHARACTERS.issuperset(text):
        return None
    negative = text.startswith("负")
    body = text[1:] if negative else text
    percent = body.startswith("百分之")
    value = _real(body[3:]) if percent else _rational(body)
    if value is None:
        return None
    return Numeral(-value if negative else value, percent)


def _rational(text: str) -> Fraction | None:
    """A whole number, a decimal, a fraction or a mixed number."""
    if text in ("半", "一半"):
        return Fraction(1, 2)
    whole, mixed, rest = text.rpartition("又")
    below, divided, above = rest.partition("分之")
    if not divided:
        return None if mixed else _real(text)
    parts = (_whole(whole) if mixed else 0, _whole(above), _whole(below))
    if None in parts or not parts[2]:
        return None
    return Fraction(parts[0] or 0) + Fraction(parts[1] or 0, parts[2])


def _real(text: str) -> Fraction | None:
    """A whole number, with decimals after 点 where there are any."""
    whole, point, decimals = text.partition("点")
    value = _whole(whole)
    if value is None or not point:
        return None if value is None else Fraction(value)
    digits = [_DIGITS.get(c) for c in decimals]
    if not digits or None in digits:
        return None
    return value + Fraction(int("".join(map(str, digits))), 10 ** len(digits))


def _whole(text: str) -> int | None:
    """A natural number: digits in a row (二〇二五), or digits with their powers of ten."""
    if not text:
        return None
    if all(c in _DIGITS and c not in "两俩" for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    for name in ("亿", "万"):
        if name in text:
            return _split(text, name)
    return _below_myriad(text)


def _split(text: str, name: str) -> int | None:
    """A number around its largest power: 两亿三千万, 一万零五百, and spoken 两万三 (23,000)."""
    head, _, tail = text.rpartition(name)
    above = _whole(head) if head else None
    if above is None or (name == "万" and "亿" in tail):
        return None
    unit = _LARGE[name]
    if not tail:
        return above * unit
    if len(tail) == 1 and tail in _DIGITS and tail not in "零〇":
        return above * unit + _DIGITS[tail] * unit // 10
    below = _whole(tail.lstrip("零〇")) if tail.lstrip("零〇") else None
    return None if below is None or below >= unit else above * unit + below


def _below_myriad(text: str) -> int | None:
    """A number below ten thousand, powers falling: 三百二十, 一百零五, 十二, spoken 三百二."""
    total, digit, last, gap = 0, None, 10**4, False
    for character in text:
        if character in "零〇":
            if digit is not None or gap or not total:
                return None
            gap = True
        elif character in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[character]
        else:
            power = _SMALL.get(character)
            if power is None or power >= last or (digit is None and (power != 10 or total)):
                return None
            total, digit, last, gap = total + (digit or 1) * power, None, power, False
    if digit is None:
        return None if gap else total
    return total + digit * (last // 10 if not gap and last in (100, 1000) else 1)
