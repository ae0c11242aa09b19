"""Curves and bars over time as inline SVG, drawn here and at once.

The charts of a report are Vega's, whose engine takes half a second to wake. A board that is opened
all day needs lines, bars and a scale, and draws them itself: no script, no style attribute, colours
from the page's own sheet by class, so that dark pages and strict policies are served alike.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

WIDE, TALL = 460, 190
LEFT, RIGHT, TOP, BOTTOM, KEY = 58, 12, 12, 26, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value at a time (ms since 1970), with its interval where there is one."""

    at: int
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line; ``name`` is what a reader hears, ``style`` a class of the page's sheet."""

    name: str
    points: Sequence[Point]
    style: str = "one"


def curves(
    found: Sequence[Curve], *, title: str, about: str, unit: str = "", whole: bool = False,
    least: float | None = 0.0, line: float | None = None, line_name: str = "",
) -> Markup:  # fmt: skip
    """Lines over time, with their intervals as a band.

    Args:
        found: the curves; those without points are left out.
        title: what the chart shows.
        about: the same for those who cannot see it, with the last values.
        unit: stands behind each number of the scale; "%" takes shares times a hundred.
        whole: numbers are counts.
        least: the scale reaches down to here; ``None``: to the least value.
        line: a level to draw across, such as a budget.
        line_name: what that level is. With it, or with several curves, a key stands on top.
    """
    points = [point for curve in found for point in curve.points]
    values = [n for p in points for n in (p.value, p.low, p.high) if n is not None]
    values += [level for level in (least, line) if level is not None]
    scale = _Scale.over(values, [p.at for p in points], whole=whole)
    body = scale.frame(unit)
    if line is not None:
        y = scale.y(line)
        body.append(f'<line class="limit" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}"/>')
    for curve in found:
        band = [p for p in curve.points if p.low is not None and p.high is not None]
        if len(band) > 1:
            up = [f"{scale.x(p.at)},{scale.y(p.high or 0)}" for p in band]
            down = [f"{scale.x(p.at)},{scale.y(p.low or 0)}" for p in reversed(band)]
            body.append(f'<polygon class="band {curve.style}" points="{" ".join(up + down)}"/>')
        path = " ".join(f"{scale.x(p.at)},{scale.y(p.value)}" for p in curve.points)
        if len(curve.points) > 1:
            body.append(f'<polyline class="curve {curve.style}" points="{path}"/>')
        for p in curve.points[-1:] if len(curve.points) > 40 else curve.points:
            body.append(
                f'<circle class="dot {curve.style}" cx="{scale.x(p.at)}" cy="{scale.y(p.value)}"'
                f' r="3"><title>{html.escape(f"{curve.name}: {_figure(p.value, unit)}")}'
                f" · {_day(p.at)}</title></circle>"
            )
    named = [(f"curve {curve.style}", curve.name) for curve in found]
    if line is not None and line_name:
        named.append(("limit", line_name))
    return _picture(body, title, about, key=named if len(named) > 1 else ())


def bars(found: Sequence[Point], *, title: str, about: str) -> Markup:
    """Counts, a bar each, by day."""
    scale = _Scale.over([0.0, *(p.value for p in found)], [p.at for p in found], whole=True)
    body = scale.frame("")
    step = (WIDE - LEFT - RIGHT) / max(1, len(found))
    for place, point in enumerate(found):
        y = scale.y(point.value)
        x = _n(LEFT + step * place + step * 0.1)
        high = _n(max(0.0, TALL - BOTTOM - float(y)))
        body.append(
            f'<rect class="bar" x="{x}" y="{y}" width="{_n(step * 0.8)}" height="{high}">'
            f"<title>{_day(point.at)}: {_figure(point.value, '')}</title></rect>"
        )
    return _picture(body, title, about)


@dataclass(frozen=True, slots=True)
class _Scale:
    bottom: float
    top: float
    step: float
    first: int
    last: int

    @classmethod
    def over(cls, values: Sequence[float], times: Sequence[int], *, whole: bool) -> _Scale:
        low, high = min(values, default=0.0), max(values, default=1.0)
        if high <= low:
            high = low + 1
        raw = (high - low) / 4
        power = 10 ** math.floor(math.log10(raw))
        step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
        if whole:
            step = max(1.0, math.ceil(step))
        bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
        first, last = min(times, default=0), max(times, default=1)
        return cls(bottom, max(top, bottom + step), step, first, max(last, first + 1))

    def x(self, at: int) -> str:
        return _n(LEFT + (WIDE - LEFT - RIGHT) * (at - self.first) / (self.last - self.first))

    def y(self, value: float) -> str:
        share = (value - self.bottom) / (self.top - self.bottom)
        return _n(TALL - BOTTOM - (TALL - TOP - BOTTOM) * share)

    def frame(self, unit: str) -> list[str]:
        made = []
        for number in range(round((self.top - self.bottom) / self.step) + 1):
            value = self.bottom + number * self.step
            y = self.y(value)
            made.append(f'<line class="grid" x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y}" y2="{y}"/>')
            made.append(
                f'<text x="{LEFT - 6}" y="{y}" dy="4" text-anchor="end">'
                f"{_figure(value, unit)}</text>"
            )
        for at, place, anchor in (
            (self.first, LEFT, "start"), (self.last, WIDE - RIGHT, "end"),
        ):  # fmt: skip
            if place > LEFT and _day(at) == _day(self.first):
                continue  # once is enough for a single day
            made.append(
                f'<text x="{place}" y="{TALL - 8}" text-anchor="{anchor}">{_day(at)}</text>'
            )
        return made


def _picture(
    body: Sequence[str], title: str, about: str, *, key: Sequence[tuple[str, str]] = ()
) -> Markup:
    head = f"<title>{html.escape(title)}</title><desc>{html.escape(about)}</desc>"
    high = TALL
    if key:  # a line of its own, so that no curve runs through the names
        high += KEY
        step = (WIDE - LEFT - RIGHT) / len(key)
        names = [
            f'<line class="{style}" x1="{_n(LEFT + step * n)}" x2="{_n(LEFT + step * n + 22)}"'
            f' y1="10" y2="10"/><text x="{_n(LEFT + step * n + 28)}" y="14">'
            f"{html.escape(name)}</text>"
            for n, (style, name) in enumerate(key)
        ]
        body = [*names, f'<g transform="translate(0 {KEY})">', *body, "</g>"]
    return Markup(  # noqa: S704 - numbers of ours, and words that are escaped above
        f'<svg class="trend" role="img" viewBox="0 0 {WIDE} {high}" width="{WIDE}"'
        f' height="{high}">{head}{"".join(body)}</svg>'
    )


def _figure(value: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * value:.4g}%"
    text = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
    return html.escape(f"{text} {unit}".strip())


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")


def _n(value: float) -> str:
    return f"{value:.1f}"
