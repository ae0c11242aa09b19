"""The five skills: how their questions are drawn, worded, worked, and got wrong.

Every skill is written once, as a calculation on a `Sheet`. The same calculation gives the right
working, the working of someone who slips in one step, and, beside it, the working of someone who
holds a named misconception. ``arithmetic`` makes questions of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]


class Sheet:
    """A sheet of paper: each operation writes a step; one step may be off by `slip`."""

    def __init__(self, slip_at: int = -1, slip: int = 0) -> None:
        self.steps: list[str] = []
        self._slip_at = slip_at
        self._slip = slip

    def add(self, left: int, right: int) -> int:
        """Write a sum; its result, off by the slip where it falls here."""
        return self._write(f"{left}+{right}", left + right)

    def subtract(self, left: int, right: int) -> int:
        """Write a difference."""
        return self._write(f"{left}-{right}", left - right)

    def multiply(self, left: int, right: int) -> int:
        """Write a product."""
        return self._write(f"{left}×{right}", left * right)

    def _write(self, expression: str, value: int) -> int:
        if len(self.steps) == self._slip_at:
            value += self._slip
        self.steps.append(f"{expression}={value}")
        return value


Numbers = tuple[int, ...]
Calculation = Callable[[Sheet, Numbers], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """How a skill's questions are drawn, worded and worked."""

    ranges: tuple[range, ...]
    form: str
    wordings: dict[Language, tuple[str, ...]]
    right: Calculation
    misconception: str
    wrong: Calculation

    def size(self) -> int:
        """How many choices of numbers there are."""
        product = 1
        for numbers in self.ranges:
            product *= len(numbers)
        return product

    def numbers(self, index: int) -> Numbers:
        """The `index`-th choice of numbers, counting through all ranges."""
        chosen = []
        for numbers in self.ranges:
            index, place = divmod(index, len(numbers))
            chosen.append(numbers[place])
        return tuple(chosen)


def _left_to_right(sheet: Sheet, numbers: Numbers) -> int:
    a, b, c = numbers
    return sheet.add(sheet.subtract(a, b), c)


def _grouped(sheet: Sheet, numbers: Numbers) -> int:
    a, b, c = numbers
    return sheet.subtract(a, sheet.add(b, c))


def _product_first(sheet: Sheet, numbers: Numbers) -> int:
    a, b, c, d = numbers
    return sheet.subtract(sheet.add(a, sheet.multiply(b, c)), d)


def _product_in_turn(sheet: Sheet, numbers: Numbers) -> int:
    a, b, c, d = numbers
    return sheet.subtract(sheet.multiply(sheet.add(a, b), c), d)


def _larger_sum(sheet: Sheet, numbers: Numbers) -> int:
    a, b, c, d = numbers
    return max(sheet.add(a, b), sheet.add(c, d))


def _larger_start(sheet: Sheet, numbers: Numbers) -> int:
    a, b, c, d = numbers
    return sheet.add(a, b) if a >= c else sheet.add(c, d)


def _all_digits(sheet: Sheet, numbers: Numbers) -> int:
    a, b, c, d = numbers
    return sheet.add(sheet.add(sheet.add(a, b), c), d)


def _outer_digits(sheet: Sheet, numbers: Numbers) -> int:
    return sheet.add(numbers[0], numbers[-1])


DIGIT = range(1, 10)
_FACTOR = range(3, 10)
_FIRST = range(20, 90)  # every right difference stays positive
COMPUTE: dict[Language, tuple[str, ...]] = {
    "en": ("Compute {}.", "Find {}."),
    "zh": ("计算 {}。", "求 {}。"),
}

BY_NAME: dict[str, Skill] = {
    "left_to_right": Skill(
        ranges=(_FIRST, DIGIT, DIGIT),
        form="{}-{}+{}",
        wordings=COMPUTE,
        right=_left_to_right,
        misconception="grouped_subtraction",
        wrong=_grouped,
    ),
    "order_of_operations": Skill(
        ranges=(DIGIT, _FACTOR, _FACTOR, DIGIT),
        form="{}+{}×{}-{}",
        wordings=COMPUTE,
        right=_product_first,
        misconception="operations_in_turn",
        wrong=_product_in_turn,
    ),
    "parentheses": Skill(
        ranges=(_FIRST, DIGIT, DIGIT),
        form="{}-({}+{})",
        wordings=COMPUTE,
        right=_grouped,
        misconception="parentheses_ignored",
        wrong=_left_to_right,
    ),
    "larger_sum": Skill(
        ranges=(DIGIT, DIGIT, DIGIT, DIGIT),
        form="{}+{},{}+{}",
        wordings={
            "en": ("Larger of {}.", "Max of {}."),
            "zh": ("{} 较大者。", "{} 取大。"),
        },
        right=_larger_sum,
        misconception="first_number_decides",
        wrong=_larger_start,
    ),
    "digit_sum": Skill(
        ranges=(DIGIT, range(10), range(10), range(10)),
        form="{}{}{}{}",
        wordings={
            "en": ("Digit sum of {}.", "Add digits of {}."),
            "zh": ("{} 各位之和。", "{} 的数字和。"),
        },
        right=_all_digits,
        misconception="outer_digits_only",
        wrong=_outer_digits,
    ),
}
