"""The reliability diagram of a judged table, as a file of its own: stated against true."""

from __future__ import annotations

import os
from pathlib import Path

from qinglan.errors import UsageError
from qinglan.pages import reliability
from qinglan.pages.labels import phrase
from qinglan.quality.reports import ConsensusReport
from qinglan.wording import preferred


def check_plot(target: Path, truth: Path | None) -> None:
    """Refuse a plot that cannot be drawn before the table is judged.

    Raises:
        UsageError: not an .svg file, or no known answers to hold the statements against.
    """
    if target.suffix.lower() != ".svg":
        raise UsageError("quality.plot_format", file=os.fspath(target))
    if truth is None:
        raise UsageError("quality.plot_truth")


def plot_reliability(report: ConsensusReport, target: Path) -> None:
    """Draw ``report`` in the person's language. The file appears whole or not at all.

    Raises:
        UsageError: none of the known answers is of a task that was judged.
    """
    found = report.calibration
    if found is None:
        raise UsageError("quality.plot_truth")
    bins = [
        reliability.Bin(b.stated, b.observed.estimate, b.observed.low, b.observed.high, b.cases)
        for b in found.bins
        if b.observed.estimate is not None
    ]
    drawn = reliability.diagram(
        bins, title=phrase("report.calibration.title"), language=preferred()
    )
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(drawn + "\n", encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
