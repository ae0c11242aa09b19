"""Numbers: planted biases and deviations are recovered, outliers do not move the mean."""

from __future__ import annotations

import numpy as np
import pytest

from qinglan.errors import InputError
from qinglan.quality.numbers import estimate


def simulate(seed: int = 0) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(50, 10, 300)
    bias, deviation = np.array([3.0, -3.0, 0.0, 0.0, 0.0]), np.array([1.0, 1.0, 2.0, 4.0, 8.0])
    task, who = np.repeat(np.arange(300), 5), np.tile(np.arange(5), 300)
    answers = truth[task] + bias[who] + deviation[who] * rng.normal(size=1500)
    return task, who, answers, truth, bias, deviation


def test_planted_biases_and_deviations_are_recovered() -> None:
    task, who, answers, truth, bias, deviation = simulate()
    found = estimate(task, who, answers)
    assert found.converged
    np.testing.assert_allclose(found.bias, bias, atol=0.8)
    # Student-t noise reads normal noise a little narrower.
    assert (np.diff(found.deviation[1:]) > 0).all()
    np.testing.assert_allclose(found.deviation[2:], deviation[2:], rtol=0.4)
    error = np.abs(found.values - truth).mean()
    plain = np.abs(answers.reshape(300, 5).mean(axis=1) - truth).mean()
    assert error < 0.6 * plain


def test_intervals_cover() -> None:
    covered = []
    for seed in range(5):
        task, who, answers, truth, _, _ = simulate(seed)
        found = estimate(task, who, answers)
        covered.append(((found.low <= truth) & (truth <= found.high)).mean())
    assert 0.9 <= np.mean(covered) <= 0.98


def test_a_slipped_digit_moves_little() -> None:
    task, who, answers, _, _, _ = simulate()
    clean = estimate(task, who, answers)
    answers = answers.copy()
    answers[10] *= 10
    slipped = estimate(task, who, answers)
    assert abs(slipped.values[2] - clean.values[2]) < 2
    assert abs(slipped.deviation[0] - clean.deviation[0]) < 0.5


def test_units_and_names_carry_no_evidence() -> None:
    task, who, answers, _, _, _ = simulate()
    plain = estimate(task, who, answers)
    moved = estimate(task, who, 1000 * answers + 7)
    np.testing.assert_allclose(moved.values, 1000 * plain.values + 7, rtol=1e-5)
    people, order = np.array([3, 1, 4, 0, 2]), np.random.default_rng(1).permutation(1500)
    renamed = estimate(task[order], people[who[order]], answers[order])
    np.testing.assert_allclose(renamed.values, plain.values, rtol=1e-5)
    np.testing.assert_allclose(renamed.bias[people], plain.bias, atol=1e-4)


@pytest.mark.parametrize(
    "votes",
    [([0], [0], [4.0]), ([0, 1], [0, 0], [1.0, 2.0]), ([0, 0, 1], [0, 1, 1], [3.0, 3.0, 3.0]),
     ([0, 0, 1, 1], [0, 1, 2, 3], [1.0, 2.0, 8.0, 9.0]), ([0, 0], [0, 1], [-1e9, 1e9])],
    ids=["one", "one annotator", "all equal", "disconnected", "far apart"],
)  # fmt: skip
def test_edges(votes: tuple[list[int], list[int], list[float]]) -> None:
    found = estimate(*votes, n_tasks=3, n_annotators=5)
    assert np.isfinite(found.values).all()
    assert (found.low <= found.values).all()
    assert (found.values <= found.high).all()
    assert found.values.shape == (3,)
    assert found.bias.shape == (5,)


@pytest.mark.parametrize(
    "votes",
    [([], [], []), ([0], [0], [float("nan")]), ([0.5], [0], [1.0]), ([0], [-1], [1.0]),
     ([0, 1], [0], [1.0, 2.0])],
)  # fmt: skip
def test_bad_arrays_are_refused(votes: tuple[list[int], list[int], list[float]]) -> None:
    with pytest.raises(InputError) as caught:
        estimate(*votes)
    assert "\n" not in caught.value.say("en")
