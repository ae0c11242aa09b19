"""From evidence to a verdict: one task's answers, checks and posterior in, one ``Verdict`` out.

The order of evidence: what a reviewer ruled, with all answers before them, outranks all else,
even a key; an answer that a verifier holds against the key outranks a vote; where the key refutes
everything that could be read, the task is set aside as contradicting its key (one of the two is
wrong, and a person must say which). Where no key speaks, those decide who compared the texts, and
where nobody did, the consensus, each if its posterior reaches the threshold. Undecided checks are
no evidence either way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from qinglan.kinds import WRITTEN
from qinglan.records import Estimate, Outcome, Reason, Ruling, Verdict

CONTEST = "contest"
"""The method of a verdict that rests on texts that others compared."""
_SIX = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One annotation as evidence: the value read from it, its check, its annotator's skill."""

    annotation: str
    value: str | None
    outcome: Outcome | None
    reliability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What consensus says of one task: the posterior of each value that was given.

    Where answers are not classes, of the one value it concludes, which perhaps nobody gave;
    ``nearest`` is then the value given that comes nearest, and ``estimates`` what it rests on.
    """

    posterior: dict[str, float]
    method: str
    nearest: str | None = None
    estimates: tuple[Estimate, ...] = ()


def decimal(probability: float) -> Decimal:
    """A probability at the fixed precision in which verdicts store it (six decimals)."""
    return Decimal(min(max(probability, 0.0), 1.0)).quantize(_SIX, ROUND_HALF_EVEN)


def conclude(
    *,
    verdict_id: str,
    task: str,
    ballots: Sequence[Ballot],
    opinion: Opinion | None,
    threshold: float,
    use_checks: bool,
    ruling: Ruling | None = None,
    contest: Mapping[str, float] | None = None,
) -> Verdict:
    """The verdict on one task.

    Args:
        verdict_id: id of the verdict.
        task: id of the task.
        ballots: every current annotation of the task.
        opinion: consensus over the readable values; ``None`` where there were none.
        threshold: least posterior, in (0, 1], for a verdict that rests on votes alone.
        use_checks: whether checks against keys are evidence.
        ruling: what a reviewer decided; it outranks all else.
        contest: the chance that each annotation is the best text, where others compared them.
    """

    def aside(reason: Reason, method: str) -> Verdict:
        return Verdict(id=verdict_id, task=task, votes=len(ballots), method=method, reason=reason)

    if not ballots:
        return aside(Reason.NO_ANNOTATIONS, "none")
    if ruling is not None:
        said = [b for b in ballots if b.value == ruling.value]
        named = [
            b for b in ballots
            if b.annotation == ruling.annotation and (b.value or WRITTEN) == ruling.value
        ]  # fmt: skip
        if (
            named or said
        ):  # else all who said so took it back since: the ruling has no answer to stand on
            return Verdict(
                id=verdict_id, task=task, value=ruling.value, votes=len(ballots),
                annotation=_best(named or said).annotation, method="review",
            )  # fmt: skip
    if use_checks:
        verified = [b for b in ballots if b.outcome is Outcome.VERIFIED]
        if verified:
            best = _best(verified)
            posterior = opinion.posterior.get(best.value or "") if opinion else None
            return Verdict(
                id=verdict_id, task=task, value=best.value, annotation=best.annotation,
                probability=None if posterior is None else decimal(posterior),
                votes=len(ballots), method="key",
            )  # fmt: skip
        if any(b.outcome is Outcome.REFUTED for b in ballots):
            return aside(Reason.KEY_CONTRADICTS, "key")
    if contest:
        first, chance = min(contest.items(), key=lambda item: (-decimal(item[1]), item[0]))
        if chance < threshold:
            return aside(Reason.BELOW_THRESHOLD, CONTEST)
        (chosen,) = [b for b in ballots if b.annotation == first]
        return Verdict(
            id=verdict_id, task=task, value=chosen.value or WRITTEN, annotation=first,
            probability=decimal(chance), votes=len(ballots), method=CONTEST,
        )  # fmt: skip
    if opinion is None or not opinion.posterior:
        return aside(Reason.NO_SUPPORT, opinion.method if opinion else "none")
    # Ties fall to the smaller value: any fixed rule will do, and this one is reproducible. A tie
    # is what six decimals cannot tell apart; beyond them lies the order in which sums were made.
    value, probability = min(
        opinion.posterior.items(), key=lambda item: (-decimal(item[1]), item[0])
    )
    if probability < threshold:
        return aside(Reason.BELOW_THRESHOLD, opinion.method)
    said = [b for b in ballots if b.value == value]
    best = _best(said or [b for b in ballots if b.value == opinion.nearest])
    return Verdict(
        id=verdict_id, task=task, value=value, probability=decimal(probability),
        annotation=best.annotation, votes=len(ballots), method=opinion.method,
        estimates=opinion.estimates,
    )  # fmt: skip


def _best(ballots: Sequence[Ballot]) -> Ballot:
    """The ballot of the most reliable annotator; the smaller id where they are equal."""
    return min(ballots, key=lambda b: (-b.reliability, b.annotation))
