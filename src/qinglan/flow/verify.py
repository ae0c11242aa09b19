"""``verify``: run the kind's verifier over every answer that it has not checked yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from qinglan.flow.context import Context, Progress, quiet
from qinglan.records import Actor, Check, Outcome, Reason
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
    reason, and never right or wrong. A kind without a verifier (preferences) checks nothing.
    """
    target = context.project(project)
    activity = context.begin("verify", actor)
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

        def keep(conn: Connection, made: list[Check] = made) -> None:
            checks.add(conn, made, activity.id)

        context.storage.write(keep)
        outcomes.update(c.outcome.value for c in made)
        reasons.update(c.reason.value for c in made if isinstance(c.reason, Reason))
        after = batch[-1][0].id
        progress(sum(outcomes.values()), None)
    checked = sum(outcomes.values())
    if checked:
        context.remember(
            target, activity, verifier=verifier.name if verifier else None, outcomes=dict(outcomes)
        )
    return Verified(
        project=project,
        verifier=verifier.name if verifier else None,
        checked=checked,
        outcomes=dict(outcomes),
        undecided=dict(reasons),
    )
