"""Single cells of a table: text that may be a number, text that must not be a formula."""

from __future__ import annotations

import math


def safe(text: str) -> str:
    """``text`` for a CSV cell: one that a spreadsheet would run as a formula gets a quote before.

    Numbers stay as they are, negative ones too.
    """
    risky = text[:1] in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
    return f"'{text}" if risky and number(text) is None else text


def number(text: str) -> float | None:
    """``text`` as a finite number, if it is one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
