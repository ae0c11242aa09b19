"""What answers to known tasks say of an annotator: how good, good enough, too poor, or fallen.

Four questions, each with its own test, for the wrong test gives false alarms:

- *How good?* The posterior Beta(½ + right, ½ + wrong) (Jeffreys' prior) with its equal-tailed
  interval. Source: Brown, Cai and DasGupta (2001), Statistical Science 16.
- *Good enough?* One look at the end of a set: exact binomial tails at the pass mark, so whoever is
  below the mark passes in at most 5 % of cases, and whoever is above fails in at most 5 %. Source:
  Clopper and Pearson (1934), Biometrika 26.
- *Too poor?* Looked at after every answer, so the test must hold at all times together: the
  likelihood of a rate anywhere below the mark, mixed evenly, against the mark itself is a
  supermartingale for everybody who is at the mark or above. It ever reaches 1/α with chance α at
  most (Ville), however long they work. Source: Robbins (1970), Ann. Math. Stat. 41.
- *Worse than before?* A CUSUM of the log likelihood ratio of a fallen rate against the rate in
  their first answers. With the threshold log γ an alarm comes no more often than once in γ answers
  on average while nothing changed. Source: Page (1954), Biometrika 41; Lorden (1971), Ann. Math.
  Stat. 42; for Bernoulli data Reynolds and Stoumbos (1999), J. Quality Technology 31.

An answer that cannot be read is neither right nor wrong and enters none of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from qinglan.intervals import Interval, beta_cdf, beta_quantile, log_beta

LEVEL = 0.95
ONCE = 0.05
"""Chance of either error of a qualification, at the mark."""
EVER = 0.01
"""Chance that somebody who is as good as the least mark asks is ever paused, at most."""
REFERENCE = 50
"""Decided gold answers that show how good somebody is before drift is looked for."""
BETWEEN_ALARMS = 1000
"""Gold answers between two false alarms of drift, on average, at least."""
_FALL = 0.15


class Exam(StrEnum):
    """The outcome of a qualification."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """The answers given decide neither; a person must, or more tasks."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Answers to known tasks, counted."""

    right: int
    wrong: int
    undecided: int = 0

    @classmethod
    def of(cls, outcomes: Sequence[bool | None]) -> Trust:
        """Count ``outcomes``; ``None`` is undecided."""
        right = sum(outcome is True for outcome in outcomes)
        wrong = sum(outcome is False for outcome in outcomes)
        return cls(right, wrong, len(outcomes) - right - wrong)

    @property
    def decided(self) -> int:
        """How many answers count."""
        return self.right + self.wrong

    def below(self, share: float) -> float:
        """The posterior chance that they are right less often than ``share``."""
        return beta_cdf(share, self.right + 0.5, self.wrong + 0.5)

    @property
    def interval(self) -> Interval:
        """The share of right answers, with its interval; nothing decided, nothing estimated."""
        if not self.decided:
            return Interval(None, 0.0, 1.0, LEVEL)
        a, b, tail = self.right + 0.5, self.wrong + 0.5, (1 - LEVEL) / 2
        low = 0.0 if not self.right else beta_quantile(tail, a, b)
        high = 1.0 if not self.wrong else beta_quantile(1 - tail, a, b)
        return Interval(self.right / self.decided, low, high, LEVEL)


def examine(trust: Trust, mark: float) -> Exam:
    """Whether a finished qualification was passed, by exact bounds and not by the point."""
    right, wrong = trust.right, trust.wrong
    # P(so many right or more) for one who is at the mark; then P(so few right or fewer).
    if right and beta_cdf(mark, right, wrong + 1) <= ONCE:
        return Exam.PASSED
    if wrong and 1 - beta_cdf(mark, right + 1, wrong) <= ONCE:
        return Exam.FAILED
    return Exam.UNDECIDED


def too_poor(trust: Trust, mark: float, ever: float = EVER) -> bool:
    """Whether an upper bound of their share of right answers, good at all times, is below it."""
    return evidence_below(trust, mark) >= math.log(1 / ever)


def evidence_below(trust: Trust, mark: float) -> float:
    """Log of the mixed likelihood of all rates below ``mark`` over the likelihood of ``mark``."""
    a, b = trust.right + 1.0, trust.wrong + 1.0
    mass = beta_cdf(mark, a, b)
    if not mass:
        return -math.inf
    mixed = log_beta(a, b) + math.log(mass) - math.log(mark)
    return mixed - trust.right * math.log(mark) - trust.wrong * math.log1p(-mark)


def find_drift(outcomes: Sequence[bool | None]) -> int | None:
    """The place of the answer at which a fall since the first answers became plain, or ``None``.

    The first ``REFERENCE`` decided answers give a rate that they surpass with 95 % confidence;
    the fall looked for is twice the mistakes, at most fifteen points more.
    """
    decided = [(place, right) for place, right in enumerate(outcomes) if right is not None]
    if len(decided) <= REFERENCE:
        return None
    first = sum(right for _, right in decided[:REFERENCE])
    before = _surpassed(first)
    places = [place for place, _ in decided[REFERENCE:]]
    alarm = cusum([right for _, right in decided[REFERENCE:]], before, fallen(before))
    return None if alarm is None else places[alarm]


@cache
def _surpassed(first: int) -> float:
    """The rate below theirs with 95 % confidence for ``first`` right of the first answers."""
    return beta_quantile(0.05, first + 0.5, REFERENCE - first + 0.5)


def fallen(before: float) -> float:
    """The rate to which one falls from ``before`` that matters."""
    return max(before - min(1 - before, _FALL), 0.01)


def cusum(
    outcomes: Sequence[bool], before: float, after: float, between: float = BETWEEN_ALARMS
) -> int | None:
    """Where the CUSUM for a fall of the rate from ``before`` to ``after`` first passes log
    ``between``; ``None`` where it does not.
    """
    right, wrong = math.log(after / before), math.log((1 - after) / (1 - before))
    height, most = 0.0, math.log(between)
    for place, outcome in enumerate(outcomes):
        height = max(0.0, height + (right if outcome else wrong))
        if height >= most:
            return place
    return None
