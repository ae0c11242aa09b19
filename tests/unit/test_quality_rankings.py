"""Rankings: strengths are recovered, pairs give Bradley–Terry, partial lists say only so much."""

from __future__ import annotations

import numpy as np
import pytest

from qinglan.errors import InputError
from qinglan.quality.pairwise import rank
from qinglan.quality.rankings import rank_lists

STRENGTH = np.array([1.5, 0.8, 0.2, -0.3, -0.9, -1.3])


def simulate(count: int, each: int = 6, seed: int = 0) -> list[list[int]]:
    """Gumbel noise on strengths, sorted, is Plackett–Luce."""
    rng = np.random.default_rng(seed)
    noisy = STRENGTH + rng.gumbel(size=(count, 6))
    return [sorted(rng.permutation(6)[:each].tolist(), key=lambda i: -row[i]) for row in noisy]


def test_planted_strengths_are_recovered_within_their_intervals() -> None:
    covered = []
    for seed in range(8):
        found = rank_lists(simulate(150, seed=seed))
        assert found.converged
        covered += list((found.low <= STRENGTH) & (found.high >= STRENGTH))
    assert np.mean(covered) >= 0.88
    large = rank_lists(simulate(3000))
    np.testing.assert_allclose(large.scores, STRENGTH, atol=0.1)
    assert large.order.tolist() == [0, 1, 2, 3, 4, 5]


def test_pairs_are_bradley_terry() -> None:
    pairs = simulate(400, each=2)
    both = pairs + [pair[::-1] for pair in pairs[:100]]
    # Each vote once with the winner left and once right, so that no side has an advantage.
    left = [a for a, _ in both] + [b for _, b in both]
    right = [b for _, b in both] + [a for a, _ in both]
    ended = [0] * len(both) + [1] * len(both)
    theirs = rank(left, right, ended)
    ours = rank_lists([*both, *both])
    np.testing.assert_allclose(ours.scores, theirs.scores, atol=1e-6)
    np.testing.assert_allclose(ours.high - ours.low, theirs.high - theirs.low, rtol=1e-3)


def test_one_ranking_by_hand() -> None:
    """Two items, one ranking, no prior to speak of: the odds of three wins to one are 3."""
    found = rank_lists([[0, 1]] * 3 + [[1, 0]], prior=1000.0)
    assert found.scores[0] - found.scores[1] == pytest.approx(np.log(3), abs=1e-4)
    assert found.log_likelihood == pytest.approx(3 * np.log(0.75) + np.log(0.25), abs=1e-6)


def test_the_top_of_what_was_shown_is_used() -> None:
    whole = simulate(2000)
    found = rank_lists([given[:2] for given in whole], shown=whole)
    np.testing.assert_allclose(found.scores, STRENGTH, atol=0.2)
    assert found.times.tolist() == [2000] * 6


def test_names_carry_no_evidence() -> None:
    lists, names = simulate(50), np.array([4, 2, 0, 5, 1, 3])
    plain = rank_lists(lists)
    moved = rank_lists([names[given].tolist() for given in reversed(lists)])
    np.testing.assert_allclose(moved.scores[names], plain.scores, atol=1e-7)


@pytest.mark.parametrize(
    "lists", [[[0, 1]], [[0, 1], [2, 3]], [[0, 1, 2]] * 5], ids=["one", "apart", "always first"]
)
def test_edges(lists: list[list[int]]) -> None:
    found = rank_lists(lists, n_items=5)
    assert found.converged
    assert np.isfinite(found.scores).all()
    assert np.isfinite(found.high - found.low).all()


@pytest.mark.parametrize(
    ("lists", "shown"),
    [([], None), ([[0]], None), ([[0, 0]], None), ([[0, 1]], [[0, 2]]), ([[0, 1]], []),
     ([[0, -1]], None)],
)  # fmt: skip
def test_bad_rankings_are_refused(lists: list[list[int]], shown: list[list[int]] | None) -> None:
    with pytest.raises(InputError) as caught:
        rank_lists(lists, shown=shown)
    assert "\n" not in caught.value.say("en")
    assert caught.value.say("zh")
