"""The votes of a project, and the consensus over them.

Not a verb: ``judge``, ``report`` and the readers of results all come through here, so that a
page shows the figures that the verdicts rest on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from qinglan.flow import scaled
from qinglan.flow.context import Context
from qinglan.quality import closed, marked, open_answers
from qinglan.quality.result import Judgement
from qinglan.quality.tiers import TierQuality, named
from qinglan.records import Annotator, Estimate, Kind, Outcome, Project, Reason, Ruling
from qinglan.storage import annotations as answers
from qinglan.storage import annotators, checks, rulings, suggestions, tasks, tiers

Cast = scaled.Cast
Fitting = scaled.Fitting


OPEN = (
    Kind.FREE, Kind.STEPS, Kind.CHAT, Kind.EDIT, Kind.ITEM, *(scaled.KINDS - {Kind.COMPARISON})
)  # fmt: skip
"""Kinds whose answers are not classes: each task has its own."""


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
    tier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """All votes by task, and what consensus makes of them."""

    votes: dict[str, tuple[Vote, ...]]
    annotators: dict[str, Annotator]
    posterior: dict[str, dict[str, float]]
    """Task → value → posterior, over the values that were given."""
    quality: tuple[AnnotatorQuality, ...]
    """By name."""
    reliability: dict[str, float]
    """Annotator id → point estimate; absent without a readable vote."""
    majority: dict[str, dict[str, float]]
    """Task → most frequent values → share of the credit (ties share 1)."""
    method: str
    alarms: tuple[str, ...] = ()
    """Keys of phrases that a person should read before trusting the consensus."""
    tiers: tuple[TierQuality, ...] = ()
    """How often each tier is right; empty where nobody who answered has one, and where answers
    are not right or wrong."""
    nearest: Mapping[str, str] = field(default_factory=dict)
    """Task → the value given that comes nearest to what was concluded, where that is no class."""
    estimates: Mapping[str, tuple[Estimate, ...]] = field(default_factory=dict)


def read_labels(context: Context, project: Project, *, use_checks: bool = False) -> Labels:
    """Read the project's votes and fit consensus over the values that could be read.

    ``use_checks``: let rulings and outcomes of checks against keys inform the consensus. What an
    annotator got right where either is known then carries over to tasks without. Leave it out
    where keys are to judge the consensus.
    """
    with context.storage.read() as conn:
        found = {c.annotation: c for c in checks.stream(conn, project.id)}
        ruled = rulings.standing(conn, project.id)
        people = {a.id: a for a in annotators.all(conn, project.id)}
        given_tiers = tiers.of(conn, project.id)
        leaned = suggestions.leaned_on(conn, project.id)
        votes: dict[str, list[Vote]] = {}
        for vote in answers.votes(conn, project.id):
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
    cast = [
        (task, who, value)
        for task, given in votes.items()
        for who, value in one_vote_each(given)
        # Whoever answered in sight of a model's answer spoke for both: it is one opinion.
        if (task, who) not in leaned
    ]
    verified = _verified(cast, votes, ruled) if use_checks else None
    found_by = fitting(context, project, people)(cast, verified)
    return Labels(
        votes={task: tuple(given) for task, given in votes.items()},
        annotators=people,
        posterior=found_by.posterior,
        quality=tuple(_qualities(people.values(), votes, found_by, given_tiers)),
        tiers=() if project.kind in scaled.KINDS else named(given_tiers, found_by.annotators),
        reliability={name: quality.value for name, quality in found_by.annotators.items()},
        majority=found_by.majority,
        method=found_by.method,
        alarms=found_by.alarms,
        nearest=found_by.nearest,
        estimates=found_by.estimates,
    )


def fitting(
    context: Context,
    project: Project,
    people: Mapping[str, Annotator],
    method: str = closed.DEFAULT,
) -> Fitting:
    """The consensus that suits the project's kind; ``method`` where answers are classes.

    Models of one family are near-copies, and do not outvote people by their number; where answers
    are classes, what a tier's people have in common is learned from all of them.
    """
    if project.kind in scaled.KINDS:
        return scaled.fitting(context, project, method)
    families = {
        who.id: who.origin.family
        for who in people.values()
        if who.type == "model" and who.origin.family is not None
    }
    if project.kind in OPEN:
        return partial(open_answers.fit, families=families)
    with context.storage.read() as conn:
        given = tiers.of(conn, project.id)
    if project.kind not in (Kind.MARKS, Kind.ALTERNATIVES):
        return partial(closed.fit, method=method, families=families, tiers=given)
    with context.storage.read() as conn:
        steps = {task.id: len(task.options) for task in tasks.stream(conn, project.id)}

    def fit(cast: Sequence[Cast], verified: Sequence[bool | None] | None = None) -> Judgement:
        if any(outcome is not None for outcome in verified or ()):
            # The ordered model takes no evidence beside marks.
            return closed.fit(cast, verified, method, families, given)
        return marked.fit(cast, steps, families)

    return fit


def one_vote_each(given: Iterable[Vote]) -> list[tuple[str, str]]:
    """(annotator, value) of those who answered one task, each once.

    Several samples of one model are one opinion: its most frequent value, or none where several
    are equally frequent. Counted apart, a model asked sixteen times would outvote fifteen people.
    """
    values: dict[str, Counter[str]] = {}
    for vote in given:
        if vote.value is not None:
            values.setdefault(vote.annotator, Counter())[vote.value] += 1
    cast = []
    for annotator, counted in values.items():
        (value, most), *others = counted.most_common(2)
        if not others or others[0][1] < most:
            cast.append((annotator, value))
    return cast


def _verified(
    cast: list[tuple[str, str, str]], votes: dict[str, list[Vote]], ruled: Mapping[str, Ruling]
) -> list[bool | None]:
    """What reviewers or else the checks found of each vote cast: ``None`` where nothing did."""
    decided = {
        (task, vote.value): vote.outcome is Outcome.VERIFIED
        for task, given in votes.items()
        for vote in given
        if vote.outcome in (Outcome.VERIFIED, Outcome.REFUTED)
    }
    return [
        value == ruled[task].value if task in ruled else decided.get((task, value))
        for task, _, value in cast
    ]


def _qualities(
    people: Iterable[Annotator],
    votes: dict[str, list[Vote]],
    judged: Judgement,
    tier_of: Mapping[str, str],
) -> Iterable[AnnotatorQuality]:
    answers: dict[str, int] = {}
    for given in votes.values():
        for vote in given:
            answers[vote.annotator] = answers.get(vote.annotator, 0) + 1
    for who in sorted(people, key=lambda a: a.name):
        found = judged.annotators.get(who.id)
        yield AnnotatorQuality(
            annotator=who.name, type=who.type, simulated=who.simulated,
            answers=answers.get(who.id, 0),
            value=None if found is None else found.value,
            low=None if found is None else found.low,
            high=None if found is None else found.high,
            tier=tier_of.get(who.id),
        )  # fmt: skip
