"""The desk in a real browser, by keyboard alone, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from web_example import OWNER, PASSWORD, STEPS, fill, join, workspace

from qinglan.flow import office
from qinglan.flow.context import Context
from qinglan.records import Kind
from qinglan.wording import Language, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("browser") / "ws") as opened:
        yield opened


class Visitor:
    """Somebody at the keyboard; what the page asks of other hosts or complains of is kept."""

    def __init__(self, browser: Browser, port: int, language: Language, **how: Any) -> None:
        self.base, self.language = f"http://127.0.0.1:{port}", language
        locale = "zh-CN" if language == "zh" else "en-GB"
        self.page: Page = browser.new_context(locale=locale, **how).new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self._see(asked.url))

    def _see(self, url: str) -> None:
        if not url.startswith(self.base):
            self.complaints.append(url)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def arrive(self, name: str, path: str, sees: str = "web.submit") -> None:
        self.page.goto(f"{self.base}/sign-in?next={path}")
        self.page.locator("#name").focus()
        self.page.keyboard.type(name)
        self.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url(f"{self.base}{path}")
        self.sees(say(sees, self.language))

    def sees(self, words: str) -> None:
        """Wait for the words, and for the page they are on: before that, no key means anything."""
        try:
            self.page.get_by_text(words).first.wait_for()
        except Exception as error:
            shown = self.page.locator("body").inner_text(timeout=5_000)
            told = f"{words!r} does not come at {self.page.url}, which shows:\n{shown}"
            raise AssertionError(f"{told}\n{self.complaints}") from error
        self.page.wait_for_load_state()

    def begins(self) -> None:
        """Wait until what the page's markup gives the focus to has it: the browser does so at a
        frame after the page is there, and a key that comes before reaches nothing.
        """
        self.page.locator("[autofocus]:focus").wait_for()

    def marks(self) -> list[str]:
        every = "[...document.querySelectorAll('.step input:checked')].map((one) => one.value)"
        return list(self.page.evaluate(every))

    def shows(self, field: str, value: str) -> None:
        """Wait until a field has that value."""
        self._until(lambda: self.page.locator(field).input_value(), value)

    def comes_to(self, marks: int) -> None:
        """Wait until that many steps are marked; the page's policy forbids Playwright's own way."""
        self._until(lambda: len(self.marks()), marks)

    def _until(self, read: Callable[[], object], value: object) -> None:
        for _ in range(400):
            if read() == value:
                return
            self.page.wait_for_timeout(25)
        assert read() == value

    def problem(self) -> str:
        """What the task at the desk asks; nothing where there is none."""
        asked = "document.querySelector('.problem .text')?.innerText ?? ''"
        return str(self.page.evaluate(asked))

    def comes_to_problem(self, words: str) -> None:
        """Wait until the task that asks ``words`` is at the desk."""
        for _ in range(400):
            if self.problem() == words:
                return
            self.page.wait_for_timeout(25)
        assert self.problem() == words

    def moves_from(self, words: str) -> None:
        """Wait until another task, or none, is at the desk."""
        for _ in range(400):
            if self.problem() != words:
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"{words} is still there")


def said(context: Context, project: str) -> list[dict[str, Any]]:
    page = office.answers_beside(context, OWNER, project)
    return [one.answer.model_dump() for task in page.tasks for one in task.said]


@pytest.mark.parametrize(
    ("language", "how"),
    [
        ("en", {"viewport": {"width": 1280, "height": 844}, "color_scheme": "light"}),
        ("zh", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
    ],
)
def test_steps_are_marked_by_keyboard_alone(
    browser: Browser, context: Context, port: int, language: Language, how: dict[str, Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    project, name = f"steps-{language}", f"ann-{language}"
    fill(context, context.folder, project, Kind.MARKS, [{"q": "Is $x^2$ so?"}] * 2, name)
    join(context, name)
    visitor = Visitor(browser, port, language, **how)
    page = visitor.page
    visitor.arrive(name, f"/desk/{project}")
    assert page.locator("math msup").count() >= 1
    visitor.press("3", "2", "1")  # right, neutral, wrong
    assert visitor.marks() == ["right", "neutral", "wrong"]
    visitor.press("Escape", "Control+z", "Control+z")
    assert visitor.marks() == ["right"]
    visitor.press("2", "1")
    assert page.evaluate("document.activeElement.id") == "because"
    # An input method that is composing owns Enter, whatever is held down with it.
    page.evaluate(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true}))"
    )
    page.keyboard.insert_text("六加一得七")
    # Gone before the pause that saves it, nothing is lost: though the page be quicker than the
    # draft, and though the draft never came.
    page.reload()
    visitor.shows("#because", "六加一得七")
    page.locator("#because").press("End")
    page.keyboard.insert_text("，不是八")
    page.evaluate("() => { window.fetch = () => Promise.reject(new Error('cut off')); }")
    page.reload()
    visitor.shows("#because", "六加一得七，不是八")
    assert visitor.marks() == ["right", "neutral", "wrong"]
    visitor.press("Control+Enter")
    visitor.sees(say("error.web.needs_continuation", language))
    page.locator("#continuation").focus()
    page.keyboard.type("So 7.")
    page.screenshot(path=tmp_path / "marks.png", full_page=True)
    width = how["viewport"]["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    visitor.press("Control+Enter")
    visitor.comes_to(0)
    assert said(context, project) == [
        {"kind": "marks", "marks": ("right", "neutral", "wrong"), "because": "六加一得七，不是八",
         "continuation": "So 7."}
    ]  # fmt: skip
    visitor.press("Control+z")  # nothing marked on this one: back to the last answer
    visitor.comes_to(3)
    assert page.locator("#continuation").input_value() == "So 7."
    page.locator("#continuation").focus()
    page.keyboard.type("Yes: ")
    visitor.press("Control+Enter")
    visitor.comes_to(0)
    visitor.press("x", "2")  # a bad problem
    visitor.sees(say("web.all_done", language))
    assert "Yes: " in str(said(context, project)[0]["continuation"])
    assert visitor.complaints == [
        one for one in visitor.complaints if "422" in one  # the refusal above, as browsers log it
    ]  # fmt: skip
    page.context.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_preference_by_keyboard(
    browser: Browser, context: Context, port: int, language: Language
) -> None:
    project, name = f"pairs-{language}", f"bob-{language}"
    fill(context, context.folder, project, Kind.PREFERENCE, [{"q": "Hm?"}], name)
    join(context, name)
    visitor = Visitor(browser, port, language)
    visitor.arrive(name, f"/desk/{project}")
    visitor.press("2", "Control+Enter")
    visitor.sees(say("web.all_done", language))
    (one,) = said(context, project)
    assert one["winner"] == "tie"
    assert visitor.complaints == []
    visitor.page.context.close()


PLAIN: dict[Kind, tuple[tuple[str, ...], dict[str, Any], tuple[str, ...], dict[str, Any]]] = {
    Kind.CHOICE: (("2",), {"option": "B"}, ("3",), {"option": "C"}),
    Kind.FREE: (("#text:So 6 + 1 = 7.",), {"text": "So 6 + 1 = 7."}, ("#text:Seven. ",),
                {"text": "Seven. So 6 + 1 = 7."}),
    Kind.STEPS: (("#steps:Six.\nAnd 1.", "#final:7"), {"steps": ("Six.", "And 1."), "final": "7"},
                 ("#final:1",), {"steps": ("Six.", "And 1."), "final": "17"}),
}  # fmt: skip
"""By kind: keys of an answer, the answer; keys that change it later, and what it is then."""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", PLAIN, ids=str)
def test_by_keyboard_and_ten_answers_back(
    browser: Browser, context: Context, port: int, kind: Kind, language: Language
) -> None:
    """An answer typed, eleven others after it, ten gone back through; the last may be changed."""
    keys, answer, more, changed = PLAIN[kind]
    rounds = 12 if kind is Kind.CHOICE else 2
    project, name = f"plain-{kind}-{language}", f"dan-{kind}-{language}"
    fill(context, context.folder, project, kind, [{"q": f"Q{n}?"} for n in range(rounds)], name)
    join(context, name)
    visitor = Visitor(browser, port, language)
    visitor.arrive(name, f"/desk/{project}")

    def give(keys: tuple[str, ...]) -> None:
        for key in keys:
            field, colon, text = key.partition(":")
            if not colon:
                visitor.press(key)
                continue
            visitor.page.locator(field).focus()
            visitor.press("Control+Home" if field != "#final" else "Home")
            for number, line in enumerate(text.split("\n")):
                if number:
                    visitor.press("Enter")
                visitor.page.keyboard.type(line)
        visitor.press("Control+Enter")

    met = []
    for number in range(rounds):
        met.append(visitor.problem())
        give(keys)
        if number + 1 < rounds:
            visitor.moves_from(met[-1])
    visitor.sees(say("web.all_done", language))
    assert len(set(met)) == rounds
    back = min(10, rounds)
    for number in range(back):
        visitor.press("Control+z")
        visitor.comes_to_problem(met[-1 - number])
        visitor.press("Escape")  # out of the text, whose own undo this would be
    give(more)
    visitor.moves_from(met[-back])
    found = [{k: v for k, v in one.items() if k in answer} for one in said(context, project)]
    assert found.count(changed) == 1
    assert found.count(answer) == rounds - 1
    assert visitor.complaints == []
    visitor.page.context.close()


def test_every_control_has_a_name(browser: Browser, context: Context, port: int) -> None:
    fill(context, context.folder, "named", Kind.MARKS, [{"q": "?"}], "cyd")
    join(context, "cyd")
    visitor = Visitor(browser, port, "en")
    visitor.arrive("cyd", "/desk/named")
    radios = visitor.page.get_by_role("radio", name="Wrong")
    assert radios.count() == len(STEPS)
    assert visitor.page.get_by_role("group", name="1 Step").count() == 1
    visitor.press("1")
    for name in ("Why is this step wrong?", "The right step instead"):
        assert visitor.page.get_by_role("textbox", name=name).is_visible()
    visitor.page.context.close()


def test_a_draft_under_way_comes_before_its_answer(
    browser: Browser, context: Context, port: int
) -> None:
    """Else it would be refused, and the page complain about work that is done."""
    fill(context, context.folder, "slow", Kind.FREE, [{"q": "?"}], "sue")
    join(context, "sue")
    visitor = Visitor(browser, port, "en")
    visitor.arrive("sue", "/desk/slow")
    visitor.page.evaluate(
        """() => { const fetch = window.fetch; window.fetch = async (url, how) => {
        if (url.endsWith("/draft")) await new Promise((go) => setTimeout(go, 600));
        return fetch(url, how); }; }"""
    )
    asked: list[str] = []
    visitor.page.on("request", lambda one: asked.append(one.url.rpartition("/")[2]))
    visitor.page.locator("#text").focus()
    visitor.page.keyboard.type("It is 7.")
    visitor.sees(say("web.saving", "en"))
    visitor.press("Control+Enter")
    visitor.sees(say("web.all_done", "en"))
    assert [one for one in asked if one in ("draft", "submit")] == ["draft", "submit"]
    assert said(context, "slow") == [{"kind": "free", "text": "It is 7."}]
    assert visitor.complaints == []
    visitor.page.context.close()
