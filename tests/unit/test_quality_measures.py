"""Agreement by span, confusion and what labels buy: by hand, and against what was planted."""

from __future__ import annotations

import numpy as np
import pytest

from qinglan.errors import InputError
from qinglan.quality import closed
from qinglan.quality.agreement import alpha
from qinglan.quality.confusion import confuse
from qinglan.quality.curve import Cast, draw
from qinglan.quality.spans import alpha_by


def ballots(seed: int, tasks: int, each: int, skill: float) -> tuple[list[Cast], list[int]]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, tasks)
    votes = []
    for task in range(tasks):
        for who in rng.permutation(12)[:each]:
            value = truth[task] if rng.random() < skill else (truth[task] + 1) % 3
            votes.append((f"t{task}", f"a{who}", str(value)))
    return votes, truth.tolist()


def test_each_span_has_its_own_alpha() -> None:
    """A week of full agreement beside one of chance; all together says neither."""
    rng = np.random.default_rng(0)
    task = np.repeat(np.arange(400), 3)
    week = np.where(task < 200, "first", "second")
    label = np.where(task < 200, task % 2, rng.integers(0, 2, 1200))
    found = alpha_by(week.tolist(), task, label)
    assert list(found) == ["first", "second"]
    assert found["first"].alpha == 1
    chance = found["second"]
    assert chance.low is not None
    assert chance.high is not None
    assert chance.low < 0 < chance.high
    assert (chance.tasks, chance.labels) == (200, 600)
    whole = alpha(task, label).alpha
    assert whole is not None
    assert 0.3 < whole < 0.7


def test_labels_of_two_spans_are_not_compared() -> None:
    found = alpha_by([1, 2, 1, 2], [0, 0, 1, 1], [0, 1, 0, 1])
    assert [one.alpha for one in found.values()] == [None, None]
    assert alpha_by([], [], []) == {}
    with pytest.raises(InputError, match="groups"):
        alpha_by([1], [0, 0], [1, 1])


def test_confusion_by_hand() -> None:
    """One task is surely "1", the other "1" or "2"; ann says 1 and 2, bo 2 and 2."""
    posterior = {"x": {"1": 1.0}, "y": {"2": 0.75, "1": 0.25}}
    votes = [("x", "ann", "1"), ("y", "ann", "2"), ("x", "bo", "2"), ("y", "bo", "2")]
    found = confuse({**posterior, "x": {"1": 1.0, "2": 0.0}}, votes)
    assert found is not None
    assert found.classes == ("1", "2")
    assert found.annotators["ann"].tolist() == [[1.0, 0.25], [0.0, 0.75]]
    assert found.annotators["bo"].tolist() == [[0.0, 1.25], [0.0, 0.75]]
    assert found.pooled.sum() == pytest.approx(4)


def test_planted_confusion_is_found() -> None:
    """All mistake a class for the next one in two answers of ten, never for the one before."""
    votes, _ = ballots(0, 600, 6, 0.8)
    found = confuse(closed.fit(votes, method="ibcc").posterior, votes)
    assert found is not None
    share = found.pooled / found.pooled.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(np.diag(share), 0.8, atol=0.03)
    np.testing.assert_allclose([share[0, 1], share[1, 2], share[2, 0]], 0.2, atol=0.03)


def test_without_votes_or_with_too_many_classes_there_is_no_matrix() -> None:
    assert confuse({}, []) is None
    many = {f"t{i}": {str(i): 1.0} for i in range(13)}
    assert confuse(many, [(f"t{i}", "a", str(i)) for i in range(13)]) is None


def test_more_labels_buy_less_error_and_asking_where_unsure_costs_fewer() -> None:
    votes, truth = ballots(1, 400, 6, 0.75)
    found = draw(votes, lambda cast: closed.fit(cast, method="ibcc"), target=0.05)
    assert found is not None
    assert (found.tasks, found.sampled_from) == (400, 400)
    assert [point.each for point in found.fixed] == [1, 2, 3, 4, 5, 6]
    errors = [point.error.estimate or 0.0 for point in found.fixed]
    assert errors[-1] < 0.5 * errors[1]
    fixed, adaptive = found.fixed[-1], found.adaptive[-1]
    assert adaptive.each < 0.9 * fixed.each
    assert (adaptive.error.estimate or 0) < errors[-1] + 0.02
    # Stated and true: all labels dealt, the expected error is near the share that was wrong.
    posterior = closed.fit(votes, method="ibcc").posterior
    wrong = np.mean(
        [max(posterior[f"t{i}"], key=posterior[f"t{i}"].__getitem__) != str(t)
         for i, t in enumerate(truth)]
    )  # fmt: skip
    assert fixed.error.low - 0.02 < wrong < fixed.error.high + 0.02


def test_a_sample_bounds_the_work_and_a_seed_fixes_it() -> None:
    votes, _ = ballots(2, 60, 3, 0.8)
    seen: list[int] = []

    def fit(cast: list[Cast]) -> closed.Judgement:
        seen.append(len({task for task, *_ in cast}))
        return closed.fit(cast, method="majority")

    found, again = (draw(votes, fit, tasks=20) for _ in range(2))
    assert found == again
    assert found is not None
    assert (found.tasks, found.sampled_from) == (20, 60)
    assert set(seen) == {20}


def test_nothing_to_deal_and_an_impossible_target() -> None:
    assert draw([("t", "a", "1")], closed.fit) is None
    with pytest.raises(ValueError, match="strictly between"):
        draw([], closed.fit, target=1.0)
