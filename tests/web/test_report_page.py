"""The report in a real browser: nothing leaves, both languages show, a phone need not scroll."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qinglan.pages.report import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def example() -> Any:
    path = Path(__file__).parents[1] / "unit" / "pages_example.py"
    spec = importlib.util.spec_from_file_location("pages_example", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.example()


@pytest.fixture(scope="module")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render(example(), language="zh"), encoding="utf-8")
    return file


class Visit:
    """One opened page, with every request and every complaint of the browser recorded."""

    def __init__(self, browser: Browser, file: Path, width: int, scheme: Any = "light") -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": 844}, color_scheme=scheme, java_script_enabled=True
        )
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

        def judge(route: Any) -> None:
            self.requests.append(route.request.url)
            if route.request.url == file.as_uri():
                route.continue_()
            else:
                route.abort()

        self.page.route("**/*", judge)
        self.page.goto(file.as_uri())
        self.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_as_it_is_seen(
    browser: Browser, report_file: Path, width: int, scheme: str
) -> None:
    visit = Visit(browser, report_file, width, scheme)
    page = visit.page
    for label, shown, hidden in (
        (None, "数据流向", "Along the line"),
        ("show-en", "Along the line", "数据流向"),
        ("show-zh", "数据流向", "Along the line"),
    ):
        if label:
            page.locator(f"label[for={label}]").click()
        assert page.get_by_role("heading", name=shown, exact=True).is_visible()
        assert not page.get_by_role("heading", name=hidden, exact=True).is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert visit.requests == [report_file.as_uri()]
    assert visit.complaints == []
    page.close()


def test_the_style_sheet_is_applied_under_the_policy(browser: Browser, report_file: Path) -> None:
    visit = Visit(browser, report_file, 1280, "dark")
    colour = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(18, 21, 28)"
    visit.page.close()


def test_the_policy_stops_what_slips_in(browser: Browser, tmp_path: Path) -> None:
    """Were a tag of an attacker to reach the page, it would neither run nor call out."""
    attack = (
        "<script>document.title='run'</script><img src=https://evil.example/x.png"
        " onerror=\"document.title='run'\"><style>body{background:url(https://evil.example/y)}"
        "</style><iframe src=https://evil.example/z></iframe>"
    )
    file = tmp_path / "attacked.html"
    file.write_text(render(example()).replace("<main>", f"<main>{attack}", 1), encoding="utf-8")
    visit = Visit(browser, file, 1280)
    assert visit.page.title() != "run"
    assert visit.requests == [file.as_uri()]
    assert len(visit.complaints) >= 3  # the browser says what it refused
    visit.page.close()


def test_the_keyboard_switches_languages(browser: Browser, report_file: Path) -> None:
    visit = Visit(browser, report_file, 1280)
    page = visit.page
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    assert page.get_by_role("heading", name="Along the line", exact=True).is_visible()
    page.close()


def test_charts_are_spoken_by_name(browser: Browser, report_file: Path) -> None:
    visit = Visit(browser, report_file, 1280)
    assert visit.page.get_by_role("img", name="程序核验结果").is_visible()
    assert visit.page.get_by_role("img", name=re.compile("Annotators")).count() == 0
    visit.page.close()


def test_print_leaves_out_the_switch(browser: Browser, report_file: Path) -> None:
    visit = Visit(browser, report_file, 1280)
    visit.page.emulate_media(media="print")
    assert not visit.page.locator(".languages").is_visible()
    visit.page.close()
