"""How many calls are under way at once, and when the next may leave.

When a server says that it is busy, every caller waits, not only the one that was told; and
half as many go on, one more with each round that goes well. So a server that serves ten a second
is asked ten a second, and nobody drums on it until all have used up their attempts.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much a server may cost us: time in seconds, sizes in bytes."""

    timeout: float = 120.0
    """A whole reply."""
    attempts: int = 6
    first_wait: float = 0.5
    """Doubled with every attempt, and spread by chance so that callers do not march in step."""
    longest_wait: float = 60.0
    max_bytes: int = 16 << 20

    def wait(self, attempt: int, named: float | None = None) -> float:
        """Seconds before the attempt after the ``attempt``-th, at least what the server named."""
        own = self.first_wait * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        return max(min(own, self.longest_wait), named or 0.0)


class Pacer:
    """Hands out turns to call. Belongs to one running event loop."""

    def __init__(self, parallel: int) -> None:
        self.under_way = 0
        self._parallel = parallel
        self._allowed = float(parallel)
        self._not_before = 0.0
        self._slowed = 0.0
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._stopped = asyncio.Event()

    @property
    def stopped(self) -> bool:
        """Whether no further turn is given."""
        return self._stopped.is_set()

    async def turn(self) -> bool:
        """Wait for a turn; ``False`` when none will come. Each turn ends with ``leave``."""
        if self.stopped:
            return False
        if not self._waiting and self._is_open():
            self.under_way += 1
            return True
        place = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            return bool(await place)
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result():
                self.leave()
            raise

    def leave(self) -> None:
        """A call has ended."""
        self.under_way -= 1
        self._admit()

    def went_well(self) -> None:
        """A call was answered: a little more may be asked."""
        if self._allowed < self._parallel:
            self._allowed = min(self._parallel, self._allowed + 1 / self._allowed)
            self._admit()

    def slow_down(self, began: float, wait: float) -> None:
        """The call that left at ``began`` found the server busy: all wait so many seconds."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        # Those who left together are told together; that is one piece of news, not many.
        if began >= self._slowed:
            self._allowed = max(1.0, self._allowed / 2)
            self._slowed = now
        if now + wait > self._not_before:
            self._not_before = now + wait
            loop.call_at(self._not_before, self._admit)

    async def rest(self, seconds: float) -> bool:
        """Sleep; ``False`` when no further turn is given, at once."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return True
        return False

    def stop(self) -> None:
        """Give no further turn."""
        self._stopped.set()
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(False)

    def _is_open(self) -> bool:
        now = asyncio.get_running_loop().time()
        # A timer may ring a little before its time, and rings once.
        return self.under_way < int(self._allowed) and now >= self._not_before - 0.001

    def _admit(self) -> None:
        while self._waiting and self._is_open():
            place = self._waiting.popleft()
            if not place.done():
                self.under_way += 1
                place.set_result(True)


def named_wait(value: str | None) -> float | None:
    """Seconds to wait, from a ``Retry-After`` in either form (RFC 9110, 10.2.3)."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
