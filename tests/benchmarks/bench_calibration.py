"""How far posteriors hold on the six real sets: the reliability table of each method.

    python tests/benchmarks/bench_calibration.py --out calibration.csv

A row is a bin: set, method, cases, what was stated on the mean, what was so with Wilson's interval,
and whether the interval holds what was stated. Bins hold equally many cases. Then, for each set and
method, the expected calibration error beside what a perfectly calibrated judge would show by chance
(with its 95 % bound), and by how much it is too sure, with its interval. Only tasks of known answer
count; the answers move no posterior. ``rho`` is the correlation of errors that they would ask for
(``quality.tempering``), each set for itself. ``--gold 50`` gives ``auto`` that many answers, drawn
at random, and judges it on the others.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from pathlib import Path

import numpy as np
from bench_auto import Case, real

from qinglan.quality.auto import Auto
from qinglan.quality.calibration import Calibration, calibrate
from qinglan.quality.consensus import choose
from qinglan.quality.estimates import credit
from qinglan.quality.tempering import fit_correlation

DATA = Path(os.environ.get("QINGLAN_DATA", Path(__file__).parents[3] / "shared" / "data")) / "crowd"
HEADER = ("set", "method", "cases", "stated", "observed", "low", "high", "holds")


def measure(case: Case, method: str, bins: int, gold: int = 0) -> tuple[Calibration, float | None]:
    """One method on one set; for ``auto`` also the correlation that all answers ask for."""
    _, votes, tasks, truth = case
    how, rho = choose(method), None
    order = np.random.default_rng(0).permutation(len(tasks))
    given, rest = order[:gold], order[gold:]
    if isinstance(how, Auto):
        raw = Auto(assumed=0.0).fit(votes)
        rho = fit_correlation(votes, raw.posteriors, tasks, truth)
        how = Auto(gold=tuple(zip(tasks[given].tolist(), truth[given].tolist(), strict=True)))
    found, known, right = how.fit(votes), tasks[rest], truth[rest]
    stated = found.probability[known]
    return calibrate(stated, credit(found.posteriors, known, right), bins=bins), rho


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
    given.add_argument("--folder", type=Path, default=DATA, help="sets: NAME/label.csv, truth.csv")
    given.add_argument("--methods", nargs="+", default=["majority", "ibcc", "auto"])
    given.add_argument("--bins", type=int, default=10)
    given.add_argument("--gold", type=int, default=0)
    asked = given.parse_args()
    table: list[tuple[str, ...]] = []
    for case in real(asked.folder):
        name = case[0]
        for method in asked.methods:
            found, rho = measure(case, method, asked.bins, asked.gold)
            table += rows(name, method, found)
            held = sum(row[-1] == "true" for row in table[-len(found.bins) :])
            print(
                f"{name:10} {method:10} error {found.error:.3f}"
                f" (chance {found.expected_by_chance:.3f}, to {found.chance_high:.3f})"
                f"  too sure by {found.gap.estimate:+.3f}"
                f" [{found.gap.low:+.3f}, {found.gap.high:+.3f}]"
                f"  {held} of {len(found.bins)} bins hold, {found.cases} tasks"
                + ("" if rho is None else f", rho {rho:.2f}"),
                file=sys.stderr, flush=True,
            )  # fmt: skip
    file = sys.stdout if asked.out is None else asked.out.open("w", encoding="utf-8", newline="")
    with file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *table])


if __name__ == "__main__":
    main()
