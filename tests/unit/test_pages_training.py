"""The page of a training: its figures as given, its cautions always said, nothing runs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from pydantic import ValidationError
from training_example import HOSTILE, example, hostile, score

from qinglan.demo.outcome import ArmRun, Cell, OutgrowResult
from qinglan.demo.outcome import Claim as TheirClaim
from qinglan.demo.page import make_report
from qinglan.evaluation.headroom import Gap, Headroom, SkillHeadroom
from qinglan.evaluation.scores import Rate
from qinglan.pages.labels import Estimate, tell
from qinglan.pages.training import (
    Arm,
    Claim,
    Comparison,
    HeadroomRow,
    RunFacts,
    Skill,
    TrainingReport,
    found_of,
    number,
    p_text,
    points,
    render,
)  # fmt: skip
from qinglan.wording import catalogue

SECTIONS = ("claims", "outgrown", "scores", "passk", "headroom", "data", "cost", "losses",
            "lineage", "commands")  # fmt: skip
EMPTY: dict[str, Any] = {
    "claims": (), "scores": (), "comparisons": (), "headroom": (), "runs": (), "commands": (),
}  # fmt: skip


class Reader(HTMLParser):
    """What a browser would see: tags, the text shown in one language, the rows of each section."""

    VOID = frozenset({"meta", "input", "br", "img"})

    def __init__(self, html: str, hide: str = "zh") -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, bool]] = []
        self.rows: dict[str, list[list[str]]] = {}
        self.section = ""
        self.hide = hide
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append((tag, named))
        if tag not in self.VOID:
            hidden = self.hide in (named.get("class") or "").split()
            self.open.append((tag, hidden or tag in {"style", "title", "desc"}))
        if tag == "section":
            self.section = named["id"] or ""
        elif tag == "tr":
            self.rows.setdefault(self.section, []).append([])
        elif tag in {"td", "th"}:
            self.rows[self.section][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if any(hidden for _, hidden in self.open):
            return
        self.words.append(data)
        if any(tag in {"td", "th"} for tag, _ in self.open):
            cells = self.rows[self.section][-1]
            cells[-1] = " ".join(f"{cells[-1]} {data}".split())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def row(self, section: str, name: str, nth: int = 0) -> list[str]:
        """The cells after ``name`` of the nth row of that name."""
        return [row for row in self.rows[section] if row[0] == name][nth][1:]


def sections(html: str) -> list[str | None]:
    return [a["id"] for tag, a in Reader(html).tags if tag == "section"]


@pytest.fixture(scope="module")
def page() -> str:
    return render(example())


def test_each_language_is_whole(page: str) -> None:
    english, chinese = Reader(page, hide="zh"), Reader(page, hide="en")
    assert not english.open
    assert sections(page) == list(SECTIONS)
    for name in SECTIONS:
        title = catalogue()[f"report.training.{name}.title"]
        assert title.en in english.text
        assert title.zh in chinese.text
        assert title.zh not in english.text
        assert title.en not in chinese.text


def test_no_fact_of_a_phrase_is_left_unfilled(page: str) -> None:
    for hide in ("en", "zh"):
        assert not re.search(r"\{[a-z_]+\}", Reader(page, hide=hide).text)


@pytest.mark.parametrize(("language", "title"), [("en", "Blue"), ("zh", "青")])
def test_the_asked_language_comes_first(language: Any, title: str) -> None:
    html = render(example(), language=language)
    inputs = [a for tag, a in Reader(html).tags if tag == "input"]
    assert [a["id"] for a in inputs if "checked" in a] == [f"show-{language}"]
    assert f"<title>{title}" in html


def test_figures_stand_as_they_were_given(page: str) -> None:
    read = Reader(page)
    assert read.row("scores", "ours", 0) == [
        "198", "2", "90.0%", "[85.0%, 94.0%]", "95.0%", "[91.0%, 98.0%]", "+30.0",
        "[+24.0, +36.0]", "< 0.001",
    ]  # fmt: skip
    assert read.row("scores", "teacher", 0)[-1] == "reference"
    assert read.row("scores", "base", 0)[4:6] == ["—", "—"]
    assert read.row("outgrown", "ours") == ["+30.0 [+24.0, +36.0]", "< 0.001", "above"]
    assert read.row("outgrown", "ours minus random") == ["−0.5 [−2.0, +1.0]", "—", "not told apart"]
    assert read.row("passk", "ours") == ["90.0%", "95.0%", "+5.0"]
    assert read.row("headroom", "Digit sum") == [
        "1.0% [0.2%, 5.4%]", "3.0% [1.0%, 8.5%]", "—", "96.0% [80.5%, 99.3%]", "—",
        "+96.0 [+88.0, +100.0]", "25", "192",
    ]  # fmt: skip
    assert read.row("data", "ours") == ["0", "1,178", "395", "1,573"]
    assert read.row("cost", "ours") == ["1,200", "2,000", "400", "262,406", "49.9"]
    assert read.row("cost", "teacher") == ["—"] * 5
    assert read.row("losses", "ours") == ["400", "3.593", "—"]
    assert read.row("lineage", "ours") == ["run_a", "ours-1 " + "d2" * 32]
    assert read.row("lineage", "teacher") == ["—", "no release"]


def test_claims_are_marked_and_counted(page: str) -> None:
    read = Reader(page)
    marks = [row[0] for row in read.rows["claims"][1:]]
    assert marks == ["✓\xa0holds".replace("\xa0", " "), "✗ does not hold", "? undecided"]
    assert "1 of 3 hold" in read.text


@pytest.mark.parametrize("simulated", [True, False])
def test_cautions_stand_whatever_the_report_holds(simulated: bool) -> None:
    html = render(example(**EMPTY, simulated=simulated, notes=("planted ceiling",)))
    assert sections(html) == []
    text = Reader(html).text
    assert "speak of one checkpoint" in text
    assert "planted ceiling" in text
    assert ("Experts are simulated" in text) is simulated


def test_simulation_cannot_be_left_unsaid() -> None:
    with pytest.raises(ValidationError, match="simulated must be true"):
        example(simulated=False)


def test_an_interval_without_width_is_remarked_on() -> None:
    flat = Estimate(label="", value=0.0, low=0.0, high=0.0)
    note = catalogue()["report.training.note_flat"].en
    assert note not in Reader(render(example(headroom=()))).text
    scores = (score("teacher", None), score("ours", None, difference=flat))
    assert note in Reader(render(example(scores=scores, headroom=()))).text


def test_undecided_is_kept_apart_and_unknown_is_a_dash() -> None:
    scores = (
        score("teacher", None, n=None, undecided=None),
        score(
            "ours", None, n=0, undecided=200, pass1=Estimate(label="", value=None), passk=None,
            difference=None, p_value=None,
        ),
    )  # fmt: skip
    read = Reader(render(example(scores=scores)))
    assert read.row("scores", "teacher")[:2] == ["—", "—"]
    assert read.row("scores", "ours") == ["0", "200", *["—"] * 7]


def test_the_page_loads_nothing_and_runs_nothing(page: str) -> None:
    read = Reader(page)
    tags = {tag for tag, _ in read.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base", "a", "use"}
    for _, attributes in read.tags:
        assert not {"src", "href", "style", "srcset", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    policy = next(a["content"] or "" for _, a in read.tags if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_hostile_text_is_shown_as_text(page: str) -> None:
    html = render(hostile())
    read = Reader(html)
    assert {tag for tag, _ in read.tags} <= {tag for tag, _ in Reader(page).tags}
    assert not any(name.startswith("on") for _, a in read.tags for name in a)
    assert read.text.count("alert(1)") >= 12
    assert "{{ 7*7 }}" in read.text
    assert "\u202e" not in html
    assert HOSTILE not in html


def bad() -> Iterator[tuple[str, dict[str, Any]]]:
    share = Estimate(label="", value=0.5)
    arms = example().arms
    yield "unknown arm 'x'", {"scores": (score("x", None),)}
    yield "unknown arm 'x'", {"runs": (RunFacts(arm="x"),)}
    yield "unknown skill 'x'", {"scores": (score("ours", "x"),)}
    yield "unknown skill 'x'", {"headroom": (row("x"),)}
    yield "score .* stands twice", {"scores": (score("ours", None), score("ours", None))}
    yield "arm 'base' stands twice", {"arms": (*arms, arms[0])}
    yield "skill 'sum' stands twice", {"skills": (Skill(key="sum", label="a"),) * 2}
    yield "run 'ours' stands twice", {"runs": (RunFacts(arm="ours"),) * 2}
    yield "headroom row 'sum' stands twice", {"headroom": (row("sum"),) * 2}
    yield "exactly one teacher", {"arms": arms[:1], **EMPTY}
    yield "exactly one teacher", {
        "arms": (*arms, Arm(key="y", label="y", role="teacher")), **EMPTY,
    }  # fmt: skip
    yield "no difference to itself", {"scores": (score("teacher", None, difference=share),)}


def row(skill: str) -> HeadroomRow:
    nothing = Estimate(label="", value=None)
    return HeadroomRow(
        skill=skill, teacher=nothing, best_of_k=nothing, student=None, expert=None,
        teachable=nothing, experts_only=nothing, sent=None,
    )  # fmt: skip


@pytest.mark.parametrize(("complaint", "changes"), list(bad()))
def test_what_does_not_hang_together_is_refused(complaint: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=complaint):
        example(**changes)


@pytest.mark.parametrize(
    ("field", "value"), [("pass1", 97.5), ("pass1", -0.1), ("difference", -1.2), ("passk", 1.01)]
)
def test_percent_is_not_taken_for_a_share(field: str, value: float) -> None:
    with pytest.raises(ValidationError, match="shares, not percent"):
        score("ours", None, **{field: Estimate(label="", value=value)})


def test_a_bound_may_stray_by_rounding() -> None:
    kept = score("ours", None, pass1=Estimate(label="", value=0.0, low=-1e-17, high=0.02))
    assert kept.pass1.high == 0.02
    assert points(-1e-17) == "0.0"


@pytest.mark.parametrize(
    ("low", "high", "p_value", "found"),
    [
        (0.01, 0.2, None, "above"),
        (0.01, 0.2, 0.049, "above"),
        (0.01, 0.2, 0.05, "open"),
        (-0.2, -0.01, 0.001, "below"),
        (-0.2, -0.01, 0.061, "open"),
        (0.0, 0.2, 0.001, "open"),
        (-0.1, 0.1, None, "open"),
        (None, None, 0.001, None),
    ],
)
def test_interval_and_test_must_agree(
    low: float | None, high: float | None, p_value: float | None, found: str | None
) -> None:
    assert found_of(Estimate(label="", value=0.0, low=low, high=high), p_value) == found
    assert found_of(None, p_value) is None


def test_numbers_as_text() -> None:
    assert [points(x) for x in (None, 0.375, -0.014, 0.00001)] == ["—", "+37.5", "−1.4", "0.0"]
    assert [p_text(x) for x in (None, 0.0, 0.0609, 1.0)] == ["—", "< 0.001", "0.061", "1.000"]
    assert [number(x, 1) for x in (None, 0.0, 1234.56)] == ["—", "0.0", "1,234.6"]


def test_arms_beyond_the_colours_are_told_of_and_stay_in_the_table() -> None:
    more = [Arm(key=f"s{n}", label=f"student {n}", role="student") for n in range(5)]
    report = example(
        arms=(*example().arms, *more),
        scores=(*example().scores, *(score(arm.key, None) for arm in more)),
    )
    read = Reader(render(report))
    assert "the teacher and 4 of 6 students" in read.text
    assert all(read.row("scores", f"student {n}") for n in range(5))
    assert "4 of" not in Reader(render(example())).text


def test_the_report_survives_a_round_trip() -> None:
    report = example()
    again = TrainingReport.model_validate_json(report.model_dump_json())
    assert again == report
    assert render(again) == render(report)


def test_the_report_is_frozen_and_closed() -> None:
    report = example()
    with pytest.raises(ValidationError):
        report.seed = 8
    with pytest.raises(ValidationError):
        example(sold="yes")
    with pytest.raises(ValidationError):
        RunFacts(arm="ours", losses=((1, float("nan")),))
    with pytest.raises(ValidationError):
        Comparison(difference=Estimate(label="", value=0.1), p_value=1.1)
    with pytest.raises(ValidationError):
        Claim(text="x")  # type: ignore[call-arg]


def cell(arm: str, skill: str, value: float | None, **changes: Any) -> Cell:
    fields: dict[str, Any] = {
        "n": 200, "undecided": 0, "pass1": value, "low": 0.0, "high": 1.0, "passk": value,
        "passk_low": 0.0, "passk_high": 1.0, "diff": 0.25, "diff_low": 0.2, "diff_high": 0.3,
        "p_value": 0.001,
    }  # fmt: skip
    return Cell(arm=arm, skill=skill, **{**fields, **changes})


def run_of(arm: str, release: str, **changes: Any) -> ArmRun:
    fields: dict[str, Any] = {
        "by_origin": {"teacher": 9, "simulated expert": 3}, "expert_answers": 12, "steps": 40,
        "examples_seen": 120, "tokens": 900, "completion_tokens": 700,
        "losses": [(4, 3.5), (40, float("nan"))], "seconds": 5.0,
    }  # fmt: skip
    return ArmRun(
        arm=arm, run=f"run_{arm}", release=release, root="ab" * 32, weights="cd" * 32,
        **{**fields, **changes},
    )  # fmt: skip


def story() -> OutgrowResult:
    """A result of the demo's story, from literals."""
    alone = {"diff": None, "diff_low": None, "diff_high": None, "p_value": None}
    unsampled = {"passk": None, "passk_low": None, "passk_high": None}
    rate = Rate(n=25, undecided=0, value=0.5, low=0.3, high=0.7)
    nothing = Rate(n=0, undecided=25, value=None, low=0.0, high=1.0)
    gap = Gap(n=25, value=0.5, low=0.3, high=0.7)
    unknown = Gap(n=0, value=None, low=None, high=None)
    line = SkillHeadroom(
        skill="digit_sum", teacher=rate, best_of_k=rate, student=None, expert=nothing,
        teachable=unknown, experts_only=gap,
    )  # fmt: skip
    return OutgrowResult(
        seed=11, language="zh", k=4, shared_questions=0, tasks=50, pilot_answers=75,
        overlap=3, expert_error=0.08,
        headroom=Headroom(k=4, skills=(line,)), allocation={"digit_sum": 8},
        runs=(
            run_of("teacher", "in memory: teacher", by_origin={"own": 30}, expert_answers=0),
            run_of("headroom", "arithmetic-headroom-11.1"),
        ),
        cells=tuple(
            each
            for skill in ("digit_sum", "all")
            for each in (
                cell("base", skill, None, **unsampled),
                cell("teacher", skill, 0.5, **alone),
                cell("headroom", skill, 0.75),
            )
        ),
        head_to_head=cell("headroom", "all", 0.75, diff=-0.1, diff_low=-0.2, diff_high=0.1),
        claims=(
            TheirClaim(key="claim.by_ten", holds=True, facts={"gain": "+25.0"}),
            TheirClaim(key="claim.splits", holds=False, facts={"shared": "3"}),
        ),
        seconds={}, versions={"torch": "2.6", "qinglan": "not installed"},
    )  # fmt: skip


def test_the_story_passes_unchanged() -> None:
    report = make_report(story(), commands=("qinglan status",))
    assert (report.seed, report.k, report.tasks, report.pilot_answers) == (11, 4, 50, 75)
    assert report.simulated
    assert [arm.role for arm in report.arms] == ["base", "teacher", "student"]
    assert [(claim.holds, tell(claim.text, "en")) for claim in report.claims] == [
        (True, "and by at least 10 points (+25.0)"),
        (False, "train, development and held-out splits share no question (3 shared)"),
    ]
    ours, base = report.score("headroom"), report.score("base", "digit_sum")
    assert ours
    assert base
    assert ours.difference
    assert (ours.pass1.value, ours.difference.low, ours.p_value) == (0.75, 0.2, 0.001)
    # Wilson gives 0 to 1 for no items at all; an interval around nothing is not shown
    assert (base.pass1.value, base.pass1.low, base.passk) == (None, None, None)
    (line,) = report.headroom
    assert line.expert
    assert (line.expert.low, line.teachable.low, line.experts_only.n, line.sent) == (
        None, None, 25, 8,
    )  # fmt: skip
    teacher, run = report.runs
    assert (teacher.release, teacher.root, teacher.teacher_answers) == (None, None, 0)
    assert (run.release, run.root) == ("arithmetic-headroom-11.1", "ab" * 32)
    assert (run.teacher_answers, run.expert_answers) == (50, 12)
    assert run.examples == (("teacher", 9), ("simulated_expert", 3))
    assert run.losses == ((4, 3.5), (40, None))
    assert report.versions == (("torch", "2.6"), ("qinglan", None))
    text = Reader(render(report)).text
    assert "The teacher's ceiling is planted" in text
    assert "do not quote this for people" in text
    assert "qinglan status" in text


def test_every_phrase_of_the_page_is_used() -> None:
    from importlib import resources

    from qinglan.wording.training_report import PHRASES

    root = resources.files("qinglan")
    text = "".join(
        root.joinpath(file).read_text("utf-8")
        for file in ("pages/templates/training_sections.html.j2", "pages/training.py",
                     "demo/page.py")
    )  # fmt: skip
    lists = ("claim", "column", "fact", "finding", "language", "origin")
    for key in PHRASES:
        _, _, group, *rest = key.split(".")
        last = rest[-1] if rest else group
        known = group in lists and f"'{last}'" in text.replace('"', "'")
        known = known or (last in {"title", "lead"} and f"'{group}'" in text.replace('"', "'"))
        assert known or key.removeprefix("report.") in text, key


def test_the_module_starts_without_heavy_parts() -> None:
    code = (
        "import sys, qinglan.pages.training\n"
        "print(*{'altair', 'vl_convert', 'jinja2', 'scipy', 'numpy'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
