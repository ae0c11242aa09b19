"""The charts of a report: estimates with intervals, counts, parts, posteriors, arms, curves.

Every chart takes plain rows and a language, and gives one inline SVG. A row's name stands on its
own line above its mark, and its number at the right end of that line: no name is squeezed, a
phone shows it as well as a desk, and nobody must read a value off an axis. An unknown value has
a name and a dash, and no mark.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qinglan.pages.labels import (
    UNKNOWN,
    Estimate,
    Label,
    count,
    decimal,
    phrase,
    tell,
    written,
)  # fmt: skip
from qinglan.pages.marks import (
    ROW,
    SHAPES,
    Rows,
    across,
    colour,
    down,
    layer_of,
    legend_of,
    names_of,
    own_colour,
    own_shape,
    span,
    speak,
)  # fmt: skip
from qinglan.pages.svg import EDGE, INK, PALETTE, draw
from qinglan.wording import Language

__all__ = [
    "Arms", "Bar", "Estimate", "Series", "Stack", "bars", "dumbbell", "forest", "histogram",
    "line", "stacked",
]  # fmt: skip

PLOT = 200
LANE = 15
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A category and how many are in it (``None``: not counted)."""

    label: Label
    n: int | None
    note: Label = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A category and its parts, each a name and a count."""

    label: Label
    parts: tuple[tuple[Label, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arms:
    """A skill and what each arm (teacher, student, baseline) scores on it."""

    label: Label
    arms: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A curve: points of (step, value)."""

    label: Label
    points: tuple[tuple[float, float], ...]


def forest(
    rows: Sequence[Estimate], *, title: Label, language: Language, percent: bool = False
) -> str:
    """Estimates as points with their intervals, one a row; the axis holds 0 to 1 at least."""
    lines = [(tell(row.label, language), written(row, percent)) for row in rows]
    whiskers: Rows = []
    points: Rows = []
    for place, row in enumerate(rows):
        y = place * ROW + 29
        if row.value is not None:
            points.append({"y": y, "x": row.value})
        if row.low is not None:
            whiskers.append({"y": y, "x": row.low, "x2": row.high})
    numbers = [value for row in rows for value in (row.value, row.low, row.high)]
    x = across(span(numbers), percent=percent)
    layers = [
        *names_of(lines),
        layer_of(whiskers).mark_rule(color=PALETTE[0], strokeWidth=2.5, opacity=0.55)
        .encode(x=x, x2="x2:Q", y=down()),
        layer_of(points).mark_point(filled=True, size=90, color=PALETTE[0], opacity=1)
        .encode(x=x, y=down()),
    ]  # fmt: skip
    return _finish(layers, len(rows) * ROW, title, speak(lines, language), language)


def bars(rows: Sequence[Bar], *, title: Label, language: Language) -> str:
    """Counts by category, as horizontal bars from zero."""
    lines = [(tell(row.label, language), count(row.n)) for row in rows]
    data: Rows = [
        {"y": place * ROW + 29, "x": 0, "x2": row.n}
        for place, row in enumerate(rows)
        if row.n is not None
    ]
    most = max((row.n or 0 for row in rows), default=0)
    x = across((0, max(most, 1)), axis=False, nice=False)
    layers = [
        *names_of(lines),
        layer_of(data).mark_bar(height=12, cornerRadius=3, color=PALETTE[0], opacity=1)
        .encode(x=x, x2="x2:Q", y=down()),
    ]  # fmt: skip
    return _finish(layers, len(rows) * ROW, title, speak(lines, language), language, below=0)


def stacked(rows: Sequence[Stack], *, title: Label, language: Language) -> str:
    """Parts of a whole by category; parts of the same name have the same colour in every row."""
    names = list(dict.fromkeys(tell(name, language) for row in rows for name, _ in row.parts))
    legend, top = legend_of(names, SHAPES[1:2] * len(names))
    lines, spoken, data = [], [], []
    most = max((sum(n for _, n in row.parts) for row in rows), default=0)
    for place, row in enumerate(rows):
        start = 0
        for name, n in row.parts:
            data.append(
                {"y": top + place * ROW + 29, "x": start, "x2": start + n,
                 "color": colour(names.index(tell(name, language)))}
            )  # fmt: skip
            start += n
        parts = [f"{tell(name, language)} {count(n)}" for name, n in row.parts]
        lines.append((tell(row.label, language), count(start)))
        spoken.append((tell(row.label, language), ", ".join(parts)))
    x = across((0, max(most, 1)), axis=False, nice=False)
    layers = [
        *legend,
        *names_of(lines, top),
        layer_of(data).mark_bar(height=14, opacity=1)
        .encode(x=x, x2="x2:Q", y=down(), color=own_colour()),
    ]  # fmt: skip
    desc = speak(spoken, language)
    return _finish(layers, top + len(rows) * ROW, title, desc, language, below=0)


def histogram(
    values: Iterable[float | None], *, title: Label, language: Language, bins: int = 20
) -> str:
    """How often values from 0 to 1 fall into each of ``bins`` equal bins.

    Unknown values are counted in the description, not drawn.

    Raises:
        ValueError: a value is outside 0 to 1.
    """
    tally = [0] * bins
    unknown = 0
    for value in values:
        if value is None:
            unknown += 1
        elif 0 <= value <= 1:
            tally[min(int(value * bins), bins - 1)] += 1
        else:
            raise ValueError(f"{value} is outside 0 to 1")
    data: Rows = [
        {"x": (place + 0.05) / bins, "x2": (place + 0.95) / bins, "n": n, "zero": 0}
        for place, n in enumerate(tally)
    ]
    import altair as alt

    scale = alt.Scale(domain=[0, max(1, *tally)], nice=True)
    axis = alt.Axis(tickCount=4, format="~s", title=None, tickMinStep=1, offset=0)
    layer = layer_of(data).mark_bar(color=PALETTE[0], opacity=1)
    layer = layer.encode(
        x=across((0, 1)), x2="x2:Q", y=alt.Y("n:Q", scale=scale, axis=axis), y2="zero:Q"
    )
    known = sum(tally)
    high = sum(tally[bins - bins // 10 :]) if bins >= 10 else None
    share = None if not known or high is None else high / known
    desc = tell(
        phrase("report.chart.histogram", n=count(known), high=decimal(share, percent=True),
               unknown=count(unknown)), language,
    )  # fmt: skip
    return _finish([layer], 150, title, desc, language, beside=44)


def dumbbell(
    rows: Sequence[Arms], *, title: Label, language: Language, percent: bool = False
) -> str:
    """Skill by arm: what each arm scores, with intervals, joined so that the gap is seen.

    Arms differ in colour and in shape, and keep both across rows.
    """
    names = list(dict.fromkeys(tell(arm.label, language) for row in rows for arm in row.arms))
    legend, top = legend_of(names, SHAPES)
    lanes = max((len(row.arms) for row in rows), default=1)
    tall = 24 + LANE * lanes + 6
    lines, links, whiskers, points = [], [], [], []
    for place, row in enumerate(rows):
        spoken = "; ".join(
            f"{tell(arm.label, language)} {written(arm, percent)}" for arm in row.arms
        )
        lines.append((tell(row.label, language), spoken))
        seen = []
        for lane, arm in enumerate(row.arms):
            which = names.index(tell(arm.label, language))
            y = top + place * tall + 28 + lane * LANE
            look = {"y": y, "color": colour(which), "shape": SHAPES[which % len(SHAPES)]}
            if arm.low is not None:
                whiskers.append({**look, "x": arm.low, "x2": arm.high})
            if arm.value is not None:
                points.append({**look, "x": arm.value})
                seen.append((arm.value, y))
        links += [
            {"x": x, "y": y, "x2": x2, "y2": y2} for (x, y), (x2, y2) in itertools.pairwise(seen)
        ]
    numbers = [n for row in rows for arm in row.arms for n in (arm.value, arm.low, arm.high)]
    x = across(span(numbers), percent=percent)
    layers = [
        *legend,
        *names_of([(name, "") for name, _ in lines], top, tall),
        layer_of(links).mark_rule(color=INK, opacity=0.4)
        .encode(x=x, x2="x2:Q", y=down(), y2="y2:Q"),
        layer_of(whiskers).mark_rule(strokeWidth=2.5, opacity=0.55)
        .encode(x=x, x2="x2:Q", y=down(), color=own_colour()),
        layer_of(points).mark_point(filled=True, size=80, opacity=1)
        .encode(x=x, y=down(), color=own_colour(), shape=own_shape()),
    ]  # fmt: skip
    return _finish(layers, top + len(rows) * tall, title, speak(lines, language), language)


def line(
    series: Sequence[Series], *, title: Label, language: Language, steps: Label = "",
    share: bool = False,
) -> str:  # fmt: skip
    """Curves over steps, such as training loss; ``steps`` names the horizontal axis.

    ``share``: values are shares, written as percentages, and the vertical axis begins at 0.
    """
    import altair as alt

    def said(value: float) -> str:
        return decimal(value, percent=True) if share else f"{value:g}"

    names = [tell(one.label, language) for one in series]
    legend, top = legend_of(names, SHAPES)
    curves: Rows = []
    ends: Rows = []
    for place, one in enumerate(series):
        look = {"color": colour(place), "dash": DASHES[place % len(DASHES)], "series": place}
        curves += [{**look, "x": at, "v": value} for at, value in one.points]
        ends += [{**curves[-1], "shape": SHAPES[place % len(SHAPES)]}] if one.points else []
    xs, ys = [row["x"] for row in curves], [row["v"] for row in curves]
    x = across(
        (min(xs, default=0), max(xs, default=1)),
        title=tell(steps, language),
        nice=False,
        grid=False,
    )
    scale = alt.Scale(
        domain=[0 if share else min(ys, default=0), max(ys, default=1)],
        range=[top + PLOT, top + 8], zero=share, nice=share,
    )  # fmt: skip
    ticks = alt.Axis(tickCount=5, format="~%" if share else ",.4~r", title=None)
    y = alt.Y("v:Q", scale=scale, axis=ticks)
    dash = alt.StrokeDash("dash:N", scale=None, legend=None)
    layers = [
        *legend,
        layer_of(curves).mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=own_colour(), strokeDash=dash, detail="series:N"),
        layer_of(ends).mark_point(filled=True, size=70, opacity=1)
        .encode(x=x, y=y, color=own_colour(), shape=own_shape()),
    ]  # fmt: skip
    spoken = [
        (name, f"{said(one.points[0][1])} → {said(one.points[-1][1])}" if one.points else UNKNOWN)
        for name, one in zip(names, series, strict=True)
    ]
    desc = speak(spoken, language)
    return _finish(layers, top + PLOT, title, desc, language, below=44, beside=44)


def _finish(
    layers: Sequence[Any],
    height: int,
    title: Label,
    desc: str,
    language: Language,
    below: int = 30,
    beside: int = EDGE,
) -> str:
    import altair as alt

    chart = alt.layer(*layers).resolve_scale(color="independent")
    return draw(
        chart, height=height, below=below, beside=beside, title=tell(title, language), desc=desc,
        language=language,
    )  # fmt: skip
