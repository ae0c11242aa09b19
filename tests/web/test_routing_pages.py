"""Who may be given what, and whom to ask: in the office, over the API, and attacked."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from api_example import Program, token_for
from web_example import OWNER, fill, join, serving, workspace
from web_example import Client as Browser

from qinglan.client import ApiError, Client
from qinglan.flow import judge, load, tiers, work
from qinglan.flow.context import Context
from qinglan.flow.plans import read_plan
from qinglan.flow.terms import Terms
from qinglan.records import Actor, Kind, Role
from qinglan.work import Rules

HERE = "/office/projects/q"
PEOPLE = ("ann", "bob", "cyd", "eve")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    folder = tmp_path_factory.mktemp("routing") / "ws"
    rows = [{"q": f"Which of {n}?"} for n in range(6)]
    with workspace(folder) as opened:
        for project in ("p", "q"):
            rules = Rules(overlap=1)
            fill(opened, opened.folder, project, Kind.FREE, rows, *PEOPLE, rules=rules)
        yield opened


@pytest.fixture(scope="module")
def port(context: Context) -> Iterator[int]:
    with serving(context) as number:
        yield number


@pytest.fixture(scope="module")
def boss(context: Context, port: int) -> Iterator[Client]:
    with api(context, port, "boss", Role.LEAD) as made:
        yield made


def api(context: Context, port: int, name: str, role: Role, *scopes: str) -> Client:
    return Client(f"http://127.0.0.1:{port}", token_for(context, name, role, *scopes), tries=1)


def refused(do: object) -> tuple[int, str]:
    assert callable(do)
    with pytest.raises(ApiError) as caught:
        do()
    return caught.value.problem.status, caught.value.problem.key


def test_a_lead_sets_all_of_it_by_program_and_reads_it_back(context: Context, boss: Client) -> None:
    assert boss.name_tiers("p", ["crowd", " expert "]) == ["crowd", "expert"]
    assert boss.tier_names("p") == ["crowd", "expert"]
    assert boss.need_tier("p", "algebra", "expert") == {"algebra": "expert"}
    assert refused(lambda: boss.need_tier("p", "algebra", "saint")) == (422, "tiers.none_such")
    assert boss.needs("p") == {"algebra": "expert"}
    assert boss.rights("p").version is None
    asked = boss.set_rights("p", en="We may publish.", zh="我们可以公开。")
    assert (asked.version, asked.missing) == (1, [])
    assert boss.set_rights("p", en="We may publish.", zh="我们可以公开。").version == 1
    file = settings(boss)
    plan = read_plan(file)
    assert plan.tiers == ("crowd", "expert")
    assert plan.needs == {"algebra": "expert"}
    assert plan.rights is not None
    assert plan.rights.zh == "我们可以公开。"
    done = boss.apply("p", file)
    assert (done.ruled, done.changed) == (False, [])
    assert boss.need_tier("p", "algebra", None) == {}


def settings(boss: Client) -> str:
    out = io.BytesIO()
    boss.settings("p", out)
    return out.getvalue().decode()


def test_people_speak_for_themselves_alone(context: Context, port: int) -> None:
    """Their languages and their agreement; no tier, no skill, no words of the project."""
    token = token_for(context, "eve", Role.ANNOTATOR)
    with Client(f"http://127.0.0.1:{port}", token, tries=1) as eve:
        assert eve.state_languages(["ZH", "en"]) == ["en", "zh"]
        assert eve.languages() == ["en", "zh"]
        assert refused(lambda: eve.state_languages(["klingonish language"]))[0] == 422
    program = Program(port, token)
    sent: tuple[tuple[str, str, object], ...] = (
        ("PUT", "/projects/p/tiers", {"tiers": ["eve"]}),
        ("PUT", "/projects/p/needs", {"skill": "algebra", "tier": None}),
        ("PUT", "/projects/p/rights", {"en": "Mine.", "zh": "我的。"}),
        ("PUT", "/projects/p/people/eve/tier", {"tier": "expert", "why": "I say so"}),
        ("PUT", "/projects/p/seats/eve", {"type": "person", "skills": ["algebra"]}),
        ("GET", "/projects/p/asking", None), ("GET", "/projects/p/rights", None),
        ("GET", "/projects/p/tiers", None), ("GET", "/projects/p/needs", None),
    )  # fmt: skip
    for method, path, body in sent:
        assert program.ask(method, path, body).status == 403, path
    # Nor by another's name, or by a field beside what is asked.
    for body in (
        {"languages": ["fr"], "name": "ann"}, {"languages": ["fr"], "tier": "expert"},
        {"languages": ["fr"] * 101}, {"languages": "fr"}, {"languages": ["\0"]},
        {"languages": ["\ud800"]},
    ):  # fmt: skip
        assert program.put("/me/languages", body).status == 422, body
    assert {one.name: one.tier for one in tiers.roster(context, OWNER, "p").people}["eve"] is None


def test_whom_to_ask_is_the_leads_to_see_and_nobodys_to_guess(
    context: Context, port: int, boss: Client
) -> None:
    assert boss.whom_to_ask("q").judged is None
    lead = Browser(port, join(context, "lee", Role.LEAD))
    assert "Judge first" in lead.get(f"{HERE}/asking").text
    answer(context, "ann")
    judge.judge(context, OWNER, "q")
    found = boss.whom_to_ask("q")
    assert found.judged is not None
    (part,) = found.parts
    assert {one.name for one in part.people} == {*PEOPLE}
    assert all(one.right is None for one in part.people), "nobody vouches for themselves"
    page = lead.get(f"{HERE}/asking").text
    assert "unknown: no other answer" in page
    for name, role, status in (
        ("nan", Role.ANNOTATOR, 403), ("aud", Role.AUDITOR, 200), ("rev", Role.REVIEWER, 200),
    ):  # fmt: skip
        assert Browser(port, join(context, name, role)).get(f"{HERE}/asking").status == status
    program = Program(port, token_for(context, "ann", Role.ANNOTATOR))
    for path in ("/projects/q/asking", "/projects/q/conduct", "/projects/q/people"):
        assert program.get(path).status == 403
    # What one is told of oneself names nobody else, and nothing of what is expected of anybody.
    own = program.get("/desks/q/own").json
    assert not {"right", "mended", "keen", "senior", "doubtful"} & set(own)
    assert not any(name in str(own) for name in ("bob", "cyd", "eve"))


def answer(context: Context, name: str) -> None:
    who = Actor(name=name, role=Role.ANNOTATOR)
    while (task := work.next_task(context, who, "q")) is not None:
        work.submit(context, who, "q", task.task, task.token, {"text": "The answer is 42."})


def test_a_form_keeps_answers_for_a_tier_and_the_page_says_who_waits(
    context: Context, port: int
) -> None:
    lead = Browser(port, join(context, "lia", Role.LEAD))
    assert 'name="reserved_for"' not in lead.get(HERE).text, "there is no tier"
    tiers.name_tiers(context, OWNER, "q", ["crowd", "expert"])
    page = lead.get(HERE).text
    assert 'name="reserved_for"' in page
    form = {
        "overlap": "2", "most": "", "gold_per_mille": "0", "lease_minutes": "30",
        "stop_after": "2", "reserved": "1", "reserved_for": "expert", "by_gain": "1",
    }  # fmt: skip
    assert lead.post(f"{HERE}/open", **form).status == 303
    rules = read_plan(lead.get(f"{HERE}/settings.toml").text).rules
    assert rules is not None
    assert (rules.reserved, rules.reserved_for, rules.by_gain) == (1, "expert", True)
    lead.get(HERE)
    assert lead.post(f"{HERE}/open", **{**form, "reserved_for": ""}).status == 422
    lead.get(HERE)
    assert lead.post(f"{HERE}/open", **{**form, "reserved_for": "saint"}).status == 422
    assert "wait for an answer" not in lead.get(f"{HERE}/board").text
    file = context.folder / "more.jsonl"
    file.write_text("".join(f'{{"q": "More {n}?"}}\n' for n in range(3)), encoding="utf-8")
    mapping = load.task_mapping(["prompt=q"])
    load.load_tasks(context, OWNER, "q", file, mapping, Terms(channel="own"))
    answer(context, "bob")
    for path in (HERE, f"{HERE}/board"):
        text = lead.get(path).text
        assert "3 tasks wait for an answer by tier expert or above." in text
        assert "Nobody who is seated and active can" in text
    tiers.give_tier(context, OWNER, "q", "cyd", "expert", "a degree")
    assert "People here who can give it: 1" in lead.get(HERE).text
