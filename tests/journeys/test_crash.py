"""Every verb may die at any moment: run again, it ends as if nothing had been.

Each verb is killed with SIGKILL at moments spread over its run, counted ones (before each write,
sync, rename, statement, commit) and timed ones, and run again until it is done; now and then the
second run is killed too. Right after a kill everything acknowledged is there, in whole
transactions, and no release is visible that does not verify; at the end every table and every
file of the release are those of an undisturbed run, the history holds, and nothing is left over.

``tests/benchmarks/bench_crash.py`` does the same at every moment there is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_trials import VERBS, Forks, Place, Tally, reference, spread, trial, write_inputs

TRIALS = {"sqlite": (14, 6), "postgresql": (6, 2)}
"""Counted and timed moments of each verb: a copy of a database costs more on a server."""


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    found = Forks()
    yield found
    found.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_killed_at_any_moment_it_ends_the_same(
    engine: str, forks: Forks, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    dice = random.Random(f"{engine} 1")
    server = request.getfixturevalue("postgresql") if engine == "postgresql" else None
    counted, timed = TRIALS[engine]
    place = Place(tmp_path, server)
    write_inputs(tmp_path)
    start = place.make()
    for verb in VERBS:
        true = reference(forks, place, verb, start)
        tally = Tally()
        for moment in spread(true.moments, counted):
            trial(forks, place, verb, start, true, tally, dice, kill_at=moment)
        for _ in range(timed):
            trial(forks, place, verb, start, true, tally, dice)
        assert tally.killed >= counted, verb.name
        assert len(tally.moments) >= counted, verb.name
        start = true.copy
