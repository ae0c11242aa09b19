"""Consensus over named rankings of each task's own items: Plackett–Luce by task.

The probability of an order is the product, over neighbours in it, of the chance that the upper one
is the better: what the whole order needs, neighbours taken as independent. Items that people place
either way leave it low, and the task undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from qinglan.quality.estimates import reliability
from qinglan.quality.open_answers import by_name
from qinglan.quality.rankings import rank_lists
from qinglan.quality.result import EMPTY, Judgement, six
from qinglan.quality.votes import Floats
from qinglan.records import Estimate

METHOD = "plackett-luce"


def fit(votes: Sequence[tuple[str, str, str]]) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    ``votes``: values are canonical rankings, ``2>1>3``.
    """
    if not votes:
        return EMPTY
    by_task: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for task, who, value in votes:
        order = tuple(int(item) - 1 for item in value.split(">"))
        by_task.setdefault(task, []).append((who, order))
    people = list(dict.fromkeys(vote[1] for vote in votes))
    at = {name: place for place, name in enumerate(people)}
    sums = np.zeros((3, len(people)))
    posterior: dict[str, dict[str, float]] = {}
    nearest: dict[str, str] = {}
    majority: dict[str, dict[str, float]] = {}
    estimates: dict[str, tuple[Estimate, ...]] = {}
    for task, given in by_task.items():
        figures, above = _settle([order for _, order in given])
        best = [int(item) for item in np.argsort(-figures[:, 0], kind="stable")]
        value = _write(best)
        chance = float(np.prod([above[a, b] for a, b in pairwise(best)]))
        posterior[task] = {value: round(chance, 6)}
        agreed = {order: _shares(above, order) for _, order in given}
        nearest[task] = _write(min((-share, order) for order, (share, _) in agreed.items())[1])
        majority[task] = {_write(_borda([order for _, order in given])): 1.0}
        estimates[task] = tuple(
            Estimate(name=str(place), value=six(score), low=six(low), high=six(high))
            for place, (score, low, high) in enumerate(figures.tolist(), 1)
        )
        for who, order in given:
            right, doubt = agreed[order]
            sums[:, at[who]] += (right, 1, doubt)
    trust = reliability(sums[0], sums[1].astype(np.int64), sums[2])
    return Judgement(
        posterior=posterior, majority=majority, annotators=by_name(people, trust), method=METHOD,
        nearest=nearest, estimates=estimates,
    )  # fmt: skip


def _settle(orders: Sequence[tuple[int, ...]]) -> tuple[Floats, Floats]:
    """(items, 3) the items' scores with their intervals, and (items, items) the chance that one is
    better than another.

    Which item is called what tells nothing: items are renamed by one of the orders, whichever makes
    the smallest form, so that tasks on which people differ alike are fitted once.
    """
    forms = []
    for base in sorted(set(orders)):
        name = np.argsort(base).tolist()
        forms.append((tuple(sorted(tuple(name[item] for item in order) for order in orders)), name))
    form, name = min(forms)
    figures, above = _fit(form)
    return figures[name], above[np.ix_(name, name)]


@cache
def _fit(orders: tuple[tuple[int, ...], ...]) -> tuple[Floats, Floats]:
    from scipy.special import ndtr

    found = rank_lists(orders)
    cover, n = found.cover, len(found.scores)
    variance = np.diag(cover)[:, None] + np.diag(cover)[None, :] - 2 * cover
    gap = found.scores[:, None] - found.scores[None, :]
    chance: Floats = ndtr(gap / np.sqrt(np.maximum(variance, 1e-12)))
    chance[np.arange(n), np.arange(n)] = 0.5
    return np.column_stack([found.scores, found.low, found.high]), chance


def _shares(above: Floats, order: tuple[int, ...]) -> tuple[float, float]:
    """Expected share of a ranking's pairs that are right, and the variance of that share."""
    first, second = np.triu_indices(len(order), 1)
    ranked = np.array(order)
    chance = above[ranked[first], ranked[second]]
    return float(chance.mean()), float((chance * (1 - chance)).sum()) / len(chance) ** 2


def _borda(orders: list[tuple[int, ...]]) -> list[int]:
    """The plain order: by mean place; of equals, the smaller item first."""
    places = np.zeros(len(orders[0]))
    for order in orders:
        places[list(order)] += np.arange(len(order))
    return [int(item) for item in np.argsort(places, kind="stable")]


def _write(order: Sequence[int]) -> str:
    return ">".join(str(item + 1) for item in order)
