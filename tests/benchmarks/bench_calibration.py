"""How far posteriors hold on the six real sets: the reliability table of each method.

    python tests/benchmarks/bench_calibration.py --out calibration.csv

A row is a bin: set, method, cases, what was stated on the mean, what was so with Wilson's interval,
and whether the interval holds what was stated. Bins hold equally many cases. Then, for each set and
method, the expected calibration error beside what a perfectly calibrated judge would show by chance
(with its 95 % bound), and by how much it is too sure, with its interval. Only tasks of known answer
count; the answers move no posterior.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from pathlib import Path

import numpy as np

from qinglan.quality.calibration import Calibration, calibrate
from qinglan.quality.consensus import choose
from qinglan.quality.estimates import credit

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data")) / "crowd"
SETS = ("bluebird", "cf", "dog", "ms", "rte", "sentiment")
HEADER = ("set", "method", "cases", "stated", "observed", "low", "high", "holds")


def measure(name: str, method: str, bins: int) -> Calibration:
    """One method on one set."""
    labels, known = (
        np.loadtxt(DATA / name / f"{part}.csv", delimiter=",", skiprows=1, dtype=int)
        for part in ("label", "truth")
    )
    count = int(max(labels[:, 2].max(), known[:, 1].max())) + 1
    known = known[known[:, 0] <= labels[:, 0].max()]
    found = choose(method).fit_predict(*labels.T, n_classes=count)
    return calibrate(found.probability[known[:, 0]], credit(found.posteriors, *known.T), bins=bins)


def rows(name: str, method: str, found: Calibration) -> list[tuple[str, ...]]:
    """The bins of a table, under ``HEADER``."""
    return [
        (
            name, method, str(part.cases), f"{part.stated:.4f}", f"{part.observed.estimate:.4f}",
            f"{part.observed.low:.4f}", f"{part.observed.high:.4f}",
            str(part.observed.low <= part.stated <= part.observed.high).lower(),
        )
        for part in found.bins
    ]  # fmt: skip


def main() -> None:
    """Measure, print the summary, and write the bins."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--out", type=Path, help="file of the bins; standard output without")
    given.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    given.add_argument("--methods", nargs="+", default=["majority", "ibcc", "auto"])
    given.add_argument("--bins", type=int, default=10)
    asked = given.parse_args()
    table: list[tuple[str, ...]] = []
    for name in asked.sets:
        for method in asked.methods:
            found = measure(name, method, asked.bins)
            table += rows(name, method, found)
            held = sum(row[-1] == "true" for row in table[-len(found.bins) :])
            print(
                f"{name:10} {method:10} error {found.error:.3f}"
                f" (chance {found.expected_by_chance:.3f}, to {found.chance_high:.3f})"
                f"  too sure by {found.gap.estimate:+.3f}"
                f" [{found.gap.low:+.3f}, {found.gap.high:+.3f}]"
                f"  {held} of {len(found.bins)} bins hold, {found.cases} tasks",
                file=sys.stderr, flush=True,
            )  # fmt: skip
    file = sys.stdout if asked.out is None else asked.out.open("w", encoding="utf-8", newline="")
    with file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *table])


if __name__ == "__main__":
    main()
