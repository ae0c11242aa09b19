"""How often one caller may ask: a bucket that refills steadily and holds a minute's worth."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 10_000
"""Callers remembered; the one that was quiet longest is forgotten first."""


class Pace:
    """Buckets by caller. Threads may share it."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(a_minute)
        self._rate = a_minute / 60
        self._clock = clock
        self._gate = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> float:
        """Take one request out of ``who``'s bucket; how many seconds to wait where it is empty."""
        now = self._clock()
        with self._gate:
            left, since = self._left.pop(who, (self._size, now))
            left = min(self._size, left + (now - since) * self._rate)
            allowed = left >= 1
            self._left[who] = (left - 1 if allowed else left, now)
            if len(self._left) > MOST:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._rate
