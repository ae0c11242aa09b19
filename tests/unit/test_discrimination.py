"""Annotators of pairwise votes: known discrimination, side and tie rate are found again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from qinglan.errors import InputError, LimitError
from qinglan.quality.discrimination import PRIOR, Discernment, _Model, rank_annotators
from qinglan.quality.pairwise import Standings, rank

Votes = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def simulate(
    strength: np.ndarray, sharp: np.ndarray, side: np.ndarray, tie: np.ndarray, each: int, seed: int
) -> Votes:
    """``each`` votes of every annotator, between items drawn at random."""
    rng = np.random.default_rng(seed)
    who, n = np.repeat(np.arange(len(sharp)), each), len(strength)
    left = rng.integers(0, n, len(who))
    right = (left + rng.integers(1, n, len(who))) % n
    first = sharp[who] * strength[left] + side[who]
    second = sharp[who] * strength[right]
    odds = np.exp(np.stack([first, second, (first + second) / 2 + np.log(tie[who])], axis=1))
    chance = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    return left, right, (rng.random(len(who))[:, None] > chance[:, :2]).sum(axis=1), who


def crowd(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Ten items and thirty annotators, from near guessers to three times as keen as the mean."""
    rng = np.random.default_rng((7, seed))
    strength = rng.normal(0, 1, 10)
    sharp = rng.gamma(2, 0.5, 30)
    return (
        strength - strength.mean(), sharp / sharp.mean(), rng.normal(0.2, 0.3, 30),
        np.exp(rng.normal(-1, 0.5, 30)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def fits() -> list[tuple[tuple[np.ndarray, ...], Votes, Standings, Discernment]]:
    """Forty crowds of known people, sixty votes each."""
    made = []
    for seed in range(40):
        people = crowd(seed)
        votes = simulate(*people, each=60, seed=seed)
        made.append((people, votes, *rank_annotators(*votes)))
    return made


def test_what_people_are_like_is_within_the_intervals(fits: list) -> None:
    """95 % intervals hold 95 % of 1,200 annotators; ± 2.5 points for the items they share."""

    def held(found: np.ndarray, true: np.ndarray) -> np.ndarray:
        return np.asarray((found[:, 1] <= true) & (true <= found[:, 2]))

    kept: dict[str, list[np.ndarray]] = {"sharp": [], "side": [], "tie": [], "items": []}
    for (strength, sharp, side, tie), _, standings, judges in fits:
        assert standings.converged
        kept["sharp"].append(held(judges.discrimination, sharp))
        kept["side"].append(held(judges.left_advantage, side))
        kept["tie"].append(held(judges.tie_rate, tie))
        kept["items"].append((standings.low <= strength) & (strength <= standings.high))
    for name, shares in kept.items():
        assert 0.91 <= np.mean(shares) <= 0.985, name


def test_the_keen_count_for_more_than_the_careless(fits: list) -> None:
    """Beside votes that count alike, each at its own best scale: standings nearer the truth."""

    def error(scores: np.ndarray, true: np.ndarray) -> float:
        return float(np.abs(scores * (scores @ true) / (scores @ scores) - true).mean())

    ours, plain = [], []
    for (strength, *_), votes, standings, _ in fits:
        ours.append(error(standings.scores, strength))
        plain.append(error(rank(*votes[:3]).scores, strength))
    assert np.mean(ours) < 0.92 * np.mean(plain)


def test_the_mean_is_one_and_order_is_kept(fits: list) -> None:
    agree = []
    for (_, sharp, *_), _, _, judges in fits:
        assert judges.discrimination[:, 0].mean() == pytest.approx(1)
        agree.append(np.corrcoef(judges.discrimination[:, 0], sharp)[0, 1])
    assert np.mean(agree) > 0.75


def test_guessers_and_those_who_vote_backwards_are_told() -> None:
    sharp = np.array([1.3] * 8 + [0.0, -1.0])
    strength = np.linspace(1.5, -1.5, 8)
    votes = simulate(strength, sharp, np.zeros(10), np.full(10, 0.3), each=300, seed=0)
    standings, judges = rank_annotators(*votes)
    guesser, contrary = judges.discrimination[8], judges.discrimination[9]
    assert guesser[1] < 0 < guesser[2] < judges.discrimination[:8, 1].min()
    assert contrary[2] < 0
    assert standings.order.tolist() == list(range(8))


def test_a_crowd_of_equals_stands_as_without_annotators() -> None:
    strength = np.linspace(1, -1, 6)
    votes = simulate(strength, np.ones(8), np.full(8, 0.2), np.full(8, 0.4), each=200, seed=3)
    standings, judges = rank_annotators(*votes)
    plain = rank(*votes[:3])
    np.testing.assert_allclose(standings.scores, plain.scores, atol=0.08)
    assert standings.left_advantage[0] == pytest.approx(plain.left_advantage[0], abs=0.05)
    assert standings.left_advantage[1] < 0.2 < standings.left_advantage[2]
    assert (judges.discrimination[:, 1] < 1).all()
    assert (judges.discrimination[:, 2] > 1).all()


def test_it_is_the_top_of_the_posterior() -> None:
    """With the crowd as learned, no other optimiser finds a higher place."""
    people = crowd(99)
    left, right, outcome, who = simulate(*(part[:6] for part in people), each=80, seed=5)
    seen: list[_Model] = []
    climb = _Model.climb
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_Model, "climb", lambda self: seen.append(self) or climb(self))
        rank_annotators(left, right, outcome, who)
    (model,) = seen

    def loss(x: np.ndarray) -> float:
        strength, own = x[:6], x[6:].reshape(6, 3)
        first = own[who, 0] * strength[left] + own[who, 1]
        second = own[who, 0] * strength[right]
        scores = np.stack([first, second, (first + second) / 2 + own[who, 2]], axis=1)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        apart = ((own - model.mean) / model.width) ** 2
        cost = (strength**2).sum() / PRIOR**2 + apart.sum()
        return float(cost / 2 - logs[np.arange(len(who)), outcome].sum())

    ours = np.concatenate([model.strength, model.own.ravel()])
    best = minimize(loss, ours, tol=1e-9)
    np.testing.assert_allclose(ours, best.x, atol=2e-3)


def test_without_ties_without_votes_and_alone() -> None:
    standings, judges = rank_annotators([0, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 2])
    assert standings.order.tolist() == [0, 1]
    assert standings.tie_rate is None
    assert judges.tie_rate is None
    assert judges.votes.tolist() == [2, 0, 1]
    idle = judges.discrimination[1]
    assert idle[1] < 0.5 < 1.5 < idle[2]
    _, alone = rank_annotators([0, 1, 2], [1, 2, 0], [2, 0, 2], [0, 0, 0])
    assert alone.discrimination[0].tolist() == pytest.approx([1, 1, 1])


def test_renaming_changes_names_only() -> None:
    people = crowd(3)
    left, right, outcome, who = simulate(*people, each=20, seed=1)
    rng = np.random.default_rng(0)
    items, names = rng.permutation(10), rng.permutation(30)
    standings, judges = rank_annotators(left, right, outcome, who)
    moved, others = rank_annotators(items[left], items[right], outcome, names[who])
    np.testing.assert_allclose(moved.scores[items], standings.scores, atol=1e-4)
    np.testing.assert_allclose(others.discrimination[names], judges.discrimination, atol=1e-3)


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(InputError):
        rank_annotators([0], [1], [0], [-1])
    with pytest.raises(InputError):
        rank_annotators([0], [1], [0], [0, 1])
    with pytest.raises(LimitError, match="annotators"):
        rank_annotators([0], [4999], [0], [10_000])
