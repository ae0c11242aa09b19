"""The model of open answers: skill, difficulty and how wrong answers coincide; fitted by EM.

The formulas and their sources are in ``quality.open_answers``, which is the face of this module.
Answers are codes here: each vote names an annotator and a candidate, each candidate a task.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qinglan.quality.votes import Floats, Ints, total

ITERATIONS = 500
TOLERANCE = 1e-6
NODES = 9
SKILL_PRIOR = 1.0
"""Imagined right and wrong answers, one each, on a task of middling difficulty."""
SPREAD_PRIOR = (2.3, 1.5)
"""Mean and standard deviation of log α: some ten alternatives, give or take a factor of twenty."""


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """Votes as codes, and what of them never changes.

    ``who``, ``candidate``, ``task``: of each vote. Of each candidate: its task, its supporters
    (``size``), log (size − 1)!, and how many of the task's voters are ``others``. Of each task:
    its ``distinct`` answers, its ``voters``, and the sum of its candidates' log (size − 1)!.
    ``boost``: log-odds, from checks, that a candidate is right. ``weight``: how much each vote
    counts, in (0, 1]; supporters and voters are then sums of weights, of a candidate at least 1.
    """

    who: Ints
    candidate: Ints
    task: Ints
    candidate_task: Ints
    n_tasks: int
    n_people: int
    size: Floats
    log_fact: Floats
    others: Floats
    distinct: Floats
    voters: Floats
    others_fact: Floats
    boost: Floats
    weight: Floats


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Parameters: skill of each annotator (logits), spread of difficulty, concentration α."""

    skill: Floats
    scale: float
    alpha: float


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Posteriors by candidate and by task ("none"), and what the M-step needs by node."""

    candidate: Floats
    none: Floats
    right: Floats
    given: Floats
    log_likelihood: float


def arrange(
    task: Ints,
    who: Ints,
    candidate: Ints,
    candidate_task: Ints,
    boost: Floats | None = None,
    weight: Floats | None = None,
) -> Ballots:
    """Ballots from the task, annotator and candidate of each vote, and each candidate's task."""
    from scipy.special import gammaln

    n_tasks, n_people = int(task.max()) + 1, int(who.max()) + 1
    weight = np.ones(len(task)) if weight is None else weight
    size = np.maximum(total(candidate, weight, len(candidate_task)), 1.0)
    log_fact = gammaln(size)  # log (m − 1)!: ways to seat m guests at one table
    voters = total(candidate_task, size, n_tasks)
    return Ballots(
        who, candidate, task, candidate_task, n_tasks, n_people, size, log_fact,
        others=voters[candidate_task] - size,
        distinct=np.bincount(candidate_task, minlength=n_tasks).astype(np.float64),
        voters=voters, others_fact=total(candidate_task, log_fact, n_tasks),
        boost=np.zeros(len(size)) if boost is None else boost, weight=weight,
    )  # fmt: skip


def _seating(ballots: Ballots, alpha: float) -> tuple[Floats, Floats]:
    """Log-probability of how the wrong answers coincide: if a candidate is right, and if none is.

    Ewens: j distinct among w wrong answers, m_b of each, has α^j Π (m_b − 1)! Γ(α) / Γ(α + w).
    """
    from scipy.special import gammaln

    log_alpha, zero = np.log(alpha), gammaln(alpha)
    none = (
        ballots.distinct * log_alpha + ballots.others_fact - gammaln(alpha + ballots.voters) + zero
    )
    task = ballots.candidate_task
    one = (
        (ballots.distinct[task] - 1) * log_alpha
        + ballots.others_fact[task] - ballots.log_fact
        - gammaln(alpha + ballots.others) + zero
    )  # fmt: skip
    return one, none


def _nodes(scale: float) -> tuple[Floats, Floats]:
    """Difficulties and log-weights of the quadrature; one node where difficulty does not vary."""
    if scale == 0:
        return np.zeros(1), np.zeros(1)
    points, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return points, np.log(weights / weights.sum())


def _expect(ballots: Ballots, now: State) -> Expected:
    points, log_weights = _nodes(now.scale)
    logit = now.skill[:, None] - now.scale * points
    log_wrong = -np.logaddexp(0, logit)
    one, none = _seating(ballots, now.alpha)
    # All wrong is the base; that a candidate is right adds the logits of its supporters.
    heard = ballots.weight[:, None]
    base = _sum(log_wrong[ballots.who] * heard, ballots.task, ballots.n_tasks) + log_weights
    gain = _sum(logit[ballots.who] * heard, ballots.candidate, len(one))
    score = gain + base[ballots.candidate_task] + (one + ballots.boost)[:, None]
    score_none = base + none[:, None]
    peak = score_none.max(axis=1)
    np.maximum.at(peak, ballots.candidate_task, score.max(axis=1))
    mass = np.exp(score - peak[ballots.candidate_task, None])
    mass_none = np.exp(score_none - peak[:, None])
    by_node = mass_none + _sum(mass, ballots.candidate_task, ballots.n_tasks)
    evident = by_node.sum(axis=1)
    mass /= evident[ballots.candidate_task, None]
    mass_none /= evident[:, None]
    by_node /= evident[:, None]
    return Expected(
        candidate=mass.sum(axis=1), none=mass_none.sum(axis=1),
        right=_sum(mass[ballots.candidate] * heard, ballots.who, ballots.n_people),
        given=_sum(by_node[ballots.task] * heard, ballots.who, ballots.n_people),
        log_likelihood=float(peak.sum() + np.log(evident).sum()),
    )  # fmt: skip


def _sum(rows: Floats, group: Ints, n_groups: int) -> Floats:
    """Sums of rows by group: (n_groups, columns)."""
    return np.stack([total(group, column, n_groups) for column in rows.T], axis=1)


def _improve(ballots: Ballots, now: State, seen: Expected) -> State:
    """The M-step: a few Newton steps for skills and scale, then the spread."""
    skill, scale = now.skill, now.scale
    points, _ = _nodes(scale)
    for _ in range(4):
        chance = _logistic(skill[:, None] - scale * points)
        middling = _logistic(skill)
        slope = (seen.right - seen.given * chance).sum(axis=1) + SKILL_PRIOR * (1 - 2 * middling)
        curve = (seen.given * chance * (1 - chance)).sum(axis=1)
        curve += 2 * SKILL_PRIOR * middling * (1 - middling)
        skill = skill + np.clip(slope / curve, -1, 1)
        if scale > 0:
            chance = _logistic(skill[:, None] - scale * points)
            tilt = -((seen.right - seen.given * chance) * points).sum() - scale  # half-normal prior
            bend = (seen.given * chance * (1 - chance) * points**2).sum() + 1
            scale = max(1e-3, scale + float(np.clip(tilt / bend, -0.5, 0.5)))
    return State(skill, scale, _spread(ballots, seen))


def _logistic(x: Floats) -> Floats:
    odds: Floats = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
    return odds


def _spread(ballots: Ballots, seen: Expected) -> float:
    """The α of highest expected log-probability, with a normal prior on its logarithm."""
    from scipy.optimize import minimize_scalar

    centre, width = SPREAD_PRIOR

    def loss(log_alpha: float) -> float:
        one, none = _seating(ballots, float(np.exp(log_alpha)))
        fit = float(seen.candidate @ one + seen.none @ none)
        return 0.5 * ((log_alpha - centre) / width) ** 2 - fit

    found = minimize_scalar(loss, bounds=(-2.0, 12.0), method="bounded", options={"xatol": 1e-3})
    return float(np.exp(found.x))


def climb(ballots: Ballots) -> tuple[State, Expected, int, bool]:
    """Fit the model: parameters, posteriors, iterations, and whether it converged."""
    # Checked answers start where the check points, so that EM climbs towards it.
    share = ballots.size / ballots.voters[ballots.candidate_task]
    share = share / (share + (1 - share) * np.exp(-ballots.boost))
    given = np.bincount(ballots.who, minlength=ballots.n_people)
    agree = total(ballots.who, share[ballots.candidate], ballots.n_people)
    rate = (agree + SKILL_PRIOR) / (given + 2 * SKILL_PRIOR)
    now = State(np.log(rate / (1 - rate)), 1.0, float(np.exp(SPREAD_PRIOR[0])))
    # Where nobody answered a second time, nothing tells difficulty from skill.
    if (ballots.voters < 2).all():
        now = replace(now, scale=0.0)
    before = -np.inf
    seen = _expect(ballots, now)
    for done in range(1, ITERATIONS + 1):
        if abs(seen.log_likelihood - before) < TOLERANCE * len(ballots.who):
            return now, seen, done, True
        before = seen.log_likelihood
        now = _improve(ballots, now, seen)
        seen = _expect(ballots, now)
    return now, seen, ITERATIONS, False
