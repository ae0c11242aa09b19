"""Every verb may die at any moment: run again, it ends as if nothing had been.

Each verb is killed with SIGKILL at moments spread over its run, counted ones (before each write,
sync, rename, statement, commit) and timed ones, and run again until it is done; now and then the
second run is killed too. Right after a kill everything acknowledged is there, in whole
transactions, and no release is visible that does not verify; at the end every table and every
file of the release are those of an undisturbed run, the history holds, and nothing is left over.

Of a teacher and of a training, whose runs are never alike write by write, ``model_trials`` says
what must hold. ``tests/benchmarks/bench_crash.py`` kills each verb twenty times on either engine,
or at every moment there is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_trials import (
    VERBS,
    Copy,
    Exact,
    Forks,
    Place,
    Tally,
    Verb,
    meet,
    reference,
    spread,
    trial,
    write_inputs,
)
from model_trials import Generating, Training, generate_verb, train_verb

from chat_server import ChatServer, sums

TRIALS = {"sqlite": (14, 6), "postgresql": (6, 2)}
"""Counted and timed moments of each verb: a copy of a database costs more on a server."""
PAID = {"sqlite": (4, 2), "postgresql": (2, 1)}
"""The same of a teacher; the benchmark has twenty of each verb on either engine."""


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    found = Forks()
    yield found
    found.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    server = request.getfixturevalue("postgresql") if engine == "postgresql" else None
    write_inputs(tmp_path)
    return Place(tmp_path, server)


def kill(
    forks: Forks,
    place: Place,
    verb: Verb,
    start: Copy,
    judge: Exact,
    counted: int,
    timed: int,
) -> Copy:
    """Kill ``verb`` at so many moments; the workspace after an undisturbed run."""
    dice = random.Random(verb.name)
    true = reference(forks, place, verb, start, judge)
    tally = Tally()
    for moment in spread(true.moments, counted):
        meet(forks, place, verb, start, true, tally, dice, kill_at=moment, judge=judge)
    for _ in range(timed):
        trial(forks, place, verb, start, true, tally, dice, judge=judge)
    assert tally.killed >= counted, verb.name
    assert len(tally.moments) >= counted, verb.name
    return true.copy


def test_killed_at_any_moment_it_ends_the_same(engine: str, forks: Forks, place: Place) -> None:
    start = place.make()
    for verb in VERBS:
        start = kill(forks, place, verb, start, Exact(), *TRIALS[engine])


def test_a_teacher_is_never_paid_twice(engine: str, forks: Forks, place: Place) -> None:
    """After the import: each call whose reply was on the disk is made once, over all runs."""
    start = place.make()
    assert forks.run(VERBS[0], start)["code"] == 0
    server = ChatServer()
    server.script = lambda body, turn: sums(body)
    try:
        kill(forks, place, generate_verb(server), start, Generating(server), *PAID[engine])
    finally:
        server.stop()


def test_a_training_ends_with_the_same_weights(engine: str, forks: Forks, place: Place) -> None:
    """On the release that the whole line before it made."""
    if engine == "postgresql":
        pytest.skip("the tables are the last thing it writes; the benchmark kills it there, too")
    for part in ("torch", "trl"):
        pytest.importorskip(part, reason="needs the training extra")
    start = place.make()
    for verb in VERBS:
        assert forks.run(verb, start)["code"] == 0
    kill(forks, place, train_verb(place.folder), start, Training(), 2, 1)
