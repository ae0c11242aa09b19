"""Rubrics: planted severities and difficulties are recovered, and strictness is forgiven."""

from __future__ import annotations

import numpy as np
import pytest

from qinglan.errors import InputError
from qinglan.quality.rubrics import _Model, estimate

SEVERITY = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
DIFFICULTY = np.array([-0.4, 0.0, 0.4])
THRESHOLDS = np.array([-1.5, -0.3, 0.6, 1.6])


def simulate(seed: int = 0, works: int = 250) -> tuple[np.ndarray, ...]:
    """Each work is scored on three items by two raters of five."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=works)
    pair = np.stack([rng.permutation(5)[:2] for _ in range(works)])
    work = np.repeat(np.arange(works), 6)
    rater, item = np.repeat(pair.ravel(), 3), np.tile(np.arange(3), 2 * works)
    gap = theta[work] - SEVERITY[rater] - DIFFICULTY[item]
    chance = 1 / (1 + np.exp(-2 * (gap[:, None] - THRESHOLDS)))
    return work, rater, item, (rng.random((len(work), 1)) < chance).sum(axis=1), theta


def test_planted_parameters_are_recovered() -> None:
    work, rater, item, score, theta = simulate()
    found = estimate(work, rater, item, score, levels=5)
    assert found.converged
    np.testing.assert_allclose(found.severity[:, 0], SEVERITY, atol=0.25)
    np.testing.assert_allclose(found.difficulty[:, 0], DIFFICULTY, atol=0.2)
    np.testing.assert_allclose(found.thresholds, THRESHOLDS, atol=0.35)
    assert found.discrimination == pytest.approx(2, abs=0.4)
    assert 0.88 <= ((found.low <= theta) & (theta <= found.high)).mean() <= 1


def test_severities_and_difficulties_lie_in_their_intervals() -> None:
    """95 % intervals over thirty crowds: 150 raters and 90 items."""
    raters, items = [], []
    for seed in range(30):
        found = estimate(*simulate(seed, works=80)[:4], levels=5)
        raters.append((found.severity[:, 1] <= SEVERITY) & (found.severity[:, 2] >= SEVERITY))
        low, high = found.difficulty[:, 1:].T
        items.append((low <= DIFFICULTY) & (high >= DIFFICULTY))
    assert 0.9 <= np.mean(raters) <= 0.99
    assert 0.88 <= np.mean(items) <= 1


def test_a_strict_rater_is_forgiven() -> None:
    work, rater, item, score, theta = simulate(1)
    found = estimate(work, rater, item, score, levels=5)
    plain = np.bincount(work, score) / np.bincount(work)
    assert np.corrcoef(found.quality, theta)[0, 1] > np.corrcoef(plain, theta)[0, 1] + 0.05


def test_the_gradient_is_the_slope_of_the_loss() -> None:
    work, rater, item, score, _ = simulate(2, works=12)
    model = _Model(work, rater, item, score, (12, 5, 3, 5))
    at = model.start() + np.random.default_rng(0).normal(0, 0.2, 5 + 3 + 5)
    slope = model.loss(at)[1]
    for i in range(len(at)):
        step = np.eye(len(at))[i] * 1e-5
        numeric = (model.loss(at + step)[0] - model.loss(at - step)[0]) / 2e-5
        assert slope[i] == pytest.approx(numeric, abs=1e-3)


def test_names_carry_no_evidence() -> None:
    work, rater, item, score, _ = simulate(works=40)
    people, order = np.array([3, 1, 4, 0, 2]), np.random.default_rng(1).permutation(len(work))
    plain = estimate(work, rater, item, score, levels=5)
    moved = estimate(work[order], people[rater[order]], item[order], score[order], levels=5)
    np.testing.assert_allclose(moved.quality, plain.quality, atol=1e-2)
    np.testing.assert_allclose(moved.severity[people, 0], plain.severity[:, 0], atol=1e-2)


def test_expected_scores_lie_on_the_scale_and_follow_difficulty() -> None:
    work, rater, item, score, _ = simulate(works=60)
    found = estimate(work, rater, item, score, levels=5)
    easy, hard = found.expected(0), found.expected(2)
    assert ((easy > hard) & (hard > 0) & (easy < 4)).all()


@pytest.mark.parametrize(
    "given",
    [([0], [0], [0], [1]), ([0, 1], [0, 0], [0, 0], [2, 2]), ([0, 0, 3], [0, 1, 2], [0, 1, 0],
     [0, 2, 1])],
    ids=["one", "all equal", "disconnected"],
)  # fmt: skip
def test_edges(given: tuple[list[int], ...]) -> None:
    found = estimate(*given, levels=3)
    for values in (found.quality, found.low, found.high, found.severity, found.difficulty):
        assert np.isfinite(values).all()
    assert ((found.low <= found.quality) & (found.quality <= found.high)).all()
    assert (np.diff(found.thresholds) > 0).all()


def test_bad_scores_are_refused() -> None:
    with pytest.raises(InputError, match="scores"):
        estimate([0], [0], [0], [5], levels=5)
    with pytest.raises(InputError):
        estimate([], [], [], [], levels=5)
    with pytest.raises(ValueError, match="two levels"):
        estimate([0], [0], [0], [0], levels=1)
