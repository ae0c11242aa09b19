"""Charts: every row is named, unknown is no mark, text is text, the bytes reproduce."""

from __future__ import annotations

import itertools
import math
import re
import subprocess
import sys
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from qinglan.pages.charts import (
    Arms,
    Bar,
    Estimate,
    Series,
    Stack,
    bars,
    dumbbell,
    forest,
    histogram,
    line,
    stacked,
)  # fmt: skip
from qinglan.pages.labels import clean, decimal, interval, shorten, width, written
from qinglan.pages.svg import PALETTE
from qinglan.wording import Language, Phrase

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text></svg><script>alert(1)</script>&\"'\x00\x1b\u202e\ud800 甲"
SHOWN = "</text></svg><script>alert(1)</script>&\"' 甲"
TITLE = Phrase("Reliability", "可靠度")


def all_kinds(label: str) -> dict[str, Callable[[Language], str]]:
    point = Estimate(label=label, value=0.5, low=0.25, high=0.75)
    return {
        "forest": lambda lang: forest([point], title=label, language=lang),
        "bars": lambda lang: bars([Bar(label=label, n=3)], title=label, language=lang),
        "stacked": lambda lang: stacked(
            [Stack(label=label, parts=((label, 1), ("b", 2)))], title=label, language=lang
        ),
        "histogram": lambda lang: histogram([0.1, 0.9], title=label, language=lang),
        "dumbbell": lambda lang: dumbbell(
            [Arms(label=label, arms=(point,))], title=label, language=lang
        ),
        "line": lambda lang: line(
            [Series(label=label, points=((0, 2.0), (1, 1.5)))],
            title=label, steps=label, language=lang,
        ),
    }  # fmt: skip


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", all_kinds(""))
def test_hostile_names_are_text(kind: str) -> None:
    root = ElementTree.fromstring(all_kinds(HOSTILE)[kind]("zh"))
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "line", "rect", "text"}
    assert root.findtext(f"{SVG}title") == SHOWN
    for node in root.iter():
        assert not any(name.lower().startswith("on") or "href" in name for name in node.attrib)


@pytest.mark.parametrize("kind", all_kinds(""))
def test_charts_are_spoken_in_their_language(kind: str) -> None:
    for language, lang in (("en", "en"), ("zh", "zh-Hans")):
        root = ElementTree.fromstring(all_kinds("甲")[kind](language))  # type: ignore[arg-type]
        assert root.get("role") == "img"
        assert root.get("lang") == lang
        assert root.findtext(f"{SVG}desc")
        assert "Noto Sans CJK SC" in root.get("font-family", "")


def test_two_languages_say_the_same_row() -> None:
    row = Estimate(label=Phrase("majority", "多数表决"), value=0.5)
    english = forest([row], title=TITLE, language="en")
    chinese = forest([row], title=TITLE, language="zh")
    assert "majority" in texts(english)
    assert "多数表决" in texts(chinese)
    assert "majority" not in chinese


def test_an_unknown_value_has_a_dash_and_no_mark() -> None:
    def marks(svg: str) -> int:
        return svg.count(PALETTE[0])

    known = forest([Estimate(label="a", value=0.5)], title=TITLE, language="en")
    both = forest(
        [Estimate(label="a", value=0.5), Estimate(label="b", value=None)],
        title=TITLE,
        language="en",
    )
    assert marks(known) == marks(both) == 1
    assert "—" in texts(both)
    drawn = bars([Bar(label="a", n=2), Bar(label="b", n=None)], title=TITLE, language="en")
    assert marks(drawn) == 1
    assert "—" in texts(drawn)


def test_marks_stand_where_the_numbers_are() -> None:
    rows = [Estimate(label=str(x), value=x) for x in (0.0, 0.25, 1.0)]
    svg = forest(rows, title=TITLE, language="en")
    places = re.findall(
        rf'transform="translate\(([\d.]+),[\d.]+\)" d="[^"]*" fill="{PALETTE[0]}"', svg
    )
    assert [float(place) for place in places] == pytest.approx([0, 110, 440], abs=1)


def test_the_axis_widens_for_values_below_zero() -> None:
    svg = forest([Estimate(label="alpha", value=-0.4)], title=TITLE, language="en")
    assert "−0.4" in texts(svg)
    assert "1" in texts(svg)


def test_a_histogram_counts_every_value_once_and_names_the_unknown() -> None:
    svg = histogram([0.0, 0.05, 0.999, 1.0, None], title=TITLE, language="en")
    desc = ElementTree.fromstring(svg).findtext(f"{SVG}desc")
    assert desc == "4 values; 50.0% of them are in the highest tenth; 1 unknown"
    with pytest.raises(ValueError, match="outside 0 to 1"):
        histogram([1.2], title=TITLE, language="en")


def test_charts_reproduce_to_the_byte_in_another_process() -> None:
    code = (
        "from qinglan.pages.charts import *\n"
        "print(forest([Estimate(label='甲', value=.3, low=.1, high=.7)], title='t', language='zh'))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True,
            check=True, encoding="utf-8",
        ).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert runs[0].startswith("<svg")


def test_charts_share_a_page_without_clashing_ids() -> None:
    page = "".join(draw("zh") for draw in all_kinds("甲").values())
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "style=" not in page  # a page's policy may forbid it
    assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize("kind", ["forest", "bars", "stacked", "dumbbell", "line"])
def test_no_rows_is_an_empty_chart(kind: str) -> None:
    empty = {"forest": forest, "bars": bars, "stacked": stacked, "dumbbell": dumbbell, "line": line}
    svg = empty[kind]([], title=TITLE, language="en")  # type: ignore[operator]
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == "Reliability"


@pytest.mark.parametrize(
    "bad",
    [
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": 0.5, "low": 0.4},
        {"value": 0.5, "low": 0.6, "high": 0.4},
    ],
)
def test_numbers_that_cannot_be_shown_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"number|interval"):
        Estimate(label="x", **bad)  # type: ignore[arg-type]


def test_numbers_are_written_the_same_everywhere() -> None:
    row = Estimate(label="x", value=0.5, low=-0.25, high=0.75)
    assert written(row) == "0.50 [−0.25, 0.75]"
    assert written(row, percent=True) == "50.0% [−25.0%, 75.0%]"
    assert written(Estimate(label="x", value=None)) == decimal(None) == "—"
    assert interval(Estimate(label="x", value=1)) == "—"


def test_names_are_cleaned_and_cut_by_columns() -> None:
    assert clean(" a\tb\n\u2066c\u200f ") == "a b c\u200f"
    assert width("甲b") == 3
    assert shorten("甲乙丙丁", 5) == "甲乙…"
    assert shorten("short", 5) == "short"


def linear(colour: str) -> list[float]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def times(matrix: tuple[tuple[float, ...], ...], vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
EYES = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
}


def contrast(one: str, other: str) -> float:
    low, high = sorted(times(XYZ, linear(colour))[1] for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, eye: str) -> list[float]:
    seen = [min(max(part, 0.0), 1.0) for part in times(EYES[eye], linear(colour))]
    white = (0.9505, 1.0, 1.089)
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (a / b for a, b in zip(times(XYZ, seen), white, strict=True))
    )
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


@pytest.mark.parametrize("paper", ["#ffffff", "#12151c"])
def test_every_colour_reads_on_both_papers(paper: str) -> None:
    """WCAG 2.2, 1.4.11: graphics have a contrast of 3 to 1 at least."""
    assert min(contrast(colour, paper) for colour in PALETTE) >= 3


@pytest.mark.parametrize("eye", EYES)
def test_colours_stay_apart_for_colour_blind_eyes(eye: str) -> None:
    """Machado, Oliveira and Fernandes (2009), severity 1; distance in CIELAB (CIE 1976)."""
    for one, other in itertools.combinations(PALETTE, 2):
        assert math.dist(lab(one, eye), lab(other, eye)) >= 30, (one, other)
