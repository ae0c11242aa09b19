"""What the charts are drawn with: rows of names and numbers, a legend, axes, colours.

Places are pixels computed here, so a chart's layout does not hang on the fonts of the machine
that draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from qinglan.pages.labels import clean, phrase, shorten, tell, width
from qinglan.pages.svg import PALETTE, WIDTH
from qinglan.wording import Language

if TYPE_CHECKING:
    import altair as alt

ROW = 42
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down")

SPOKEN = 12
"""Rows that a description names before it only counts the rest."""

Rows = list[dict[str, Any]]


def layer_of(rows: Rows) -> alt.Chart:
    """A layer over rows that stand in the chart itself."""
    import altair as alt

    return alt.Chart(alt.InlineData(values=rows))


def names_of(lines: Sequence[tuple[str, str]], top: int = 0, tall: int = ROW) -> list[alt.Chart]:
    """Names at the left end of their lines, numbers at the right."""
    import altair as alt

    layers = []
    ends: tuple[tuple[Literal["left", "right"], int, list[str]], ...] = (
        ("left", 0, [shorten(name, 58 - width(number)) for name, number in lines]),
        ("right", WIDTH, [number for _, number in lines]),
    )
    for align, at, words in ends:
        data: Rows = [
            {"y": top + place * tall + 12, "text": text} for place, text in enumerate(words) if text
        ]
        mark = layer_of(data).mark_text(align=align, baseline="middle")
        layers.append(mark.encode(x=alt.value(at), y=down(), text="text:N"))
    return layers


def legend_of(names: Sequence[str], shapes: Sequence[str]) -> tuple[list[alt.Chart], int]:
    """Layers of the legend and its height in pixels; it wraps by estimated widths."""
    import altair as alt

    data: Rows = []
    x, y = 7, 10
    for place, name in enumerate(names):
        text = shorten(name, 48)
        wide = 22 + round(width(text) * 7.2)
        if x > 7 and x + wide > WIDTH:
            x, y = 7, y + 22
        data.append(
            {"x": x, "xt": x + 11, "y": y, "text": text, "color": colour(place),
             "shape": shapes[place % len(shapes)]}
        )  # fmt: skip
        x += wide + 12
    base = layer_of(data)
    at = alt.X("x:Q", scale=None, axis=None)
    signs = base.mark_point(filled=True, size=100, opacity=1)
    texts = base.mark_text(align="left", baseline="middle")
    return [
        signs.encode(x=at, y=down(), color=own_colour(), shape=own_shape()),
        texts.encode(x=alt.X("xt:Q", scale=None, axis=None), y=down(), text="text:N"),
    ], (y + 18 if names else 0)


def across(
    domain: tuple[float, float], *, percent: bool = False, axis: bool = True, title: str = "",
    nice: bool = True, grid: bool = True,
) -> alt.X:  # fmt: skip
    """A horizontal scale over the plotting area, with its axis below or without one."""
    import altair as alt

    ticks = alt.Axis(
        orient="bottom",
        tickCount=6,
        title=title or None,
        grid=grid,
        format="~%" if percent else ",.4~r",
    )
    scale = alt.Scale(domain=list(domain), range=[0, WIDTH], nice=nice)
    return alt.X("x:Q", scale=scale, axis=ticks if axis else None)


def down() -> alt.Y:
    """Vertical places are pixels, so no scale stands between."""
    import altair as alt

    return alt.Y("y:Q", scale=None, axis=None)


def own_colour() -> alt.Color:
    """Each row names its own colour."""
    import altair as alt

    return alt.Color("color:N", scale=None, legend=None)


def own_shape() -> alt.Shape:
    """Each row names its own shape."""
    import altair as alt

    return alt.Shape("shape:N", scale=None, legend=None)


def colour(place: int) -> str:
    """The colour of the arm, part or curve at this place."""
    return PALETTE[place % len(PALETTE)]


def span(numbers: Iterable[float | None]) -> tuple[float, float]:
    """0 to 1, widened to hold every number."""
    known = [number for number in numbers if number is not None]
    return min(0.0, *known, 0.0), max(1.0, *known, 1.0)


def speak(lines: Sequence[tuple[str, str]], language: Language) -> str:
    """Rows in words, for those who hear the chart."""
    told = "; ".join(clean(f"{name}: {number}") for name, number in lines[:SPOKEN])
    rest = len(lines) - SPOKEN
    return told + (tell(phrase("report.chart.more", n=rest), language) if rest > 0 else "")
