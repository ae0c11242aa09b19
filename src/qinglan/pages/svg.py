"""From a Vega-Lite chart to an SVG that may stand in any page.

Vega draws; this module makes its drawing fit to be inlined: a title and a description that a
screen reader speaks, no ids that could clash with a second chart, coordinates cut to what an eye
can see, text in whatever colour the page gives it (so the dark theme works), and one font stack
that holds Chinese. vl-convert carries its own engine: no browser, no network.

Layout never depends on measured text: rows have fixed pixel places, so the same chart has the
same bytes whichever fonts the machine has.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from qinglan.wording import Language

if TYPE_CHECKING:
    import altair as alt

FONTS = (
    "system-ui, 'PingFang SC', 'Hiragino Sans GB', 'Microsoft YaHei', 'Noto Sans CJK SC',"
    " 'Noto Sans SC', 'Source Han Sans SC', 'WenQuanYi Micro Hei', sans-serif"
)
PALETTE = ("#4d73d9", "#c0701a", "#536785", "#909375", "#811aff")
"""Indigo first. Each has 3:1 at least against the light and the dark page, and each pair stays
30 CIELAB units apart or more for colour-blind eyes too (both tested)."""
INK = "currentColor"
WIDTH = 440
"""Width of the plotting area, in pixels; a phone shows it nearly unscaled."""
EDGE = 8
TAG = re.compile(r"<[^>]+>")
NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
ID = re.compile(r'(\bid="|url\(#|href="#)')
DROP = re.compile(r'\s(?:font-family|class)="[^"]*"')


def draw(
    chart: alt.LayerChart,
    *,
    height: int,
    below: int,
    beside: int,
    title: str,
    desc: str,
    language: Language,
) -> str:
    """The chart as one ``<svg>`` element.

    Args:
        chart: a layered chart whose places are pixels, ``WIDTH`` by ``height``.
        height: of the plotting area, in pixels.
        below: pixels kept under it for the axis and its title.
        beside: pixels kept left of it for the other axis.
        title: what the chart shows, in a few words.
        desc: what a reader who cannot see it should know.
        language: of title, description and labels.
    """
    wide, tall = beside + WIDTH + 2 * EDGE, height + below + EDGE
    spec = chart.properties(
        width=WIDTH,
        height=height,
        autosize={"type": "none"},
        padding={"left": beside, "right": 2 * EDGE, "top": EDGE, "bottom": below},
    ).configure(**_style())
    inner = _render(json.dumps(spec.to_dict(validate=False), sort_keys=True, ensure_ascii=False))
    mark = hashlib.sha256(f"{language}{title}{inner}".encode()).hexdigest()[:10]
    inner = TAG.sub(lambda tag: _neat(tag[0], mark), inner)
    lang = "zh-Hans" if language == "zh" else "en"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" lang="{lang}"'
        f' width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}" font-family="{FONTS}">'
        f"<title>{html.escape(title)}</title><desc>{html.escape(desc)}</desc>{inner}</svg>"
    )


@lru_cache(maxsize=64)
def _render(spec: str) -> str:
    """What is inside Vega's ``<svg>``. Cached: charts without words serve both languages."""
    import vl_convert

    # data is inline; the empty list lets the engine reach no host even if a spec asked for one
    whole: str = vl_convert.vegalite_to_svg(json.loads(spec), allowed_base_urls=[])
    return whole[whole.index(">") + 1 : whole.rindex("</svg>")]


def _neat(tag: str, mark: str) -> str:
    """One tag of Vega's without fonts and classes, ids marked, coordinates to two decimals."""
    tag = DROP.sub("", tag)
    tag = ID.sub(lambda found: f"{found[0]}{mark}-", tag)
    return NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), tag)


def _style() -> dict[str, Any]:
    return {
        "aria": False,  # one title and description serve better than a label on each mark
        "background": "transparent",
        "font": "sans-serif",
        "view": {"stroke": None},
        "text": {"color": INK, "fontSize": 13},
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "titleFontWeight": "normal",
            "labelFontSize": 11.5,
            "titleFontSize": 12,
            "gridColor": INK,
            "gridOpacity": 0.1,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
    }
