"""What one more answer by somebody is expected to mend, from how they answered so far.

``asking`` says what a label would tell, given how its annotator labels; here that is put to a
project as it stands. Of each part of a project (a skill in a language) the tasks most in doubt are
taken, and for each person who answered there:

- *reliability there*: how often they are right, a Beta with the variance that doubt about the truth
  adds (``estimates.reliability``). Only answers count that something else speaks about, another
  person's answer or a check: nobody vouches for themselves, and without such answers it is unknown;
- *mended*: by how much the expected error of a doubtful task (1 less its highest posterior) falls
  with one answer of theirs, on average;
- *told*: the information of that answer, in bits (as ``asking.information``). What is mended is
  nought wherever one answer cannot change what is taken for right, though two could; what is told
  is not.

Both come with the range that they have over the 95 % interval of the reliability; nothing else that
is uncertain is in it. Assumed: one who errs is as likely to say any other value given, or something
new; answers of a task are independent given the truth. Reliability is as far as the consensus can
tell who is right, their own answers among those it heard, so that where posteriors are cautious,
everybody looks less sure than they are.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from qinglan.quality.estimates import reliability
from qinglan.quality.votes import Floats

DOUBT = 0.05
"""Expected error from which on a task counts as in doubt."""
MOST = 200
"""Tasks of a part that an answer's worth is averaged over: those most in doubt."""
_NOTHING = 1e-6
_STEPS = 5
"""Reliabilities, from the lowest to the highest of the interval, that the range is taken over."""


class Part(NamedTuple):
    """A part of a project: a skill in a language; ``None``: of no skill, in no language."""

    skill: str | None
    language: str | None


class Answer(NamedTuple):
    """One readable answer: who gave it, what it says, and whether anything else speaks about it."""

    annotator: str
    value: str
    vouched: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A figure, with the range that it has over the interval of what it rests on."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What one more answer by somebody in a part of a project is expected to do."""

    annotator: str
    part: Part
    answers: int
    """Of theirs there, that something else speaks about."""
    right: Span
    mended: Span
    """By how much the expected error of a doubtful task falls."""
    told: Span
    """In bits."""
    anew: float
    """What it would tell, in bits, were none of the tasks in doubt one that they answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """How a part of a project stands: its judged tasks, those in doubt, the mean expected error of
    all.
    """

    part: Part
    tasks: int
    doubtful: int
    error: float


@dataclass(slots=True)
class _Tally:
    right: float = 0.0
    variance: float = 0.0
    answers: int = 0


@dataclass(slots=True)
class _Stand:
    tasks: int = 0
    doubtful: int = 0
    error: float = 0.0
    worst: list[tuple[float, str]] = field(default_factory=list)
    people: dict[str, _Tally] = field(default_factory=dict)


def foresee(
    judged: Iterable[tuple[str, Part, Mapping[str, float], Sequence[Answer]]],
) -> tuple[list[Doubt], list[Prospect]]:
    """How each part of a project stands, and what whom to ask there is worth.

    Args:
        judged: of each task its id, its part, the posterior of the values given, and its readable
            answers; what the posterior lacks to 1 is the chance that none of them is right.

    Returns:
        The parts, by name; and of everybody who answered in a part something that something else
        speaks about, what one more answer of theirs does, by part and name.
    """
    stands: dict[Part, _Stand] = {}
    kept: dict[str, tuple[Mapping[str, float], frozenset[str]]] = {}
    for task, part, posterior, answers in judged:
        if not posterior:
            continue
        stand = stands.setdefault(part, _Stand())
        error = 1 - max(posterior.values())
        stand.tasks += 1
        stand.error += error
        if error >= DOUBT:
            stand.doubtful += 1
            kept[task] = (posterior, frozenset(one.annotator for one in answers))
            out = _keep(stand.worst, (error, task))
            if out is not None:
                del kept[out]
        for one in answers:
            if one.vouched:
                chance = min(max(posterior.get(one.value, 0.0), 0.0), 1.0)
                tally = stand.people.setdefault(one.annotator, _Tally())
                tally.right += chance
                tally.variance += chance * (1 - chance)
                tally.answers += 1
    parts = sorted(stands, key=lambda part: (part.skill or "", part.language or ""))
    doubts = [
        Doubt(
            part=part, tasks=stands[part].tasks, doubtful=stands[part].doubtful,
            error=stands[part].error / stands[part].tasks,
        )
        for part in parts
    ]  # fmt: skip
    return doubts, [one for part in parts for one in _prospects(part, stands[part], kept)]


def keen(doubts: Sequence[Doubt], prospects: Sequence[Prospect]) -> set[str]:
    """Those from whom an answer is expected to tell at least as much as from half of all of whom
    anything is known; each part counts by its tasks in doubt. Empty where nothing is known.
    """
    weight = {one.part: one.doubtful for one in doubts}
    told: dict[str, list[tuple[int, float]]] = {}
    for one in prospects:
        if weight[one.part]:
            told.setdefault(one.annotator, []).append((weight[one.part], one.anew))
    means = {
        who: sum(w * bits for w, bits in found) / sum(w for w, _ in found)
        for who, found in told.items()
    }
    middle = sorted(means.values())[len(means) // 2] if means else 0.0
    return {who for who, mean in means.items() if mean >= middle}


def mended(chances: Floats, right: float) -> float:
    """By how much the mean expected error of tasks falls with one answer to each.

    Args:
        chances: posterior of each task's values, (n, values), each row summing to 1.
        right: how often the answer is right; else it is any other value, evenly.
    """
    wrong = (1 - right) / (chances.shape[1] - 1)
    # Having heard value v, the best guess is v itself or the best of the others.
    both = np.sort(chances, axis=1)[:, -2:]
    others = np.where(chances == both[:, 1:], both[:, :1], both[:, 1:])
    after = np.maximum(chances * right, others * wrong).sum(axis=1)
    return float(np.maximum(after - both[:, 1], 0.0).mean())


def told(chances: Floats, right: float) -> float:
    """What one answer to each task tells of the truth, in bits, on average; see ``mended``.

    As ``asking.information``, whose labels are here alike for all classes: what is uncertain of the
    answer, less what stays uncertain of it where the truth is known.
    """
    wrong = (1 - right) / (chances.shape[1] - 1)
    noise = np.array([right, *[wrong] * (chances.shape[1] - 1)])
    foretold = wrong + (right - wrong) * chances
    return max(float(_bits(foretold).mean() - _bits(noise)), 0.0)


def _bits(chances: Floats) -> Floats:
    """Entropy along the last axis."""
    logs = np.log2(np.where(chances > 0, chances, 1.0))
    entropy: Floats = -(chances * logs).sum(axis=-1)
    return entropy


def _keep(worst: list[tuple[float, str]], one: tuple[float, str]) -> str | None:
    """Keep ``one`` among the ``MOST`` worst; the task that goes."""
    if len(worst) < MOST:
        heapq.heappush(worst, one)
        return None
    return heapq.heappushpop(worst, one)[1]


def _prospects(
    part: Part, stand: _Stand, kept: Mapping[str, tuple[Mapping[str, float], frozenset[str]]]
) -> Iterable[Prospect]:
    people = sorted(stand.people)
    if not people:
        return
    tallies = [stand.people[who] for who in people]
    found = reliability(
        np.array([one.right for one in tallies]), np.array([one.answers for one in tallies]),
        np.array([one.variance for one in tallies]),
    )  # fmt: skip
    sizes = _by_size(kept[task] for _, task in sorted(stand.worst))
    every = [chances for chances, _ in sizes]
    for who, tally, mean, low, high in zip(
        people, tallies, found.mean, found.low, found.high, strict=True
    ):
        groups = [chances[[who not in had for had in given]] for chances, given in sizes]
        right = Span(value=float(mean), low=float(low), high=float(high))
        yield Prospect(
            annotator=who, part=part, answers=tally.answers, right=right,
            mended=_over(groups, right, mended), told=_over(groups, right, told),
            anew=_mean(every, right.value, told),
        )  # fmt: skip


def _by_size(
    doubtful: Iterable[tuple[Mapping[str, float], frozenset[str]]],
) -> list[tuple[Floats, list[frozenset[str]]]]:
    """Rows of chances, with one for whatever nobody said, where it may be right, by how many values
    there are; and who answered each.
    """
    rows: dict[int, tuple[list[list[float]], list[frozenset[str]]]] = {}
    for posterior, had in doubtful:
        chances = [max(chance, 0.0) for chance in posterior.values()]
        rest = 1 - sum(chances)
        if rest > _NOTHING or len(chances) == 1:
            chances.append(max(rest, 0.0))
        found, given = rows.setdefault(len(chances), ([], []))
        found.append([one / sum(chances) for one in chances])
        given.append(had)
    return [(np.array(found), given) for _, (found, given) in sorted(rows.items())]


def _over(groups: list[Floats], right: Span, figure: Callable[[Floats, float], float]) -> Span:
    """``figure`` at the reliability, and its range over the interval."""
    shares = [right.value, *np.linspace(right.low, right.high, _STEPS).tolist()]
    every = [_mean(groups, share, figure) for share in shares]
    return Span(value=every[0], low=min(every), high=max(every))


def _mean(groups: list[Floats], share: float, figure: Callable[[Floats, float], float]) -> float:
    """``figure`` over all tasks; nought where there are none."""
    filled = [group for group in groups if len(group)]
    total = sum(len(group) for group in filled)
    return sum(len(group) * figure(group, share) for group in filled) / max(total, 1)
