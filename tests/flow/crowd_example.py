"""A crowd at one desk: people who answer twice, wander off, come back late, and give tasks back.

Run as a program it is one process of such a crowd::

    python crowd_example.py WORKSPACE SEED NAME...
"""

from __future__ import annotations

import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desk_example import person, say

from qinglan.flow import work
from qinglan.flow.context import Context, open_context
from qinglan.flow.work import InHand
from qinglan.work import SkipReason

SPEED = 60
"""Seconds of the desk's clock in one of ours: a lease of 60 s is over after one."""

PATIENCE = 6
"""How often somebody asks again who is told that nothing is left."""


def clock() -> datetime:
    """The desk's time, the same for all processes."""
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=(time.time() % 1e6) * SPEED)


@dataclass
class Tally:
    answered: int = 0
    repeated: int = 0
    skipped: int = 0
    left: int = 0


def labour(context: Context, name: str, seed: int) -> Tally:
    """One person, until they are told often enough that nothing is left."""
    dice, tally, asked = random.Random(f"{seed} {name}"), Tally(), 0
    abandoned: list[InHand] = []
    while asked < PATIENCE:
        task = work.next_task(context, person(name), "p", now=clock())
        if task is None:
            asked += 1
            time.sleep(0.1)
            for late in abandoned:  # came back from lunch, with the answer
                hand_in(context, name, late, tally)
            abandoned.clear()
            continue
        asked = 0
        fate = dice.random()
        if fate < 0.05:
            reason = dice.choice(list(SkipReason)[:2])
            work.skip(context, person(name), "p", task.task, task.token, reason, now=clock())
            tally.skipped += 1
        elif fate < 0.10:
            abandoned.append(task)
            tally.left += 1
            time.sleep(dice.choice([0.2, 1.1]))
        else:
            hand_in(context, name, task, tally)
            if dice.random() < 0.2:
                hand_in(context, name, task, tally)
                tally.repeated += 1
    return tally


def hand_in(context: Context, name: str, task: InHand, tally: Tally) -> None:
    """As the desk's form does or as its script does, by turns: the script is given the next."""
    does = work.submit_onward if tally.answered % 2 else work.submit
    does(context, person(name), "p", task.task, task.token, say(task), now=clock())
    tally.answered += 1


def crowd(context: Context, names: list[str], seed: int) -> list[Tally]:
    """All of ``names`` at once, each in a thread of their own."""
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: labour(context, name, seed), names))


if __name__ == "__main__":
    with open_context(Path(sys.argv[1])) as opened:
        for tally in crowd(opened, sys.argv[3:], int(sys.argv[2])):
            print(tally)
