"""Numbers: one quantity, in the task's unit and within its range.

An answer may be written as people write numbers, with a unit that converts into the task's: "1.2 t"
answers a question about kilograms. What is out of range is no answer; how near two numbers must be
to be one is the task's tolerance, 0 where it states none.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from qinglan.kinds import units
from qinglan.kinds.canonical import Canonical
from qinglan.kinds.quantity import Quantity, read_quantity, write_quantity
from qinglan.records import Reason

__all__ = [
    "ALIKE", "LARGEST", "Measure", "alike", "as_text", "near", "read", "read_measure",
    "write_measure",
]  # fmt: skip

LARGEST = 10**15
"""Beyond this a number is a slip, or wants another unit; consensus computes in double precision."""

ALIKE = Fraction(1, 20)
"""Of the smaller number: so far apart are two answers of one mind where no tolerance is stated;
as consensus has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a task's number is measured in, and where it may lie; ``None``: not stated."""

    unit: str | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    within: Fraction = Fraction(0)

    def holds(self, value: Fraction) -> bool:
        """Whether ``value`` lies in the range; the ends belong to it."""
        return not (
            (self.low is not None and value < self.low)
            or (self.high is not None and value > self.high)
        )

    def __str__(self) -> str:
        """The range and the unit, for people: ``0 – 500 kg``."""
        ends = (self.low, self.high)
        low, high = (None if end is None else write_quantity(Quantity(end)) for end in ends)
        if low is not None and high is not None:
            text = f"{low} – {high}"
        else:
            text = f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else ""
        return " ".join(part for part in (text, self.unit) if part)


def read_measure(options: tuple[str, ...]) -> Measure | None:
    """The measure in a task's options (unit, lowest, highest, tolerance); ``None``: none of ours.

    Nothing is stated by no options, and by empty ones.
    """
    if len(options) > 4:
        return None
    unit, *bounds = (*options, *[""] * (4 - len(options)))
    numbers: list[Fraction | None] = []
    for text in bounds:
        found = read_quantity(text) if text.strip() else None
        if text.strip() and (found is None or found.unit or found.percent):
            return None
        numbers.append(None if found is None else found.value)
    low, high, within = numbers
    if (low is not None and high is not None and low >= high) or (within or 0) < 0:
        return None
    if len(unit) > 40:
        return None
    return Measure(unit=unit.strip() or None, low=low, high=high, within=within or Fraction(0))


def write_measure(unit: str, low: str, high: str, within: str) -> tuple[str, ...]:
    """As ``read_measure`` reads it; no options where nothing is stated."""
    stated = tuple(text.strip() for text in (unit, low, high, within))
    return stated if any(stated) else ()


def read(text: str, options: tuple[str, ...]) -> Canonical:
    """The number that ``text`` states, in the task's unit, as canonical text."""
    measure = read_measure(options) or Measure()
    found = read_quantity(text)
    value = None if found is None else _in_unit(found, measure.unit)
    if value is None or abs(value) > LARGEST:
        return Canonical(None, Reason.ANSWER_UNREADABLE)
    if not measure.holds(value):
        return Canonical(None, Reason.BAD_VALUE)
    return Canonical(write_quantity(Quantity(value)))


def near(value: str, key: str, options: tuple[str, ...]) -> bool:
    """Whether two canonical numbers are one, by the task's tolerance."""
    measure = read_measure(options) or Measure()
    return abs(Fraction(value) - Fraction(key)) <= measure.within


def alike(value: str, other: str, options: tuple[str, ...]) -> bool:
    """Whether two people's canonical numbers say the same: within the task's tolerance, or within
    ``ALIKE`` where it states none. A key is held to the letter then; people are not.
    """
    one, two = Fraction(value), Fraction(other)
    measure = read_measure(options) or Measure()
    within = measure.within or ALIKE * min(abs(one), abs(two))
    return abs(one - two) <= within


def as_text(given: object) -> object:
    """A number of a file or a form as its text; what is none stays as it is."""
    if isinstance(given, bool):
        return given
    if isinstance(given, (int, Decimal)):
        return str(given)
    return format(Decimal(repr(given)), "f") if isinstance(given, float) else given


def _in_unit(found: Quantity, unit: str | None) -> Fraction | None:
    """The number in the task's unit; ``None`` where the units do not convert."""
    if unit in ("%", "％"):
        return found.value if found.unit is None else None
    if found.percent:
        return found.ratio if unit is None else None
    if found.unit is None or unit is None:
        return found.value
    ratio = units.factor(found.unit, unit)
    return None if ratio is None else found.value * ratio
