"""What labels buy: expected error against labels paid for, on labels already collected.

Labels of each task are dealt in a random order, one round after another; after each the dealt
labels are judged anew and the expected error, one minus the highest posterior, is averaged. The
fixed rule deals every task one more; the adaptive one only to tasks whose own expected error is
still above a target. No truth is needed, so the curve can be drawn for every project; it is as
honest as the posteriors are, which is what the calibration beside it shows.

A sample of tasks bounds the cost, however large the project is. ``overlap.replay`` is the same
with known answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from qinglan.intervals import Interval, bootstrap_mean
from qinglan.quality.result import Judgement

Rule: TypeAlias = Literal["fixed", "adaptive"]
Cast: TypeAlias = tuple[str, str, str]
"""Task, annotator, value."""
TASKS = 1_000
"""Most tasks that are dealt."""
ROUNDS = 10
"""Most labels a task that are dealt: beyond, hardly any project pays."""
TARGET = 0.05
"""Expected error at which the adaptive rule leaves a task."""
FEW = 0.02
"""Share of tasks still open below which a curve ends: what is left hardly moves it."""
START = 2
"""Labels every task gets under the adaptive rule: one alone agrees with itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """After a round: labels a task so far, and the mean expected error with its interval."""

    each: float
    error: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Both rules on ``tasks`` sampled tasks; ``target`` is the adaptive rule's."""

    tasks: int
    sampled_from: int
    target: float
    fixed: tuple[Point, ...]
    adaptive: tuple[Point, ...]


def draw(
    votes: Sequence[Cast],
    fit: Callable[[list[Cast]], Judgement],
    *,
    target: float = TARGET,
    tasks: int = TASKS,
    seed: int = 0,
) -> Curve | None:
    """Deal votes round by round.

    Args:
        votes: each annotator's one answer to a task.
        fit: what judges them.
        target: of the adaptive rule, in (0, 1).
        tasks: most tasks that are dealt, drawn at random from those with two labels or more.
        seed: of the sample and of the order of dealing.

    Returns:
        The curve; ``None`` where no task has two labels, so that nothing can be dealt.

    Raises:
        ValueError: a target outside (0, 1).
    """
    if not 0 < target < 1:
        raise ValueError(f"the target error lies strictly between 0 and 1, not {target!r}")
    dealt: dict[str, list[Cast]] = {}
    for vote in votes:
        dealt.setdefault(vote[0], []).append(vote)
    names = sorted(name for name, given in dealt.items() if len(given) > 1)
    if not names:
        return None
    rng = np.random.default_rng(seed)
    chosen = [names[i] for i in sorted(rng.permutation(len(names))[:tasks])]
    hands = {name: [dealt[name][i] for i in rng.permutation(len(dealt[name]))] for name in chosen}
    return Curve(
        tasks=len(chosen), sampled_from=len(names), target=target,
        fixed=tuple(_deal(hands, fit, 1, -1.0, seed)),
        adaptive=tuple(_deal(hands, fit, START, target, seed)),
    )  # fmt: skip


def _deal(
    hands: dict[str, list[Cast]],
    fit: Callable[[list[Cast]], Judgement],
    first: int,
    target: float,
    seed: int,
) -> list[Point]:
    """Points of one rule: whoever's expected error is above ``target`` gets the next label."""
    count = dict.fromkeys(hands, first)
    points = []
    while True:
        given = [vote for name, hand in hands.items() for vote in hand[: count[name]]]
        posterior = fit(given).posterior
        error = {name: max(0.0, 1 - max(posterior[name].values())) for name in hands}
        points.append(
            Point(
                each=len(given) / len(hands),
                error=bootstrap_mean(list(error.values()), draws=500, seed=seed),
            )
        )
        more = [
            name
            for name, hand in hands.items()
            if error[name] > target and count[name] < min(len(hand), ROUNDS)
        ]
        if len(more) <= FEW * len(hands):
            return points
        for name in more:
            count[name] += 1
