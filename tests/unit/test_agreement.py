"""Agreement: published worked examples, known answers, the field's implementations."""

from __future__ import annotations

import time

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from qinglan.errors import InputError
from qinglan.quality import agreement
from qinglan.quality.agreement import LEVELS, Level, alpha
from qinglan.quality.agreement_parts import by_annotator, by_class
from qinglan.quality.kappas import cohen, fleiss

# Krippendorff (2011), section C: four observers, twelve units, missing values (0 here).
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]


def flat(matrix: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(matrix)
    _, units = np.nonzero(table)
    return units, table[table > 0]


def as_matrix(task: np.ndarray, who: np.ndarray, label: np.ndarray) -> np.ndarray:
    matrix = np.full((who.max() + 1, task.max() + 1), np.nan)
    matrix[who, task] = label
    return matrix


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_the_published_example(level: Level, value: float) -> None:
    found = alpha(*flat(OBSERVERS), level=level)
    assert found.alpha == pytest.approx(value, abs=5e-4)
    assert found.low is not None
    assert found.high is not None
    assert found.low < value < found.high <= 1
    assert (found.tasks, found.labels) == (11, 40)


@pytest.mark.parametrize("level", LEVELS)
def test_total_disagreement_is_below_nought(level: Level) -> None:
    found = alpha([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1], level=level)
    assert found.alpha is not None
    assert found.alpha < 0


@pytest.mark.parametrize("level", LEVELS)
def test_perfect_agreement_is_one(level: Level) -> None:
    found = alpha([0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 3, 3], level=level)
    assert (found.alpha, found.low, found.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("level", LEVELS)
def test_chance_is_nought(level: Level) -> None:
    rng = np.random.default_rng(1)
    found = alpha(np.repeat(np.arange(5000), 3), rng.integers(0, 4, 15_000), level=level)
    assert found.alpha == pytest.approx(0, abs=0.02)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_nothing_varies_or_nothing_compares() -> None:
    assert alpha([0, 0, 1, 1], [2, 2, 2, 2]).alpha is None
    single = alpha([0, 1, 2], [0, 1, 0])
    assert (single.alpha, single.low, single.tasks, single.labels) == (None, None, 0, 0)
    assert alpha([], np.array([], dtype=int)).alpha is None


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_as_the_peer_computes_it(data: st.DataObject) -> None:
    table = np.array(
        data.draw(
            st.lists(
                st.lists(st.sampled_from([0, 1, 2, 3, 7]), min_size=4, max_size=4),
                min_size=2, max_size=8,
            )
        )
    )  # fmt: skip
    units, who = np.nonzero(table)
    label = table[units, who]
    votes = np.bincount(units, minlength=len(table)) if len(units) else np.zeros(1)
    paired = label[votes[units] > 1]
    if len(set(paired.tolist())) < 2:
        return
    level = data.draw(st.sampled_from(LEVELS))
    peer = krippendorff.alpha(
        reliability_data=np.where(table.T == 0, np.nan, table.T.astype(float)),
        level_of_measurement=level,
    )
    assert alpha(units, label, level=level, draws=100).alpha == pytest.approx(peer, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_the_interval_covers(level: Level) -> None:
    """Against alpha of a very large sample from the same crowd."""

    def crowd(tasks: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        truth = rng.integers(0, 4, tasks)
        task = np.repeat(np.arange(tasks), 3)
        right = rng.random(3 * tasks) < 0.7
        return task, np.where(right, truth[task], rng.integers(0, 4, 3 * tasks))

    truly = alpha(*crowd(200_000, 99), level=level, draws=100).alpha
    found = [alpha(*crowd(80, seed), level=level, draws=400) for seed in range(150)]
    assert truly is not None
    covered = np.mean(
        [f.low <= truly <= f.high for f in found if f.low is not None and f.high is not None]
    )
    assert 0.9 <= covered <= 0.99


@pytest.mark.parametrize("level", LEVELS)
def test_influence_agrees_with_the_bootstrap(level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 5, 1500)
    task = np.repeat(np.arange(1500), 4)
    label = np.where(rng.random(6000) < 0.6, truth[task], rng.integers(0, 5, 6000))
    boot = alpha(task, label, level=level, draws=2000)
    monkeypatch.setattr(agreement, "CELLS", 0)
    quick = alpha(task, label, level=level)
    assert quick.alpha == pytest.approx(boot.alpha, abs=1e-12)
    assert quick.low == pytest.approx(boot.low, abs=0.004)
    assert quick.high == pytest.approx(boot.high, abs=0.004)


def test_ten_thousand_classes_and_real_numbers() -> None:
    rng = np.random.default_rng(0)
    task = np.repeat(np.arange(20_000), 2)
    truth = rng.integers(0, 10_000, 20_000)
    label = np.where(rng.random(40_000) < 0.9, truth[task], rng.integers(0, 10_000, 40_000))
    found = alpha(task, label)
    assert found.alpha == pytest.approx(0.81, abs=0.02)
    measured = truth[task] / 7 + rng.normal(0, 1, 40_000)
    numbers = alpha(task, measured, level="interval")
    assert numbers.alpha is not None
    assert numbers.alpha > 0.99


def test_a_million_labels_do_not_take_long() -> None:
    """No timing is promised here; only that the work is not quadratic."""
    rng = np.random.default_rng(0)
    task, label = np.repeat(np.arange(200_000), 5), rng.integers(0, 4, 1_000_000)
    began = time.process_time()
    alpha(task, label)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("tasks", "labels"),
    [([0, 1], [0]), ([0.5, 0.5], [0, 1]), ([-1, -1], [0, 1]), ([0, 0], [0.0, float("nan")]),
     ([0, 0], ["a", "b"]), ([0, 0], [0.0, float("inf")])],
)  # fmt: skip
def test_bad_arrays_are_refused(tasks: list[int], labels: list[float]) -> None:
    with pytest.raises(InputError):
        alpha(tasks, labels)


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_cohen_is_the_peers(weights: str) -> None:
    rng = np.random.default_rng(0)
    a = rng.integers(0, 4, 300)
    b = np.where(rng.random(300) < 0.6, a, rng.integers(0, 4, 300))
    found = cohen(a, b, weights=weights)  # type: ignore[arg-type]
    peer = cohen_kappa_score(a, b, weights=None if weights == "none" else weights)
    assert found.estimate == pytest.approx(peer, abs=1e-12)
    assert found.low < peer < found.high


def test_cohen_as_published() -> None:
    # Fleiss, Cohen and Everitt (1969) count cells; this is the textbook 2 × 2: 20, 5, 10, 15.
    a = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    b = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    assert cohen(a, b).estimate == pytest.approx(0.4)


def test_cohen_without_variation_is_unknown() -> None:
    assert cohen([1, 1, 1], [1, 1, 1]).estimate is None
    with pytest.raises(InputError):
        cohen([], [])
    with pytest.raises(InputError):
        cohen([0, 1], [0])


def test_fleiss_as_published() -> None:
    # The worked example of ten subjects, fourteen raters, five categories: kappa 0.210.
    counts = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
              [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0],
              [0, 2, 2, 3, 7]]  # fmt: skip
    found = fleiss(counts)
    assert found.estimate == pytest.approx(0.210, abs=5e-4)
    assert found.low < 0.21 < found.high


def test_fleiss_refuses_uneven_tasks() -> None:
    with pytest.raises(InputError, match="range from 2 to 3"):
        fleiss([[1, 1], [2, 1]])
    with pytest.raises(InputError, match="Krippendorff"):
        fleiss([[1, 0], [0, 1]])


def test_fleiss_ends() -> None:
    assert fleiss([[3, 0], [0, 3]]).estimate == 1.0
    disagree = fleiss([[1, 1], [1, 1]]).estimate
    assert disagree is not None
    assert disagree < 0
    assert fleiss([[3, 0], [3, 0]]).estimate is None


def test_a_class_that_nobody_agrees_on_is_told() -> None:
    """Class 0 is known by all; 1 and 2 are told apart by guessing."""
    rng = np.random.default_rng(0)
    task = np.repeat(np.arange(300), 3)
    label = np.where(task % 2 == 0, 0, rng.integers(1, 3, 900))
    known, first, second = by_class(task, label, 3)
    assert known.alpha == 1
    for part in (first, second):
        assert part.alpha is not None
        assert 0.1 < part.alpha < 0.6
    assert by_class(task, label, 51) == []


def test_who_stands_apart_is_told() -> None:
    """Two agree always, the third guesses among two classes: half of what chance would miss."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 500)
    task, who = np.repeat(np.arange(500), 3), np.tile(np.arange(3), 500)
    label = np.where(who < 2, truth[task], rng.integers(0, 2, 1500))
    first, second, guesser, absent = by_annotator(task, who, label, 4)
    assert first is not None
    assert second is not None
    assert guesser is not None
    assert first[0] == pytest.approx(0.5, abs=0.06)
    assert guesser[1] < 0 < guesser[2]
    assert guesser[2] < min(first[1], second[1])
    assert absent is None
    assert by_annotator([0, 1], [0, 1], [0, 1], 2) == [None, None]


def test_the_mean_over_annotators_is_alpha() -> None:
    """With three labels a task, observed disagreement is the mean over annotators."""
    rng = np.random.default_rng(2)
    task, who = np.repeat(np.arange(80), 3), np.tile(np.arange(3), 80)
    label = rng.integers(0, 3, 240)
    parts = [part[0] for part in by_annotator(task, who, label, 3) if part is not None]
    assert np.mean(parts) == pytest.approx(alpha(task, label).alpha)
