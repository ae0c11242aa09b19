"""Whom to ask: what a label tells, by hand; cheap and good comes first; less is spent."""

from __future__ import annotations

import numpy as np
import pytest
from test_quality_consensus import SETS, read

from qinglan.errors import InputError
from qinglan.quality.asking import information, replay_spending


def coin(right: float) -> np.ndarray:
    return np.array([[right, 1 - right], [1 - right, right]])


def test_a_label_tells_what_it_should() -> None:
    even, sure = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    told = information(
        np.array([even, even, even, even, sure]),
        np.array([coin(1.0), coin(0.0), coin(0.5), coin(0.8), coin(0.8)]),
    )
    # One bit from who is always right, and from who is always wrong; none from a guess, or where
    # the class is known; else a bit less the entropy of the noise.
    noise = -(0.8 * np.log(0.8) + 0.2 * np.log(0.2))
    assert told == pytest.approx([np.log(2), np.log(2), 0, np.log(2) - noise, 0], abs=1e-12)


def crowd() -> tuple[np.ndarray, ...]:
    """Everybody labels all of 300 tasks: two good and cheap, two good and dear, four poor."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 300)
    task, who = (part.ravel() for part in np.indices((300, 8)))
    skill = np.array([0.9, 0.9, 0.9, 0.9, 0.6, 0.6, 0.6, 0.6])
    label = np.where(rng.random(len(task)) < skill[who], truth[task], 1 - truth[task])
    return task, who, label, truth


def test_the_cheap_and_good_are_asked_and_less_is_spent_for_no_more_errors() -> None:
    data, price = crowd(), np.array([1, 1, 4, 4, 1, 1, 4, 4])
    anyone = replay_spending(*data, price, asked="anyone")[-1]
    best = replay_spending(*data, price, asked="best")[-1]
    start = 600 * price.mean()  # two labels from anyone
    assert best.money - start < 0.6 * (anyone.money - start)
    assert best.accuracy > anyone.accuracy - 0.01


def test_a_lower_price_alone_draws_labels() -> None:
    """The two pairs of good ones change prices: each time the cheap pair keeps the bill low."""
    data = crowd()
    first = np.array([1, 1, 4, 4, 4, 4, 4, 4])
    bill = [
        replay_spending(*data, price, asked="best")[-1]
        for price in (first, first[[2, 3, 0, 1, *range(4, 8)]])
    ]
    for end in bill:
        # After two labels from anyone (3.25 each), most are bought at 1.
        assert (end.money - 600 * 3.25) / (end.labels - 600) < 2.2


def test_every_label_is_paid_once_and_the_end_is_reached() -> None:
    task, who, label, truth = crowd()
    points = replay_spending(task, who, label, truth, np.ones(8), asked="best", target=1e-9)
    assert [point.labels == point.money for point in points] == [True] * len(points)
    assert points[-1].labels <= len(task)
    assert points[-1].open == 0
    assert points == replay_spending(task, who, label, truth, np.ones(8), asked="best", target=1e-9)


@pytest.mark.parametrize("price", [np.zeros(8), np.ones(7), np.full(8, np.nan)])
def test_prices_must_be_prices(price: np.ndarray) -> None:
    with pytest.raises(ValueError, match="one price above 0"):
        replay_spending(*crowd(), price, asked="best")
    with pytest.raises(InputError):
        replay_spending([0], [0], [0], [-1], [1.0], asked="best")


@pytest.mark.data
@pytest.mark.parametrize("spread", [0.0, 0.7], ids=["one price", "prices differ"])
def test_on_real_sets_less_is_spent_at_no_more_errors(spread: float) -> None:
    """Prices of real annotators are not known: all equal, or drawn without regard to skill."""
    spent, lost = [], []
    for name in SETS:
        labels, known = read(name)
        truth = np.full(max(labels[:, 0].max(), known[:, 0].max()) + 1, -1)
        truth[known[:, 0]] = known[:, 1]
        price = np.exp(np.random.default_rng(7).normal(0, spread, labels[:, 1].max() + 1))
        anyone = replay_spending(*labels.T, truth, price, asked="anyone")[-1]
        best = replay_spending(*labels.T, truth, price, asked="best")[-1]
        spent.append(best.money / anyone.money)
        lost.append(anyone.accuracy - best.accuracy)
    assert max(spent) < 1.02
    assert np.mean(spent) < (0.9 if spread == 0 else 0.8)
    assert max(lost) < 0.02
    assert np.mean(lost) < 0
