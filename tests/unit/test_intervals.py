"""Intervals against published values and exact counts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan.intervals import (
    beta_bounds,
    beta_interval,
    bootstrap_mean,
    mcnemar,
    newcombe,
    paired_bootstrap,
    pass_at_k,
    smoothed_difference,
    t_interval,
    wilson,
)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3 (score without correction).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_as_published(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert found.estimate == pytest.approx(k / n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_wilson_of_nothing_knows_nothing() -> None:
    assert wilson(0, 0) == (None, 0.0, 1.0, 0.95)


def test_wilson_ends_are_exact() -> None:
    assert wilson(0, 7).low == 0.0
    assert wilson(7, 7).high == 1.0


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3), (float("nan"), 3), (1, float("inf"))])
def test_wilson_refuses_impossible_counts(k: float, n: float) -> None:
    with pytest.raises(ValueError, match="0 <= k <= n"):
        wilson(k, n)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 95, float("nan")])
def test_a_level_is_a_probability(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        bootstrap_mean([1.0, 2.0], level=level)


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_contains_its_estimate_and_mirrors(k: int, n: int) -> None:
    k = min(k, n)
    found, mirrored = wilson(k, n), wilson(n - k, n)
    assert found.estimate is not None
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-12)


def test_wilson_covers() -> None:
    """At a rate near the end, where the normal interval covers far below 95 %."""
    rng = np.random.default_rng(0)
    draws = rng.binomial(40, 0.04, 2_000)
    covered = np.mean([wilson(int(k), 40).low <= 0.04 <= wilson(int(k), 40).high for k in draws])
    assert 0.93 <= covered <= 0.99


def test_beta_interval_of_the_uniform() -> None:
    found = beta_interval(1, 1, 0.9)
    assert found.estimate == 0.5
    assert (found.low, found.high) == pytest.approx((0.05, 0.95))


def test_beta_interval_of_a_power() -> None:
    # Beta(a, 1) has distribution function x^a.
    found = beta_interval(3, 1)
    assert (found.low, found.high) == pytest.approx((0.025 ** (1 / 3), 0.975 ** (1 / 3)))


@pytest.mark.parametrize(("a", "b"), [(0, 1), (1, -1), (float("nan"), 1), (1, float("inf"))])
def test_beta_refuses_bad_parameters(a: float, b: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        beta_bounds([a], [b])


@pytest.mark.parametrize(
    ("n", "c", "k", "value"),
    [(10, 0, 1, 0.0), (10, 10, 3, 1.0), (10, 3, 1, 0.3), (4, 2, 2, 5 / 6), (5, 1, 5, 1.0),
     (200, 1, 100, 0.5)],
)  # fmt: skip
def test_pass_at_k_known(n: int, c: int, k: int, value: float) -> None:
    assert pass_at_k(n, c, k) == pytest.approx(value)


def test_pass_at_k_counts_subsets() -> None:
    from itertools import combinations

    right = [True, True, False, False, False, True, False]
    sets = list(combinations(right, 3))
    assert pass_at_k(7, 3, 3) == pytest.approx(sum(map(any, sets)) / len(sets))


@pytest.mark.parametrize(("n", "c", "k"), [(3, 4, 1), (3, -1, 1), (3, 1, 4), (3, 1, 0), (0, 0, 1)])
def test_pass_at_k_refuses(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match=r"samples|pass@k"):
        pass_at_k(n, c, k)


def test_bootstrap_is_close_to_the_normal_interval() -> None:
    values = np.random.default_rng(1).normal(2.0, 3.0, 900)
    found = bootstrap_mean(values, seed=4)
    half = 1.96 * values.std() / math.sqrt(900)
    assert found.estimate == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.02)
    assert found.high == pytest.approx(values.mean() + half, abs=0.02)


def test_bootstrap_repeats_with_its_seed() -> None:
    values = np.arange(50) % 7
    assert bootstrap_mean(values, seed=3) == bootstrap_mean(values, seed=3)
    assert bootstrap_mean(values, seed=3) != bootstrap_mean(values, seed=5)


def test_groups_widen_the_interval() -> None:
    """Ten copies of each item hold no more than one."""
    values = np.random.default_rng(2).integers(0, 2, 60).astype(float)
    plain = bootstrap_mean(values)
    copied = bootstrap_mean(np.repeat(values, 10), groups=np.repeat(np.arange(60), 10))
    assert copied == plain
    naive = bootstrap_mean(np.repeat(values, 10))
    assert naive.high - naive.low < 0.5 * (plain.high - plain.low)


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], [1.0, float("nan")], [float("inf")]])
def test_bootstrap_refuses_unscored_items(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"scores must be|not finite"):
        bootstrap_mean(values)


def test_bootstrap_refuses_groups_of_another_length() -> None:
    with pytest.raises(ValueError, match="groups"):
        bootstrap_mean([1.0, 2.0], groups=[1])


def test_paired_sees_what_unpaired_intervals_hide() -> None:
    rng = np.random.default_rng(0)
    hard = rng.normal(0, 10, 400)
    a, b = hard + 0.5 + rng.normal(0, 1, 400), hard + rng.normal(0, 1, 400)
    found = paired_bootstrap(a, b)
    assert found.low > 0
    assert found.p_value < 0.01
    assert bootstrap_mean(a).low < bootstrap_mean(b).high
    assert found.wins + found.losses + found.ties == 400


def test_paired_against_itself_is_nought() -> None:
    found = paired_bootstrap([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert (found.difference, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)
    assert found.ties == 3


def test_paired_refuses_other_lengths() -> None:
    with pytest.raises(ValueError, match="length"):
        paired_bootstrap([1.0], [1.0, 2.0])


def test_paired_false_alarms_are_as_stated() -> None:
    rng = np.random.default_rng(5)
    alarms = [
        paired_bootstrap(rng.normal(size=80), rng.normal(size=80), draws=500, seed=i).p_value < 0.05
        for i in range(300)
    ]
    assert 0.02 <= np.mean(alarms) <= 0.09


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 2 / 32), (1, 9, 2 * 11 / 1024), (9, 1, 2 * 11 / 1024)],
)
def test_mcnemar_exact(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == pytest.approx(p)


def test_mcnemar_refuses_negative_counts() -> None:
    with pytest.raises(ValueError, match="negative"):
        mcnemar(-1, 3)


def pairs(both: int, only_a: int, only_b: int, neither: int) -> tuple[list[float], list[float]]:
    counts = (both, only_a, only_b, neither)
    a = [value for n, value in zip(counts, (1.0, 1.0, 0.0, 0.0), strict=True) for _ in range(n)]
    b = [value for n, value in zip(counts, (1.0, 0.0, 1.0, 0.0), strict=True) for _ in range(n)]
    return a, b


@pytest.mark.parametrize(
    ("table", "estimate", "low", "high"),
    [
        # Fagerland, Lydersen and Laake (2014): complete response before and after consolidation
        # therapy (Cavo et al. 2012), and airway hyper-responsiveness (Bentur et al. 2009).
        ((59, 6, 16, 80), -0.0621, -0.1195, -0.0032),
        ((1, 1, 7, 12), -0.2857, -0.5084, -0.0134),
    ],
)
def test_smoothed_difference_as_published(
    table: tuple[int, int, int, int], estimate: float, low: float, high: float
) -> None:
    found = smoothed_difference(*pairs(*table))
    assert found[:3] == pytest.approx((estimate, low, high), abs=5e-5)
    turned = smoothed_difference(*reversed(pairs(*table)))
    assert turned[:3] == pytest.approx((-estimate, -high, -low), abs=5e-5)


def test_smoothed_difference_is_never_certain() -> None:
    """Where the bootstrap has nothing to draw from: all won, all alike, a single item."""
    for a, b, value in (([1.0] * 25, [0.0] * 25, 1.0), ([1.0] * 25, [1.0] * 25, 0.0)):
        drawn = paired_bootstrap(a, b)
        assert drawn.low == drawn.high == value
        found = smoothed_difference(a, b)
        assert found.estimate == value
        assert found.low <= value - 0.1
    assert smoothed_difference([1.0], [0.0]) == (1.0, pytest.approx(-0.7336, abs=1e-4), 1.0, 0.95)
    more = [smoothed_difference([1.0] * n, [0.0] * n).low for n in (5, 25, 100, 1000)]
    assert more == sorted(more)
    assert more[-1] > 0.99


@pytest.mark.parametrize("n", [8, 25])
@pytest.mark.parametrize(
    ("only_a", "only_b"),
    [(1.0, 0.0), (0.98, 0.0), (0.9, 0.02), (0.5, 0.1), (0.3, 0.0), (0.05, 0.05), (0.0, 0.0)],
)
def test_smoothed_difference_covers_as_stated(n: int, only_a: float, only_b: float) -> None:
    """Exact coverage: every table that can come about, weighed by its probability."""
    covered = 0.0
    for wins in range(n + 1):
        for losses in range(n + 1 - wins):
            rest = n - wins - losses
            weight = math.comb(n, wins) * math.comb(n - wins, losses)
            chance = weight * only_a**wins * only_b**losses * (1 - only_a - only_b) ** rest
            if chance > 1e-12:
                _, low, high, _ = smoothed_difference(*pairs(0, wins, losses, rest))
                covered += chance * (low - 1e-9 <= only_a - only_b <= high + 1e-9)
    assert covered >= 0.94


def test_smoothed_difference_covers_shares_where_the_bootstrap_does_not() -> None:
    """Experts nearly always right, a teacher whose best of k is a small share: a pilot of 10."""
    rng = np.random.default_rng(0)
    truth = 0.96 - 0.3 / 6.3
    smoothed = drawn = 0
    for seed in range(300):
        a, b = (rng.random(10) < 0.96).astype(float), rng.beta(0.3, 6, 10)
        found = smoothed_difference(a, b)
        smoothed += found.low <= truth <= found.high
        narrow = paired_bootstrap(a, b, draws=200, seed=seed)
        drawn += narrow.low <= truth <= narrow.high
    assert smoothed >= 0.94 * 300
    assert drawn < 0.8 * 300


@pytest.mark.parametrize("wrong", [([1.0], [1.0, 0.0]), ([1.5], [0.0]), ([0.0], [-0.1]), ([], [])])
def test_smoothed_difference_refuses_what_is_no_pair_of_shares(
    wrong: tuple[list[float], list[float]],
) -> None:
    with pytest.raises(ValueError, match=r"length|between 0 and 1|not empty"):
        smoothed_difference(*wrong)


def test_students_own_data() -> None:
    # Student (1908), Biometrika 6, page 20: hours of sleep gained by ten patients under laevo-
    # less dextro-hyoscyamine; mean 1.58, and the well-known t of 4.06 on nine degrees.
    gains = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    found = t_interval(gains)
    assert found.estimate == pytest.approx(1.58)
    assert found.low == pytest.approx(0.7001, abs=5e-5)
    assert found.high == pytest.approx(2.4599, abs=5e-5)


def test_one_repetition_has_no_spread() -> None:
    with pytest.raises(ValueError, match="one repetition"):
        t_interval([0.3])


@pytest.mark.parametrize(
    ("k", "n", "other_k", "other_n", "gap", "low", "high"),
    [
        # Newcombe (1998), table II, method 10.
        (56, 70, 48, 80, 0.2, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.6, 0.1705, 0.8090),
        (5, 56, 0, 29, 0.0893, -0.0381, 0.1926),
        (10, 10, 0, 20, 1.0, 0.6791, 1.0),
    ],
)
def test_newcombe_as_published(
    k: int, n: int, other_k: int, other_n: int, gap: float, low: float, high: float
) -> None:
    found = newcombe(k, n, other_k, other_n)
    assert found.estimate == pytest.approx(gap, abs=5e-5)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    turned = newcombe(other_k, other_n, k, n)
    assert (turned.low, turned.high) == (pytest.approx(-found.high), pytest.approx(-found.low))


def test_newcombe_of_nothing_knows_nothing() -> None:
    assert newcombe(0, 0, 3, 4)[:3] == (None, -1.0, 1.0)
