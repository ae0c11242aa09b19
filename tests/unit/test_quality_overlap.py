"""Adaptive overlap: the rule's edges, a replay that pays each label once, curves on real sets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from test_quality_consensus import SETS, read, simulate

from qinglan.errors import InputError
from qinglan.quality.overlap import Point, labels_for, needs_label, replay


def test_sure_tasks_stop_and_unsure_ones_go_on_to_a_limit() -> None:
    posteriors = np.array([[0.99, 0.01], [0.6, 0.4], [0.6, 0.4], [1.0, 0.0]])
    counts = np.array([3, 3, 7, 1])
    assert needs_label(posteriors, 0.05, counts, most=7).tolist() == [False, True, False, True]


@pytest.mark.parametrize("target", [0.0, 1.0, -1.0])
def test_an_impossible_target_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="target"):
        needs_label(np.array([[1.0]]), target, np.array([1]), 3)


def test_fixed_deals_every_label_once() -> None:
    task, who, label, truth, _ = simulate(tasks=50, each=5)
    points = replay(task, who, label, truth, rule="fixed")
    assert [point.labels for point in points] == [100, 150, 200, 250]
    assert points[-1].open == 0


def test_adaptive_pays_less_for_nearly_the_same() -> None:
    task, who, label, truth, _ = simulate(tasks=600, each=8, people=16)
    fixed = replay(task, who, label, truth, rule="fixed")
    adaptive = replay(task, who, label, truth, rule="adaptive", target=0.01)
    assert adaptive[-1].labels < 0.7 * fixed[-1].labels
    assert adaptive[-1].accuracy > fixed[-1].accuracy - 0.01
    assert all(a.labels < b.labels for a, b in pairwise(adaptive))


def test_uncertain_ends_when_all_is_dealt() -> None:
    task, who, label, truth, _ = simulate(tasks=40, each=4)
    points = replay(task, who, label, truth, rule="uncertain", share=0.5)
    assert points[-1].labels == 160
    again = replay(task, who, label, truth, rule="uncertain", share=0.5)
    assert points == again


def test_tasks_of_unknown_truth_are_dealt_but_not_scored() -> None:
    task, who, label, truth, _ = simulate(tasks=40, each=4)
    hidden = np.where(np.arange(40) < 20, truth, -1)
    points = replay(task, who, label, hidden, rule="fixed")
    assert points[-1].labels == 160
    with pytest.raises(InputError):
        replay(task, who, label, np.full(40, -1), rule="fixed")


def test_labels_for_an_accuracy_must_hold() -> None:
    def at(labels: int, accuracy: float) -> Point:
        return Point(
            rule="fixed", labels=labels, each=1, accuracy=accuracy, expected_error=0, open=1
        )

    curve = [at(10, 0.7), at(20, 0.9), at(30, 0.8), at(40, 0.9), at(50, 0.95)]
    assert labels_for(curve, 0.9) == 40
    assert labels_for(curve, 0.99) is None


@pytest.mark.data
def test_on_real_sets_adaptive_beats_fixed_at_equal_cost() -> None:
    """At the same number of labels, on five of six sets or more, over two orders of dealing."""
    gains = []
    for name in SETS:
        labels, known = read(name)
        truth = np.full(max(labels[:, 0].max(), known[:, 0].max()) + 1, -1)
        truth[known[:, 0]] = known[:, 1]
        gain = []
        for seed in (0, 1):
            fixed = replay(*labels.T, truth, rule="fixed", seed=seed)
            end = replay(*labels.T, truth, rule="adaptive", target=0.02, seed=seed)[-1]
            cost, reached = [p.labels for p in fixed], [p.accuracy for p in fixed]
            gain.append(end.accuracy - np.interp(end.labels, cost, reached))
        gains.append(np.mean(gain))
    assert np.sum(np.array(gains) > 0) >= 5
    assert np.mean(gains) > 0.01
