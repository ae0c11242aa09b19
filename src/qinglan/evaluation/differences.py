"""Two models on the same items: how much better is the one, and could it be chance?

Pairing by item takes the items' difficulty out. The interval is a paired bootstrap over items, or
the smoothed one where all items say the same and the bootstrap has nothing to draw from; beside it
stands McNemar's exact test, which needs no resampling and no large numbers. An item that is
undecided for either model is left out of both, and counted.
"""

from __future__ import annotations

from qinglan.errors import UsageError
from qinglan.evaluation.scores import ALL, Scores
from qinglan.intervals import mcnemar, paired_bootstrap, smoothed_difference
from qinglan.records import Record


class Difference(Record):
    """Pass@1 of ``model`` minus that of ``other`` over ``n`` items decided for both."""

    model: str
    other: str
    skill: str
    n: int
    left_out: int
    value: float | None
    low: float | None
    high: float | None
    only_model: int
    only_other: int
    p_value: float
    """McNemar's exact test, two-sided."""


def compare(scores: Scores, other: Scores, skill: str = ALL, *, seed: int = 0) -> Difference:
    """The paired difference ``scores`` − ``other`` in ``skill``, as shares.

    Raises:
        UsageError: the two were not scored on the same items.
    """
    ours, theirs = scores.of(skill), other.of(skill)
    if [item.id for item in ours] != [item.id for item in theirs]:
        raise UsageError("evaluation.other_items", model=scores.model, other=other.model)
    pairs = [(a.right(), b.right()) for a, b in zip(ours, theirs, strict=True)]
    decided = [(a, b) for a, b in pairs if a is not None and b is not None]
    only_model = sum(a > b for a, b in decided)
    only_other = sum(a < b for a, b in decided)
    value = low = high = None
    if decided:
        a, b = [a for a, _ in decided], [b for _, b in decided]
        found = paired_bootstrap(a, b, seed=seed)
        value, low, high = found.difference, found.low, found.high
        if low == high:
            _, low, high, _ = smoothed_difference(a, b)
    return Difference(
        model=scores.model,
        other=other.model,
        skill=skill,
        n=len(decided),
        left_out=len(pairs) - len(decided),
        value=value,
        low=low,
        high=high,
        only_model=only_model,
        only_other=only_other,
        p_value=mcnemar(only_model, only_other),
    )
