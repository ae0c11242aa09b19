"""Suggestions on the desk's page and the lead's: dashed, by keyboard part by part, measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from test_desk_browser import Visitor
from web_example import KINDS, OWNER, STEPS, Client, fill, join, workspace

from qinglan.flow import load, suggesting
from qinglan.flow.context import Context
from qinglan.flow.terms import Terms
from qinglan.records import Kind
from qinglan.wording import LANGUAGES, Language, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SAYS: dict[Kind, tuple[str, Any]] = {
    Kind.MARKS: ("marks", ["right", "right", "wrong"]),
    Kind.CHOICE: ("option", "B"),
    Kind.PREFERENCE: ("winner", "right"),
    Kind.RUBRIC: ("scores", {"accuracy": 4, "tone": 2}),
    Kind.NUMBER: ("value", "70.5"),
    Kind.RANKING: ("order", [2, 1, 3]),
    Kind.SPANS: ("spans", [{"start": 0, "end": 11, "label": "person"}]),
    Kind.ALTERNATIVES: (
        "steps", [{"ratings": ["wrong", "right"], "chosen": 1}, {"ratings": ["right"], "chosen": 0},
                  {"ratings": ["right", "neutral"], "chosen": 0}],
    ),
    Kind.COMPARISON: ("winner", "left"),
}  # fmt: skip
"""What the model answers to each kind's one task."""
ELSEWHERE = frozenset({Kind.NUMBER, Kind.RANKING, Kind.SPANS})
"""Kinds whose suggestion stands beside the form, not in it."""


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    folder = tmp_path_factory.mktemp("suggesting")
    with workspace(folder / "ws") as context:
        for name in ("ann", "bob"):
            join(context, name)
        for kind, (field, said) in SAYS.items():
            rows = [{"q": f"What of {n}?"} for n in range(3)]
            fill(context, folder, kind.value, kind, rows, "ann", "bob")
            given = [{"task": n, "who": "qwen3", field: said} for n in range(1, 4)]
            more = []
            if kind is Kind.COMPARISON:
                scores = {"left": {"accuracy": 4, "tone": 2}, "right": {"accuracy": 1, "tone": 0}}
                given = [{**row, **scores} for row in given]
                more = ["left=left", "right=right"]
            file = folder / f"{kind.value}-given.jsonl"
            file.write_text("".join(json.dumps(row) + "\n" for row in given))
            mapping = load.answer_mapping(["task=task", "annotator=who", f"{field}={field}", *more])
            terms = Terms(channel="weights", licence="Apache-2.0", family="qwen3", name="replies")
            done = load.load_answers(
                context, OWNER, kind.value, file, mapping, terms, annotator_type="model",
                tasks_from=kind.value,
            )  # fmt: skip
            assert done.new == 3, (kind, done)
            suggesting.suggest(context, OWNER, kind.value, "qwen3", hidden=0)
        yield context


@pytest.mark.parametrize("kind", SAYS)
def test_dashed_with_its_source_and_nothing_chosen(context: Context, port: int, kind: Kind) -> None:
    ann = Client(port)
    ann.sign_in("ann")
    page = ann.settled(f"/desk/{kind.value}").text
    assert "qwen3" in page
    assert " checked" not in page.split('id="giving"')[0]
    if kind in ELSEWHERE:
        assert "suggested" not in page
        assert 'class="beside"' in page
        return
    dashed = [piece.split(">", 2)[1] for piece in page.split("<label class=")[1:]
              if "suggested" in piece.split(">")[0]]  # fmt: skip
    assert len(dashed) == {Kind.MARKS: 3, Kind.ALTERNATIVES: 7, Kind.RUBRIC: 2,
                           Kind.COMPARISON: 5}.get(kind, 1), dashed  # fmt: skip


def test_what_is_not_confirmed_is_not_sent(context: Context, port: int) -> None:
    bob = Client(port)
    bob.sign_in("bob")
    refused = bob.submit("marks", **{"mark-0": "right"})
    assert refused.status == 422
    assert KINDS[Kind.MARKS][1]["s"] == STEPS


@pytest.mark.parametrize("language", LANGUAGES)
def test_by_keyboard_one_at_a_time_and_counted(
    context: Context, port: int, browser: Browser, language: Language
) -> None:
    who = "ann" if language == "en" else "bob"
    visitor = Visitor(browser, port, language)
    visitor.arrive(who, "/desk/marks")
    visitor.sees(say("web.suggested", language, model="qwen3").split("{")[0][:12])
    assert visitor.marks() == []
    visitor.press("y")
    visitor.comes_to(1)
    visitor.press("3")  # the person's own, which here is the same
    visitor.comes_to(2)
    visitor.press("y")
    visitor.comes_to(3)
    assert visitor.marks() == ["right", "right", "wrong"]
    visitor.page.locator("#because").fill("7, not 8")
    visitor.page.locator("#continuation").fill("So $6 + 1 = 7$.")
    visitor.press("Control+Enter")
    visitor.comes_to(0)  # the next task, or word that all are given out
    for _ in range(200):
        found = suggesting.suggesting(context, OWNER, "marks")
        here = [one for one in found.people if one.name == who]
        if here and here[0].taken == 3:
            break
        visitor.page.wait_for_timeout(25)
    assert here[0].taken == 3
    assert here[0].seconds is not None
    assert here[0].seconds >= 0
    # A choice in one part, then the next task.
    visitor.page.goto(f"{visitor.base}/desk/choice")
    visitor.press("y")
    assert visitor.page.evaluate("document.querySelector('[name=option]:checked').value") == "B"
    assert visitor.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_leads_page(context: Context, port: int, lead: Client, language: Language) -> None:
    ann = Client(port)
    ann.sign_in("ann")
    assert ann.get("/office/projects/choice/suggestions").status == 403
    lead.get("/office/projects/choice/suggestions")
    page = lead.get("/office/projects/choice/suggestions", accept_language=language).text
    assert say("web.suggestions.what", language) in page
    assert say("web.suggestions.covered", language, answered=3, tasks=3) in page
    lead.post("/office/projects/choice/suggestions", hidden="10", model="qwen3", does="stop")
    assert suggesting.suggesting(context, OWNER, "choice").source is None
    lead.post("/office/projects/choice/suggestions", hidden="10", model="qwen3", does="show")
    assert suggesting.suggesting(context, OWNER, "choice").hidden == 100
    for hidden in ("", "x", "1000", "-1"):
        again = lead.post("/office/projects/choice/suggestions", hidden=hidden, model="qwen3")
        assert again.status == 422
