"""Composing over HTTP: a project made in the browser, its preview, its guideline's versions."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from web_example import OWNER, Client, fill, join, seat, workspace

from qinglan.flow import guiding, office, people
from qinglan.flow.context import Context
from qinglan.flow.plans import read_plan
from qinglan.flow.scheme import show_scheme
from qinglan.records import Kind, Role
from qinglan.wording import say
from qinglan.work import Rules

RULES = {"overlap": "2", "most": "4", "gold_per_mille": "50", "lease_minutes": "30",
         "stop_after": "2"}  # fmt: skip
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> [go](javascript:alert(1))"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    with workspace(tmp_path_factory.mktemp("composing") / "ws") as opened:
        yield opened


def test_a_lead_makes_a_project_in_the_browser(context: Context, lead: Client) -> None:
    assert "/office/new" in lead.get("/office").text
    lead.get("/office/new")
    form = {"name": "steps", "kind": "marks", "en": "Be *fair*.", "zh": "请公正。", **RULES}
    seen = lead.post("/office/new", **form, does="preview")
    assert seen.status == 200
    assert "<em>fair</em>" in seen.text
    assert 'name="mark-0"' in seen.text
    assert 'value="4"' in seen.text, "what was typed comes back"
    made = lead.post("/office/new", **form, does="make")
    assert made.location == "/office/projects/steps"
    desk = office.desk(context, OWNER, "steps")
    assert desk.kind is Kind.MARKS
    assert desk.rules == Rules(overlap=2, most=4, gold_per_mille=50, lease_seconds=1800)
    assert 'value="4"' in lead.get(made.location).text
    again = lead.post("/office/new", **{**form, "en": "Other"}, does="make")
    assert again.status == 422
    assert say("error.flow.project_there", "en", name="steps") in again.text
    assert "Other" in again.text, "nothing that was typed is lost"
    assert guiding.versions(context, OWNER, "steps")[0].text.en == "Be *fair*."


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_shows_its_desk(lead: Client, kind: Kind) -> None:
    lead.get("/office/new")
    got = lead.post(
        "/office/new", name="", kind=kind.value, en=HOSTILE, zh="", does="preview", **RULES,
        trial_prompt=HOSTILE, trial_options=f"{HOSTILE}\nsecond", headers={"x_fragment": "1"},
    )  # fmt: skip
    assert got.status == 200
    assert got.text.lstrip().startswith("<div"), "the preview alone"
    assert say(f"web.ask.{kind.value}", "en") in got.text
    for attack in ("<script", "<img", 'href="javascript'):
        assert attack not in got.text.casefold()


@pytest.mark.parametrize(
    "wrong",
    [{"name": "../etc"}, {"name": "A B"}, {"name": ""}, {"kind": "none"}, {"overlap": "0"},
     {"overlap": "x"}, {"most": "1"}, {"gold_per_mille": "501"}, {"en": "x" * 200_001}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused(context: Context, lead: Client, wrong: dict[str, str]) -> None:
    lead.get("/office/new")
    form = {"name": "wrong", "kind": "free", "en": "", "zh": "", **RULES, **wrong}
    assert lead.post("/office/new", **form, does="make").status == 422
    with pytest.raises(Exception, match="wrong"):
        context.project("wrong")


def test_others_compose_nothing(context: Context, port: int, lead: Client) -> None:
    fill(context, context.folder, "theirs", Kind.FREE, [{"q": "?"}])
    form = {"name": "mine", "kind": "free", "en": "", "zh": "", **RULES}
    for role in (Role.REVIEWER, Role.ANNOTATOR, Role.AUDITOR):
        other = Client(port, join(context, f"x-{role.value}", role))
        other.get("/")
        other.get("/desk" if role is Role.ANNOTATOR else "/office")
        assert other.get("/office/new").status == 403
        for does in ("make", "preview", "file"):
            assert other.post("/office/new", **form, does=does).status == 403
        page = "/office/projects/theirs/guideline"
        assert other.get(page).status == (403 if role is Role.ANNOTATOR else 200)
        kept = {"en": "mine", "zh": "", "why": "so", "touches": "none"}
        assert other.post(page, **kept, does="keep").status == 403
        assert other.post("/office/projects/theirs/settings", file="name='theirs'").status == 403
    lead.get("/office/new")
    assert lead.post("/office/new", **form, does="make", csrf="0").status == 403
    assert guiding.versions(context, OWNER, "theirs")[0].text.version == 1


def test_a_new_version_says_which_answers_it_touches(
    context: Context, port: int, lead: Client
) -> None:
    rows = [{"q": f"{i} = ?", "k": skill} for i, skill in enumerate(("algebra", "geometry"))]
    fill(context, context.folder, "v", Kind.FREE, rows, "ann", fields=["prompt=q", "skill=k"])
    ann = Client(port, join(context, "ann"))
    for _ in rows:
        assert ann.submit("v", text="So 7.").status == 303
    here = "/office/projects/v/guideline"
    lead.get(here)
    form = {"en": HOSTILE, "zh": "新", "touches": "skills", "skills": "algebra, "}
    refused = lead.post(here, **form, why=" ", does="keep")
    assert refused.status == 422
    assert "algebra" in refused.text
    assert lead.post(here, **form, why="=1+1", does="keep").location == here
    page = lead.get(here).text
    assert say("web.touched_skills", "en", n=1, skills="algebra") in page
    assert "<script>alert" not in page
    table = lead.get(f"{here}/2/touched.csv")
    assert table.headers["content-disposition"].startswith("attachment")
    assert [line.count(",") for line in table.text.splitlines()] == [1, 1]
    assert table.text.splitlines()[0] == "task,answer"
    for bad in ("1", "9", "x", "-1"):
        assert lead.get(f"{here}/{bad}/touched.csv").status == 422
    assert lead.post(here, **form, why="again", does="keep").status == 422, "nothing changed"
    seat(context, "v", "bob")
    bob = Client(port, join(context, "bob"))
    assert "新" in bob.get("/desk/v", accept_language="zh").text


def test_settings_travel_as_a_file(context: Context, lead: Client) -> None:
    fill(context, context.folder, "filed", Kind.CHOICE, [{"q": "?"}])
    got = lead.get("/office/projects/filed/settings.toml")
    assert got.headers["content-disposition"].startswith("attachment")
    plan = read_plan(got.text)
    assert (plan.name, plan.kind, plan.en) == ("filed", Kind.CHOICE, "Be *fair*.")
    lead.get("/office/new")
    shown = lead.post("/office/new", kind="free", does="file", file=got.text)
    assert 'value="filed"' in shown.text
    assert "Be *fair*." in shown.text
    page = "/office/projects/filed/settings"
    lead.get("/office/projects/filed/guideline")
    changed = got.text.replace("fair", "strict").replace("overlap = 1", "overlap = 3")
    assert lead.post(page, file=changed, touches="none").status == 422, "it must say why"
    assert lead.post(page, file=changed, why="stricter", touches="all").status == 303
    assert guiding.versions(context, OWNER, "filed")[0].text.en == "Be *strict*."
    rules = office.desk(context, OWNER, "filed").rules
    assert rules is not None
    assert rules.overlap == 3
    for bad in (
        "[",
        "name = 1",
        "kind = 'free'",
        changed + "\nevil = 1",
        "name = 'v'\nkind='free'",
        "name = " + "[" * 5_000,
        "name = " + "{a=" * 2_000,
        "desk.overlap = " + "1" * 5_000,
        ".".join("a" * 5_000) + " = 1",
    ):
        assert lead.post(page, file=bad, why="x").status == 422


def names_form(page: str) -> dict[str, str]:
    """What the form of names holds as it stands."""
    form = page.partition('/names">')[2].partition("</form>")[0]
    values = {}
    for field in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {one}="([^"]*)"', field) for one in ("name", "value"))
        assert name, field
        values[name[1]] = html.unescape(value[1]) if value else ""
    return values


class TestNames:
    def test_labels_that_tasks_state_are_renamed_and_old_answers_come_along(
        self, context: Context, lead: Client
    ) -> None:
        fill(context, context.folder, "spans", Kind.SPANS, [{"q": "?"}], "ann-names")
        ann = Client(lead.port, join(context, "ann-names"))
        ann.submit("spans", spans="person 0-11")
        here = "/office/projects/spans/guideline"
        form = names_form(lead.get(here).text)
        assert [form["0.key"], form["1.key"]] == ["person", "place"]
        kept = lead.post(
            "/office/projects/spans/names", **{**form, "0.en": "Human", "0.zh": "人物"}
        )
        assert (kept.status, kept.location) == (303, here)
        assert say("web.done", "en") in lead.get(here).text
        answers = lead.get("/office/projects/spans/answers").text
        assert "<sub>Human</sub>" in answers
        assert "<sub>person</sub>" not in answers
        again = names_form(lead.get(here).text)
        assert again["0.zh"] == "人物"
        lost = lead.post("/office/projects/spans/names", **{**again, "0.key": "human"})
        assert lost.status == 422
        assert "person" in lost.text
        assert 'value="Human"' in lost.text, "what was typed stays"

    def test_criteria_keep_their_scale_and_get_meanings(
        self, context: Context, lead: Client
    ) -> None:
        fill(context, context.folder, "rated", Kind.RUBRIC, [{"q": "?"}])
        page, here = lead.get("/office/projects/rated/guideline").text, "/office/projects/rated"
        form = names_form(page)
        assert (form["0.key"], form["0.low"], form["0.high"]) == ("accuracy", "1", "5")
        said = {"0.zh": "准确性", "0.zh-5": "完全正确", "0.about_zh": "事实是否正确？",
                "2.key": "depth", "2.low": "0", "2.high": "2", "2.en": "Depth"}  # fmt: skip
        assert lead.post(f"{here}/names", **{**form, **said}).status == 303
        _, scheme = show_scheme(context, OWNER, "rated")
        assert [str(one.criterion) for one in scheme.criteria] == [
            "accuracy:1-5", "tone:0-2", "depth:0-2",
        ]  # fmt: skip
        assert scheme.criteria[0].meaning(5, "zh") == "完全正确"
        for bad in ({"2.low": "9"}, {"2.key": "a b"}, {"rows": "9999"}, {"rows": "x"}):
            assert lead.post(f"{here}/names", **{**form, **said, **bad}).status == 422

    def test_a_measure_is_named(self, context: Context, lead: Client) -> None:
        fill(context, context.folder, "sized", Kind.NUMBER, [{"q": "?"}])
        here = "/office/projects/sized"
        form = names_form(lead.get(f"{here}/guideline").text)
        assert lead.post(f"{here}/names", **{**form, "unit": "kg", "within": "0.5"}).status == 303
        assert show_scheme(context, OWNER, "sized")[1].measure.within == "0.5"
        assert lead.post(f"{here}/names", **{**form, "low": "9", "high": "1"}).status == 422

    def test_who_does_not_manage_changes_no_name(self, context: Context, lead: Client) -> None:
        rae = Client(lead.port, join(context, "rae-names", Role.REVIEWER))
        rae.get("/office")
        assert rae.post("/office/projects/rated/names", rows="0").status == 403


def test_one_is_found_among_many(context: Context, lead: Client) -> None:
    fill(context, context.folder, "wide-project", Kind.FREE, [{"q": "?"}] * 2, "zed-1", "zed-2")
    for n in range(9):
        people.invite(context, OWNER, f"guest-{n}", Role.REVIEWER if n == 3 else Role.ANNOTATOR)
    assert 'role="search"' in lead.get("/office/people").text
    page = lead.get("/office/people?q=%EF%BC%A7uest+REVIEWER").text
    assert "guest-3" in page
    assert "guest-4" not in page
    listed = re.findall(r'<th scope="row">([^<]+)</th>', lead.get("/office/people?order=role").text)
    assert listed.index("guest-0") < listed.index("guest-3") < len(listed)
    assert say("web.find.none", "en") in lead.get("/office/people?q=%3Cscript%3E").text
    assert "wide-project" in lead.get("/office?q=WIDE&order=nonsense").text
    assert "wide-project" not in lead.get("/office?q=none-of-these").text
    for name in ("zed-1", "zed-2"):
        zed = Client(lead.port, join(context, name))
        zed.submit("wide-project", text=f"I am {name}.")
    here = "/office/projects/wide-project"
    rest = lead.get(f"{here}?q=zed-2").text
    assert re.findall(r'<th scope="row">([^<]+)</th>', rest) == ["zed-2"]
    (one,) = re.findall(r'href="\?task=(tsk_\w+)"', lead.get(f"{here}/answers?who=zed-2").text)
    alone = lead.get(f"{here}/answers?task={one}").text
    assert "I am zed-2." in alone
    assert lead.get(f"{here}/answers?who=nobody").text.count("I am ") == 0
    zed.get("/desk")
    for page_ in ("/office/people?q=a", f"{here}/answers?who=zed-1", "/office?q=a"):
        assert zed.get(page_).status == 403, "an annotator has no box to ask with"
