"""How far a crowd is led by what it sees: known answers, and planted effects found again."""

from __future__ import annotations

import random

import pytest

from qinglan.quality.anchoring import anchoring


def test_known_answers() -> None:
    found = anchoring([(True, True)] * 56 + [(True, False)] * 14 + [(False, True)] * 48
                      + [(False, False)] * 32 + [(True, None), (False, None)])  # fmt: skip
    assert (found.n_shown, found.n_hidden) == (70, 80)
    assert found.shown.estimate == pytest.approx(0.8)
    assert found.hidden.estimate == pytest.approx(0.6)
    assert found.difference[:3] == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_without_anything_kept_back_the_effect_is_unknown() -> None:
    found = anchoring([(True, True)] * 50)
    assert found.hidden.estimate is None
    assert found.difference[:3] == (None, -1.0, 1.0)
    assert anchoring([]).shown.estimate is None


@pytest.mark.parametrize("effect", [0.0, 0.15])
def test_the_interval_holds_a_planted_effect_as_often_as_it_says(effect: float) -> None:
    dice, held = random.Random(3), 0
    for _ in range(400):
        answers = [
            (seen, dice.random() < 0.6 + effect * seen)
            for seen in (dice.random() < 0.8 for _ in range(300))
        ]
        found = anchoring(answers).difference
        held += found.low <= effect <= found.high
    assert 0.92 <= held / 400 <= 0.98  # 95 %, and three standard errors either way
