"""The demo's claims: each holds on figures that bear it, and fails, named, on ones that do not."""

import json
from decimal import Decimal
from typing import Any

import pytest

from qinglan.demo.outcome import ArmRun, Cell, Claim, make_claims, percent, points
from qinglan.evaluation.scores import ALL
from qinglan.wording import LANGUAGES, say

STUDENTS = ("distilled", "verified", "random", "headroom")


def cell(arm: str, pass1: float, **changes: Any) -> Cell:
    figures: dict[str, Any] = {
        "n": 1000, "undecided": 0, "low": pass1 - 0.03, "high": pass1 + 0.03, "passk": None,
        "passk_low": None, "passk_high": None, "diff": pass1 - 0.6, "diff_low": pass1 - 0.63,
        "diff_high": pass1 - 0.57, "p_value": 0.01,
    }  # fmt: skip
    return Cell(arm=arm, skill=ALL, pass1=pass1, **(figures | changes))


def run(arm: str, **changes: Any) -> ArmRun:
    figures: dict[str, Any] = {
        "run": "run_x", "release": "r", "root": "0" * 64, "weights": "1" * 64,
        "by_origin": {"teacher": 1000, "simulated expert": 400}, "expert_answers": 1200,
        "steps": 400, "examples_seen": 12800, "tokens": 460_000, "completion_tokens": 262_400,
        "losses": [(400, 0.01)], "seconds": 30.0,
    }  # fmt: skip
    return ArmRun(arm=arm, **(figures | changes))


def claims(
    cells: dict[str, Cell] | None = None, runs: dict[str, ArmRun] | None = None, shared: int = 0
) -> tuple[Claim, ...]:
    scored = {"teacher": 0.6, "distilled": 0.58, "verified": 0.58, "random": 0.8, "headroom": 0.95}
    return make_claims(
        list(({arm: cell(arm, value) for arm, value in scored.items()} | (cells or {})).values()),
        list(({arm: run(arm) for arm in ("base", *STUDENTS)} | (runs or {})).values()),
        shared=shared,
        tasks=2000,
        share=Decimal("0.2"),
    )


def failed(*args: Any, **kwargs: Any) -> set[str]:
    return {
        claim.key.removeprefix("claim.") for claim in claims(*args, **kwargs) if not claim.holds
    }


def test_all_hold_where_the_story_holds() -> None:
    assert failed() == set()
    assert len(claims()) == 7


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("splits", {"shared": 1}),
        ("equal", {"runs": {"random": run("random", steps=401)}}),
        ("equal", {"runs": {"headroom": run("headroom", completion_tokens=265_100)}}),
        ("budget", {"runs": {"random": run("random", by_origin={"simulated expert": 401})}}),
        ("distilled_near", {"cells": {"distilled": cell("distilled", 0.549)}}),
        ("distilled_below", {"cells": {"distilled": cell("distilled", 0.631)}}),
        ("outgrown", {"cells": {"headroom": cell("headroom", 0.95, diff_low=0.0)}}),
        ("by_ten", {"cells": {"headroom": cell("headroom", 0.699)}}),
    ],
)
def test_each_fails_alone_where_it_should(name: str, broken: dict[str, Any]) -> None:
    assert failed(**broken) == {name}


def test_unknown_figures_are_no_success() -> None:
    unknown = cell("headroom", 0.9, diff=None, diff_low=None, diff_high=None)
    assert failed(cells={"headroom": unknown}) == {"outgrown", "by_ten"}


def test_every_claim_can_be_said_in_both_languages() -> None:
    for claim in claims():
        for language in LANGUAGES:
            said = say(f"outgrow.{claim.key}", language, **claim.facts)
            assert "{" not in said
            assert all(fact in said for fact in claim.facts.values())


def test_figures_for_people() -> None:
    assert (percent(0.5), percent(0.333, 0), percent(None)) == ("50.0", "33", "—")
    assert (points(0.101), points(-0.05, 0), points(None)) == ("+10.1", "-5", "—")


def test_facts_are_plain_text_for_json() -> None:
    assert json.loads(json.dumps([claim.facts for claim in claims()]))
