"""The reliability diagram: what was stated against what was so, with intervals.

A point on the diagonal means what it says; below it, the statement was too sure. Bins hold equally
many cases, so no point rests on a handful.

Source: DeGroot and Fienberg (1983), "The Comparison and Evaluation of Forecasters", The
Statistician 32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qinglan.pages.labels import Label, count, decimal, phrase, tell
from qinglan.pages.marks import Rows, across, layer_of
from qinglan.pages.svg import INK, PALETTE, draw
from qinglan.wording import Language

HEIGHT = 240


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of similar stated probability, and the share that was so, with its interval."""

    stated: float
    observed: float
    low: float
    high: float
    n: int


def diagram(bins: Sequence[Bin], *, title: Label, language: Language) -> str:
    """Stated probability across, observed share up, and the diagonal."""
    import altair as alt

    least = min([*(b.stated for b in bins), *(b.low for b in bins), 0.9])
    domain = (max(0.0, int(least * 10) / 10), 1.0)
    rows: Rows = [
        {"x": b.stated, "v": b.observed, "low": b.low, "high": b.high, "n": b.n} for b in bins
    ]
    x = across(domain, percent=True, title=tell(phrase("report.chart.stated"), language))
    scale = alt.Scale(domain=domain, range=[HEIGHT, 8])
    upright = tell(phrase("report.chart.observed"), language)
    y = alt.Y("v:Q", scale=scale, axis=alt.Axis(tickCount=5, format="~%", title=upright))
    ends: Rows = [{"x": at, "v": at} for at in domain]
    layers = [
        layer_of(ends).mark_line(color=INK, strokeDash=[4, 4], strokeWidth=1).encode(x=x, y=y),
        layer_of(rows).mark_rule(color=PALETTE[0], strokeWidth=1.5)
        .encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        layer_of(rows).mark_point(filled=True, size=60, opacity=1, color=PALETTE[0])
        .encode(x=x, y=y),
    ]  # fmt: skip
    parts = "; ".join(
        f"{decimal(b.stated, percent=True)} → {decimal(b.observed, percent=True)}"
        f" (n = {count(b.n)})"
        for b in bins
    )
    chart = alt.layer(*layers).resolve_scale(color="independent")
    return draw(
        chart, height=HEIGHT, below=44, beside=64, title=tell(title, language), desc=parts,
        language=language,
    )  # fmt: skip
