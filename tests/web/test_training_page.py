"""The training page in a real browser: nothing leaves, both languages show, a phone need not
scroll but inside a wide table's own box."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qinglan.pages.training import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SPILLED = """() => [...document.querySelectorAll('main *')].filter(one => {
    const box = one.closest('.body');
    const edge = one.getBoundingClientRect().right > document.documentElement.clientWidth + 1;
    return edge && (!box || box === one) && !one.closest('svg *');
}).map(one => one.outerHTML.slice(0, 80))"""
"""What reaches past the right edge without a box that scrolls around it."""


def made() -> Any:
    path = Path(__file__).parents[1] / "unit" / "training_example.py"
    spec = importlib.util.spec_from_file_location("training_example", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("training") / "training.html"
    file.write_text(render(made().example(), language="zh"), encoding="utf-8")
    return file


def visit(browser: Browser, file: Path, width: int, scheme: Any = "light") -> Page:
    """The opened page; ``heard`` gives its requests, its complaints, and what it popped up."""
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.on("request", lambda request: heard(page).append(request.url))
    page.on("console", lambda message: heard(page).append(message.text))
    page.on("pageerror", lambda error: heard(page).append(str(error)))
    page.on("dialog", lambda dialog: (heard(page).append(dialog.message), dialog.dismiss()))
    HEARD[page] = []
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    return page


HEARD: dict[Any, list[str]] = {}


def heard(page: Page) -> list[str]:
    return HEARD[page]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light"), (320, "dark")])
def test_the_page_as_it_is_seen(browser: Browser, file: Path, width: int, scheme: str) -> None:
    page = visit(browser, file, width, scheme)
    for switch, shown, hidden in (
        (None, "学生与老师", "Students against their teacher"),
        ("show-en", "Students against their teacher", "学生与老师"),
    ):
        if switch:
            page.locator(f"label[for={switch}]").click()
        assert page.get_by_role("heading", name=shown, exact=True).is_visible()
        assert not page.get_by_role("heading", name=hidden, exact=True).is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(SPILLED) == []
    assert heard(page) == [file.as_uri()]
    page.close()


def test_a_wide_table_scrolls_inside_its_box_by_keyboard(browser: Browser, file: Path) -> None:
    page = visit(browser, file, 390)
    box = page.get_by_role("region", name="全部分数", exact=True)
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("box => box.scrollLeft > 0", arg=box.element_handle())
    assert page.evaluate("scrollX") == 0
    page.close()


def test_figures_and_cautions_are_spoken(browser: Browser, file: Path) -> None:
    page = visit(browser, file, 1280)
    for name in (
        "学生与老师",
        "一次作答与 k 次之内",
        "各模型学了什么",
        "训练损失",
        "底座的训练损失",
    ):
        assert page.get_by_role("img", name=name, exact=True).is_visible()
    assert "检查点" in page.get_by_role("note").inner_text()
    page.close()


def test_hostile_text_neither_runs_nor_calls_out(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(render(made().hostile()), encoding="utf-8")
    page = visit(browser, file, 390)
    assert heard(page) == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()
