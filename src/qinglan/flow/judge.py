"""``judge``: consensus over the answers, and a verdict with its reason on every task.

Verdicts are replaced batch by batch, so that others can write meanwhile; until the last batch is
in, the project counts as half judged and nothing is released of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow import contests, events, flagging, foreseeing, pulsing
from qinglan.flow.context import Context, Progress, allow, quiet
from qinglan.flow.events import Event
from qinglan.flow.hands import milliseconds
from qinglan.flow.labels import Labels, read_labels
from qinglan.provenance import identity
from qinglan.quality.reports import alarm_key
from qinglan.quality.tiers import TierQuality
from qinglan.quality.verdicts import Ballot, Opinion, conclude
from qinglan.records import Actor, Reason, Verdict
from qinglan.storage import claims, judgings, keys, rulings, tasks, verdicts
from qinglan.storage.columns import batches

BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What ``judge`` concluded. ``tasks`` = ``accepted`` + the sum of ``set_aside``."""

    project: str
    method: str
    tasks: int
    accepted: int
    set_aside: dict[str, int]
    changed: int
    alarms: tuple[str, ...]
    """Keys of phrases to read before the consensus is trusted."""
    flagged: int
    """People whose gold answers have fallen off, flagged for a lead to look at."""
    tiers: tuple[TierQuality, ...] = ()
    """How often each tier of people is right."""


def judge(
    context: Context,
    actor: Actor,
    project: str,
    *,
    threshold: Decimal = Decimal("0.5"),
    use_keys: bool = True,
    progress: Progress = quiet,
) -> Judged:
    """Conclude a verdict on every task of a project.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project.
        threshold: least posterior for a verdict that rests on votes alone.
        use_keys: let checks against keys decide before votes do, and inform the consensus on tasks
            without a key; with ``False`` the verdicts
            rest on the votes alone, and keys can judge them afterwards.
        progress: called after each batch.

    The same votes give the same verdicts; only those that changed are appended. Whoever's answers
    to gold have fallen off is flagged as well (``flagging``): nobody has to ask for it.
    """
    if not 0 < threshold <= 1:
        raise UsageError("flow.bad_threshold", threshold=threshold)
    allow("judge", actor)
    target = context.project(project)
    activity = context.begin("judge", actor)
    context.write(target, lambda conn: judgings.begin(conn, target.id, activity.id))
    with context.storage.read() as conn:
        ruled = rulings.last(conn, target.id)
    labels = read_labels(context, target, use_checks=use_keys)
    how: dict[str, identity.Json] = {
        "method": labels.method,
        "threshold": str(threshold),
        "use_keys": use_keys,
    }

    def keep(batch: list[Verdict], conn: Connection) -> int:
        judgings.hold(conn, target.id, activity.id)
        meanwhile = rulings.since(conn, target.id, ruled)
        batch = [verdict for verdict in batch if verdict.task not in meanwhile]
        changed = verdicts.replace(conn, batch, activity.id)
        if changed:
            counted = _reasons(batch)
            context.note(
                conn, target, activity, **how, accepted=counted.pop("", 0),
                set_aside=dict(sorted(counted.items())), changed=changed,
            )  # fmt: skip
            events.emit(
                conn, target.id, Event.VERDICT_CHANGED, project=project, activity=activity.id,
                changed=changed,
            )  # fmt: skip
        return changed

    outcomes: Counter[str] = Counter()
    changed = done = 0
    contested: Mapping[str, Mapping[str, float]] = {}
    if target.kind in contests.KINDS:
        standing = [(task, v.annotation) for task, given in labels.votes.items() for v in given]
        with context.storage.read() as conn:
            contested = contests.read(context, conn, project, standing).found.posterior
    made = _verdicts(context, labels, target.id, float(threshold), use_keys, contested)
    for batch in batches(made, BATCH):
        changed += context.write(target, partial(keep, batch))
        outcomes += _reasons(batch)
        done += len(batch)
        progress(done, None)
    figures = pulsing.judged(context, target, labels)
    foresight = foreseeing.foresee(context, target, labels)

    def finish(conn: Connection) -> dict[str, int]:
        judgings.finish(conn, target.id, activity.id)
        pulsing.keep(conn, target, figures)
        fallen = flagging.drifts(conn, target)
        news = flagging.raise_news(context, conn, target, activity, fallen, milliseconds(None))
        foreseeing.keep(conn, target, foresight)  # last: it holds the end of the queue
        return news

    flagged = context.write(target, finish)
    accepted = outcomes.pop("", 0)
    return Judged(
        project=project, method=labels.method, tasks=done, accepted=accepted,
        set_aside=dict(outcomes), changed=changed,
        alarms=tuple(alarm_key(alarm) for alarm in labels.alarms), tiers=labels.tiers,
        flagged=sum(flagged.values()),
    )  # fmt: skip


def _reasons(batch: list[Verdict]) -> Counter[str]:
    """How many were set aside for each reason; under "", how many were accepted."""
    return Counter("" if v.reason is None else v.reason.value for v in batch)


def _verdicts(
    context: Context, labels: Labels, project: str, threshold: float, use_keys: bool,
    contested: Mapping[str, Mapping[str, float]],
) -> Iterator[Verdict]:  # fmt: skip
    with context.storage.read() as conn:
        ruled = rulings.standing(conn, project)
        unsettled = {
            claim.task: claim.state
            for claim in claims.of(conn, project, "open", "disputed")
            if claim.task not in ruled and keys.get(conn, claim.task) is None
        }
        for task in tasks.stream(conn, project):
            ruling = ruled.get(task.id)
            ballots = [
                Ballot(
                    annotation=vote.annotation,
                    value=vote.value,
                    outcome=vote.outcome,
                    reliability=labels.reliability.get(vote.annotator, 0.5),
                )
                for vote in labels.votes.get(task.id, ())
            ]
            if task.id in unsettled:
                yield _unsettled(context, task.id, unsettled[task.id], ballots)
                continue
            contest = contested.get(task.id, {})
            posterior = labels.posterior.get(task.id)
            opinion = None
            if posterior is not None:
                opinion = Opinion(
                    posterior=posterior, method=labels.method,
                    nearest=labels.nearest.get(task.id),
                    estimates=labels.estimates.get(task.id, ()),
                )  # fmt: skip
            yield conclude(
                # The id follows from the evidence, so that judging twice changes nothing.
                verdict_id=identity.mint(
                    context.secret, "vdt", task.id, labels.method, str(threshold), int(use_keys),
                    *sorted(f"{b.annotation} {b.outcome or ''}" for b in ballots),
                    *(f"{v} {p:.6f}" for v, p in sorted((posterior or {}).items())),
                    *(
                        f"{one.name} {one.value} {one.low} {one.high}"
                        for one in labels.estimates.get(task.id, ())
                    ),
                    *([] if ruling is None else [f"ruling {ruling.id}"]),
                    *(f"best {one} {p:.6f}" for one, p in sorted(contest.items())),
                ),
                task=task.id,
                ballots=ballots,
                opinion=opinion,
                threshold=threshold,
                use_checks=use_keys,
                ruling=ruling,
                contest=contest,
            )  # fmt: skip


def _unsettled(context: Context, task: str, state: str, ballots: list[Ballot]) -> Verdict:
    """No verdict on a question whose key is claimed and not believed, whatever the votes say."""
    why = Reason.KEY_CONTRADICTS if state == "disputed" else Reason.NO_SUPPORT
    given = sorted(ballot.annotation for ballot in ballots)
    return Verdict(
        id=identity.mint(context.secret, "vdt", task, "claim", state, *given), task=task,
        votes=len(ballots), method="claim", reason=why if ballots else Reason.NO_ANNOTATIONS,
    )  # fmt: skip
