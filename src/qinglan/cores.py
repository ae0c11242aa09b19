"""On which core the threads run that answer pages.

Python runs one thread at a time, however many cores there are, and a desk's threads hand the
interpreter to each other at every statement of the database. Where they are spread, each of those
hand-overs wakes another core, which costs more than the statement itself: on two cores a server
did a quarter fewer answers a second, and used half as much time again for each (decision 19). So
they share one core, and what runs beside them for long (imports, jobs) stays free to use others.

The kernel cannot move what is tied to a core; so from time to time we look whether something else
is at work there while another core is idle, and move.

Linux alone lets a thread choose; elsewhere nothing here does anything.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Core", "apart", "part", "share"]

BUSY, OURS, IDLE = 0.9, 0.7, 0.5
"""A core that is busy for more than the first of a stretch of time, and with us for less than the
second, is left for one that is idle for more than the third."""

_free: frozenset[int] = frozenset()
"""The cores that this process may use, where some of its threads are tied to one; else empty."""
_shared: Core | None = None
"""The one that they are tied to."""


@dataclass(slots=True)
class Core:
    """The core that some threads share, and what was to be seen of it last."""

    number: int
    seen: Mapping[int, tuple[int, int]]
    used: float
    at: float

    def look(self) -> bool:
        """Move to an idle core where something else keeps this one busy; whether it was done."""
        seen, used, at = _cores(), time.process_time(), time.monotonic()
        before, self.seen = self.seen, seen
        ours = (used - self.used) / max(at - self.at, 1e-3)
        self.used, self.at = used, at
        idle = {
            core: (seen[core][0] - before[core][0]) / max(1, seen[core][1] - before[core][1])
            for core in _free & seen.keys() & before.keys()
        }
        if idle.get(self.number, 1.0) > 1 - BUSY or ours > OURS:
            return False
        best = max(idle, key=lambda core: idle[core])
        if idle[best] < IDLE:
            return False
        for thread in _tied(self.number):
            _tie(thread, best)
        self.number = best
        return True


def share(threads: Iterable[int] = ()) -> Core | None:
    """Tie the calling thread, what it starts from now on, and ``threads`` (by their native ids) to
    the core that it runs on.

    Returns:
        The core, to be looked at now and then; ``None`` where there is nothing to choose.
    """
    global _free, _shared
    if sys.platform != "linux" or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    free = frozenset(os.sched_getaffinity(0))
    here = _here()
    if len(free) < 2 or here not in free:
        return None
    _free = _free or free
    for thread in (0, *threads):
        _tie(thread, here)
    _shared = Core(here, _cores(), time.process_time(), time.monotonic())
    return _shared


def apart() -> None:
    """Let the calling thread, and what it starts from now on, run on any core again."""
    if _free:
        with suppress(OSError):
            os.sched_setaffinity(0, _free)


def part(process: int) -> None:
    """Keep another process off the core that threads of this one share now."""
    if _shared is not None:
        with suppress(OSError):
            os.sched_setaffinity(process, _free - {_shared.number})


def _tie(thread: int, core: int) -> None:
    with suppress(OSError):  # it has ended meanwhile
        os.sched_setaffinity(thread, {core})


def _tied(core: int) -> list[int]:
    """The threads of this process that are tied to ``core``, by their native ids."""
    found = []
    for place in Path("/proc/self/task").iterdir():
        with suppress(OSError):
            if os.sched_getaffinity(int(place.name)) == {core}:
                found.append(int(place.name))
    return found


def _here() -> int | None:
    """The core that the calling thread runs on: field 39 of proc(5)'s ``stat``."""
    try:
        said = Path("/proc/thread-self/stat").read_text()
        return int(said.rpartition(")")[2].split()[36])
    except (OSError, ValueError, IndexError):
        return None


def _cores() -> dict[int, tuple[int, int]]:
    """Each core's time so far: idle, and in all. proc(5), ``stat``."""
    found = {}
    with suppress(OSError, ValueError):
        for line in Path("/proc/stat").read_text().splitlines():
            name, *words = line.split()
            if name.startswith("cpu") and name != "cpu":
                times = [int(word) for word in words[:8]]  # guests are in the first two already
                found[int(name[3:])] = times[3] + times[4], sum(times)
    return found
