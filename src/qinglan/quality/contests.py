"""Which of several written texts is best, from votes between two at a time.

A task has a few candidates, judges compare some of its pairs. The model is Condorcet's: there is
one true order of the candidates, and judge j prefers the better of two with probability ρ_j,
whichever two they are. So an order is as likely as its product of ρ_j over the votes that agree
with it and of 1 − ρ_j over those that do not, and a candidate's posterior is the sum over all
orders in which it stands first. The sum is exact: a program over subsets of candidates, 2^k of
them for k candidates.

ρ_j is shared by all tasks of a judge and estimated by EM under a weak prior, never below one half:
whoever always contradicts is taken for noise, not turned around. Ties say that two are close; under
this model they favour no order, and count for nothing here.

Sources: Condorcet (1785); Young (1988), "Condorcet's Theory of Voting", Am. Polit. Sci. Rev. 82,
for the posterior over orders; Dawid and Skene (1979) in its one-coin form for the judges.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypeVar

from qinglan.errors import LimitError

CANDIDATES = 12
"""Most candidates of one task: the program has 2^k steps of k."""
AGREE, DIFFER = 6.0, 2.0
"""The prior of a judge, in votes: right three times in four, and worth eight votes."""
LEAST, MOST = 0.5, 0.99
"""Between these lies a judge's reliability."""
ITERATIONS = 50
TOLERANCE = 1e-4

Task = TypeVar("Task", bound=Hashable)
Winner = Literal["left", "right", "tie"]


class Vote(NamedTuple):
    """One judge on two candidates of a task."""

    task: str
    left: str
    right: str
    judge: str
    winner: Winner


@dataclass(frozen=True, slots=True, kw_only=True)
class Contests:
    """What the votes tell.

    Task → candidate → chance that it is the best (1 over a task), and its share of the votes that
    it was in, ties half; judge → reliability, with how many votes it rests on.
    """

    posterior: Mapping[str, Mapping[str, float]]
    majority: Mapping[str, Mapping[str, float]]
    judges: Mapping[str, float]
    votes: Mapping[str, int]
    """Task → votes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Generic[Task]):
    """One task under given reliabilities: chance of each to be first, and of i to be above j."""

    first: dict[Task, float]
    above: dict[tuple[Task, Task], float]


def judge(votes: Sequence[Vote]) -> Contests:
    """Judge the candidates of each task.

    Raises:
        LimitError: a task has more than ``CANDIDATES``.
    """
    tasks: dict[str, list[Vote]] = {}
    for vote in votes:
        tasks.setdefault(vote.task, []).append(vote)
    told = Counter(vote.judge for vote in votes if vote.winner != "tie")
    trust = {vote.judge: AGREE / (AGREE + DIFFER) for vote in votes}
    for _ in range(ITERATIONS):
        agreed = dict.fromkeys(trust, 0.0)
        for given in tasks.values():
            above = order(given, trust).above
            for vote in given:
                if vote.winner != "tie":
                    agreed[vote.judge] += above[_pair(vote)]
        fresh = {
            who: min(MOST, max(LEAST, (AGREE + right) / (AGREE + DIFFER + told[who])))
            for who, right in agreed.items()
        }
        moved = max((abs(fresh[who] - trust[who]) for who in trust), default=0.0)
        trust = fresh
        if moved < TOLERANCE:
            break
    return Contests(
        posterior={task: order(given, trust).first for task, given in tasks.items()},
        majority={task: _shares(given) for task, given in tasks.items()},
        judges=trust, votes={task: len(given) for task, given in tasks.items()},
    )  # fmt: skip


def order(votes: Sequence[Vote], trust: Mapping[str, float]) -> Order[str]:
    """The orders of one task's candidates, given each judge's reliability.

    Raises:
        LimitError: there are more than ``CANDIDATES``.
    """
    names = sorted({name for vote in votes for name in (vote.left, vote.right)})
    if len(names) > CANDIDATES:
        raise LimitError("quality.too_many_items", items=len(names), limit=CANDIDATES)
    place = {name: at for at, name in enumerate(names)}
    size = len(names)
    odds = [[0.0] * size for _ in names]  # log-odds that the first is above the second
    for vote in votes:
        if vote.winner != "tie":
            better, worse = (place[name] for name in _pair(vote))
            evidence = math.log(trust[vote.judge] / (1 - trust[vote.judge]))
            odds[better][worse] += evidence
            odds[worse][better] -= evidence
    # Above and below a pair share its evidence evenly: a common factor, which keeps sums near 1.
    pull = [[math.exp(_bounded(odds[i][j]) / 2) for j in range(size)] for i in range(size)]

    def on_top(one: int, rest: int) -> float:
        return math.prod(pull[one][j] for j in range(size) if rest >> j & 1)

    whole = (1 << size) - 1
    below, upper = [0.0] * (whole + 1), [0.0] * (whole + 1)
    below[0] = upper[0] = 1.0
    for group in range(1, whole + 1):
        for i in _members(group, size):
            rest = group & ~(1 << i)
            below[group] += on_top(i, rest) * below[rest]
            # Of those on top, ``i`` stands lowest: above all that are not among them.
            upper[group] += upper[rest] * on_top(i, whole & ~group)
    first = {
        names[i]: on_top(i, whole & ~(1 << i)) * below[whole & ~(1 << i)] / below[whole]
        for i in range(size)
    }
    above: dict[tuple[str, str], float] = {}
    for i in range(size):
        for j in range(size):
            if i != j:
                above[names[i], names[j]] = sum(
                    upper[whole & ~rest & ~(1 << i)] * on_top(i, rest) * below[rest]
                    for rest in range(whole + 1)
                    if rest >> j & 1 and not rest >> i & 1
                ) / below[whole]  # fmt: skip
    return Order(first=first, above=above)


def _pair(vote: Vote) -> tuple[str, str]:
    """The one preferred, and the other."""
    return (vote.left, vote.right) if vote.winner == "left" else (vote.right, vote.left)


def _bounded(odds: float) -> float:
    """Beyond this nothing changes, and products of a dozen stay finite."""
    return max(-100.0, min(100.0, odds))


def _members(group: int, size: int) -> list[int]:
    return [i for i in range(size) if group >> i & 1]


def _shares(votes: Sequence[Vote]) -> dict[str, float]:
    won: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for vote in votes:
        for name, side in ((vote.left, "left"), (vote.right, "right")):
            met[name] += 1
            won[name] += 2 if vote.winner == side else 1 if vote.winner == "tie" else 0
    return {name: won[name] / (2 * met[name]) for name in sorted(met)}
