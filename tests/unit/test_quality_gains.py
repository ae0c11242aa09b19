"""What one more answer mends, by hand: sure tasks nothing, even ones most; unknown is none."""

from __future__ import annotations

import numpy as np
import pytest

from qinglan.quality import gains
from qinglan.quality.asking import information
from qinglan.quality.gains import Answer, Part, foresee, keen

ALGEBRA, NONE = Part("algebra", None), Part(None, None)


def test_what_an_answer_mends_and_tells_is_as_by_hand() -> None:
    even, sure, leaning = np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]]), np.array([[0.8, 0.2]])
    assert gains.mended(even, 0.9) == pytest.approx(0.4)  # error 0.5 falls to 0.1
    assert gains.mended(even, 0.5) == pytest.approx(0.0)
    assert gains.mended(sure, 0.9) == pytest.approx(0.0)
    # One answer of somebody right 7 times in 10 never turns 0.8 over, yet it tells something.
    assert gains.mended(leaning, 0.7) == pytest.approx(0.0)
    assert gains.told(leaning, 0.7) > 0.05
    # Right 9 times in 10: 0.8 · 0.9 + 0.2 · 0.9 − 0.8.
    assert gains.mended(leaning, 0.9) == pytest.approx(0.1)
    assert gains.told(even, 1.0) == pytest.approx(1.0)
    assert gains.told(even, 0.5) == pytest.approx(0.0, abs=1e-12)
    three = np.array([[0.4, 0.4, 0.2]])
    coin = np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    assert gains.told(three, 0.8) == pytest.approx(
        float(information(three, coin[None])[0]) / np.log(2)
    )
    # Heard each value: max(0.4 · 0.8, 0.4 · 0.1) twice, and max(0.2 · 0.8, 0.4 · 0.1).
    assert gains.mended(three, 0.8) == pytest.approx(0.32 + 0.32 + 0.16 - 0.4)


def crowd(tasks: int = 200) -> list[tuple[str, Part, dict[str, float], list[Answer]]]:
    """Good agrees with what is right, poor half of the time; a third of the tasks are even."""
    judged = []
    for n in range(tasks):
        doubt = n % 3 == 0
        posterior = {"a": 0.5, "b": 0.5} if doubt else {"a": 0.99, "b": 0.01}
        answers = [] if doubt else [
            Answer("good", "a", True), Answer("poor", "ab"[n % 2], True),
            Answer("lone", "a", False),
        ]  # fmt: skip
        judged.append((f"t{n}", ALGEBRA, posterior, answers))
    return judged


def test_who_is_right_is_worth_more_and_who_nothing_speaks_about_is_unknown() -> None:
    doubts, found = foresee(crowd())
    (algebra,) = doubts
    assert (algebra.part, algebra.tasks, algebra.doubtful) == (ALGEBRA, 200, 67)
    assert algebra.error == pytest.approx((67 * 0.5 + 133 * 0.01) / 200)
    people = {one.annotator: one for one in found}
    assert set(people) == {"good", "poor"}, "nobody vouches for themselves"
    good, poor = people["good"], people["poor"]
    assert good.answers == poor.answers == 133
    assert good.right.low < good.right.value < good.right.high
    assert good.right.value > 0.95
    assert 0.4 < poor.right.value < 0.6
    for one in (good, poor):
        for span in (one.mended, one.told):
            assert span.low <= span.value <= span.high
    assert good.mended.low > poor.mended.high
    assert good.told.low > poor.told.high
    assert good.mended.value == pytest.approx(good.right.value - 0.5, abs=1e-6)
    assert keen(doubts, found) == {"good"}


def test_what_they_answered_already_is_nothing_to_ask_them() -> None:
    both = [Answer("ann", "a", True), Answer("bob", "b", True)]
    rows = [(f"t{n}", NONE, {"a": 0.5, "b": 0.5}, both) for n in range(20)]
    doubts, found = foresee(rows)
    assert [one.told.value for one in found] == [0.0, 0.0]
    assert doubts[0].doubtful == 20


def test_where_nothing_is_known_nobody_is_chosen() -> None:
    assert foresee([]) == ([], [])
    assert keen([], []) == set()
    doubts, found = foresee([("t", NONE, {"a": 0.6}, [Answer("ann", "a", False)])])
    assert (doubts[0].doubtful, found) == (1, [])
    sure, people = foresee([("t", NONE, {"a": 1.0}, [Answer("ann", "a", True)])])
    assert sure[0].doubtful == 0
    assert people[0].told.value == 0.0
    assert keen(sure, people) == set()


def test_the_most_doubtful_are_what_an_answer_is_worth_on() -> None:
    """Of more than are kept, the least doubtful are left out, whatever their order."""
    rng = np.random.default_rng(0)
    rows = [
        (f"t{n}", NONE, {"a": 0.5, "b": 0.5} if n < gains.MOST else {"a": 0.9, "b": 0.1}, [])
        for n in range(3 * gains.MOST)
    ]
    rng.shuffle(rows)  # type: ignore[arg-type]
    judged = [
        *rows, *((f"s{n}", NONE, {"a": 1.0}, [Answer("ann", "a", True)]) for n in range(50)),
    ]  # fmt: skip
    doubts, (ann,) = foresee(judged)
    assert doubts[0].doubtful == 3 * gains.MOST
    assert ann.mended.value == pytest.approx(ann.right.value - 0.5)
