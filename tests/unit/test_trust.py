"""Trust by gold: known answers, and error rates that hold where the formulas say they do."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from qinglan.assignment import Exam, Stage, Trust, examine, review
from qinglan.assignment.trust import (
    BETWEEN_ALARMS,
    EVER,
    REFERENCE,
    cusum,
    evidence_below,
    fallen,
    find_drift,
    too_poor,
)
from qinglan.intervals import beta_bounds, beta_cdf, beta_quantile
from qinglan.work import Marks

MARKS = Marks()


def test_the_beta_distribution_is_scipys() -> None:
    from scipy.special import betainc

    for a in (0.5, 3.5, 400.5):
        for b in (0.5, 1, 30, 900):
            for x in (0.0, 1e-6, 0.3, 0.7, 0.999999, 1.0):
                assert beta_cdf(x, a, b) == pytest.approx(betainc(a, b, x), abs=1e-12)
            low, high = beta_bounds([a], [b])
            assert beta_quantile(0.025, a, b) == pytest.approx(low[0], abs=1e-9)
            assert beta_quantile(0.975, a, b) == pytest.approx(high[0], abs=1e-9)
    for bad in ((-0.1, 1, 1), (0.5, 0, 1), (0.5, 1, math.inf), (math.nan, 1, 1)):
        with pytest.raises(ValueError):
            beta_cdf(*bad)
    with pytest.raises(ValueError):
        beta_quantile(1.1, 1, 1)


def test_the_posterior_is_as_published() -> None:
    # Jeffreys intervals: Brown, Cai and DasGupta (2001), section 4.2, and their table of n = 10.
    assert Trust(0, 0).interval == (None, 0.0, 1.0, 0.95)
    assert Trust(10, 0).interval == pytest.approx((1.0, 0.7828, 1.0, 0.95), abs=1e-4)
    assert Trust(1, 9).interval == pytest.approx((0.1, 0.0110, 0.3813, 0.95), abs=1e-4)
    assert Trust.of([True, None, False, True]) == Trust(2, 1, 1)
    assert Trust(5, 5).below(0.5) == pytest.approx(0.5)


def test_a_qualification_is_decided_by_bounds() -> None:
    # 0.7 ** 9 > 0.05 > 0.7 ** 10: by exact tails nine of nine do not suffice, ten of ten do.
    assert examine(Trust(9, 0), 0.7) is Exam.PASSED
    assert 0.7**8 > 0.05 > 0.7**9
    assert examine(Trust(8, 0), 0.7) is Exam.UNDECIDED
    assert examine(Trust(14, 6), 0.7) is Exam.UNDECIDED  # the point is on the mark
    assert examine(Trust(0, 2), 0.7) is Exam.UNDECIDED
    assert examine(Trust(0, 3), 0.7) is Exam.FAILED  # 0.3 ** 3 = 0.027
    assert examine(Trust(0, 0, 20), 0.7) is Exam.UNDECIDED


@pytest.mark.parametrize("mark", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("n", [10, 20, 50])
def test_whoever_is_at_the_mark_is_decided_wrongly_in_five_of_a_hundred(
    mark: float, n: int
) -> None:
    """Exact, over all outcomes."""
    chance = [math.comb(n, k) * mark**k * (1 - mark) ** (n - k) for k in range(n + 1)]
    said = [examine(Trust(k, n - k), mark) for k in range(n + 1)]
    for exam in (Exam.PASSED, Exam.FAILED):
        share = sum(p for p, one in zip(chance, said, strict=True) if one is exam)
        assert 0 <= share <= 0.05
    assert said == sorted(said, key=[Exam.FAILED, Exam.UNDECIDED, Exam.PASSED].index)


def test_the_evidence_is_a_fair_bet_at_the_mark() -> None:
    """Its expected value one answer on is what it was: exact, for the mark itself."""
    for right, wrong in [(0, 0), (3, 4), (20, 1), (2, 20)]:
        here = math.exp(evidence_below(Trust(right, wrong), 0.7))
        up = math.exp(evidence_below(Trust(right + 1, wrong), 0.7))
        down = math.exp(evidence_below(Trust(right, wrong + 1), 0.7))
        assert 0.7 * up + 0.3 * down == pytest.approx(here, rel=1e-9)
        assert 0.8 * up + 0.2 * down < here  # and loses for whoever is better
    assert evidence_below(Trust(0, 0), 0.7) == pytest.approx(0)
    assert evidence_below(Trust(10**6, 0), 0.5) == -math.inf


def paused(rate: float, answers: int) -> float:
    """Chance that accuracy ``rate`` is ever paused at mark 0.7 within so many answers: exact.

    After each answer, whoever has at most ``limit`` right is paused and leaves.
    """
    chance, limit, gone = np.array([1.0]), -1, 0.0
    for n in range(1, answers + 1):
        chance = np.append(chance, 0) * (1 - rate) + np.append(0, chance) * rate
        while limit < n and too_poor(Trust(limit + 1, n - limit - 1), 0.7):
            limit += 1
        gone += chance[: limit + 1].sum()
        chance[: limit + 1] = 0
    return float(gone)


def test_who_is_good_enough_is_hardly_ever_paused_however_long_they_work() -> None:
    assert EVER / 4 < paused(0.7, 1000) <= EVER
    assert paused(0.8, 1000) < 0.0005


def test_who_guesses_is_paused_soon() -> None:
    assert paused(0.25, 15) > 0.6
    assert paused(0.25, 30) > 0.95
    assert not too_poor(Trust(0, 3), 0.7)
    assert too_poor(Trust(0, 6), 0.7)


def test_cusum_by_hand() -> None:
    # From 1/2 to 1/4: a right answer counts ln ½, a wrong one ln 3/2, never below nought.
    assert cusum([False] * 20, 0.5, 0.25, between=1.5**4 - 0.001) == 3
    assert cusum([True, False, True, False], 0.5, 0.25, between=2) is None
    assert cusum([True] * 5 + [False] * 2, 0.5, 0.25, between=2) == 6


@pytest.mark.parametrize("before", [0.6, 0.8, 0.95])
def test_false_alarms_of_drift_come_no_more_often_than_stated(before: float) -> None:
    """Average run length of simulated annotators who stay as good as they were."""
    rng = np.random.default_rng(5)
    between, lengths = 40, []
    for row in rng.random((150, 1500)) < before:
        alarm = cusum(row.tolist(), before, fallen(before), between)
        lengths.append(1500 if alarm is None else alarm + 1)
    assert np.mean(lengths) >= between


def test_a_fall_is_found_and_a_steady_hand_is_not() -> None:
    rng = np.random.default_rng(6)
    found, false = [], 0
    for _ in range(60):
        first = (rng.random(100) < 0.92).tolist()
        fell = (rng.random(200) < 0.6).tolist()
        alarm = find_drift(first + fell)
        false += alarm is not None and alarm < 100
        found.append(alarm is not None)
        assert find_drift(first[:REFERENCE]) is None
    assert np.mean(found) > 0.95
    # Some hundred answers after the reference, and one alarm in a thousand at most.
    assert false / 60 <= 0.05 + 50 / BETWEEN_ALARMS


def test_undecided_answers_say_nothing() -> None:
    outcomes: list[bool | None] = [True, None] * 40 + [False, None] * 40
    plain = [outcome for outcome in outcomes if outcome is not None]
    alarm = find_drift(plain)
    assert alarm is not None
    assert find_drift(outcomes) == 2 * alarm
    assert review(outcomes, MARKS, 200).trust == Trust(40, 40, 80)


def test_gold_comes_densely_first_then_seldomer_as_trust_grows() -> None:
    good = [True] * 400
    rates = [review(good[:n], MARKS, 300).gold_per_mille for n in (0, 9, 10, 20, 50, 400)]
    assert rates[:2] == [500, 500]
    assert all(a > b for a, b in pairwise(rates[1:5]))
    assert rates[-1] == MARKS.floor
    stages = [review(good[:n], MARKS, 300).stage for n in (9, 10, 200)]
    assert stages == [Stage.CALIBRATION, Stage.TRUSTED, Stage.TRUSTED]
    middling = [True, True, True, False] * 5
    assert review(middling, MARKS, 300).stage is Stage.PROBATION
    assert review(middling, MARKS, 300).gold_per_mille > 250
    assert review([], MARKS, 0).gold_per_mille == 0  # a desk without gold stays without


def test_a_drift_brings_gold_back() -> None:
    outcomes = [True] * 300 + [False] * 12
    found = review(outcomes, MARKS, 300)
    assert found.drift is not None
    assert found.gold_per_mille == 300
    assert not found.too_poor  # 96 % over all; the fall itself is the sign


def test_the_rate_never_leaves_its_bounds() -> None:
    rng = np.random.default_rng(7)
    for rate in (0.3, 0.8):
        outcomes = (rng.random(60) < rate).tolist()
        for n in range(1, 61):
            assert MARKS.floor <= review(outcomes[:n], MARKS, 200).gold_per_mille <= 500


@pytest.mark.parametrize(
    "wrong",
    [{"least": 0}, {"least": 900, "aim": 800}, {"calibration": -1}, {"floor": 501},
     {"passing": 1000}],
)  # fmt: skip
def test_marks_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="–"):
        Marks(**wrong)
