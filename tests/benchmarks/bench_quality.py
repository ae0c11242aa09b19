"""Consensus, agreement and standings beside their peers: seconds and peak memory, one core.

Each contender runs in a process of its own, so that its peak memory is its own:

    python tests/benchmarks/bench_quality.py --labels 100000 1000000
    python tests/benchmarks/bench_quality.py --labels 10000000 --only qinglan-dawid-skene

Five labels a task, four classes, a thousand annotators; memory is what the process peaked at,
less what it held before the work began (inputs included in neither). Comparisons are of a hundred
items. Peers come with the extra ``bench``; one that is not installed is reported as failed, the
others run. Each peer gets its own form of the input ready-made: tables for alpha, pairs without
ties for choix, which knows none.

``live`` takes in a thousand labels one by one, and then fits everything anew: the note says what
the slowest cost, and how far posteriors of all tasks moved by the refit.
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


def our_rank_annotators(count: int) -> Work:
    import scipy.sparse.csgraph  # noqa: F401

    from qinglan.quality.discrimination import rank_annotators

    left, right, outcome = comparisons(count)
    who = np.random.default_rng(1).integers(0, PEOPLE, count)
    return lambda: rank_annotators(left, right, outcome, who)


def evalica_alpha(labels: int) -> Work:
    """Alpha does not ask who labelled, so five columns hold the labels of a thousand people."""
    import evalica
    import pandas as pd

    _, _, label, _ = votes(labels)
    table = pd.DataFrame(label.reshape(-1, EACH).T.astype(float))
    return lambda: evalica.alpha(table)


def evalica_rank(count: int) -> Work:
    import evalica

    left, right, outcome = comparisons(count)
    ends = (evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw)
    xs, ys, winners = left.tolist(), right.tolist(), [ends[end] for end in outcome]
    return lambda: evalica.bradley_terry(xs, ys, winners)


def choix_rank(name: str) -> Callable[[int], Work]:
    def prepare(count: int) -> Work:
        import choix

        left, right, outcome = comparisons(count)
        won, lost = np.where(outcome == 0, left, right), np.where(outcome == 0, right, left)
        pairs = list(zip(won[outcome < 2].tolist(), lost[outcome < 2].tolist(), strict=True))
        return lambda: getattr(choix, name)(ITEMS, pairs, alpha=1e-6)

    return prepare


def our_live(labels: int) -> Work:
    """One thousand new labels taken in one by one, then one full fit."""
    from qinglan.quality.live import Live

    task, who, label, truth = votes(labels)
    late = np.random.default_rng(1).permutation(labels)[:1000]
    early = np.ones(labels, dtype=bool)
    early[late] = False
    live = Live.start(task[early], who[early], label[early], n_classes=CLASSES)
    fresh = [(int(task[i]), int(who[i]), int(label[i])) for i in late]

    def state() -> np.ndarray:
        return np.stack([live.posterior(t) for t in range(len(truth))])

    def work() -> str:
        took, used = [], []
        for vote in fresh:
            begun, busy = time.perf_counter(), time.thread_time()
            live.add(*vote)
            used.append(1000 * (time.thread_time() - busy))
            took.append(1000 * (time.perf_counter() - begun))
        before, begun = state(), time.perf_counter()
        live.refit()
        refit, after = time.perf_counter() - begun, state()
        moved = np.abs(before - after).max(axis=1)
        touched = [task for task, *_ in fresh]
        return (
            f"a label {np.median(took):.3f} ms, 99 % {np.quantile(took, 0.99):.3f},"
            f" slowest {max(took):.3f} (CPU {max(used):.3f}); refit {refit:.1f} s moves a"
            f" posterior by {moved.mean():.1e} on average, {moved.max():.1e} at most"
            f" ({moved[touched].mean():.1e} on average where labels were new)"
        )

    return work


CONTENDERS: dict[str, Callable[[int], Work]] = {
    "qinglan-dawid-skene": ours("dawid-skene"),
    "numpy-dawid-skene": plain_dawid_skene,
    "crowdkit-dawid-skene": crowdkit("DawidSkene"),
    "qinglan-one-coin": ours("one-coin"),
    "qinglan-mace": ours("mace"),
    "crowdkit-mace": crowdkit("MACE"),
    "qinglan-ibcc": ours("ibcc"),
    "qinglan-auto": ours("auto"),
    "qinglan-majority": ours("majority"),
    "crowdkit-majority": crowdkit("MajorityVote"),
    "qinglan-alpha": our_alpha,
    "krippendorff-alpha": peer_alpha,
    "evalica-alpha": evalica_alpha,
    "qinglan-rank": our_rank,
    "evalica-rank": evalica_rank,
    "choix-ilsr-rank": choix_rank("ilsr_pairwise"),
    "choix-opt-rank": choix_rank("opt_pairwise"),
    "qinglan-rank-annotators": our_rank_annotators,
    "qinglan-live": our_live,
}
SLOW = {
    "qinglan-auto": 1_000_000,
    "crowdkit-mace": 100_000, "crowdkit-dawid-skene": 1_000_000,
    "choix-ilsr-rank": 1_000_000,
    "choix-opt-rank": 100_000, "evalica-rank": 1_000_000, "qinglan-live": 1_000_000,
    "qinglan-rank-annotators": 1_000_000,
}  # fmt: skip
"""Labels beyond which a contender is skipped unless it is named."""


def measure(name: str, labels: int) -> dict[str, float | str]:
    warnings.simplefilter("ignore")
    work = CONTENDERS[name](labels)
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    note = work()
    return {
        "contender": name, "labels": labels, "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "extra_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "note": note if isinstance(note, str) else "",
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
                f"{found['extra_mb']:>10.0f}{found['peak_mb']:>10.0f}  {found['note']}",
                flush=True,
            )


if __name__ == "__main__":
    main()
