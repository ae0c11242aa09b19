"""How far people follow a model whose answer they see: agreement in its sight, and out of it.

From some tasks, drawn beforehand for each person, the model's answer is kept back. So the two
groups differ in nothing else, and the difference between how often answers agree with the model's
in either is what seeing it does: partly better answers, partly answers taken over. It says
nothing of which; agreement with keys does.

The interval takes answers as independent. Answers to one task are not quite, so on few tasks with
many answers each it is somewhat too narrow.

Source: Newcombe (1998), Statistics in Medicine 17, 873-890 (the interval); Tversky and Kahneman
(1974), Science 185, 1124-1131 (anchoring).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qinglan.intervals import Interval, newcombe, wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """Of one person, or of all. Answers that cannot be compared are in neither group."""

    shown: Interval
    """Share of answers that agree with the model's where it was seen."""
    n_shown: int
    hidden: Interval
    """The same where it was kept back."""
    n_hidden: int
    difference: Interval
    """The one less the other; from -1 to 1 where one of the groups is empty."""


def anchoring(answers: Iterable[tuple[bool, bool | None]]) -> Anchoring:
    """Compare answers given in sight of a model's with those where it was kept back.

    Args:
        answers: for each, whether the model's was seen, and whether they agree (``None``: unknown).
    """
    agreed, met = [0, 0], [0, 0]
    for seen, agrees in answers:
        if agrees is not None:
            met[seen] += 1
            agreed[seen] += agrees
    return Anchoring(
        shown=wilson(agreed[True], met[True]), n_shown=met[True],
        hidden=wilson(agreed[False], met[False]), n_hidden=met[False],
        difference=newcombe(agreed[True], met[True], agreed[False], met[False]),
    )  # fmt: skip
