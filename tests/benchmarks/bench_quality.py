"""Consensus, agreement and standings beside their peers: seconds and peak memory, one core.

Each contender runs in a process of its own, so that its peak memory is its own:

    python tests/benchmarks/bench_quality.py --labels 100000 1000000
    python tests/benchmarks/bench_quality.py --labels 10000000 --only qinglan-dawid-skene

Five labels a task, four classes, a thousand annotators; memory is what the process peaked at,
less what it held before the work began (inputs included in neither).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

CORES = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1"}
EACH, CLASSES, PEOPLE, ITEMS = 5, 4, 1000, 100

Work = Callable[[], object]


def votes(labels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    tasks = labels // EACH
    truth = rng.integers(0, CLASSES, tasks, dtype=np.int32)
    task = np.repeat(np.arange(tasks, dtype=np.int32), EACH)
    who = rng.integers(0, PEOPLE, labels, dtype=np.int32)
    skill = rng.beta(6, 3, PEOPLE)
    guess = rng.integers(0, CLASSES, labels, dtype=np.int32)
    return task, who, np.where(rng.random(labels) < skill[who], truth[task], guess), truth


def comparisons(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    strength = rng.normal(0, 1, ITEMS)
    left = rng.integers(0, ITEMS, count)
    right = (left + rng.integers(1, ITEMS, count)) % ITEMS
    gap = strength[left] - strength[right]
    draw = rng.random(count)
    outcome = np.where(draw < 0.1, 2, (draw > 0.1 + 0.9 / (1 + np.exp(-gap))).astype(int))
    return left, right, outcome


def ours(name: str) -> Callable[[int], Work]:
    def prepare(labels: int) -> Work:
        import scipy.sparse
        import scipy.special  # noqa: F401

        from qinglan.quality.consensus import choose

        task, who, label, _ = votes(labels)
        return lambda: choose(name).fit_predict(task, who, label)

    return prepare


def plain_dawid_skene(labels: int) -> Work:
    """What one writes in an afternoon with NumPy alone."""
    task, who, label, truth = votes(labels)

    def work() -> object:
        tasks = len(truth)
        posterior = np.zeros((tasks, CLASSES))
        np.add.at(posterior, (task, label), 1)
        posterior /= posterior.sum(axis=1, keepdims=True)
        before = -np.inf
        for _ in range(100):
            confusion = np.zeros((PEOPLE * CLASSES, CLASSES))
            for k in range(CLASSES):
                confusion[:, k] = np.bincount(
                    who * CLASSES + label, posterior[task, k], minlength=PEOPLE * CLASSES
                )
            table = confusion.reshape(PEOPLE, CLASSES, CLASSES)
            table = np.log(np.maximum(table / table.sum(axis=1, keepdims=True), 1e-10))
            rows = table[who, label]
            score = np.stack(
                [np.bincount(task, rows[:, k], minlength=tasks) for k in range(CLASSES)], axis=1
            ) + np.log(posterior.mean(axis=0))
            peak = score.max(axis=1, keepdims=True)
            posterior = np.exp(score - peak)
            total = posterior.sum(axis=1, keepdims=True)
            posterior /= total
            now = float((peak + np.log(total)).sum())
            if now - before < 1e-5 * len(task):
                break
            before = now
        return posterior

    return work


def crowdkit(name: str) -> Callable[[int], Work]:
    def prepare(labels: int) -> Work:
        import pandas as pd
        from crowdkit import aggregation

        task, who, label, _ = votes(labels)
        frame = pd.DataFrame({"task": task, "worker": who, "label": label})
        return lambda: getattr(aggregation, name)().fit_predict(frame)

    return prepare


def our_alpha(labels: int) -> Work:
    from qinglan.quality.agreement import alpha

    task, _, label, _ = votes(labels)
    return lambda: alpha(task, label)


def peer_alpha(labels: int) -> Work:
    import krippendorff

    task, _, label, truth = votes(labels)

    def work() -> object:
        table = np.bincount(task.astype(np.int64) * CLASSES + label, minlength=len(truth) * CLASSES)
        return krippendorff.alpha(
            value_counts=table.reshape(-1, CLASSES), level_of_measurement="nominal"
        )

    return work


def our_rank(count: int) -> Work:
    import scipy.sparse.csgraph  # noqa: F401

    from qinglan.quality.pairwise import rank

    left, right, outcome = comparisons(count)
    return lambda: rank(left, right, outcome)


def our_live(labels: int) -> Work:
    """One thousand new labels taken in one by one."""
    from qinglan.quality.live import Live

    task, who, label, truth = votes(labels)
    live = Live.start(task, who, label, n_classes=CLASSES)
    rng = np.random.default_rng(1)
    fresh = [
        (int(rng.integers(len(truth))), int(rng.integers(PEOPLE)), int(rng.integers(CLASSES)))
        for _ in range(1000)
    ]
    return lambda: [live.add(*vote) for vote in fresh]


CONTENDERS: dict[str, Callable[[int], Work]] = {
    "qinglan-dawid-skene": ours("dawid-skene"),
    "numpy-dawid-skene": plain_dawid_skene,
    "crowdkit-dawid-skene": crowdkit("DawidSkene"),
    "qinglan-one-coin": ours("one-coin"),
    "qinglan-mace": ours("mace"),
    "crowdkit-mace": crowdkit("MACE"),
    "qinglan-ibcc": ours("ibcc"),
    "qinglan-majority": ours("majority"),
    "crowdkit-majority": crowdkit("MajorityVote"),
    "qinglan-alpha": our_alpha,
    "krippendorff-alpha": peer_alpha,
    "qinglan-rank": our_rank,
    "qinglan-live-1000": our_live,
}
SLOW = {"crowdkit-mace": 100_000, "crowdkit-dawid-skene": 1_000_000}
"""Labels beyond which a contender is skipped unless it is named."""


def measure(name: str, labels: int) -> dict[str, float | str]:
    warnings.simplefilter("ignore")
    work = CONTENDERS[name](labels)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "contender": name, "labels": labels, "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "extra_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--only", nargs="+", choices=sorted(CONTENDERS))
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(measure(asked.child, asked.labels[0])))
        return
    print(
        f"{'contender':24}{'labels':>12}{'seconds':>10}{'cpu':>10}{'extra MB':>10}{'peak MB':>10}"
    )
    for labels in asked.labels:
        for name in asked.only or CONTENDERS:
            if not asked.only and labels > SLOW.get(name, labels):
                continue
            run = subprocess.run(
                [sys.executable, __file__, "--labels", str(labels), "--child", name],
                capture_output=True, text=True, env=os.environ | CORES, check=False,
            )  # fmt: skip
            if run.returncode:
                print(f"{name:24}{labels:>12,}  failed: {run.stderr.strip().splitlines()[-1]}")
                continue
            found = json.loads(run.stdout.splitlines()[-1])
            print(
                f"{name:24}{labels:>12,}{found['seconds']:>10.3f}{found['cpu_seconds']:>10.3f}"
                f"{found['extra_mb']:>10.0f}{found['peak_mb']:>10.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
