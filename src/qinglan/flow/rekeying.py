"""Keys that come to be believed, or turn out wrong, and all that rests on them. Not a verb.

A key that is claimed is kept apart and is no evidence. Once it is believed it is a key like any
other; once a reviewer decides against it, the checks against it, how people fared on it as gold or
as a lesson, and the task's verdict are made anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter
from sqlalchemy import Connection

from qinglan.flow import stock
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.kinds import canonical, canonical_key
from qinglan.provenance import identity
from qinglan.quality.belief import weigh
from qinglan.quality.verdicts import Ballot, conclude
from qinglan.records import (
    Activity,
    Annotation,
    Answer,
    AnswerKey,
    Check,
    Outcome,
    Project,
    StepsAnswer,
    Task,
)
from qinglan.storage import annotations as answers
from qinglan.storage import (
    annotators,
    checks,
    claims,
    gold,
    keys,
    lessons,
    outcomes,
    rulings,
    tasks,
    verdicts,
)
from qinglan.storage.claims import Claim
from qinglan.verifiers import for_kind

_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def settle(context: Context, project: Project, activity: Activity) -> None:
    """Hold the open claims of ``project`` against the answers that came in since."""
    with context.storage.read() as conn:
        waiting = {claim.task: claim for claim in claims.of(conn, project.id, "open")}
        if not waiting:
            return
        asked = tasks.find(conn, waiting)
        people = {one.id for one in annotators.all(conn, project.id) if one.type == "person"}
        votes: dict[str, dict[str, set[str]]] = {}
        for vote in answers.votes(conn, project.id):
            blind = vote.task in waiting and vote.annotator != waiting[vote.task].writer
            if blind and vote.value is not None and vote.annotator in people:
                given = votes.setdefault(vote.task, {})
                given.setdefault(vote.annotator, set()).add(vote.value)
    for task, given in votes.items():
        claim = waiting[task]
        said = [values.pop() for values in given.values() if len(values) == 1]
        agree = sum(_says(asked[task], value, claim.value) for value in said)
        found = weigh(agree, len(said) - agree, claim.need)
        if found != "open":
            context.write(project, _Settling(context, project, activity, claim, found))


class _Settling:
    """One claim that is open no longer, ready to be kept."""

    def __init__(
        self, context: Context, project: Project, activity: Activity, claim: Claim, found: str
    ) -> None:
        self.context, self.project, self.activity = context, project, activity
        self.claim, self.believed = claim, found == "believed"

    def __call__(self, conn: Connection) -> None:
        task, now = self.claim.task, milliseconds(None)
        after: claims.State = "believed" if self.believed else "disputed"
        if not claims.move(conn, task, "open", after, now):
            return  # another process was first
        if self.believed:
            key = AnswerKey(task=task, value=self.claim.value, salt=identity.new_salt())
            keys.add(conn, [key], self.activity.id)
            _anew(conn, self.activity, _one(conn, task), answers.of_task(conn, task))
        self.context.note(conn, self.project, self.activity, key=task, state=after)


def decide(
    context: Context, conn: Connection, project: Project, activity: Activity, task: Task,
    value: str, words: str,
) -> None:  # fmt: skip
    """Let ``value`` be the key of ``task``, and make anew what rests on the one it had."""
    now = milliseconds(None)
    before, claim = keys.get(conn, task.id), claims.get(conn, task.id)
    writer, need = (None, 0) if claim is None else (claim.writer, claim.need)
    claims.put(conn, project.id, Claim(task.id, "decided", value, writer, need, words), now)
    key = AnswerKey(task=task.id, value=value, salt=identity.new_salt())
    if before is None:
        keys.add(conn, [key], activity.id)
    elif before.value != value:
        keys.replace(conn, key, activity.id)
        gold.rekey(conn, task.id, value)
        lessons.rekey(conn, task.id, value)
    given = answers.of_task(conn, task.id)
    _anew(conn, activity, task, given)
    _rescore(conn, project, task, value)
    _conclude(context, conn, project, activity, task, given)
    context.note(conn, project, activity, key=task.id, state="decided")


def _anew(conn: Connection, activity: Activity, task: Task, given: Iterable[Annotation]) -> None:
    """Check the answers to ``task`` against the key it has now."""
    given = list(given)
    checks.drop(conn, task.project, [one.id for one in given])
    verifier, key = for_kind(task.kind), keys.get(conn, task.id)
    if verifier is None or not given:
        return
    made = []
    for one in given:
        found = verifier.check(
            one.answer, None if key is None else key.value, task.kind, task.options
        )
        made.append(
            Check(annotation=one.id, verifier=verifier.name, outcome=found.outcome,
                  answer=found.answer, reason=found.reason)
        )  # fmt: skip
    checks.add(conn, made, activity.id)


def _rescore(conn: Connection, project: Project, task: Task, key: str) -> None:
    """How people fared on ``task``, as gold and as a lesson."""
    for fresh in outcomes.of_gold(conn, project.id):
        if fresh.task == task.id:
            right = stock.score(fresh.kind, fresh.options, fresh.answer, key)
            outcomes.keep(conn, fresh, right)
    for annotator, said in lessons.given(conn, task.id):
        answer = _ANSWER.validate_json(said)
        right = stock.score(task.kind, task.options, answer, key)
        lessons.rescore(conn, annotator, task.id, right)


def _conclude(
    context: Context, conn: Connection, project: Project, activity: Activity, task: Task,
    given: list[Annotation],
) -> None:  # fmt: skip
    """The verdict that the key decides; what rests on votes alone waits for ``judge``."""
    gone = {one.supersedes for one in given}
    found = checks.of(conn, [one.id for one in given])
    ballots = [
        Ballot(annotation=one.id, value=canonical(one.answer, task.options).value,
               outcome=checked[0].outcome if (checked := found.get(one.id)) else None,
               reliability=0.5)
        for one in given if one.id not in gone
    ]  # fmt: skip
    decided = any(b.outcome in (Outcome.VERIFIED, Outcome.REFUTED) for b in ballots)
    if not decided or rulings.of_task(conn, project.id, task.id):
        return
    verdict = conclude(
        verdict_id=identity.mint(
            context.secret, "vdt", task.id, "key", activity.id,
            *sorted(f"{b.annotation} {b.outcome or ''}" for b in ballots),
        ),
        task=task.id, ballots=ballots, opinion=None, threshold=0.5, use_checks=True,
    )  # fmt: skip
    verdicts.replace(conn, [verdict], activity.id)


def _says(task: Task, value: str, key: str) -> bool:
    """Whether an answer that was read as ``value`` is what ``key`` says."""
    wanted = canonical_key(task.kind, task.options, key).value
    if wanted is None or wanted == value:
        return wanted == value
    verifier = for_kind(task.kind)
    if verifier is None:
        return False
    answer = StepsAnswer(steps=(value,), final=value)
    return verifier.check(answer, key, task.kind, task.options).outcome is Outcome.VERIFIED


def _one(conn: Connection, task: str) -> Task:
    return tasks.find(conn, [task])[task]
