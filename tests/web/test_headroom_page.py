"""The page of headroom in a real browser: nothing leaves, and a phone need not scroll sideways."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_training_page import SPILLED, heard, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.parametrize("width", [1280, 320])
def test_the_page_as_it_is_seen(
    browser: Browser, tmp_path: Path, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(Path(__file__).parents[1] / "unit"), *sys.path])
    from test_pages_headroom import report

    from qinglan.pages.headroom import render

    file = tmp_path / "headroom.html"
    file.write_text(render(report(), language="zh"), encoding="utf-8")
    page = visit(browser, file, width)
    for switch, shown, hidden in (
        (None, "谁能教什么", "Who could teach what"),
        ("show-en", "Who could teach what", "谁能教什么"),
    ):
        if switch:
            page.locator(f"label[for={switch}]").click()
        assert page.get_by_role("heading", name=shown, exact=True).is_visible()
        assert not page.get_by_role("heading", name=hidden, exact=True).is_visible()
        assert page.get_by_role("img", name=shown, exact=True).is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(SPILLED) == []
    assert heard(page) == [file.as_uri()]
    page.close()
