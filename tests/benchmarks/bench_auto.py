"""``auto`` against every single method: fourteen generated shapes of crowd, and sets with truth.

    python tests/benchmarks/bench_auto.py                      # the shapes and the six real sets
    python tests/benchmarks/bench_auto.py --folder more/crowd  # others: NAME/{label,truth}.csv

The share of trust that goes by score was set on the shapes, as the one of best mean; sets with
truth judge it. Of each set: the accuracy of every method, how far ``auto`` stays below the best of
them, and whether that is more than the best one's interval. Then the mean, and the worst loss.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qinglan.quality.consensus import choose
from qinglan.quality.votes import Votes, gather

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data")) / "crowd"
SHAPES = (
    "plain", "skewed", "many_classes", "few_labels", "spammers", "experts", "colluders", "one_way",
    "ordinal", "traps", "biases", "long_tail", "small", "kinds",
)  # fmt: skip
SINGLES = ("majority", "dawid-skene", "one-coin", "mace", "ibcc", "hierarchical", "ebcc")
TRAPS = {
    "traps": 0.3, "small": 0.2, "ordinal": 0.1, "few_labels": 0.1, "experts": 0.1, "biases": 0.1,
    "long_tail": 0.1, "kinds": 0.0,
}  # fmt: skip
"""Share of tasks on which more than half of all who look are lured to one wrong class."""

Case = tuple[str, Votes, np.ndarray, np.ndarray]


def crowd(shape: str, seed: int) -> tuple[Votes, np.ndarray]:
    """A crowd of one shape, and the truth."""
    rng = np.random.default_rng((SHAPES.index(shape), seed))
    tasks, people, classes, each = 500, 40, 3, 5
    if shape == "small":
        tasks, people, classes, each = 80, 30, 2, 20
    elif shape == "few_labels":
        people, each = 200, 3
    elif shape in ("skewed", "biases", "kinds"):
        classes, each = 2, 5 if shape == "skewed" else 7
    elif shape == "many_classes":
        classes = 15
    elif shape == "ordinal":
        classes, each = 5, 6
    prior = rng.dirichlet(np.full(classes, 8.0))
    prior = np.array([0.9, 0.1]) if shape == "skewed" else prior
    truth = rng.choice(classes, tasks, p=prior)
    habits = _habits(shape, people, classes, rng)
    share = TRAPS.get(shape, 0.05 * (seed % 2))
    lured = rng.random(tasks) < share
    lure = (truth + rng.integers(1, classes, tasks)) % classes
    odd = rng.random(tasks) < (0.4 if shape == "kinds" else 0)
    active = rng.pareto(1.2, people) + 0.05
    task, who, label = [], [], []
    for t in range(tasks):
        tail = shape == "long_tail"
        count = int(rng.integers(2, 10)) if tail else each
        for w in rng.choice(
            people, count, replace=False, p=active / active.sum() if tail else None
        ):
            row = habits[w, truth[t]].copy()
            if odd[t] and w % 2:  # every second person misreads tasks of this kind
                row = 0.6 * row[::-1] + 0.4 * row
            if lured[t]:
                row *= 0.45
                row[lure[t]] += 0.55
            task.append(t), who.append(w), label.append(rng.choice(classes, p=row / row.sum()))
    if shape == "colluders":  # a fifth copies one who is right less than half of the time
        wrong = (truth + rng.integers(1, classes, tasks)) % classes
        leader = np.where(rng.random(tasks) < 0.45, truth, wrong)
        label = [
            leader[t] if w < people // 5 and rng.random() < 0.95 else given
            for t, w, given in zip(task, who, label, strict=True)
        ]
    return gather(task, who, label, n_tasks=tasks, n_annotators=people, n_classes=classes), truth


def _habits(shape: str, people: int, classes: int, rng: np.random.Generator) -> np.ndarray:
    """What each person calls each class: (people, class, label)."""
    skill = rng.beta(6, 3, people)
    if shape == "spammers":
        skill = np.where(rng.random(people) < 0.5, 1 / classes, rng.beta(8, 2, people))
    if shape == "experts":
        crowd = rng.beta(5, 5, people) * 0.6 + 0.2
        skill = np.where(rng.random(people) < 0.15, 0.95, crowd)
    habits = np.empty((people, classes, classes))
    for w in range(people):
        for c in range(classes):
            rest = rng.dirichlet(np.full(classes - 1, 2.0)) * (1 - skill[w])
            habits[w, c] = np.insert(rest, c, skill[w])
        if shape == "one_way":
            lost = rng.uniform(0.2, 0.6)
            habits[w, 0] = np.eye(classes)[0] * (1 - lost) + np.eye(classes)[1] * lost
        elif shape == "ordinal":
            steps = np.subtract.outer(np.arange(classes), np.arange(classes))
            near = np.exp(-0.5 * (steps / rng.uniform(0.5, 1.4)) ** 2) + rng.uniform(0, 0.1)
            habits[w] = near / near.sum(axis=1, keepdims=True)
        elif shape == "biases":
            yes, no = rng.beta(6, 2), rng.beta(4, 3)
            habits[w] = [[yes, 1 - yes], [1 - no, no]]
    return habits


def generated(seeds: int) -> Iterator[Case]:
    """Every shape, ``seeds`` times."""
    for shape in SHAPES:
        for seed in range(seeds):
            votes, truth = crowd(shape, seed)
            yield f"{shape}-{seed}", votes, np.arange(len(truth)), truth


def real(folder: Path) -> Iterator[Case]:
    """The sets of a folder; of a repeated (task, annotator) the first label counts."""
    for place in sorted(path.parent for path in folder.glob("*/truth.csv")):
        labels, known = (
            np.loadtxt(place / f"{part}.csv", delimiter=",", skiprows=1, dtype=int)
            for part in ("label", "truth")
        )
        _, first = np.unique(labels[:, :2], axis=0, return_index=True)
        labels = labels[first]
        tasks, task = np.unique(labels[:, 0], return_inverse=True)
        _, who = np.unique(labels[:, 1], return_inverse=True)
        classes = np.unique(np.concatenate([labels[:, 2], known[:, 1]]))
        known = known[np.isin(known[:, 0], tasks)]
        votes = gather(task, who, np.searchsorted(classes, labels[:, 2]), n_classes=len(classes))
        yield (
            place.name, votes, np.searchsorted(tasks, known[:, 0]),
            np.searchsorted(classes, known[:, 1]),
        )  # fmt: skip


def judge(cases: Iterator[Case], singles: tuple[str, ...]) -> None:
    """Print a line a set, and the means."""
    print(f"{'':16}" + "".join(f"{name[:11]:>12}" for name in (*singles, "auto")))
    rows, losses = [], []
    for name, votes, tasks, truth in cases:
        row = [choose(m).fit(votes).accuracy(tasks, truth) for m in (*singles, "auto")]
        best = max(row[:-1])
        loss, half = best - row[-1], 1.96 * np.sqrt(best * (1 - best) / len(tasks))
        rows.append(row)
        losses.append(loss)
        note = f"  below by {100 * loss:.1f}, more than the interval" if loss > half else ""
        print(f"{name:16}" + "".join(f"{100 * value:12.1f}" for value in row) + note, flush=True)
    print(f"{'mean':16}" + "".join(f"{100 * value:12.2f}" for value in np.mean(rows, axis=0)))
    print(f"worst loss of auto {100 * max(losses):.1f}")


def main() -> None:
    """Judge on the shapes and the real sets, or on the sets of one folder."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--folder", type=Path, help="sets to judge on instead")
    given.add_argument("--seeds", type=int, default=2, help="crowds of each shape")
    given.add_argument("--methods", nargs="+", default=SINGLES)
    asked = given.parse_args()
    singles = tuple(asked.methods)
    if asked.folder is None:
        judge(generated(asked.seeds), singles)
    judge(real(asked.folder or DATA), singles)


if __name__ == "__main__":
    main()
