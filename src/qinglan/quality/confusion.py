"""What is taken for what: expected confusion of classes, for each annotator and for all.

The truth is known by its posterior only, so a cell holds an expected count: how many labels of
one class an annotator gave to tasks of another, each task shared out among the classes that it
may be. The probability that no label given is right has no class and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from qinglan.quality.cells import number
from qinglan.quality.votes import Floats

MOST = 12
"""Classes beyond which a matrix is no longer read, and answers are hardly classes at all."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Confusions:
    """Expected counts (true class, label given) over ``classes``; rows of all, and by annotator."""

    classes: tuple[str, ...]
    pooled: Floats
    annotators: dict[str, Floats]


def confuse(
    posterior: Mapping[str, Mapping[str, float]],
    votes: Iterable[tuple[str, str, str]],
    most: int = MOST,
) -> Confusions | None:
    """Expected confusions of named votes (task, annotator, value), in time linear in them.

    ``None`` without votes, or where more than ``most`` values were given in all.
    """
    values = {value for given in posterior.values() for value in given}
    if not values or len(values) > most:
        return None
    classes = sorted(values, key=lambda name: (number(name) is None, number(name) or 0.0, name))
    at = {name: place for place, name in enumerate(classes)}
    k = len(classes)
    rows: dict[str, Floats] = {}
    for task, chances in posterior.items():
        row = np.zeros(k)
        for value, chance in chances.items():
            row[at[value]] = chance
        rows[task] = row
    found: dict[str, Floats] = {}
    for task, who, value in votes:
        table = found.get(who)
        if table is None:
            table = found[who] = np.zeros((k, k))
        table[:, at[value]] += rows[task]
    if not found:
        return None
    pooled: Floats = np.sum(list(found.values()), axis=0)
    return Confusions(classes=tuple(classes), pooled=pooled, annotators=found)
