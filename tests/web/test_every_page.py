"""Every page, in both languages, on a desk and on a telephone, in light and dark: what a person
with other eyes, other hands, or a small screen would stumble over.

``QINGLAN_PICTURES`` names a folder in which a picture of each page is kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_desk_browser import Visitor
from tour_example import BIG, PASSWORD, furnish, stops, workspace
from web_example import serving

from qinglan.flow.context import Context
from qinglan.web.app import ROUTES
from qinglan.wording import Language

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOOK = Path(__file__).with_name("page_looks.js").read_text(encoding="utf-8")
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 844}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Context, int, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("tour")
    with workspace(folder / "ws") as context, serving(context) as port:
        yield context, port, furnish(context, folder, port)


def picture(visitor: Visitor, address: str, width: int, scheme: str) -> None:
    """Keep how the page looks, where somebody asked for pictures."""
    if folder := os.environ.get("QINGLAN_PICTURES"):
        short = re.sub(r"(tsk|arr|whk|job)_[a-z0-9]+|(?<=invite/).+", r"\1", address)
        name = re.sub(r"\W+", "-", short.replace(BIG, "big")).strip("-")
        file = Path(folder) / f"{visitor.language}-{width}-{scheme}" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        visitor.page.screenshot(path=file, full_page=True)


@pytest.mark.parametrize(
    ("language", "how", "scheme"), [("en", DESK, "dark"), ("zh", PHONE, "light")]
)
def test_every_page_can_be_seen_read_and_worked(
    browser: Browser, place: tuple[Context, int, dict[str, str]], language: Language,
    how: dict[str, Any], scheme: str,
) -> None:  # fmt: skip
    _, port, found = place
    half = None if os.environ.get("QINGLAN_PICTURES") else ("en", "zh").index(language)
    told: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for who, addresses in stops(found, half).items():
        visitor = Visitor(browser, port, language, color_scheme=scheme, **how)
        page = visitor.page
        if who:
            page.goto(f"{visitor.base}/sign-in")
            page.fill("#name", who)
            page.fill("input[type=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile(r"/(desk|office)"))
        for address in addresses:
            page.goto(visitor.base + address)
            picture(visitor, address, how["viewport"]["width"], scheme)
            titles[address] = page.title()
            if wrong := page.evaluate(LOOK, how is PHONE):
                told[f"{who} {address}"] = wrong
        said = [one for one in visitor.complaints if "404" not in one and "403" not in one]
        assert said == []
        page.context.close()
    assert told == {}, "\n".join(f"{at}: {one}" for at, all_ in told.items() for one in all_)
    assert all("·" in title for title in titles.values()), titles


ELSEWHERE = {"/", "/language"}
"""They only send on."""
FILE = re.compile(r".*(\.[a-z]+|\.\{shape\}|\{name:path\}|/pictures/\{picture\})")
"""What comes down as a file."""


def test_no_page_is_left_out(place: tuple[Context, int, dict[str, str]]) -> None:
    """A route that answers with a page has a stop on the tour."""
    addresses = {address.partition("?")[0] for all_ in stops(place[2]).values() for address in all_}
    left = []
    for method, path, _ in ROUTES:
        shape = re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(path)))
        if method != "GET" or path in ELSEWHERE or FILE.fullmatch(path):
            continue
        if not any(shape.fullmatch(address) for address in addresses):
            left.append(path)
    assert left == []
