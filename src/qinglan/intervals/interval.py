"""The one shape in which an estimate and its uncertainty travel."""

from __future__ import annotations

from typing import NamedTuple


class Interval(NamedTuple):
    """An estimate between two bounds. ``estimate`` is ``None`` where nothing was observed."""

    estimate: float | None
    low: float
    high: float
    level: float


def check_level(level: float) -> float:
    """``level`` itself, if it is a confidence level strictly between 0 and 1.

    Raises:
        ValueError: it is not.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"a confidence level lies strictly between 0 and 1, not {level!r}")
    return level
