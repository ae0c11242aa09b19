"""The lead's and the reviewer's verbs at the desk: opening it, seats, gold, sending back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import hands, queueing
from qinglan.flow.context import Context, Progress, allow, quiet
from qinglan.flow.hands import annotator_id, checked, milliseconds
from qinglan.records import Actor, Annotator, Origin, Project
from qinglan.storage import (
    annotators,
    gold,
    lessons,
    pools,
    seats,
    suggestions,
    tasks,
    tiers,
    users,
    work,
)
from qinglan.work import Rules, Slots

BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What opening a desk did."""

    project: str
    queued: int
    """Tasks that were not in the queue before."""


def open_desk(
    context: Context, actor: Actor, project: str, rules: Rules, *, progress: Progress = quiet
) -> Opened:
    """Queue every task of the project under ``rules``; tasks imported later join by themselves.

    Opening an open desk changes its rules. Another overlap, and another number of reserved
    answers, hold for tasks queued from then on; those in the queue keep theirs. For whom they are
    reserved holds for all.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: they are reserved for a tier that the project does not have.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)

    def rule(conn: Connection) -> None:
        known = tiers.names(conn, target.id)
        if rules.reserved_for is not None and rules.reserved_for not in known:
            raise UsageError(
                "tiers.none_such", tier=rules.reserved_for, known=", ".join(known) or "—"
            )
        seats.set_rules(conn, target.id, rules)

    context.storage.write(rule)
    queued, after = 0, ""
    while True:
        with context.storage.read() as conn:
            found = work.missing(conn, target.id, after, BATCH)
        if not found:
            break
        queued += context.storage.write(
            lambda conn, found=found: queueing.add(conn, target.id, found, rules)  # type: ignore[misc]
        )
        after = found[-1].task
        progress(queued, None)
    context.remember(
        target, activity, overlap=rules.overlap, most=rules.most,
        gold_per_mille=rules.gold_per_mille, lease_seconds=rules.lease_seconds,
        stop_after=rules.stop_after, reserved=rules.reserved, reserved_for=rules.reserved_for,
        by_gain=rules.by_gain, queued=queued,
    )  # fmt: skip
    return Opened(project=project, queued=queued)


def seat(
    context: Context,
    actor: Actor,
    project: str,
    name: str,
    *,
    skills: Sequence[str] | None = None,
    licence: str | None = None,
) -> str:
    """Let the person ``name`` work at the project's desk; their annotator's id.

    ``skills`` are what they may be given (default: everything; tasks without a skill need none).
    ``licence`` is what they agreed that their answers may be used under; the gate asks for it.
    A person who is known here keeps what they agreed to before.

    Raises:
        UsageError: the desk is not open.
        InputError: they are known under another licence, or are no person.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    annotator = Annotator(
        id=annotator_id(context, project, name),
        project=target.id,
        type="person",
        name=name,
        origin=Origin(source=f"desk/{project}", channel="person", licence=licence),
    )
    known = None if skills is None else tuple(sorted(set(skills)))

    def keep(conn: Connection) -> None:
        _rules(conn, target)
        there = annotators.get(conn, annotator.id) if licence is None else None
        known_person = there is not None and there.origin.channel == "person"
        if not known_person:
            annotators.add(conn, [annotator], activity.id)
        before = seats.get(conn, annotator.id, lock=True)
        if seats.add(conn, annotator.id, target.id, known):
            asked = lessons.of(conn, target.id, "qualification")
            seats.admit(conn, annotator.id, admitted=not asked)
            tiers.take_seat(conn, annotator.id)
            seats.put_languages(conn, annotator.id, users.languages(conn, name))
        elif before is not None and not before.active:
            now = milliseconds(None)
            seats.begin_again(conn, annotator.id, now, admitted=before.admitted)
        said = None if known is None else list(known)
        context.note(conn, target, activity, seat=annotator.id, skills=said)

    context.write(target, keep)
    return annotator.id


def set_gold(context: Context, actor: Actor, project: str, ids: Sequence[str]) -> int:
    """Make tasks with a key gold: each annotator may get them, and the queue no longer gives them.

    Returns:
        How many were not gold before.

    Raises:
        UsageError: one is no task of the project, has no key, is in somebody's hands already, or
            would be the only kind of task without a suggestion. Then none is changed.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)

    def keep(conn: Connection) -> int:
        _rules(conn, target)
        found = tasks.find(conn, ids)
        fresh = sorted(set(ids) - gold.known(conn, target.id, ids))
        asked = pools.demanded(conn, fresh)
        source = suggestions.source_of(conn, target.id)
        rows = []
        for id_ in fresh:
            if source and not suggestions.answer_of(conn, source.annotator, target.id, id_):
                raise UsageError("suggesting.gold_without", task=id_)
            task, key, slots = hands.reserve(conn, target, id_, found.get(id_))
            _want(conn, target, id_, slots, None)
            pool = assignment.pool_key(task.skill, *asked.get(id_, queueing.NOTHING))
            rows.append((id_, pool, secrets.randbits(63), key.value))
        made = gold.add(conn, target.id, rows)
        context.note(conn, target, activity, gold=made)
        return made

    return context.write(target, keep)


def clear_gold(context: Context, actor: Actor, project: str, ids: Sequence[str]) -> int:
    """Make gold tasks ordinary ones, to be given out by the queue; how many were gold."""
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)

    def keep(conn: Connection) -> int:
        rules = _rules(conn, target)
        known = sorted(gold.known(conn, target.id, ids))
        for id_ in known:
            slots = work.lock(conn, id_)
            if slots is not None:
                _want(conn, target, id_, slots, rules.overlap, rules.reserved)
        work.requeue(conn, target.id, known)
        gone = gold.remove(conn, known)
        context.note(conn, target, activity, gold=-gone)
        return gone

    return context.write(target, keep)


def send_back(
    context: Context, actor: Actor, project: str, name: str, task: str, note: str
) -> None:
    """Ask the annotator ``name`` for a better answer to ``task``, in the reviewer's words.

    Raises:
        PermissionDenied: the actor's role may not, the answer is their own, or there is none.
        UsageError: they have no answer there that could be sent back.
    """
    allow("review", actor)
    target = context.project(project)
    annotator = annotator_id(context, target.name, name)
    if not assignment.may_review(actor.name, name):
        raise PermissionDenied("assignment.self_review", actor=actor.name)
    checked({"note": note})
    activity = context.begin("review", actor)
    context.write(
        target,
        lambda conn: hands.send_back(context, conn, target, activity, annotator, task, note),
    )


def _rules(conn: Connection, project: Project) -> Rules:
    rules = seats.rules_of(conn, project.id)
    if rules is None:
        raise UsageError("assignment.no_desk", project=project.name)
    return rules


def _want(
    conn: Connection, project: Project, task: str, slots: Slots, wanted: int | None,
    reserved: int = 0,
) -> None:  # fmt: skip
    """Have ``task`` (locked) answered by ``wanted`` people; ``None`` takes it off the queue."""
    after = replace(slots, wanted=wanted, reserved=reserved)
    work.move(conn, task, after, assignment.state_of(after, _rules(conn, project)))
