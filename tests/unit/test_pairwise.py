"""Standings: known answers, the likelihood's top, intervals that cover, votes gone wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from qinglan.errors import InputError, LimitError
from qinglan.quality.pairwise import rank


def simulate(
    strength: np.ndarray, votes: int, side: float = 0.0, tie: float = 0.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = len(strength)
    left = rng.integers(0, n, votes)
    right = (left + rng.integers(1, n, votes)) % n
    l, r = strength[left], strength[right]  # noqa: E741
    odds = np.stack([np.exp(l + side), np.exp(r), tie * np.exp((l + side + r) / 2)], axis=1)
    chance = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    draw = rng.random(votes)[:, None]
    return left, right, (draw > chance[:, :2]).sum(axis=1)


def test_two_items_have_the_odds_of_their_votes() -> None:
    # Shown both ways equally often, 30 wins against 10: a gap of log 3.
    left, right = np.repeat([0, 1], 20), np.repeat([1, 0], 20)
    outcome = np.array([0] * 15 + [1] * 5 + [1] * 15 + [0] * 5)
    found = rank(left, right, outcome, prior=np.inf)
    assert found.scores[0] - found.scores[1] == pytest.approx(np.log(3))
    assert found.left_advantage[0] == pytest.approx(0, abs=1e-9)
    assert found.tie_rate is None
    assert found.order.tolist() == [0, 1]
    assert found.wins.tolist() == [30, 10]
    assert found.votes.tolist() == [40, 40]


def test_two_items_interval_is_the_textbook_one() -> None:
    left, right = np.repeat([0, 1], 200), np.repeat([1, 0], 200)
    outcome = np.array([0] * 120 + [1] * 80 + [1] * 120 + [0] * 80)
    found = rank(left, right, outcome, prior=np.inf)
    # The log-odds of 240 : 160 have variance 1/240 + 1/160; each centred score is half the gap.
    half = 1.96 * np.sqrt(1 / 240 + 1 / 160) / 2
    assert found.high[0] - found.scores[0] == pytest.approx(half, rel=1e-3)


def test_it_is_the_top_of_the_likelihood() -> None:
    left, right, outcome = simulate(np.array([0.8, 0.1, -0.2, -0.7]), 400, side=0.3, tie=0.6)
    found = rank(left, right, outcome)

    def loss(x: np.ndarray) -> float:
        l, r = x[:4][left], x[:4][right]  # noqa: E741
        scores = np.stack([l + x[4], r, (l + x[4] + r) / 2 + x[5]], axis=1)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        penalty = 0.5 * ((x[:4] / 3) ** 2).sum() + 0.5 * x[4] ** 2 + 0.5 * (x[5] / 3) ** 2
        return float(-logs[np.arange(400), outcome].sum() + penalty)

    best = minimize(loss, np.zeros(6), tol=1e-10).x
    np.testing.assert_allclose(found.scores, best[:4] - best[:4].mean(), atol=1e-4)
    assert found.left_advantage[0] == pytest.approx(best[4], abs=1e-4)
    assert found.tie_rate is not None
    assert found.tie_rate[0] == pytest.approx(np.exp(best[5]), abs=1e-4)


def test_without_ties_it_is_logistic_regression() -> None:
    left, right, outcome = simulate(np.linspace(1, -1, 6), 3000, side=0.2)
    design = np.zeros((3000, 6))
    design[np.arange(3000), left] += 1
    design[np.arange(3000), right] -= 1
    # One item is the base; the intercept is the side.
    peer = LogisticRegression(C=1e9, tol=1e-10, max_iter=5000).fit(design[:, 1:], outcome == 0)
    strength = np.r_[0, peer.coef_[0]]
    found = rank(left, right, outcome, prior=1e4)
    np.testing.assert_allclose(found.scores, strength - strength.mean(), atol=1e-3)
    # Ours shrinks the side a little: a standard normal prior against 3,000 votes.
    assert found.left_advantage[0] == pytest.approx(peer.intercept_[0], abs=2e-3)


def test_intervals_cover() -> None:
    strength = np.array([1.2, 0.4, 0.0, -0.5, -1.1])
    covered, sides, ties = [], [], []
    for seed in range(120):
        found = rank(*simulate(strength, 400, side=0.3, tie=0.4, seed=seed))
        covered += list((found.low <= strength) & (strength <= found.high))
        sides.append(found.left_advantage[1] <= 0.3 <= found.left_advantage[2])
        assert found.tie_rate is not None
        ties.append(found.tie_rate[1] <= 0.4 <= found.tie_rate[2])
    assert 0.92 <= np.mean(covered) <= 0.98
    assert 0.88 <= np.mean(sides) <= 1
    assert 0.88 <= np.mean(ties) <= 1


def test_an_item_that_always_won_stays_finite_and_first() -> None:
    found = rank([0, 0, 0, 1], [1, 2, 1, 2], [0, 0, 0, 0])
    assert np.isfinite(found.scores).all()
    assert found.order.tolist() == [0, 1, 2]
    assert found.converged


def test_only_ties_make_equals() -> None:
    found = rank([0, 1, 0], [1, 2, 2], [2, 2, 2])
    np.testing.assert_allclose(found.scores, 0, atol=1e-6)
    assert found.tie_rate is not None
    assert found.tie_rate[0] > 1


def test_groups_that_never_met_are_told_apart() -> None:
    found = rank([0, 2], [1, 3], [0, 0])
    assert found.groups[0] == found.groups[1] != found.groups[2] == found.groups[3]


def test_items_that_nobody_judged_are_unknown() -> None:
    found = rank([0, 0], [1, 1], [0, 0], n_items=3)
    assert found.votes.tolist() == [2, 2, 0]
    assert found.high[2] - found.low[2] > 8


def test_a_vote_against_itself_changes_nothing() -> None:
    plain = rank([0, 1], [1, 0], [0, 0])
    more = rank([0, 1, 1], [1, 0, 1], [0, 0, 0])
    np.testing.assert_allclose(plain.scores, more.scores)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_renaming_and_mirroring(data: st.DataObject) -> None:
    votes = data.draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(0, 2)),
                               min_size=1, max_size=25))  # fmt: skip
    left = np.array([v[0] for v in votes])
    right = (left + np.array([v[1] for v in votes])) % 4
    outcome = np.array([v[2] for v in votes])
    names = np.array(data.draw(st.permutations(range(4))))
    plain = rank(left, right, outcome, n_items=4)
    moved = rank(names[left], names[right], outcome, n_items=4)
    np.testing.assert_allclose(moved.scores[names], plain.scores, atol=1e-6)
    # Winners become losers: every score changes sign.
    lost = rank(left, right, np.array([1, 0, 2])[outcome], n_items=4)
    np.testing.assert_allclose(lost.scores, -plain.scores, atol=1e-6)


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [([], [], []), ([0], [1, 2], [0]), ([0], [1], [3]), ([-1], [1], [0]), ([0.5], [1], [0]),
     ([0], [1], [-1])],
)  # fmt: skip
def test_bad_votes_are_refused(left: Any, right: Any, outcome: Any) -> None:
    with pytest.raises(InputError):
        rank(left, right, outcome)


def test_too_many_items() -> None:
    with pytest.raises(LimitError, match="in parts"):
        rank([0], [10_000], [0])
