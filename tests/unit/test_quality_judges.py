"""A judge's order against people's: known answers, intervals that hold, and bad files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import kendalltau

from qinglan.errors import InputError, UsageError
from qinglan.quality.judge_files import judge_file
from qinglan.quality.judges import compare, correlate
from qinglan.quality.pairwise import rank

STRENGTH = np.linspace(1.5, -1.5, 7)


def cast(strength: np.ndarray, votes: int, seed: int) -> np.ndarray:
    """Votes (left, right, outcome), without ties: (votes, 3)."""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, len(strength), votes)
    right = (left + rng.integers(1, len(strength), votes)) % len(strength)
    won = rng.random(votes) < 1 / (1 + np.exp(strength[right] - strength[left]))
    return np.stack([left, right, 1 - won], axis=1)


def beside(judge: np.ndarray, others: np.ndarray, **settings: Any) -> Any:
    own = np.arange(len(judge) + len(others)) < len(judge)
    return compare(*np.concatenate([judge, others]).T, own, **settings)


def test_the_same_order_is_one_and_the_reverse_is_minus_one() -> None:
    others = cast(STRENGTH, 3000, 0)
    same = beside(cast(STRENGTH, 3000, 1), others, draws=40)
    assert same.tau.estimate == same.rho.estimate == 1.0
    assert same.tau.low > 0.7
    turned = beside(cast(-STRENGTH, 3000, 1), others, draws=40)
    assert turned.tau.estimate == turned.rho.estimate == -1.0
    assert turned.tau.high < -0.7
    # The share of like votes: Σ over pairs of p² + (1 − p)², and of 2 p (1 − p) if turned.
    p = [1 / (1 + np.exp(b - a)) for i, a in enumerate(STRENGTH) for b in STRENGTH[i + 1 :]]
    like = float(np.mean([q * q + (1 - q) ** 2 for q in p]))
    assert same.pairs == 21
    assert same.agreement.estimate == pytest.approx(like, abs=0.03)
    assert same.among.estimate == pytest.approx(like, abs=0.03)
    assert turned.agreement.estimate == pytest.approx(1 - like, abs=0.03)


def test_a_judge_who_guesses_is_not_told_from_nought() -> None:
    found = beside(cast(np.zeros(7), 200, 5), cast(STRENGTH, 1000, 0), draws=40)
    assert found.tau.low < 0 < found.tau.high
    assert found.agreement.low < 0.5 < found.agreement.high


def test_correlations_are_of_standings_fitted_apart() -> None:
    judge, others = cast(STRENGTH, 60, 3), cast(STRENGTH, 90, 4)
    found = beside(judge, others, draws=40)
    ours = kendalltau(rank(*judge.T).scores, rank(*others.T).scores).statistic
    assert found.tau.estimate == pytest.approx(ours)
    assert found.tau.low <= ours <= found.tau.high
    assert (found.tau.low, found.tau.high) == beside(judge, others, draws=40).tau[1:3]


def test_the_interval_holds_the_true_tau() -> None:
    """Two neighbours changed places: 20 of 21 pairs in order, a tau of 19/21."""
    turned = STRENGTH[[1, 0, 2, 3, 4, 5, 6]]
    held = 0
    for seed in range(10):
        found = beside(cast(turned, 400, seed), cast(STRENGTH, 800, 100 + seed), draws=40)
        held += found.tau.low <= 19 / 21 <= found.tau.high
    assert held >= 8


def test_votes_with_what_one_side_never_met_are_left_out() -> None:
    others = cast(STRENGTH, 400, 0)
    judge = cast(STRENGTH[:5], 200, 1)
    strange = np.array([[0, 9, 0], [9, 8, 1]])
    found = beside(np.concatenate([judge, strange]), others, draws=40)
    assert found.items.tolist() == [0, 1, 2, 3, 4]
    assert found.judge.votes.sum() == 2 * len(judge)


def test_sides_that_share_next_to_nothing_are_refused_and_islands_named() -> None:
    with pytest.raises(InputError, match="2 items"):
        beside(np.array([[0, 1, 0]]), cast(STRENGTH, 100, 0))
    islands = np.array([[0, 1, 0], [2, 3, 0]])
    assert not beside(islands, cast(STRENGTH, 200, 0), draws=40).connected


def test_all_equal_on_one_side_is_no_order() -> None:
    assert correlate(np.zeros(4), np.arange(4.0)) == (0.0, 0.0)


def put(folder: Path, text: str) -> Path:
    (folder / "v.csv").write_text(text, encoding="utf-8")
    return folder / "v.csv"


def test_a_file_by_name(tmp_path: Path) -> None:
    rows = [f"{a},{b},left,{who}" for a, b in ("AB", "BC", "AC") for who in ("ann", "bo") * 4]
    rows += [f"{a},{b},right,model" for a, b in ("AB", "BC", "AC") for _ in range(8)]
    path = put(tmp_path, "left,right,winner,annotator\n" + "\n".join([*rows, "A,D,A,ann"]))
    found: Any = judge_file(path, "model", draws=40).to_json()
    assert [item["item"] for item in found["items"]] == ["A", "B", "C"]
    assert [item["judge_rank"] for item in found["items"]] == [3, 2, 1]
    assert found["kendall"]["score"] == found["spearman"]["score"] == -1
    assert (found["agreement"]["score"], found["agreement_among_others"]["score"]) == (0, 1)
    assert (found["left_out"], found["pairs"], found["alarms"]) == (["D"], 3, [])
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [("left,right,winner\nA,B,left\n", InputError, "no column annotator"),
     ("left,right,winner,annotator\nA,B,left,ann\n", UsageError, "model"),
     ("left,right,winner,annotator\nA,B,left,model\n", UsageError, "model")],
)  # fmt: skip
def test_a_file_without_the_judge_or_without_others(
    tmp_path: Path, text: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        judge_file(put(tmp_path, text), "model")
