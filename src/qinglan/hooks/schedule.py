"""When what could not be told is tried again."""

from __future__ import annotations

import random

WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400)
"""Seconds after the first try, the second, and so on: eight tries over about 32 hours."""


def wait_after(tried: int, *, spread: float | None = None) -> int | None:
    """Milliseconds until the next try after ``tried`` of them; ``None``: it is given up.

    ``spread`` (0–1; default: by chance) makes waits up to a tenth longer, so that what failed
    together does not come back together.
    """
    if not 1 <= tried <= len(WAITS):
        return None
    more = random.random() if spread is None else spread  # noqa: S311 - guards no secret
    return int(1000 * WAITS[tried - 1] * (1 + more / 10))
