"""Consensus over open answers, where each task has its own possible answers.

A final number has no fixed list of classes: the candidates of a task are the answers given to it,
and "none of these". Three things make agreement telling here, and the model has each:

- *skill*: annotator a answers task t rightly with probability σ(skill_a − s · x_t);
- *difficulty*: x_t is standard normal, integrated by Gauss–Hermite quadrature. Without it, wrong
  answers to hard tasks would be read as carelessness on easy ones, and the posterior would be far
  too sure (on four models' solutions of 1,319 school problems the calibration error halves);
- *spread*: wrong answers coincide by chance, more so where a trap is popular. They follow a
  Chinese restaurant process: with w wrong answers on the table, the next wrong one repeats a
  given one with probability w/(α + w). 1 + α is the effective number of wrong alternatives;
  α is estimated. Only the pattern of agreement is evidence, the answers themselves carry none.

Fitted by EM with weak priors, started from the shares of votes.

Reliabilities rest on errors coinciding by chance. Annotators who share their errors (models of one
family) look better than they are, and no interval made from votes alone can know: of four models
of two families on 1,319 school problems, three were found 2 to 10 points too good, beyond their
intervals. The cure is a sample of answers checked at random: where an annotator has ``CHECKED`` of
them, what the model got wrong there corrects the estimate, and its spread widens the interval.

Sources: skill, Dawid and Skene (1979) in the one-coin form of Zhang et al. (2016); open answers
under a Chinese restaurant process with difficulty, Lin, Mausam and Weld (2012), "Crowdsourcing
Control: Moving Beyond Multiple Choice", UAI; difficulty on a logistic scale, Rasch (1960) and
Whitehill et al. (2009); the partition's probability, Ewens (1972); the correction by a checked
sample, Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023), "Prediction-Powered Inference",
Science 382.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from qinglan.errors import InputError
from qinglan.quality.estimates import Reliability, reliability
from qinglan.quality.families import weigh
from qinglan.quality.names import encode
from qinglan.quality.open_model import Ballots, arrange, climb
from qinglan.quality.result import EMPTY, AnnotatorQuality, Judgement
from qinglan.quality.votes import Floats, Ints, total

METHOD = "open-answers"
PASSES_RIGHT, PASSES_WRONG = 0.98, 0.02
"""Chance that a verifier passes a right and a wrong answer: keys err, and so do parsers."""
CHECKED = 20
"""Checked answers of an annotator from which they correct its reliability."""

Task = TypeVar("Task", bound=Hashable)
Person = TypeVar("Person", bound=Hashable)
Given = TypeVar("Given", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OpenConsensus(Generic[Task, Person, Given]):
    """Posteriors over the answers given.

    Candidates are (task, answer) pairs: ``candidate_task[i]`` is the position in ``tasks``.
    ``share[i]`` is the candidate's share of the task's votes. ``none[t]`` is the chance that no
    answer given to t is right.
    """

    tasks: list[Task]
    annotators: list[Person]
    candidate_task: Ints
    candidate_answer: list[Given]
    posterior: Floats
    share: Floats
    none: Floats
    best: Ints
    """Candidate of highest posterior of each task; of equal ones, the first given."""
    reliability: Reliability
    alternatives: float
    difficulty: float
    log_likelihood: float
    iterations: int
    converged: bool

    def credit(self, right: Sequence[bool], *, majority: bool = False) -> Floats:
        """Credit by task, given which candidates are right; candidates that tie share it."""
        score = self.share if majority else self.posterior
        winner = winners(score, self.candidate_task, len(self.tasks))
        good = winner * np.asarray(right, dtype=bool)
        return total(self.candidate_task, good, len(self.tasks))


def consensus(
    tasks: Sequence[Task],
    annotators: Sequence[Person],
    answers: Sequence[Given],
    verified: Sequence[bool | None] | None = None,
    families: Mapping[Person, str] | None = None,
) -> OpenConsensus[Task, Person, Given]:
    """Judge open answers.

    Args:
        tasks: task of each answer, any hashable names, in any order.
        annotators: who gave it, likewise.
        answers: canonical form of the answer; equal means the same answer. Leave unreadable
            answers out.
        verified: what a verifier found of each answer, ``None`` where it did not look or was
            undecided. It may err at the rates ``PASSES_RIGHT`` and ``PASSES_WRONG``; what it
            shows of an annotator's skill carries over to tasks that nobody verified. The
            reliabilities are corrected by it as if the checked answers had been drawn at random.
        families: of annotators who are near-copies of one source; see ``closed.fit``.

    Raises:
        InputError: no answers, or sequences of different length.
    """
    if not len(answers):
        raise InputError("quality.no_labels")
    for what, names in (("tasks", tasks), ("annotators", annotators), ("verified", verified)):
        if names is None:
            continue
        if len(names) != len(answers):
            raise InputError("quality.length", what=what, length=len(names), expected=len(answers))
    task, task_names = encode(tasks)
    who, people = encode(annotators)
    candidate, pairs = encode(zip(task.tolist(), answers, strict=True))
    candidate_task = np.fromiter((pair[0] for pair in pairs), dtype=np.int32)
    found = _outcomes(candidate, verified, len(pairs))
    odds = _odds(found)

    def errors(weights: Floats) -> Floats:
        alike = climb(arrange(task, who, candidate, candidate_task, odds, weights))[1]
        wrong: Floats = 1 - alike.candidate[candidate]
        return wrong

    weights = weigh(task, who, people, families or {}, errors)
    ballots = arrange(task, who, candidate, candidate_task, odds, weights)
    heads = np.bincount(candidate).astype(np.float64)
    voters = total(candidate_task, heads, len(task_names))
    now, expected, iterations, converged = climb(ballots)
    trust = _rely(ballots, expected.candidate)
    if not np.isnan(found).all():
        blind = climb(replace(ballots, boost=np.zeros(len(pairs))))[1].candidate
        trust = _corrected(ballots, blind, found, trust)
    best = _first_best(expected.candidate, candidate_task, len(task_names))
    return OpenConsensus(
        tasks=task_names, annotators=people, candidate_task=candidate_task,
        candidate_answer=[pair[1] for pair in pairs], posterior=expected.candidate,
        share=heads / voters[candidate_task], none=expected.none, best=best,
        reliability=trust, alternatives=1 + now.alpha,
        difficulty=now.scale, log_likelihood=expected.log_likelihood, iterations=iterations,
        converged=converged,
    )  # fmt: skip


def _outcomes(candidate: Ints, verified: Sequence[bool | None] | None, size: int) -> Floats:
    """Of each candidate 1 verified, 0 refuted, NaN not checked. Equal answers are one check."""
    found = np.full(size, np.nan)
    for number, outcome in zip(candidate.tolist(), verified or (), strict=verified is not None):
        if outcome is not None:
            found[number] = float(outcome)
    return found


def _odds(found: Floats) -> Floats:
    """Log-odds of each candidate from its check."""
    passed = np.log(PASSES_RIGHT / PASSES_WRONG)
    failed = np.log((1 - PASSES_RIGHT) / (1 - PASSES_WRONG))
    return np.where(np.isnan(found), 0.0, np.where(found == 1, passed, failed))


def fit(
    votes: Sequence[tuple[str, str, str]],
    verified: Sequence[bool | None] | None = None,
    families: Mapping[str, str] | None = None,
) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    ``verified``: as in ``consensus``, one entry a vote; ``families`` likewise.
    """
    if not votes:
        return EMPTY
    found = consensus(
        [v[0] for v in votes], [v[1] for v in votes], [v[2] for v in votes], verified, families
    )
    posterior: dict[str, dict[str, float]] = {name: {} for name in found.tasks}
    majority: dict[str, dict[str, float]] = {name: {} for name in found.tasks}
    winner = winners(found.share, found.candidate_task, len(found.tasks))
    for i, (task, answer) in enumerate(
        zip(found.candidate_task.tolist(), found.candidate_answer, strict=True)
    ):
        name = found.tasks[task]
        posterior[name][answer] = float(found.posterior[i])
        if winner[i] > 0:
            majority[name][answer] = float(winner[i])
    return Judgement(
        posterior=posterior, majority=majority, method=METHOD,
        annotators=by_name(found.annotators, found.reliability),
    )  # fmt: skip


def by_name(names: Sequence[str], found: Reliability) -> dict[str, AnnotatorQuality]:
    """Reliabilities by annotator's name."""
    return {
        name: AnnotatorQuality(
            value=float(found.mean[i]), low=float(found.low[i]), high=float(found.high[i]),
            votes=int(found.labels[i]),
        )
        for i, name in enumerate(names)
    }  # fmt: skip


def winners(score: Floats, candidate_task: Ints, n_tasks: int) -> Floats:
    """Each candidate's part in its task's victory: 1/m for m candidates that tie at the top."""
    top = np.zeros(n_tasks)
    np.maximum.at(top, candidate_task, score)
    first = score >= top[candidate_task] - 1e-9
    part: Floats = first / np.bincount(candidate_task, first, minlength=n_tasks)[candidate_task]
    return part


def _first_best(score: Floats, candidate_task: Ints, n_tasks: int) -> Ints:
    best = np.full(n_tasks, len(score), dtype=np.int32)
    leading = np.flatnonzero(winners(score, candidate_task, n_tasks)).astype(np.int32)
    np.minimum.at(best, candidate_task[leading], leading)
    return best


def _rely(ballots: Ballots, posterior: Floats) -> Reliability:
    chance = posterior[ballots.candidate]
    right = total(ballots.who, chance, ballots.n_people)
    doubt = total(ballots.who, chance * (1 - chance), ballots.n_people)
    return reliability(right, np.bincount(ballots.who, minlength=ballots.n_people), doubt)


def _corrected(
    ballots: Ballots, blind: Floats, found: Floats, informed: Reliability
) -> Reliability:
    """Reliabilities from all answers, corrected by what the checked ones show.

    ``blind``: posteriors that saw no check. The share right is the mean posterior plus the mean of
    (outcome − posterior) over checked answers; answers not checked are in doubt by the latter's
    variance. Where too few were checked, what the ``informed`` model says stands.
    """
    who, size = ballots.who, ballots.n_people
    outcome, chance = found[ballots.candidate], blind[ballots.candidate]
    checked = ~np.isnan(outcome)
    miss = np.where(checked, outcome - chance, 0.0)
    given = np.bincount(who, minlength=size).astype(np.float64)
    seen = total(who, checked, size)
    drift = total(who, miss, size) / np.maximum(seen, 1)
    spread = total(who, miss**2, size) / np.maximum(seen, 1) - drift**2
    # Imagine one answer missed by half, so that a few lucky checks do not look certain.
    spread = np.maximum(spread, 0) + 0.25 / np.maximum(seen, 1)
    rest = given - seen
    right = total(who, np.where(checked, outcome, chance), size) + rest * drift
    doubt = rest * given * spread / np.maximum(seen, 1)
    better = reliability(right, informed.labels, doubt)
    enough = seen >= CHECKED
    return Reliability(
        mean=np.where(enough, better.mean, informed.mean),
        low=np.where(enough, better.low, informed.low),
        high=np.where(enough, better.high, informed.high),
        right=np.where(enough, better.right, informed.right), labels=informed.labels,
    )  # fmt: skip
