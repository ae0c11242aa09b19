"""Live updates agree with a full refit; calibration is measured as defined."""

from __future__ import annotations

import numpy as np
import pytest
from test_quality_consensus import simulate

from qinglan.quality.calibration import calibrate
from qinglan.quality.consensus import Ibcc
from qinglan.quality.live import Live


def test_a_refit_is_the_full_fit() -> None:
    task, who, label, _, _ = simulate()
    live = Live.start(task, who, label, n_classes=3)
    full = Ibcc(tolerance=1e-9).fit_predict(task, who, label)
    ours = np.stack([live.posterior(t) for t in range(300)])
    np.testing.assert_allclose(ours, full.posteriors, atol=1e-5)


def test_new_labels_move_task_and_annotator_close_to_the_refit() -> None:
    task, who, label, truth, _ = simulate(tasks=400, each=5)
    rng = np.random.default_rng(0)
    late = rng.random(len(task)) < 0.1
    live = Live.start(task[~late], who[~late], label[~late], n_classes=3)
    for vote in zip(task[late], who[late], label[late], strict=True):
        live.add(*(int(code) for code in vote))
    before = np.stack([live.posterior(t) for t in range(400)])
    trust = np.array([live.reliability(a) for a in range(12)])
    live.refit()
    after = np.stack([live.posterior(t) for t in range(400)])
    assert np.abs(before - after).mean() < 0.02
    assert (before.argmax(axis=1) == after.argmax(axis=1)).mean() > 0.97
    np.testing.assert_allclose(trust, [live.reliability(a) for a in range(12)], atol=0.03)
    assert (after.argmax(axis=1) == truth).mean() > 0.85


def test_what_a_few_labels_leave_to_the_refit_is_little() -> None:
    """One label in a hundred comes in live: half a point on average, one other answer in 100."""
    task, who, label, _, _ = simulate(tasks=400, each=5)
    late = np.random.default_rng(1).random(len(task)) < 0.01
    live = Live.start(task[~late], who[~late], label[~late], n_classes=3)
    for vote in zip(task[late], who[late], label[late], strict=True):
        live.add(*(int(code) for code in vote))
    before = np.stack([live.posterior(t) for t in range(400)])
    full = Ibcc(tolerance=1e-9).fit_predict(task, who, label)
    assert np.abs(before - full.posteriors).mean() < 0.006
    assert np.abs(before - full.posteriors).max() < 0.15
    assert (before.argmax(axis=1) != full.labels).mean() <= 0.01
    live.refit()
    after = np.stack([live.posterior(t) for t in range(400)])
    np.testing.assert_allclose(after, full.posteriors, atol=1e-5)


def test_from_nothing_and_beyond_what_is_known() -> None:
    live = Live(0, 0, 2)
    first = live.add(3, 7, 1)
    assert first[1] > 0.5
    second = live.add(3, 8, 1)
    assert second[1] > first[1]
    np.testing.assert_allclose(live.posterior(0), 0.5, atol=0.2)
    live.refit()
    assert live.posterior(3)[1] > 0.5


@pytest.mark.parametrize("vote", [(-1, 0, 0), (0, -1, 0), (0, 0, 2), (0, 0, -1)])
def test_impossible_votes_are_refused(vote: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no such vote"):
        Live(1, 1, 2).add(*vote)


def test_a_perfect_judge_is_within_chance() -> None:
    rng = np.random.default_rng(0)
    stated = rng.uniform(0, 1, 4000)
    found = calibrate(stated, rng.random(4000) < stated)
    assert found.error < found.chance_high * 1.5
    assert found.gap.low < 0 < found.gap.high
    assert sum(part.cases for part in found.bins) == 4000
    covered = [part.observed.low <= part.stated <= part.observed.high for part in found.bins]
    assert sum(covered) >= 8


def test_a_braggart_is_told() -> None:
    rng = np.random.default_rng(0)
    found = calibrate(np.full(1000, 0.95), rng.random(1000) < 0.7)
    assert found.error == pytest.approx(0.25, abs=0.04)
    assert found.error > found.chance_high
    assert found.gap.low > 0.2


def test_known_numbers() -> None:
    found = calibrate([0.0, 1.0], [0.0, 1.0], bins=2)
    assert (found.error, found.brier, found.cases) == (0.0, 0.0, 2)
    half = calibrate([0.5, 0.5], [0.0, 1.0], bins=1)
    assert (half.error, half.brier) == (0.0, 0.25)


@pytest.mark.parametrize(
    ("stated", "right"), [([], []), ([0.5], [1, 0]), ([1.5], [1]), ([0.5], [2])]
)
def test_bad_probabilities_are_refused(stated: list[float], right: list[float]) -> None:
    with pytest.raises(ValueError, match=r"equally long|between 0 and 1"):
        calibrate(stated, right)
