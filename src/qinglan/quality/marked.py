"""Consensus over named step marks: the number of the first wrong step, or "none".

The ordered model of ``steps`` by name, in the shape that the flow keeps. Whoever marks step 5 has
passed steps 1 to 4, which a model over unordered classes would not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from qinglan.quality.estimates import reliability
from qinglan.quality.families import weigh
from qinglan.quality.names import encode
from qinglan.quality.open_answers import by_name
from qinglan.quality.result import EMPTY, Judgement
from qinglan.quality.steps import consensus
from qinglan.quality.votes import Floats, total

METHOD = "first-wrong-step"
NONE = "none"


def fit(
    votes: Sequence[tuple[str, str, str]],
    steps: Mapping[str, int],
    families: Mapping[str, str] | None = None,
) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    Args:
        votes: values are numbers of steps from 1, or ``none``.
        steps: how many steps each task has; where that is not known, or less than what was
            marked, as many as the last that was marked.
        families: of annotators who are near-copies of one source; see ``closed.fit``.
    """
    if not votes:
        return EMPTY
    task, tasks = encode(vote[0] for vote in votes)
    who, people = encode(vote[1] for vote in votes)
    marked = np.array([0 if vote[2] == NONE else int(vote[2]) for vote in votes])
    length = np.array([max(1, steps.get(name, 0)) for name in tasks])
    np.maximum.at(length, task, marked)
    place = np.where(marked > 0, marked - 1, length[task])

    def chances(weights: Floats | None) -> Floats:
        found = consensus(task, who, place, length, weights)
        right: Floats = found.posterior[found.starts[task] + place]
        return right

    chance = chances(weigh(task, who, people, families or {}, lambda given: 1 - chances(given)))
    trust = reliability(
        total(who, chance, len(people)),
        np.bincount(who, minlength=len(people)),
        total(who, chance * (1 - chance), len(people)),
    )
    posterior: dict[str, dict[str, float]] = {name: {} for name in tasks}
    tally: dict[str, Counter[str]] = {name: Counter() for name in tasks}
    for (name, _, value), p in zip(votes, chance.tolist(), strict=True):
        posterior[name][value] = p
        tally[name][value] += 1
    return Judgement(
        posterior=posterior, majority={name: _share(counted) for name, counted in tally.items()},
        annotators=by_name(people, trust), method=METHOD,
    )  # fmt: skip


def _share(tally: Counter[str]) -> dict[str, float]:
    """The most frequent values, sharing 1 evenly."""
    top = max(tally.values())
    first = [value for value, count in tally.items() if count == top]
    return dict.fromkeys(first, 1 / len(first))
