"""Kill each verb before everything it does to the world, not at twenty moments only.

Run by hand; minutes::

    PYTHONPATH=src python tests/benchmarks/bench_crash.py [EVERY] [DATABASE-URL]

Each verb is killed at every moment (or each EVERY-th) and run again; ``tests/journeys`` says what
must hold then, and the first trial where it does not ends the run. With the URL of a PostgreSQL
server each trial has a database of its own there.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "journeys"))

from crash_trials import VERBS, Forks, Place, Tally, reference, trial, write_inputs


def main(every: int, database: str | None) -> None:
    forks = Forks()
    dice = random.Random(2)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), database)
        write_inputs(place.folder)
        start = place.make()
        for verb in VERBS:
            true = reference(forks, place, verb, start)
            tally, began = Tally(), time.perf_counter()
            for moment in range(0, true.moments, every):
                trial(forks, place, verb, start, true, tally, dice, kill_at=moment)
            for _ in range(true.moments // every // 4):
                trial(forks, place, verb, start, true, tally, dice)
            print(
                f"{verb.name:16} {true.moments:5} moments {tally.trials:5} trials "
                f"{tally.killed:5} killed {tally.killed_again:4} killed again "
                f"{time.perf_counter() - began:7.1f} s",
                flush=True,
            )
            start = true.copy
    forks.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1, sys.argv[2] if len(sys.argv) > 2 else None)
