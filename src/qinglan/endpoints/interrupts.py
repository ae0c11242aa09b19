"""Ctrl-C while calls are under way: what is paid for may still arrive."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import TracebackType


class Interrupts:
    """Takes Ctrl-C from the event loop's thread, where that is the main one, and counts it."""

    def __init__(self, interrupted: Callable[[int], None]) -> None:
        self.count = 0
        self._interrupted = interrupted
        self._ours = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Interrupts:
        if self._ours:
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._take)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._ours:
            asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)

    def _take(self) -> None:
        self.count += 1
        self._interrupted(self.count)
