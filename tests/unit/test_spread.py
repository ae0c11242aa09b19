"""Several seeds of the demo: known figures in, the spread and its intervals out."""

import json
from pathlib import Path
from typing import Any

import pytest

from qinglan.demo import show
from qinglan.demo.journey import Journey
from qinglan.demo.outcome import Cell, Claim, OutgrowResult
from qinglan.demo.spread import gather, spread
from qinglan.demo.stage import render_spread
from qinglan.evaluation.headroom import Headroom
from qinglan.evaluation.scores import ALL

ARMS = ("base", "teacher", "distilled", "verified", "random", "headroom")


def cell(arm: str, passed: float | None) -> Cell:
    return Cell(
        arm=arm, skill=ALL, n=100, undecided=0, pass1=passed, low=0.0, high=1.0, passk=None,
        passk_low=None, passk_high=None, diff=None, diff_low=None, diff_high=None, p_value=None,
    )  # fmt: skip


def story(seed: int, passed: tuple[float | None, ...], *, fails: bool = False) -> OutgrowResult:
    return OutgrowResult(
        seed=seed, language="en", k=8, shared_questions=0, tasks=100, overlap=3, expert_error=0.08,
        pilot_answers=75, headroom=Headroom(k=8, skills=()), allocation={}, runs=(),
        cells=tuple(map(cell, ARMS, passed)), head_to_head=cell("headroom", 0.1),
        claims=(Claim(key="claim.by_ten", holds=not fails, facts={"gain": "+3.0"}),), seconds={},
    )  # fmt: skip


STORIES = [
    story(200, (0.0, 0.60, 0.58, 0.59, 0.80, 0.90)),
    story(201, (0.0, 0.50, 0.51, 0.50, 0.75, 0.90)),
    story(202, (0.0, 0.70, 0.69, 0.68, 0.95, 0.93), fails=True),
]


def test_arms_are_compared_within_a_seed() -> None:
    found = gather(STORIES)
    assert found.seeds == (200, 201, 202)
    ours = found.gains["headroom"]
    assert ours.values == pytest.approx((0.30, 0.40, 0.23))
    # Mean 0.31 and SD 0.0854 over three; t of 4.3027 on two degrees.
    assert ours.mean == pytest.approx(0.31)
    assert ours.sd == pytest.approx(0.085440, abs=1e-6)
    assert ours.low == pytest.approx(0.31 - 4.302653 * 0.085440 / 3**0.5, abs=1e-5)
    assert ours.above == 3
    assert found.head_to_head.values == pytest.approx((0.10, 0.15, -0.02))
    assert found.head_to_head.above == 2
    assert set(found.gains) == {"distilled", "verified", "random", "headroom"}
    assert found.failed == {202: ("claim.by_ten",)}


def test_one_seed_has_no_interval() -> None:
    alone = spread([0.4])
    assert (alone.mean, alone.sd, alone.low, alone.high, alone.above) == (0.4, None, None, None, 1)


@pytest.mark.parametrize(
    ("stories", "why"),
    [([], "each seed once"), ([STORIES[0], STORIES[0]], "each seed once"),
     ([story(9, (0.0, 0.5, None, 0.5, 0.5, 0.5))], "seed 9: distilled was not scored")],
)  # fmt: skip
def test_what_cannot_be_gathered(stories: list[OutgrowResult], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        gather(stories)


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The demo without its trainings: which seeds are asked for, and the stories above."""
    asked: list[int] = []

    def travel(folder: Path, *, seed: int, say: Any) -> Journey:
        return Journey(
            seed=seed, tasks=1, answers=1, set_aside=0, outcomes={}, majority=1.0, consensus=1.0,
            skills=(), rows=1, root="0" * 64, release="r", report="r.html", traced="t", seconds=0.0,
        )  # fmt: skip

    def told(console: Any, folder: Path, seed: int, *, whole: bool = True) -> OutgrowResult:
        asked.append(seed)
        return next(each for each in STORIES if each.seed == seed)

    monkeypatch.setattr(show, "travel", travel)
    monkeypatch.setattr(show, "_story", told)
    monkeypatch.setattr(show, "write_page", lambda *_: Path("training.html"))
    monkeypatch.setattr(show, "next_commands", lambda *_: [])
    return asked


def test_the_demo_repeats_its_story(
    staged: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show.run(tmp_path, seed=200, seeds=3, data_only=False, as_json=True) == 1
    assert staged == [200, 201, 202]
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert [each["seed"] for each in found["seeds"]] == [200, 201, 202]
    assert found["spread"]["gains"]["headroom"]["mean"] == pytest.approx(0.31)
    assert "claim not shown, seed 202" in printed.err
    assert "+31.0 [+9.8, +52.2]" in printed.err


def test_seeds_that_all_hold_are_a_success(staged: list[int], tmp_path: Path) -> None:
    assert show.run(tmp_path, seed=200, seeds=2, data_only=False, as_json=True) == 0
    assert show.run(tmp_path, seed=200, seeds=2, data_only=True, as_json=True) == 0
    assert staged == [200, 201]


def test_the_table_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    Console(width=100).print(render_spread(STORIES, "zh"))
    assert "种子 202" in capsys.readouterr().out
    Console(width=100).print(render_spread(STORIES, "en"))
    shown = capsys.readouterr().out
    assert "3 a question, each wrong in 8% of its answers" in shown.replace("\n", " ")
