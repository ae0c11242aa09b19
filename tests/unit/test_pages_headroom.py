"""The page of headroom: figures as given, cautions always said, nothing runs or calls out."""

import re
from typing import Any

import pytest
from test_pages_training import Reader
from training_example import HOSTILE, share

from qinglan.pages.headroom import HeadroomReport, render
from qinglan.pages.labels import Estimate
from qinglan.pages.training import HeadroomRow, Skill
from qinglan.records import Split


def report(**changes: Any) -> HeadroomReport:
    row = HeadroomRow(
        skill="odd", teacher=share(0.1, 0.02, 0.3, 30), best_of_k=share(0.2, 0.1, 0.37, 30),
        student=None, expert=share(1.0, 0.86, 1.0, 24), teachable=Estimate(label="", value=None),
        experts_only=Estimate(label="", value=0.8, low=0.6, high=0.92, n=24), sent=None,
    )  # fmt: skip
    fields: dict[str, Any] = {
        "k": 8, "simulated": False, "teacher": "big", "student": None, "experts": ("anna", "bo"),
        "release": "dev", "split": Split.DEV, "items": 60, "looks": 3, "pilot_answers": 24,
        "skills": (Skill(key="odd", label="odd"),), "headroom": (row,),
        "commands": ("qinglan trace rpt_x",),
    }  # fmt: skip
    return HeadroomReport.model_validate(fields | changes)


def test_figures_stand_as_they_were_given_in_both_languages() -> None:
    html = render(report(), language="zh")
    for hide, spoken in (
        ("zh", "Where is the next expert hour worth most?"),
        ("en", "下一个专家小时用在哪里最值？"),
    ):
        read = Reader(html, hide=hide)
        assert not read.open
        assert spoken in read.text
        assert not re.search(r"\{[a-z_]+\}", read.text)
        assert read.row("headroom", "odd") == [
            "10.0% [2.0%, 30.0%]", "20.0% [10.0%, 37.0%]", "—", "100.0% [86.0%, 100.0%]", "—",
            "+80.0 [+60.0, +92.0]", "24", "—",
        ]  # fmt: skip
    assert "anna" in Reader(html).text


@pytest.mark.parametrize("simulated", [True, False])
def test_cautions_are_always_said(simulated: bool) -> None:
    text = Reader(render(report(simulated=simulated))).text
    assert "must be judged on others" in text
    assert ("simulated by programs" in text) is simulated


def test_what_the_set_lacks_is_said() -> None:
    assert "their rate here is too high" not in Reader(render(report())).text
    text = Reader(render(report(left_out=7, left_out_right=1))).text
    assert "7 more questions" in text
    assert "1 of those right" in text


def test_hostile_names_are_text() -> None:
    html = render(
        report(
            teacher=HOSTILE, student=HOSTILE, experts=(HOSTILE,), release=HOSTILE,
            skills=(Skill(key="odd", label=HOSTILE),), commands=(HOSTILE,),
        )
    )  # fmt: skip
    tags = {tag for tag, _ in Reader(html).tags}
    assert not tags & {"script", "img", "link", "iframe"}
    assert "\u202e" not in html
    assert "49" not in re.sub(r'"[^"]*"', "", Reader(html).text.replace("{{ 7*7 }}", ""))
    for _, attributes in Reader(html).tags:
        assert not any(name.startswith("on") for name in attributes)
        assert not (attributes.get("src") or attributes.get("href") or "").startswith("http")


def test_no_skill_is_no_figure() -> None:
    assert "<svg" not in render(report(skills=(), headroom=()))
