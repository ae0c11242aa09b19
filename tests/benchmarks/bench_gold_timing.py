"""Whether time tells gold: ``python tests/benchmarks/bench_gold_timing.py [--answers N] [--kept]``.

One annotator works through a project of which half is gold and judged, in this process, on SQLite.
For each of three times it is asked whether it tells the gold turns from the others: the choice of a
gold task, the choice after a gold answer, and the answer itself; and, to show
that the statistic would see a difference, of the same times with 2 % added to gold. It is
the chance that a gold turn takes longer than another (Mann–Whitney; 0.5 says nothing) with its
95 % interval. With ``--kept`` one of two answers is kept for a tier that the annotator does not
have, so that every ordinary task goes to another queue when it is given. By hand: a machine's load
has no place in a test.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from qinglan.flow import conduct, desk, lessons, load, tiers, work
from qinglan.flow.init import init
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Role
from qinglan.work import Marks, Rules

LEAD = Actor(name="lead", role=Role.LEAD)
ANN = Actor(name="ann", role=Role.ANNOTATOR)


def measure(answers: int, folder: Path, *, kept: bool) -> dict[str, tuple[list[bool], list[float]]]:
    """For each question: whether the turn was gold, and the seconds."""
    with init(folder) as context:
        file = folder / "tasks.jsonl"
        rows = [{"q": f"Question {n:06d}", "k": str(n)} for n in range(2 * answers)]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        load.make_project(context, LEAD, "p", Kind.FREE)
        mapping = load.task_mapping(["prompt=q", "key=k"])
        load.load_tasks(context, LEAD, "p", file, mapping, Terms(channel="own"))
        rules = Rules(gold_per_mille=500)
        if kept:
            tiers.name_tiers(context, LEAD, "p", ["expert"])
            rules = Rules(gold_per_mille=500, overlap=2, reserved=1, reserved_for="expert")
        desk.open_desk(context, LEAD, "p", rules)
        gold = set(lessons.draw(context, LEAD, "p", answers))
        desk.set_gold(context, LEAD, "p", sorted(gold))
        # Never paused and never trusted, so that half of the turns stay gold.
        marks = Marks(least=1, aim=999, calibration=0, floor=500)
        conduct.set_marks(context, LEAD, "p", marks)
        desk.seat(context, LEAD, "p", "ann", licence="CC0-1.0")
        rng, now = random.Random(1), datetime(2026, 1, 5, tzinfo=UTC)
        found: dict[str, tuple[list[bool], list[float]]] = {
            name: ([], []) for name in ("choice", "choice after", "answer")
        }
        last = False
        for turn in range(answers):
            now += timedelta(seconds=1)
            began = time.perf_counter()
            task = work.next_task(context, ANN, "p", now=now)
            chosen = time.perf_counter()
            assert task is not None
            number = int(task.prompt.split()[1]) + rng.randrange(2)
            work.submit(context, ANN, "p", task.task, task.token, {"text": f"{number}"}, now=now)
            ended = time.perf_counter()
            here = task.task in gold
            if turn > 20:
                for name, was, took in (
                    ("choice", here, chosen - began), ("choice after", last, chosen - began),
                    ("answer", here, ended - chosen),
                ):  # fmt: skip
                    found[name][0].append(was)
                    found[name][1].append(took)
            last = here
        return found


def longer(gold: list[bool], seconds: list[float], more: float = 1.0) -> tuple[float, float]:
    """The chance that a gold turn takes longer, and half of its 95 % interval."""
    mask = np.array(gold)
    ranks = rankdata(np.where(mask, more, 1.0) * np.array(seconds))
    n, m = int(mask.sum()), int((~mask).sum())
    area = (ranks[mask].sum() - n * (n + 1) / 2) / (n * m)
    return float(area), 1.96 * float(np.sqrt((n + m + 1) / (12 * n * m)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=2000)
    parser.add_argument("--kept", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = measure(asked.answers, Path(scratch) / "ws", kept=asked.kept)
    for name, (gold, seconds) in found.items():
        area, half = longer(gold, seconds)
        seen, _ = longer(gold, seconds, 1.02)
        median = 1000 * float(np.median(seconds))
        print(
            f"{name:13} n {len(gold)}, gold {sum(gold)}, median {median:.2f} ms: "
            f"{area:.3f} ± {half:.3f}; with 2 % added {seen:.3f}"
        )


if __name__ == "__main__":
    main()
