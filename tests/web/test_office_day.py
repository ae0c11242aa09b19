"""The lead's whole day in a real browser: from nothing to a signed release, in both languages.

A lead composes a project by keyboard, sends a file, invites two people, who agree to the licence
and disagree about a step; a reviewer decides; the lead judges and releases. What that leaves is
looked at on a desk and on a telephone, and a picture of each page is kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_desk_browser import Visitor
from web_example import PASSWORD, STEPS, join, workspace

from qinglan.flow import release
from qinglan.flow.context import Context
from qinglan.records import Role
from qinglan.wording import Language, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = ("/board", "/guideline", "/releases", "/releases/{release}")
"""Those on which the day has left something; all there are, the test of every page looks at."""


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("day") / "ws") as opened:
        yield opened


def fits(page: Page) -> bool:
    """Nothing sticks out to the side; wide tables scroll in a box of their own."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def labelled(page: Page) -> list[str]:
    """Controls that a screen reader would leave without a name."""
    return list(
        page.evaluate("""
        [...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea,'
            + ' main button')]
          .filter((one) => !(one.labels?.length || one.getAttribute('aria-label')
            || one.getAttribute('aria-labelledby') || one.textContent.trim()
            || one.classList.contains('unseen')))
          .map((one) => one.outerHTML.slice(0, 120))
    """)
    )


def settled(visitor: Visitor, words: str) -> None:
    """Wait for a job's page to say so; it renews itself."""
    visitor.page.get_by_text(words).first.wait_for(timeout=60_000)


def invited(browser: Browser, lead: Visitor, port: int, name: str, role: Role) -> Visitor:
    """The lead makes a link; somebody else opens it and chooses a password."""
    page, language = lead.page, lead.language
    page.goto(f"{lead.base}/office/people")
    page.get_by_label(say("web.name", language)).fill(name)
    form = page.locator("form[action='/office/people/invite']")
    form.get_by_label(say("web.role", language)).select_option(role.value)
    form.get_by_role("button").click()
    link = page.locator("input.link").input_value()
    other = Visitor(browser, port, language, viewport={"width": 1280, "height": 844})
    other.page.goto(link)
    other.page.locator("input[type=password]").fill(PASSWORD)
    other.page.keyboard.press("Enter")
    other.page.wait_for_url(re.compile(r"/(desk|office)$"))
    return other


def answer(visitor: Visitor, project: str, *marks: str) -> None:
    """Agree to the licence, then mark the steps by keyboard."""
    page, language = visitor.page, visitor.language
    page.goto(f"{visitor.base}/desk/{project}")
    page.get_by_role("button", name=say("web.before.agree", language)).click()
    visitor.sees(say("web.submit", language))
    visitor.press(*marks)
    if "1" in marks:
        page.keyboard.insert_text("6 + 1 = 7")
        page.locator("#continuation").fill("So 7.")
    visitor.press("Control+Enter")
    visitor.sees(say("web.all_done", language))


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh", 390)])
def test_a_whole_day(
    browser: Browser, context: Context, port: int, language: Language, width: int, tmp_path: Path
) -> None:
    project = f"day-{language}"
    here = f"/office/projects/{project}"
    names = [f"{one}-{language}" for one in ("lee", "ann", "bob", "rae")]
    join(context, names[0], Role.LEAD)
    lead = Visitor(browser, port, language, viewport={"width": 1280, "height": 844})
    page = lead.page
    lead.arrive(names[0], "/office", "web.new_project")

    # Compose, by keyboard: the name has the focus, and the preview follows what is typed.
    page.get_by_role("link", name=say("web.new_project", language)).focus()
    lead.press("Enter")
    page.wait_for_url(f"{lead.base}/office/new")
    lead.begins()
    page.keyboard.type(project)
    page.locator(f"textarea[name={language}]").focus()
    page.keyboard.insert_text("Mark **every** step.")
    page.locator("#preview strong").wait_for()
    page.locator("input[name=overlap]").fill("2")
    page.screenshot(path=tmp_path / "compose.png", full_page=True)
    page.locator("input[name=name]").focus()
    lead.press("Enter")
    page.wait_for_url(f"{lead.base}{here}")

    # Import, with a row that cannot be used.
    file = tmp_path / "tasks.jsonl"
    rows = [
        {"problem": "What is $3^2 - 2$?", "steps": STEPS, "id": "a"},
        {"steps": STEPS, "id": "b"},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    page.goto(f"{lead.base}{here}/import")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name=say("web.import.look", language)).click()
    lead.sees(say("web.import.would_all", language, rows=2, good=1, aside=1))
    page.screenshot(path=tmp_path / "import.png", full_page=True)
    assert fits(page)
    assert labelled(page) == []
    page.get_by_role("button", name=say("web.import.take", language), exact=True).click()
    settled(lead, say("web.job.state.done", language))
    with page.expect_download() as downloaded:
        page.get_by_role("link", name=say("web.import.aside_file", language)).click()
    assert "missing_field" in downloaded.value.path().read_text("utf-8-sig")

    # Invite two people and a reviewer, and give the two a seat.
    roles = (Role.ANNOTATOR, Role.ANNOTATOR, Role.REVIEWER)
    ann, bob, rae = (
        invited(browser, lead, port, name, role)
        for name, role in zip(names[1:], roles, strict=True)
    )
    for name in names[1:3]:
        page.goto(f"{lead.base}{here}")
        form = page.locator(f"form[action='{here}/seat']")
        form.locator("select[name=name]").select_option(name)
        form.get_by_role("button").click()
        page.get_by_role("rowheader", name=name).wait_for()

    # They disagree: for one the last step is wrong, for the other all are right.
    answer(ann, project, "3", "3", "1")
    answer(bob, project, "3", "3", "3")

    # The reviewer sees both without names, and decides.
    rae.page.goto(f"{rae.base}{here}/review")
    rae.begins()
    rae.press("Enter")
    rae.page.wait_for_url(re.compile(rf"{here}/review/tsk_"))
    assert names[1] not in rae.page.content()
    rae.page.screenshot(path=tmp_path / "adjudicate.png", full_page=True)
    wrong = rae.page.locator("article", has_text="6 + 1 = 7")
    wrong.locator(".pick").click()
    rae.page.locator("form textarea[name=note]").first.fill("9 - 2 = 7")
    rae.press("Control+Enter")
    rae.page.wait_for_url(f"{rae.base}{here}/review")

    # Judge and release; take a file of it home.
    for does in ("judge", "release"):
        page.goto(f"{lead.base}{here}/releases")
        page.locator(f"button[value={does}]").click()
        settled(lead, say("web.job.state.done", language))
    page.locator(f"a[href^='{here}/releases/']").last.click()
    name = page.url.rpartition("/")[2]
    page.get_by_role("link", name=say("web.release.check", language), exact=True).click()
    lead.sees(say("web.release.holds", language))
    folder = context.folder / "releases" / name
    checked = release.check_release(folder, key=context.key_folder)
    assert checked.ok
    row = json.loads((folder / "data" / "train.jsonl").read_text() or
                     (folder / "data" / "dev.jsonl").read_text() or
                     (folder / "data" / "test.jsonl").read_text())  # fmt: skip
    assert row["value"] == "3", "the first wrong step, as the reviewer ruled"

    # What the day has left: on a desk in one language, on a telephone in the other.
    page.set_viewport_size({"width": width, "height": 844})
    for place in ("/office/people", *(here + one.format(release=name) for one in PAGES)):
        page.goto(lead.base + place)
        assert fits(page), place
        assert labelled(page) == [], place
        page.screenshot(path=tmp_path / f"{place.rpartition('/')[2]}.png", full_page=True)
    for visitor in (lead, ann, bob, rae):
        assert visitor.complaints == []
        visitor.page.context.close()
