"""Measuring, scoring, ordering, comparing and marking in a real browser, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_desk_browser import Visitor, said
from web_example import CRITERIA, PASSAGE, fill, join, workspace

from qinglan.flow.context import Context
from qinglan.records import Kind
from qinglan.wording import Language, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DESKTOP = {"viewport": {"width": 1280, "height": 844}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("scales") / "ws") as opened:
        yield opened


@pytest.fixture
def sit(
    browser: Browser, context: Context, port: int
) -> Iterator[Callable[[Kind, Language, dict[str, Any]], Visitor]]:
    """Sit down at a desk of one task; in the end the page has complained of nothing."""
    seated: list[Visitor] = []

    def down(kind: Kind, language: Language, how: dict[str, Any]) -> Visitor:
        project, name = f"{kind}-{language}", f"ann-{kind}-{language}"
        fill(context, context.folder, project, kind, [{"q": "Is $x^2$ so?"}], name)
        join(context, name)
        visitor = Visitor(browser, port, language, **how)
        visitor.arrive(name, f"/desk/{project}")
        seated.append(visitor)
        return visitor

    yield down
    for visitor in seated:
        assert visitor.complaints == []
        visitor.page.context.close()


def finish(visitor: Visitor, tmp_path: Path, how: dict[str, Any]) -> None:
    """Look at the page as it stands, then send it; the desk is empty after."""
    visitor.page.screenshot(path=tmp_path / "desk.png", full_page=True)
    wide = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert wide == how["viewport"]["width"]
    visitor.press("Control+Enter")
    visitor.sees(say("web.all_done", visitor.language))


def levels(page: Page) -> list[str]:
    every = "[...document.querySelectorAll('[data-scale] input:checked')].map((one) => one.value)"
    return list(page.evaluate(every))


@pytest.mark.parametrize(("language", "how"), [("en", DESKTOP), ("zh", PHONE)])
class TestByKeyboardAlone:
    def test_a_number(
        self, sit: Any, context: Context, tmp_path: Path, language: Language, how: dict[str, Any]
    ) -> None:
        visitor = sit(Kind.NUMBER, language, how)
        visitor.page.keyboard.type("72.5 kg")
        visitor.sees(say("web.saved", language))
        finish(visitor, tmp_path, how)
        assert said(context, f"number-{language}") == [{"kind": "number", "value": "72.5 kg"}]

    def test_scores(
        self, sit: Any, context: Context, tmp_path: Path, language: Language, how: dict[str, Any]
    ) -> None:
        visitor = sit(Kind.RUBRIC, language, how)
        visitor.press("4", "2")
        assert levels(visitor.page) == ["4", "2"]
        visitor.press("9")  # no level of this scale
        visitor.press("ArrowUp", "5")  # the first one again, and on to the second
        assert levels(visitor.page) == ["5", "2"]
        visitor.press("0")
        assert levels(visitor.page) == ["5", "0"]
        finish(visitor, tmp_path, how)
        (one,) = said(context, f"rubric-{language}")
        assert [(s["criterion"], s["score"]) for s in one["scores"]] == [
            ("accuracy", 5), ("tone", 0),
        ]  # fmt: skip

    def test_a_comparison(
        self, sit: Any, context: Context, tmp_path: Path, language: Language, how: dict[str, Any]
    ) -> None:
        visitor = sit(Kind.COMPARISON, language, how)
        first = visitor.page.locator(".response .text").first.inner_text()
        visitor.press("5", "2", "2", "0", "1")  # both sides of each criterion, then: A is better
        assert levels(visitor.page) == ["5", "2", "2", "0", "left"]
        finish(visitor, tmp_path, how)
        (one,) = said(context, f"comparison-{language}")
        better = "left" if first == "first reply" else "right"
        assert one["winner"] == better
        assert [score["score"] for score in one[better]] == [5, 2]

    def test_a_ranking(
        self, sit: Any, context: Context, tmp_path: Path, language: Language, how: dict[str, Any]
    ) -> None:
        visitor = sit(Kind.RANKING, language, how)
        shown = visitor.page.locator(".item .text").all_inner_texts()
        assert not visitor.page.locator(".item select").first.is_visible(), "the keys rank"
        visitor.press("3", "2", "Backspace", "1", "2", "Alt+ArrowUp")  # 3 1 2, then 3 2 1
        finish(visitor, tmp_path, how)
        (one,) = said(context, f"ranking-{language}")
        items = ["first", "second", "third"]
        assert [items[number - 1] for number in one["order"]] == [shown[2], shown[1], shown[0]]

    def test_spans(
        self, sit: Any, context: Context, tmp_path: Path, language: Language, how: dict[str, Any]
    ) -> None:
        visitor = sit(Kind.SPANS, language, how)
        page = visitor.page
        visitor.press("0", "Shift+ArrowRight", "1")  # marking takes back that there is nothing
        visitor.press("End", "ArrowLeft", "2")
        assert page.locator("#spans").input_value() == "person 0-11\nplace 32-37"
        assert page.locator(".span-list li").all_inner_texts()[0].startswith("person Marie Curie")
        visitor.press("ArrowLeft", "1", "Backspace")  # one mark too many, and away with it
        visitor.sees(say("web.saved", language))
        page.reload()
        visitor.shows("#spans", "person 0-11\nplace 32-37")
        assert page.locator(".marked").first.inner_text() == "Marie"
        finish(visitor, tmp_path, how)
        (one,) = said(context, f"spans-{language}")
        assert [PASSAGE[s["start"] : s["end"]] for s in one["spans"]] == ["Marie Curie", "Paris"]


def test_every_control_has_a_name(browser: Browser, context: Context, port: int) -> None:
    fill(context, context.folder, "named", Kind.RUBRIC, [{"q": "?"}], "cyd")
    join(context, "cyd")
    visitor = Visitor(browser, port, "en")
    visitor.arrive("cyd", "/desk/named")
    for text in CRITERIA:
        key = text.partition(":")[0]
        assert visitor.page.get_by_role("radiogroup", name=key).count() == 1
    fill(context, context.folder, "marked", Kind.SPANS, [{"q": "?"}], "cyd")
    visitor.page.goto(f"{visitor.base}/desk/marked")
    assert visitor.page.get_by_role("application", name="Text to be marked").count() == 1
    for name in ("person 1", "place 2"):
        assert visitor.page.get_by_role("button", name=name).count() == 1
    visitor.page.keyboard.press("1")
    visitor.sees("Marie, person")  # told to whoever listens
    visitor.page.get_by_role("button", name="Remove person Marie").press("Enter")
    assert visitor.page.locator("#spans").input_value() == ""
    fill(context, context.folder, "sorted", Kind.RANKING, [{"q": "?"}], "cyd")
    visitor.page.goto(f"{visitor.base}/desk/sorted")
    visitor.press("2")
    assert visitor.page.get_by_role("button", name="2: Place 1").count() == 1
    visitor.page.context.close()
