"""The report page: whole in both languages, honest about gaps, and safe to open anywhere."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from pages_example import example
from pydantic import ValidationError

from qinglan.pages.labels import Estimate
from qinglan.pages.measures import (
    Confusion,
    ConfusionFacts,
    ConfusionRow,
    CostFacts,
    Spans,
    draw_cost,
)
from qinglan.pages.report import (
    AnnotatorRow,
    CalibrationBin,
    CalibrationFacts,
    Checks,
    Example,
    Headroom,
    OriginRow,
    Rejects,
    ReleaseFacts,
    ReleaseReport,
    Stage,
    render,
)  # fmt: skip
from qinglan.records import Reason, SetAside
from qinglan.wording import catalogue

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}\u202e'
EMPTY = {
    "stages": (), "rejects": (), "agreement": (), "annotators": (), "accuracy": (), "checks": (),
    "origins": (), "posteriors": (), "release": None, "headroom": (), "commands": (),
    "spans": Spans(), "confusion": None, "cost": None,
    "simulated": False, "simulated_annotators": (), "intervals": "", "agreement_method": "",
}  # fmt: skip


class Reader(HTMLParser):
    """What a browser would see: tags with attributes, and the text shown in one language."""

    VOID = frozenset({"meta", "input", "br", "img"})

    def __init__(self, html: str, hide: str = "") -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, bool]] = []
        self.hide = hide
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            hidden = bool(self.hide) and self.hide in (dict(attrs).get("class") or "").split()
            self.open.append((tag, hidden or tag in {"style", "title", "desc"}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_each_language_is_whole() -> None:
    html = render(example())
    english, chinese = Reader(html, hide="zh"), Reader(html, hide="en")
    assert not english.open
    for key in ("line", "rejects", "agreement", "weeks", "annotators", "accuracy", "confusion",
                "cost", "checks", "posteriors", "origins", "headroom", "release",
                "commands"):  # fmt: skip
        for part in ("title", "lead"):
            phrase = catalogue()[f"report.{key}.{part}"]
            assert phrase.en in english.text
            assert phrase.zh in chinese.text
            assert phrase.en not in chinese.text
            assert phrase.zh not in english.text


@pytest.mark.parametrize(("language", "shown"), [("en", "show-en"), ("zh", "show-zh")])
def test_the_asked_language_comes_first(language: str, shown: str) -> None:
    page = Reader(render(example(), language=language))  # type: ignore[arg-type]
    radios = [attributes for tag, attributes in page.tags if tag == "input"]
    assert [radio["id"] for radio in radios if "checked" in radio] == [shown]
    assert page.tags[0][1]["lang"] == ("zh-Hans" if language == "zh" else "en")


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    html = render(example())
    page = Reader(html)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base", "a", "use"}
    for _, attributes in page.tags:
        assert not {"src", "href", "style", "srcset", "action"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert "http" not in html.replace('xmlns="http://www.w3.org/2000/svg"', "").replace(
        'http-equiv="Content-Security-Policy"', ""
    )
    css = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert css
    assert "url(" not in css[1]
    assert "@import" not in css[1]


def test_the_policy_admits_this_style_sheet_only() -> None:
    html = render(example())
    policy = next(a["content"] or "" for t, a in Reader(html).tags if "http-equiv" in a)
    css = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert css
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_calibration_is_drawn_with_its_error_and_its_number() -> None:
    bins = (CalibrationBin(stated=0.6, observed=0.5, low=0.4, high=0.6, n=90),
            CalibrationBin(stated=0.95, observed=0.9, low=0.82, high=0.95, n=91))  # fmt: skip
    facts = CalibrationFacts(error=0.0751, by_chance=0.031, n=181, bins=bins)
    html = render(example(calibration=facts))
    for hide in ("zh", "en"):
        page = Reader(html, hide=hide)
        for fact in ("0.075", "0.031", "181"):
            assert fact in page.text
    assert "60.0 → 50.0" in html.replace("%", "").replace("\u202f", "").replace("\u00a0", "")
    assert 'id="calibration"' in html
    assert 'id="calibration"' not in render(example())


def hostile() -> ReleaseReport:
    point = Estimate(label=HOSTILE, value=0.5, low=0.4, high=0.6, note=HOSTILE)
    row = ConfusionRow(true=HOSTILE, n=3, shares=(1.0,), right=point)
    matrix = Confusion(label=HOSTILE, rows=(row,))
    return example(
        title=HOSTILE,
        project=HOSTILE,
        simulated_annotators=(HOSTILE,),
        stages=(Stage(stage="import", unit=HOSTILE, entered=1, left=0, set_aside=1),),
        rejects=(
            Rejects(
                stage="import", reason=Reason.BAD_JSON, n=1,
                examples=(Example(file=HOSTILE, line=1, field=HOSTILE, detail=HOSTILE),),
            ),
        ),
        agreement=(point,),
        agreement_method=HOSTILE,
        annotators=(AnnotatorRow(estimate=point, type="person", simulated=True),),
        accuracy=(point,),
        spans=Spans(weeks=(point, point), versions=(point,)),
        confusion=ConfusionFacts(
            classes=(HOSTILE,), pooled=matrix, annotators=(matrix,), left_out=1
        ),
        intervals=HOSTILE,
        checks=(Checks(annotator=HOSTILE, verified=1, refuted=0, undecided=0),),
        origins=(
            OriginRow(source=HOSTILE, channel="own", licence=HOSTILE, n=1),
            OriginRow(source="b", channel="own", n=1),
        ),
        release=ReleaseFacts(name=HOSTILE, root="0" * 64, signer=HOSTILE),
        headroom=(Headroom(skill=HOSTILE, unsolved=1, tasks=1),),
        commands=(HOSTILE,),
    )  # fmt: skip


def test_hostile_text_is_shown_as_text() -> None:
    page = Reader(render(hostile()))
    plain = Reader(render(example()))
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in plain.tags}
    assert "alert(1)" in page.text
    assert "{{ 7*7 }}" in page.text
    assert not any(name.startswith("on") for _, a in page.tags for name in a)


def test_direction_marks_do_not_reach_the_page() -> None:
    html = render(hostile())
    assert "\u202e" not in html


def test_sections_without_data_are_left_out() -> None:
    page = Reader(render(example(**EMPTY)))
    assert not [tag for tag, _ in page.tags if tag in {"section", "svg", "table"}]
    assert "simulated" not in page.text


@pytest.mark.parametrize("kept", ["stages", "annotators", "posteriors", "release", "commands"])
def test_each_section_stands_alone(kept: str) -> None:
    fields = {name: value for name, value in EMPTY.items() if name != kept}
    fields["simulated"] = True
    page = Reader(render(example(**fields)))
    ids = [attributes["id"] for tag, attributes in page.tags if tag == "section"]
    assert ids == [{"stages": "line"}.get(kept, kept)]


def test_unknown_numbers_are_dashes_and_never_zero() -> None:
    fields = {name: value for name, value in EMPTY.items() if name not in {"annotators"}}
    row = AnnotatorRow(estimate=Estimate(label="new", value=None), answers=None, type="person")
    html = render(example(**{**fields, "annotators": (row,)}))
    cells = re.findall(r'<td class="n[^"]*">([^<]*)</td>', html)
    assert cells == ["—", "—", "—"]


@pytest.mark.parametrize(
    ("entered", "left", "set_aside", "told", "holds"),
    [
        (10, 8, 2, 2, True),
        (10, 10, 0, 0, True),
        (10, 9, 2, 2, False),
        (10, 8, 1, 1, False),
        (10, 8, 2, 1, False),
        (10, 8, 2, 0, False),
        (10, 10, 0, 3, False),
    ],
)
def test_the_mark_is_computed(
    entered: int, left: int, set_aside: int, told: int, holds: bool
) -> None:
    stage = Stage(stage="judge", entered=entered, left=left, set_aside=set_aside)
    rejects = (Rejects(stage="judge", reason=Reason.NO_SUPPORT, n=told),) if told else ()
    other = Rejects(stage="import", reason=Reason.BAD_JSON, n=50)  # another stage's reasons
    html = render(example(**{**EMPTY, "stages": (stage,), "rejects": (*rejects, other)}))
    assert ("✓" in html) is holds
    assert ("✗" in html) is not holds


def test_every_example_left_out_is_counted() -> None:
    rows = (
        Rejects(
            stage="import", reason=Reason.BAD_JSON, n=40,
            examples=tuple(Example(file="a.jsonl", line=n) for n in range(1, 10)),
        ),
    )  # fmt: skip
    text = Reader(render(example(rejects=rows, examples_shown=3)), hide="zh").text
    assert re.findall(r"a\.jsonl :(\d+)", text) == ["1", "2", "3"]
    assert "and 37 more" in text


def test_a_matrix_names_each_row_and_leaves_what_nobody_met_open() -> None:
    page = Reader(render(example()), hide="zh")
    for text in ("90.0%", "25.0%", "[55.0%, 82.0%]", "Each annotator (2)", "101 labels",
                 "3 annotators with fewer labels"):  # fmt: skip
        assert text in page.text, text
    shades = [a["class"] or "" for tag, a in page.tags if tag == "td" and "shade" in str(a)]
    assert shades[:3] == ["n shade5 own", "n shade1", "n shade0"]
    assert shades[6:9] == ["n shade0", "n shade0", "n shade0 own"]


def test_a_matrix_that_is_not_square_is_refused() -> None:
    facts = example().confusion
    assert facts is not None
    with pytest.raises(ValidationError, match="one row and one column"):
        ConfusionFacts(classes=("yes",), pooled=facts.pooled, annotators=())


def test_a_curve_along_which_labels_vanish_is_refused() -> None:
    facts = example().cost
    assert facts is not None
    with pytest.raises(ValidationError, match="more labels"):
        CostFacts.model_validate({**dict(facts), "fixed": facts.fixed[::-1]})


def test_what_labels_buy_is_told_by_rule() -> None:
    html = render(example())
    assert "the same for every task: 24.0% → 8.0%" in html
    assert "Measured on 1,000 tasks of 4,000" in Reader(html, hide="zh").text


def test_an_error_that_is_not_known_is_neither_drawn_nor_told_as_nought() -> None:
    """The curve begins where something is known; a rule of which nothing is known says so."""
    facts = example().cost
    assert facts is not None
    first, *others = facts.fixed
    unknown = first.model_copy(update={"error": Estimate(label="", value=None)})
    facts = facts.model_copy(update={"fixed": (unknown, *others)})
    html = render(example(cost=facts))
    assert f"the same for every task: {100 * (others[0].error.value or 0):.1f}% → 8.0%" in html
    row = Reader(html, hide="zh").text.partition("What labels buy")[2]
    assert "0.0%" not in row.partition("Measured on")[0]
    blank = facts.model_copy(update={"fixed": (unknown,), "adaptive": (unknown,)})
    drawn = draw_cost(blank, language="en")
    assert drawn.count("the same for every task: —") == 1
    assert "NaN" not in drawn


def test_simulation_is_named_on_the_page() -> None:
    for hide, words in (("zh", "Rests on simulated annotators"), ("en", "含模拟标注员的作答")):
        text = Reader(render(example()), hide=hide).text
        assert words in text
        assert "陈舟" in text


@pytest.mark.parametrize(
    "told",
    [
        {"simulated_annotators": ("x",)},
        {"annotators": (AnnotatorRow(estimate=Estimate(label="x", value=1), type="person",
                                     simulated=True),)},
        {"origins": (OriginRow(source="x", channel="simulated", n=1),)},
    ],
)  # fmt: skip
def test_simulation_cannot_be_left_unsaid(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="simulated must be true"):
        example(**{**EMPTY, **told})


def test_the_report_is_frozen_and_closed() -> None:
    report = example()
    with pytest.raises(ValidationError):
        report.title = "x"
    with pytest.raises(ValidationError):
        example(sold="yes")


def test_the_report_survives_a_round_trip() -> None:
    report = example()
    again = ReleaseReport.model_validate_json(report.model_dump_json())
    assert again == report
    assert render(again) == render(report)


def test_large_tables_keep_every_row_and_figures_say_what_they_show() -> None:
    rows = tuple(
        AnnotatorRow(estimate=Estimate(label=f"annotator-{n}", value=0.5), type="person")
        for n in range(45)
    )
    html = render(example(**{**EMPTY, "annotators": rows}))
    assert html.count("<tr><th") == 46
    assert "the first 30 of 45" in html


def test_stages_are_those_of_the_records() -> None:
    of_records = SetAside.model_fields["stage"].annotation
    assert Stage.model_fields["stage"].annotation == of_records


def test_reasons_have_words() -> None:
    rejects = tuple(Rejects(stage="judge", reason=reason, n=1) for reason in Reason)
    text = Reader(render(example(rejects=rejects)), hide="en").text
    for reason in Reason:
        assert catalogue()[f"reason.{reason}"].zh in text


def test_the_module_starts_without_heavy_parts() -> None:
    code = (
        "import sys, qinglan.pages.report, qinglan.pages.markdown\n"
        "print(*{'altair', 'vl_convert', 'jinja2', 'nh3', 'markdown_it'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
