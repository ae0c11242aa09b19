"""The votes of a project as flat arrays, and the consensus over them.

Not a verb: ``judge``, ``report`` and the readers of results all come through here, so that a
page shows the figures that the verdicts rest on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qinglan.flow.context import Context
from qinglan.records import Annotator, Kind, Outcome, Project, Reason
from qinglan.storage import annotations, annotators, checks


@dataclass(frozen=True, slots=True)
class Vote:
    """One standing annotation: what was read from it, and what its check said."""

    annotation: str
    annotator: str
    value: str | None
    outcome: Outcome | None
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorQuality:
    """How far an annotator can be relied on, estimated without keys; 95 % interval.

    ``None`` where the annotator gave no readable answer: unknown, not 0.
    """

    annotator: str
    type: str
    simulated: bool
    answers: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballots:
    """Readable votes as codes: ``names[i]`` is the task or annotator of code ``i``."""

    tasks: NDArray[np.int64]
    annotators: NDArray[np.int64]
    labels: NDArray[np.int64]
    task_names: tuple[str, ...]
    annotator_names: tuple[str, ...]
    label_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """All votes by task, and what consensus makes of them."""

    votes: dict[str, tuple[Vote, ...]]
    annotators: dict[str, Annotator]
    ballots: Ballots
    posterior: dict[str, dict[str, float]]
    """Task → value → posterior, over the values that were given."""
    quality: tuple[AnnotatorQuality, ...]
    """By name."""
    reliability: dict[str, float]
    """Annotator id → point estimate; absent without a readable vote."""
    majority: dict[str, dict[str, float]]
    """Task → most frequent values → share of the credit (ties share 1)."""
    method: str


def read_labels(context: Context, project: Project) -> Labels:
    """Read the project's votes and fit consensus over the values that could be read."""
    with context.storage.read() as conn:
        found = {c.annotation: c for c in checks.stream(conn, project.id)}
        people = {a.id: a for a in annotators.all(conn, project.id)}
        votes: dict[str, list[Vote]] = {}
        for vote in annotations.votes(conn, project.id):
            check = found.get(vote.annotation)
            votes.setdefault(vote.task, []).append(
                Vote(
                    annotation=vote.annotation,
                    annotator=vote.annotator,
                    value=vote.value,
                    outcome=None if check is None else check.outcome,
                    reason=None if check is None else check.reason,
                )
            )
    ballots = _encode(votes)
    posterior: dict[str, dict[str, float]] = {}
    reliability: dict[str, tuple[float, float, float]] = {}
    method = "none"
    if ballots.labels.size:
        fit = _fit_open if project.kind in (Kind.FREE, Kind.STEPS) else _fit_closed
        posterior, reliability, method = fit(ballots)
    return Labels(
        votes={task: tuple(given) for task, given in votes.items()},
        annotators=people,
        ballots=ballots,
        posterior=posterior,
        quality=tuple(_qualities(people.values(), votes, reliability)),
        reliability={name: mean for name, (mean, _, _) in reliability.items()},
        majority={task: _majority(given) for task, given in votes.items()},
        method=method,
    )


def _encode(votes: dict[str, list[Vote]]) -> Ballots:
    tasks: dict[str, int] = {}
    people: dict[str, int] = {}
    values: dict[str, int] = {}
    codes: list[tuple[int, int, int]] = []
    for task, given in votes.items():
        for vote in given:
            if vote.value is not None:
                codes.append(
                    (
                        tasks.setdefault(task, len(tasks)),
                        people.setdefault(vote.annotator, len(people)),
                        values.setdefault(vote.value, len(values)),
                    )
                )
    columns = np.asarray(codes, dtype=np.int64).reshape(-1, 3).T
    return Ballots(
        tasks=columns[0],
        annotators=columns[1],
        labels=columns[2],
        task_names=tuple(tasks),
        annotator_names=tuple(people),
        label_names=tuple(values),
    )


_Fitted = tuple[dict[str, dict[str, float]], dict[str, tuple[float, float, float]], str]


def _fit_closed(ballots: Ballots) -> _Fitted:
    """Classes shared by all tasks: choices and preferences."""
    from qinglan.quality.consensus import fit_predict

    result = fit_predict(ballots.tasks, ballots.annotators, ballots.labels)
    posterior: dict[str, dict[str, float]] = {}
    for task, label in zip(ballots.tasks.tolist(), ballots.labels.tolist(), strict=True):
        given = posterior.setdefault(ballots.task_names[task], {})
        given[ballots.label_names[label]] = float(result.posteriors[task, label])
    return posterior, _reliability(ballots, result.reliability), result.method


def _fit_open(ballots: Ballots) -> _Fitted:
    """Answers that have no classes in common: final numbers and texts."""
    from qinglan.quality.open import consensus

    result = consensus(ballots.tasks, ballots.annotators, ballots.labels)
    posterior: dict[str, dict[str, float]] = {}
    for task, label, probability in result.candidates():
        posterior.setdefault(ballots.task_names[task], {})[ballots.label_names[label]] = probability
    return posterior, _reliability(ballots, result.reliability), result.method


def _reliability(ballots: Ballots, found: object) -> dict[str, tuple[float, float, float]]:
    from qinglan.quality.estimates import Reliability

    assert isinstance(found, Reliability)  # noqa: S101 - for the type checker
    rows = zip(found.mean.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
    return dict(zip(ballots.annotator_names, rows, strict=True))


def _majority(given: list[Vote]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for vote in given:
        if vote.value is not None:
            counts[vote.value] = counts.get(vote.value, 0) + 1
    top = max(counts.values(), default=0)
    winners = [value for value, n in counts.items() if n == top]
    return {value: 1 / len(winners) for value in winners}


def _qualities(
    people: Iterable[Annotator],
    votes: dict[str, list[Vote]],
    reliability: dict[str, tuple[float, float, float]],
) -> Iterable[AnnotatorQuality]:
    answers: dict[str, int] = {}
    for given in votes.values():
        for vote in given:
            answers[vote.annotator] = answers.get(vote.annotator, 0) + 1
    for who in sorted(people, key=lambda a: a.name):
        mean, low, high = reliability.get(who.id, (None, None, None))
        yield AnnotatorQuality(
            annotator=who.name, type=who.type, simulated=who.simulated,
            answers=answers.get(who.id, 0), value=mean, low=low, high=high,
        )  # fmt: skip
