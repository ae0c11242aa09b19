"""Preferences: which of two responses is better, or neither.

Files code the sides in many ways. Only codings that mean one thing everywhere are read:
left/right/tie, 1/2/0 (first, second, tie), and their Chinese words.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

__all__ = ["Side", "read"]

Side = Literal["left", "right", "tie"]

_SIDES: dict[str, Side] = {
    "left": "left", "l": "left", "1": "left", "a": "left", "左": "left", "左边": "left",
    "right": "right", "r": "right", "2": "right", "b": "right", "右": "right", "右边": "right",
    "tie": "tie", "0": "tie", "equal": "tie", "same": "tie", "平": "tie", "平局": "tie",
    "一样": "tie", "一样好": "tie",
}  # fmt: skip


def read(winner: object) -> Side | None:
    """The side that ``winner`` names, or ``None``."""
    if isinstance(winner, bool) or not isinstance(winner, (str, int, Decimal)):
        return None
    return _SIDES.get(str(winner).strip().casefold())
