"""Numbers as people write them, read exactly.

Verification stands or falls with this: "1,200", "１２００", "1200.0", "$1200", "1.2×10^3",
"1200元" and "一千二百" are the same answer, and "0.33" is not "1/3". So a number is read into an
exact fraction, never a float, and whatever is not wholly a number is no number at all: "10+x",
"3 or 4", "about 18", "10:30" stay unread, and a verifier that cannot read does not decide.

A percentage keeps its sign: "50%" equals "0.5", and against a bare "50" it stays undecided, for
the question may have asked "how many per cent".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from qinglan.kinds import numerals, units

__all__ = ["Quantity", "agree", "plain", "read_quantity", "write_quantity"]

_MAX_CHARS = 1200
_MAX_EXPONENT = 300
_BOUND = 10**400  # far beyond any answer, far below what takes time to print
_MAX_DECIMALS = 60


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number, whether it was written as a percentage, and the unit after it.

    ``value`` of a percentage is the number before the sign: 50 for "50%".
    """

    value: Fraction
    percent: bool = False
    unit: str | None = None

    @property
    def ratio(self) -> Fraction:
        """The pure number meant: 1/2 for "50%"."""
        return self.value / 100 if self.percent else self.value


_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "⁄": "/", "∕": "/", "，": ","})
_LATEX = (
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf|mbox|operatorname) ?\{([^{}]*)\}"), r" \1 "),
    (re.compile(r"\\[dtc]?frac ?\{([^{}]*)\} ?\{([^{}]*)\}"), r" \1/\2 "),
    (re.compile(r"\\[dtc]?frac ?(\d)(\d)"), r" \1/\2 "),
    (re.compile(r"\\(?:left|right|displaystyle|!)"), ""),
    (re.compile(r"\\(?:times|cdot)(?![a-zA-Z])"), "×"),
    (re.compile(r"\^ ?\{?\\circ\}?"), "°"),
    (re.compile(r"\\[,;: ]|~"), " "),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\^\{(-?\d{1,4})\}"), r"^\1"),
    (re.compile(r"\\([$%#&])"), r"\1"),
)
_SPACES = re.compile(r"\s+")
_EDGES = " \t\n*_`'\"“”‘’。.,;:!?、"


def plain(text: str) -> str:
    """``text`` in NFKC with plain signs, LaTeX dress taken off and white space made single."""
    # A mixed numeral such as "1½" would otherwise fuse into "11⁄2".
    text = re.sub(r"(\d)([¼½¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞])", r"\1 \2", text)
    text = unicodedata.normalize("NFKC", text).translate(_MINUS)
    if "\\" in text or "^" in text or "{" in text or "~" in text:
        for pattern, put in _LATEX:
            text = pattern.sub(put, text)
    text = _SPACES.sub(" ", text).strip()
    if text.startswith("$") and text.endswith("$") and text.count("$") == 2:
        text = text[1:-1]
    return text.rstrip(_EDGES).lstrip(_EDGES.replace(".", ""))  # ".5" keeps its point


_NUMBER = re.compile(
    r"""(?P<sign>[-+]?)\ ?
    (?P<currency>(?:us\$|usd|rmb|cny|eur|gbp|[$¥€£])\ ?)?
    (?P<inner>-?)
    (?:(?P<whole>\d{1,400})\ (?P<up>\d{1,400})/(?P<down>\d{1,400})
      |(?P<above>\d{1,420})\ ?/\ ?(?P<below>\d{1,420})
      |(?P<number>(?:\d{1,3}(?:,\d{3}){1,130}|\d{1,420})(?:\.\d{1,400})?|\.\d{1,400})
       (?:e(?P<exponent>[-+]?\d{1,9})|\ ?[×*x]\ ?10\^\ ?(?P<power>-?\d{1,9}))?
    )(?P<rest>(?![\d.:/]).*)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_TIMES = re.compile(
    r" ?(?:(?P<zh>千万|百万|十万|亿|万|百|千(?![克米瓦]))"
    r"|(?P<en>hundred|thousand|million|billion|trillion|dozen)\b)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MULTIPLES = {
    "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9,
    "trillion": 10**12, "dozen": 12,
}  # fmt: skip
_PERCENT = re.compile(r" ?(?:%|percent|per cent)", re.IGNORECASE)
_LATIN_UNIT = re.compile(
    r"[a-z°¢][a-z'°-]*(?:/[a-z]+)?(?:\^?[23])?(?: [a-z][a-z'-]*(?:/[a-z]+)?){0,3}\.?", re.IGNORECASE
)
_HAN_UNIT = re.compile(r"(?:[\u4e00-\u9fff]|/){1,8}|[a-z]{1,3}[23]?/[\u4e00-\u9fff]", re.IGNORECASE)
_NO_UNIT_WORDS = (
    "or and to plus minus times x more less fewer than not is isn't are was of over under about "
    "approximately around least most between but if pi sqrt percentage points half third quarter "
    "squared cubed tens hundreds thousands millions billions dozens e i n per"
)
_NOT_UNITS = frozenset(_NO_UNIT_WORDS.split())
_NOT_IN_HAN = re.compile(
    r"[或和到至约多余几以与加减乘除比半点又的不是零一二三四五六七八九十百千万亿两]"
)


def read_quantity(text: str, *, listed_units: bool = False) -> Quantity | None:
    """The quantity that the whole of ``text`` states, or ``None``.

    Args:
        listed_units: accept only units that we know, not any word after the number.
    """
    if len(text) > _MAX_CHARS:
        return None
    text = plain(text)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return _from_han(text)
    value = _value(found)
    if value is None:
        return None
    rest = found["rest"]
    times = _TIMES.fullmatch(rest)
    if times is not None:
        value *= _MULTIPLES[(times["zh"] or times["en"]).lower()]
        rest = times["rest"]
    percent = _PERCENT.fullmatch(rest) is not None
    unit = "" if percent else rest.strip()
    if unit.startswith("(") and unit.endswith(")"):
        unit = unit[1:-1].strip()  # 18(个)
    if unit and not _is_unit(unit, spaced=rest.startswith(" "), listed=listed_units):
        return None
    if found["currency"]:
        other = units.measure(unit)
        currency = found["currency"].strip()
        if percent or (other is not None and units.factor(unit, currency) is None):
            return None  # "$18 kg" and "$50%" are slips of the pen: do not guess
        unit = currency
    if abs(value.numerator) > _BOUND or value.denominator > _BOUND:
        return None
    return Quantity(value, percent, unit or None)


def _value(found: re.Match[str]) -> Fraction | None:
    """The number in a match of ``_NUMBER``; ``None`` for 1/0 and exponents out of bounds."""
    if found["below"] or found["down"]:
        below = int(found["below"] or found["down"])
        if below == 0:
            return None
        value = Fraction(int(found["above"] or found["up"]), below) + int(found["whole"] or 0)
    else:
        exponent = int(found["exponent"] or found["power"] or 0)
        if abs(exponent) > _MAX_EXPONENT:
            return None
        whole, _, decimals = found["number"].replace(",", "").partition(".")
        value = Fraction(int(whole + decimals), 10 ** len(decimals)) * Fraction(10) ** exponent
    negative = (found["sign"] == "-") != (found["inner"] == "-")
    return -value if negative else value


def _is_unit(unit: str, spaced: bool, listed: bool) -> bool:
    """Whether the words after a number name what was counted, and do not compute with it."""
    if units.is_listed(unit):
        return True
    if listed:
        return False
    if _HAN_UNIT.fullmatch(unit):
        return not _NOT_IN_HAN.search(unit)
    if not _LATIN_UNIT.fullmatch(unit):
        return False
    words = unit.casefold().rstrip(".").split()
    # A letter that is no unit is a variable: "3x", "2 n". A word glued to a number: "2pm", "5kg".
    if len(words[0]) == 1 and units.measure(words[0]) is None and words[0] != "°":
        return False
    if _is_rate(words):
        return True
    return (spaced or len(unit) <= 5) and _NOT_UNITS.isdisjoint(words)


def _is_rate(words: list[str]) -> bool:
    """Whether the words are a rate, as in: miles per hour, dollars per day, per day."""
    nouns = [word for word in words if word != "per"]
    return len(words) == len(nouns) + 1 and words[-1] != "per" and _NOT_UNITS.isdisjoint(nouns)


def _from_han(text: str) -> Quantity | None:
    """A quantity in Chinese numerals, with a unit that we know: 三百二十元, 百分之二十."""
    text = text.replace(" ", "")
    if len(text) > 70:
        return None
    # Units first, longest first: 三千克 is three kilograms.
    for cut in range(min(4, len(text) - 1), -1, -1):
        head, unit = (text[:-cut], text[-cut:]) if cut else (text, "")
        if unit and not units.is_listed(unit):
            continue
        found = numerals.read_numeral(head)
        if found is not None and abs(found.value) < _BOUND:
            return Quantity(found.value, found.percent, unit or None)
    return None


def write_quantity(quantity: Quantity) -> str:
    """The canonical text: "18", "2.5", "1/3", "50%". The unit is dropped.

    A decimal where one of at most 60 places is exact, else a reduced fraction.
    """
    value = quantity.value
    below, twos, fives = value.denominator, 0, 0
    while below % 2 == 0:
        below, twos = below // 2, twos + 1
    while below % 5 == 0:
        below, fives = below // 5, fives + 1
    places = max(twos, fives)
    if below != 1 or places > _MAX_DECIMALS:
        text = f"{value.numerator}/{value.denominator}"
    elif places == 0:
        text = str(value.numerator)
    else:
        digits = str(abs(value.numerator) * 10**places // value.denominator).zfill(places + 1)
        text = f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
    return f"{text}%" if quantity.percent else text


def agree(answer: Quantity, key: Quantity) -> bool | None:
    """Whether ``answer`` states what ``key`` states; ``None`` where the two cannot be compared.

    A unit on one side only is taken to be the one that was asked for; where the numbers differ,
    but a change of that unit would make them equal ("2 hours", key "120"), nobody can say. Units
    that do not convert into each other cannot be compared.
    """
    if answer.percent != key.percent:
        if answer.ratio == key.ratio:
            return True
        return None if answer.value == key.value else False
    if answer.unit is not None and key.unit is not None:
        ratio = units.factor(answer.unit, key.unit)
        return None if ratio is None else answer.value * ratio == key.value
    if answer.value == key.value:
        return True
    unit = answer.unit or key.unit
    if unit is None or not answer.value:
        return False
    wanted = key.value / answer.value
    fits = (wanted if answer.unit else 1 / wanted if wanted else wanted) in units.scales(unit)
    return None if fits else False
