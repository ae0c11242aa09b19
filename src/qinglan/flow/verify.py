"""``verify``: run the kind's verifier over every answer that it has not checked yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from qinglan.flow import rekeying
from qinglan.flow.context import Context, Progress, allow, quiet
from qinglan.records import Activity, Actor, Check, Outcome, Project, Reason
from qinglan.storage import annotations as answers
from qinglan.storage import checks
from qinglan.verifiers import for_kind

BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What one ``verify`` did: checks made now, by outcome and by reason of indecision."""

    project: str
    verifier: str | None
    checked: int
    outcomes: dict[str, int]
    undecided: dict[str, int]


def verify(context: Context, actor: Actor, project: str, *, progress: Progress = quiet) -> Verified:
    """Check the answers of a project against their keys; finished checks are not repeated.

    The outcome is three-valued: an answer or a key that cannot be read is undecided, with the
    reason, and never right or wrong. Keys that were claimed are first held against the answers
    given without sight of them, and count from when they are believed. A kind without a verifier
    (preferences) checks nothing.
    """
    allow("verify", actor)
    target = context.project(project)
    activity = context.begin("verify", actor)
    rekeying.settle(context, target, activity)
    verifier = for_kind(target.kind)
    outcomes: Counter[str] = Counter({o.value: 0 for o in Outcome})
    reasons: Counter[str] = Counter()
    after: str | None = None
    while verifier is not None:
        with context.storage.read() as conn:
            batch = answers.unchecked(conn, target.id, verifier.name, after, BATCH)
        if not batch:
            break
        made = []
        for annotation, _value, _reason, key, kind, options in batch:
            found = verifier.check(annotation.answer, key, kind, options)
            made.append(
                Check(
                    annotation=annotation.id,
                    verifier=verifier.name,
                    outcome=found.outcome,
                    answer=found.answer,
                    reason=found.reason,
                )
            )

        kept = context.write(target, partial(_keep, context, target, activity, made))
        outcomes.update(c.outcome.value for c in kept)
        reasons.update(c.reason.value for c in kept if isinstance(c.reason, Reason))
        after = batch[-1][0].id
        progress(sum(outcomes.values()), None)
    return Verified(
        project=project,
        verifier=verifier.name if verifier else None,
        checked=sum(outcomes.values()),
        outcomes=dict(outcomes),
        undecided=dict(reasons),
    )


def _keep(
    context: Context, project: Project, activity: Activity, made: list[Check], conn: Connection
) -> list[Check]:
    """Keep the checks that no other process made meanwhile, and note them in the history."""
    there = checks.of(conn, (check.annotation for check in made))
    fresh = [
        check
        for check in made
        if all(check.verifier != other.verifier for other in there.get(check.annotation, ()))
    ]
    if fresh:
        checks.add(conn, fresh, activity.id)
        outcomes = Counter(check.outcome.value for check in fresh)
        context.note(
            conn, project, activity, verifier=fresh[0].verifier,
            outcomes={outcome.value: outcomes[outcome.value] for outcome in Outcome},
        )  # fmt: skip
    return fresh
