"""The kinds in which experts write: their desks without a script, and by keyboard in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from api_example import Program, token_for
from test_desk_browser import Visitor, said
from test_desk_forms import REMOTE, TEX, XSS, tags_of
from web_example import OWNER, Client, fill, join, seat, workspace

from qinglan.flow import lessons, standing
from qinglan.flow.context import Context
from qinglan.records import Actor, Kind, Role
from qinglan.storage import tasks
from qinglan.wording import Language, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EVIL = f"{XSS}\n\n{REMOTE}\n\n{TEX}"
HOW: list[tuple[Language, dict[str, Any]]] = [
    ("en", {"viewport": {"width": 1280, "height": 844}, "color_scheme": "light"}),
    ("zh", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
]


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("writing") / "ws") as opened:
        yield opened


WIDTHS = {"width-0": "2", "width-1": "1", "width-2": "2"}
RATED = {**WIDTHS, "mark-0-0": "wrong", "mark-0-1": "right", "mark-1-0": "wrong"}


@pytest.mark.parametrize(
    ("kind", "form", "kept", "refused"),
    [
        (
            Kind.ALTERNATIVES,
            {**RATED, "written": "So 7."},
            {"steps": (
                {"ratings": ("wrong", "right"), "flagged": (), "chosen": 1, "written": None},
                {"ratings": ("wrong",), "flagged": (), "chosen": None, "written": "So 7."},
            ), "finish": "found_error"},
            [({**RATED, "mark-0-1": ""}, "every candidate of step 1"),
             (RATED, "should stand"), (WIDTHS, "needs it"), ({**RATED, "width-0": "999"}, "form"),
             ({**RATED, "chosen-0": "0", "written": "x"}, "not wrong")],
        ),
        (
            Kind.CHAT,
            {"first": "assistant", "turns": "3", "turn-0": "Yes.\r\nIt is.", "turn-1": "Why?",
             "turn-2": "答案是 7。"},
            {"turns": ({"role": "assistant", "content": "Yes.\nIt is."},
                       {"role": "user", "content": "Why?"},
                       {"role": "assistant", "content": "答案是 7。"})},
            [({"first": "assistant", "turns": "1", "turn-0": " "}, "needs it"),
             ({"first": "assistant", "turns": "2", "turn-0": "a", "turn-1": "b"}, "take turns"),
             ({"first": "user", "turns": "2", "turn-0": "a", "turn-1": "b"}, "take turns"),
             ({"first": "assistant", "turns": "3", "turn-0": "a", "turn-1": "", "turn-2": "b"},
              "not empty"),
             ({"first": "system", "turns": "1", "turn-0": "a"}, "form"),
             ({"first": "user", "turns": "9999", "turn-0": "a"}, "form")],
        ),
        (
            Kind.ITEM,
            {"question": "How many?", "key": "7", "difficulty": "3", "sources": "a\r\n\r\nb",
             "rubric": ""},
            {"question": "How many?", "key": "7", "difficulty": 3, "sources": ("a", "b"),
             "rubric": None},
            [({"question": "", "key": "7", "difficulty": "3"}, "needs it"),
             ({"question": "Q", "key": "7 or 8", "difficulty": "3"}, "one answer"),
             ({"question": "Q", "key": "7", "difficulty": "9"}, "from 1")],
        ),
        (
            Kind.EDIT,
            {"critique": "6 + 1\r\nis 7.", "edited": "So 7."},
            {"critique": "6 + 1\nis 7.", "edited": "So 7."},
            [({"critique": " ", "edited": "So 7."}, "needs it"),
             ({"critique": "hm", "edited": ""}, "needs it")],
        ),
    ],
    ids=lambda one: one if isinstance(one, Kind) else "-",
)  # fmt: skip
def test_a_form_without_a_script_is_kept_or_comes_back(
    context: Context, port: int, kind: Kind, form: dict[str, str], kept: dict[str, Any],
    refused: list[tuple[dict[str, str], str]],
) -> None:  # fmt: skip
    project, name = f"form-{kind}", f"form-{kind}"
    fill(context, context.folder, project, kind, [{"q": "Hm?"}], name)
    client = Client(port, join(context, name))
    for bad, why in refused:
        answer = client.submit(project, **bad)
        assert (answer.status, why in answer.text) == (422, True), (bad, answer.text)
    answer = client.submit(project, **form)
    assert (answer.status, answer.location) == (303, f"/desk/{project}"), answer.text
    assert said(context, project) == [{"kind": kind.value, **kept}]


@pytest.mark.parametrize(
    ("kind", "row", "form"),
    [
        (Kind.ALTERNATIVES, {"s": [[EVIL, EVIL]]},
         {"width-0": "2", "mark-0-0": "wrong", "mark-0-1": "wrong", "written": EVIL}),
        (Kind.CHAT, {"s": EVIL}, {"first": "assistant", "turns": "1", "turn-0": EVIL}),
        (Kind.ITEM, {}, {"question": EVIL, "key": "'><b onclick=alert(1)>", "difficulty": "3",
                         "rubric": EVIL, "sources": EVIL}),
        (Kind.EDIT, {"o": EVIL}, {"critique": EVIL, "edited": f"{EVIL} {EVIL}"}),
    ],
    ids=lambda one: one if isinstance(one, Kind) else "-",
)  # fmt: skip
def test_hostile_text_is_only_text(
    context: Context, port: int, kind: Kind, row: dict[str, Any], form: dict[str, str]
) -> None:
    project, name = f"evil-{kind}", f"evil-{kind}"
    fill(context, context.folder, project, kind, [{"q": EVIL, **row}], name)
    client = Client(port, join(context, name))
    pages = [client.get(f"/desk/{project}").text]
    task = client.task(project)
    fields = {n: task[n] for n in ("token", "kind", "options")}
    client.post(f"/desk/{project}/task/{task['task']}/draft", **fields, **form)
    pages.append(client.get(f"/desk/{project}").text)
    assert client.submit(project, **form).status == 303
    lead = Client(port, join(context, f"lead-{kind}", Role.OWNER))
    pages += [
        client.get(f"/desk/{project}/task/{task['task']}").text,
        lead.get(f"/office/projects/{project}/answers").text,
        lead.get(f"/office/projects/{project}/review/{task['task']}").text,
    ]
    for page in pages:
        assert "x²" in page or "<msup>" in page  # it is there, and rendered
        for tag, attributes in tags_of(page):
            assert tag not in {"svg", "iframe", "style", "object", "embed", "base"}
            assert not [one for one in attributes if one.startswith("on") or one == "style"]
            for one in ("href", "src", "action", "formaction"):
                assert re.match(r"[?#]|/(?!/)", attributes.get(one, "/")), (tag, attributes)
            if tag == "script":
                assert attributes["src"].startswith("/static/")


class Desk:
    """Somebody at a desk of their own, by keyboard alone."""

    def __init__(
        self, browser: Browser, context: Context, port: int, kind: Kind, language: Language,
        how: dict[str, Any], shots: Path, rows: list[dict[str, Any]],
    ) -> None:  # fmt: skip
        self.project, name = f"{kind}-{language}", f"{kind}-{language}"
        self.context, self.shots, self.width = context, shots, how["viewport"]["width"]
        fill(context, context.folder, self.project, kind, rows, name)
        join(context, name)
        self.visitor = Visitor(browser, port, language, **how)
        self.visitor.arrive(name, f"/desk/{self.project}")
        self.page, self.press, self.language = self.visitor.page, self.visitor.press, language

    def compose(self) -> None:
        """An input method that is composing owns Enter, whatever is held down with it."""
        self.page.evaluate(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
            " {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true}))"
        )
        assert said(self.context, self.project) == []

    def type(self, words: str) -> None:
        """At the field in focus; then wait until the draft is saved."""
        self.page.evaluate("document.getElementById('state').textContent = ''")
        self.page.keyboard.insert_text(words)
        self.visitor.sees(say("web.saved", self.language))

    def shoot(self) -> None:
        self.page.screenshot(path=self.shots / f"{self.project}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth") == self.width
        room = self.page.evaluate("document.querySelector('.answer').offsetWidth")
        assert room > self.width / 2, "who writes has the larger half"

    def finish(self, complaints: int = 0) -> dict[str, Any]:
        """Submit; what was kept."""
        self.press("Control+Enter")
        self.visitor.sees(say("web.all_done", self.language))
        assert len(self.visitor.complaints) == complaints, self.visitor.complaints
        (one,) = said(self.context, self.project)
        self.page.context.close()
        return one


@pytest.mark.parametrize(("language", "how"), HOW)
def test_candidates_are_rated_by_keyboard_alone(
    browser: Browser, context: Context, port: int, language: Language, how: dict[str, Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    desk = Desk(browser, context, port, Kind.ALTERNATIVES, language, how, tmp_path,
                [{"q": "Is $x^2$ so?"}])  # fmt: skip
    page, visitor = desk.page, desk.visitor
    desk.press("3", "3", "ArrowUp", "c", "ArrowDown", "1")  # right; right, chosen; then wrong
    assert visitor.marks() == ["right", "right", "1", "wrong"]
    assert page.evaluate("document.activeElement.id") == "written"
    assert page.locator("[data-place='3'] input").first.is_disabled()
    desk.compose()
    desk.type("六加一得七")
    page.reload()
    assert page.locator("#written").input_value() == "六加一得七"
    assert visitor.marks() == ["right", "right", "1", "wrong"]
    desk.press("Escape", "ArrowUp", "ArrowUp", "ArrowUp", "c")
    assert visitor.marks() == ["right", "0", "right", "wrong"]
    desk.shoot()
    one = desk.finish()
    assert [step["chosen"] for step in one["steps"]] == [0, None]
    assert one["steps"][1]["written"] == "六加一得七"


@pytest.mark.parametrize(("language", "how"), HOW)
def test_a_conversation_is_carried_on_by_keyboard_alone(
    browser: Browser, context: Context, port: int, language: Language, how: dict[str, Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    desk = Desk(browser, context, port, Kind.CHAT, language, how, tmp_path,
                [{"q": "What is $x^2$ at 3?"}])  # fmt: skip
    page = desk.page
    assert page.evaluate("document.activeElement.id") == "turn-0"
    assert page.get_by_text("Be brief.").count() == 1
    desk.type("代入得 $9$。")
    page.locator("[data-changes] math").wait_for()  # as it will look, without a new page
    desk.compose()
    desk.press("Alt+Enter")
    page.locator("#turn-2").wait_for()
    assert page.evaluate("document.activeElement.id") == "turn-1"
    desk.type("And at 4?")
    desk.press("Tab")
    desk.type("16.")
    page.reload()
    assert page.locator("#turn-0").input_value() == "代入得 $9$。"
    desk.shoot()
    one = desk.finish()
    assert [turn["content"] for turn in one["turns"]] == ["代入得 $9$。", "And at 4?", "16."]


@pytest.mark.parametrize(("language", "how"), HOW)
def test_an_answer_is_edited_by_keyboard_alone(
    browser: Browser, context: Context, port: int, language: Language, how: dict[str, Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    desk = Desk(browser, context, port, Kind.EDIT, language, how, tmp_path,
                [{"q": "What is $2x + 1$ at 3?"}])  # fmt: skip
    page = desk.page
    assert page.evaluate("document.activeElement.id") == "critique"
    desk.type("六加一得七，不是八。")
    desk.compose()
    desk.press("Tab", "Control+End", "Backspace", "Backspace")
    desk.type("7.")
    page.locator("ins").wait_for()
    assert page.locator("del").inner_text().endswith("8")
    assert page.locator("ins").inner_text().endswith("7")
    desk.shoot()
    one = desk.finish()
    assert one["edited"] == "At 3 that is **6**, so 7."
    rae = Client(port, join(context, f"rae-{language}", Role.REVIEWER))
    page_ = rae.get(f"/office/projects/{desk.project}/answers").text
    assert re.search(r"<del><span class=.unheard.>[^<]*</span>8</del>", page_)


@pytest.mark.parametrize(("language", "how"), HOW)
def test_an_item_is_written_by_keyboard_alone(
    browser: Browser, context: Context, port: int, language: Language, how: dict[str, Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    desk = Desk(browser, context, port, Kind.ITEM, language, how, tmp_path,
                [{"q": "Write about moons."}])  # fmt: skip
    assert desk.page.evaluate("document.activeElement.id") == "question"
    desk.type("火星有几颗卫星？")
    desk.compose()
    desk.press("Tab")
    desk.page.keyboard.type("2")
    desk.press("Tab", "3", "Tab")
    desk.type("Phobos and Deimos.")
    desk.shoot()
    one = desk.finish()
    assert (one["question"], one["key"], one["difficulty"]) == ("火星有几颗卫星？", "2", 3)


def test_room_for_more_turns_without_a_script(context: Context, port: int) -> None:
    rows = [{"q": "Write about tides.", "m": [{"role": "system", "content": "You are terse."}]}]
    fill(context, context.folder, "more", Kind.CHAT, rows, "mo",
         fields=["prompt=q", "messages=m"])  # fmt: skip
    client = Client(port, join(context, "mo"))
    task = client.task("more")
    fields = {n: task[n] for n in ("token", "kind", "options", "first", "turns")}
    assert (fields["first"], fields["turns"]) == ("user", "2")  # both sides are theirs to write
    where = f"/desk/more/task/{task['task']}/draft"
    kept = client.post(where, **fields, **{"turn-0": "Hi", "turn-1": "Ho"}, more="1")
    page = client.get(kept.location).text
    assert 'id="turn-3"' in page
    assert ">Hi</textarea>" in page
    turns = {f"turn-{n}": word for n, word in enumerate(["Hi", "Ho", "", ""])}
    assert client.submit("more", first="user", turns="4", **turns).status == 303
    (one,) = said(context, "more")
    assert [turn["role"] for turn in one["turns"]] == ["user", "assistant"]


def test_every_control_of_the_writing_desks_has_a_name(
    browser: Browser, context: Context, port: int
) -> None:
    fill(context, context.folder, "named", Kind.ALTERNATIVES, [{"q": "?"}], "cyd")
    join(context, "cyd")
    visitor = Visitor(browser, port, "en")
    visitor.arrive("cyd", "/desk/named")
    page = visitor.page
    assert page.get_by_role("group", name="2.1 Candidate").count() == 1
    assert page.get_by_role("radio", name="Go on with this").count() == 4
    page.context.close()


def test_a_disputed_key_goes_from_practice_to_a_reviewer(
    browser: Browser, context: Context, port: int, tmp_path: Path
) -> None:
    rows = [{"q": "3 + 3? $x^2$", "k": "7"}]
    fill(context, context.folder, "keyed", Kind.FREE, rows, "pia", fields=["prompt=q", "key=k"])
    with context.storage.read() as conn:
        (task,) = [t.id for t in tasks.stream(conn, context.project("keyed").id)]
    lessons.set_lessons(context, OWNER, "keyed", "practice", {task: None})
    pia = Client(port, join(context, "pia"))
    pia.get("/desk/keyed/lessons")
    told = pia.post(f"/desk/keyed/lessons/{task}", text="6")
    assert say("web.dispute", "en") in told.text
    where = f"/desk/keyed/lessons/{task}/dispute"
    assert pia.post(where, words=" ").status == 422
    assert pia.post(where, words=f"It is 6. {EVIL}").location == "/desk/keyed/lessons"
    assert pia.get("/office/projects/keyed/keys").status == 403
    assert (
        pia.post("/office/projects/keyed/keys", task=task, does="stands", words="y").status == 403
    )
    auditor = Client(port, join(context, "ada", Role.AUDITOR))
    page_ = auditor.get("/office/projects/keyed/keys").text
    assert "It is 6." in page_
    assert say("web.keys_correct", "en") not in page_
    decided = auditor.post("/office/projects/keyed/keys", task=task, does="stands", words="y")
    assert decided.status == 403
    visitors = {}
    for language, how in HOW:
        join(context, f"kay-{language}", Role.REVIEWER)
        visitor = visitors[language] = Visitor(browser, port, language, **how)
        visitor.arrive(f"kay-{language}", "/office/projects/keyed/keys", "web.keys_correct")
        visitor.page.screenshot(path=tmp_path / f"keys-{language}.png", full_page=True)
        assert (
            visitor.page.evaluate("document.documentElement.scrollWidth")
            <= how["viewport"]["width"]
        )
    page = visitors["en"].page
    for tag, attributes in tags_of(page.content()):
        assert tag not in {"svg", "iframe", "style"}
        assert not [one for one in attributes if one.startswith("on")]
    page.get_by_label(say("web.keys_right", "en")).focus()
    page.keyboard.type("6")
    visitors["en"].press("Tab")
    page.keyboard.type("She is right.")
    visitors["en"].press("Tab", "Enter")
    visitors["en"].sees(say("web.keys_none", "en"))
    assert lessons.shown(context, OWNER, "keyed")[0].lesson.key == "6"
    for visitor in visitors.values():
        assert visitor.complaints == []
        visitor.page.context.close()


def test_the_clock_stands_still_while_nobody_is_there(
    browser: Browser, context: Context, port: int
) -> None:
    fill(context, context.folder, "timed", Kind.FREE, [{"q": "?"}] * 2, "tim")
    join(context, "tim")
    visitor = Visitor(browser, port, "en")
    visitor.page.clock.install()
    visitor.arrive("tim", "/desk/timed")
    page, clock = visitor.page, visitor.page.locator("#timer")
    page.keyboard.type("a")
    page.clock.run_for(10_000)
    assert re.fullmatch(r"0:(09|[1-5]\d)", clock.inner_text()), clock.inner_text()
    page.clock.run_for(300_000)  # nobody touches anything
    stopped = clock.inner_text()
    assert say("web.timer.away", "en") in stopped
    # A minute after the last touch, give or take the ticks; not the five that passed.
    assert re.match(r"(0:5[89]|1:0[0-3]) ", stopped), stopped
    page.clock.run_for(60_000)
    assert clock.inner_text() == stopped
    page.keyboard.type("b")
    page.clock.run_for(5_000)
    assert say("web.timer.away", "en") not in clock.inner_text()
    with page.expect_response("**/time") as told:
        page.keyboard.press("Control+Enter")
    assert told.value.status == 204
    spent = standing.own(context, Actor(name="tim", role=Role.ANNOTATOR), "timed").time
    assert spent.spent < 60_000  # the page's clock was wound on, ours was not
    page.goto(f"{visitor.base}/desk/timed/own")
    visitor.sees(say("web.own.time", "en"))
    assert visitor.complaints == []
    page.context.close()


IMPORTED: dict[Kind, tuple[dict[str, Any], str, dict[str, Any]]] = {
    Kind.ALTERNATIVES: (
        {"q": "?", "s": [["a", "b"], ["c"]]},
        "map=prompt%3Dq&map=steps%3Ds",
        {"steps": [{"ratings": [1, -1], "chosen": 0}, {"ratings": ["wrong"], "written": "d"}]},
    ),
    Kind.CHAT: (
        {"m": [{"role": "user", "content": "Hi"}]},
        "map=messages%3Dm",
        {"turns": [{"role": "assistant", "content": "Ho"}]},
    ),
    Kind.EDIT: (
        {"q": "?", "o": "8"},
        "map=prompt%3Dq&map=original%3Do&original_channel=own",
        {"edited": "7", "critique": "Off by one."},
    ),
    Kind.ITEM: (
        {"q": "Write."},
        "map=prompt%3Dq",
        {"question": "6 + 1?", "key": "7", "difficulty": 1, "sources": ["none"]},
    ),
}


@pytest.mark.parametrize("kind", list(IMPORTED), ids=str)
def test_a_program_imports_answers_and_exports_it(context: Context, port: int, kind: Kind) -> None:
    row, query, answer = IMPORTED[kind]
    owner = Program(port, token_for(context, "owner", Role.OWNER))
    name, writer = f"api-{kind}", f"wyn-{kind}"
    assert owner.post("/projects", {"name": name, "kind": kind}).status == 200
    sent = owner.send(f"/projects/{name}/tasks?name=set&channel=own&{query}", [row])
    assert (sent.status, sent.json["new"]) == (200, 1), sent.body
    assert owner.put(f"/projects/{name}/desk", {"overlap": 1}).status == 200
    seat(context, name, writer)
    wyn = Program(port, token_for(context, writer, Role.ANNOTATOR))
    task = wyn.post(f"/desks/{name}/next").json
    where = f"/desks/{name}/tasks/{task['task']}/submit"
    wrong = wyn.post(where, {"lease": task["lease"], "answer": {"pay": 5}})
    assert (wrong.status, wrong.key) == (422, "kinds.unknown_field"), wrong.body
    assert wyn.post(where, {"lease": task["lease"], "answer": answer}).status == 200
    (line,) = owner.get(f"/projects/{name}/annotations.ndjson").body.splitlines()
    assert set(answer) < set(json.loads(line)["answers"][0]["answer"])
    nested = owner.get(f"/projects/{name}/annotations.ndjson?format=prm800k")
    if kind is Kind.ALTERNATIVES:
        label = json.loads(nested.body)["label"]
        assert label["steps"][1]["human_completion"]["text"] == "d"
        assert label["finish_reason"] == "found_error"
    else:
        assert (nested.status, nested.key) == (422, "flow.not_prm800k")
