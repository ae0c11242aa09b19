"""The reviewer's verbs: what to look at next, one task with all its answers, and a ruling on it.

A reviewer sees no names, and the answers in an order of their own. Whoever was given a task, or
answered it, does not review it; whoever has seen its answers is never given it (decision 0012).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.assignment.reviewing import Why
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import contests, hands, rekeying
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id, checked, milliseconds
from qinglan.flow.scheme import scheme_of
from qinglan.kinds import WRITTEN, canonical, validate
from qinglan.kinds.scheme import EMPTY, Scheme
from qinglan.provenance import identity
from qinglan.records import (
    Activity,
    Actor,
    Annotation,
    Annotator,
    Answer,
    Kind,
    Origin,
    Project,
    Ruling,
    Task,
    Verdict,
)
from qinglan.storage import annotations as answers
from qinglan.storage import (
    annotators,
    claims,
    keys,
    reviewing,
    rulings,
    seats,
    sightings,
    tasks,
    verdicts,
)
from qinglan.storage.claims import Claim

STRETCH = 2_000
"""Answered tasks that one page of the queue chooses from."""

PAGE = 50

TEXTS = frozenset({Kind.CHAT, Kind.EDIT, Kind.ITEM})
"""Kinds whose answers may be right as texts, whatever answer they state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One task worth a look. ``value`` is the chance that the look changes something."""

    task: str
    excerpt: str
    value: float
    why: Why
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """The tasks of one stretch that are worth most. ``after`` leads to the next stretch."""

    lines: tuple[Line, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One standing answer, without a name."""

    annotation: str
    answer: Answer
    value: str | None
    """As it is counted; ``None`` where nothing could be read."""
    concluded: bool
    """The current verdict rests on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that a reviewer has before them."""

    task: str
    kind: Kind
    prompt: str
    options: tuple[str, ...]
    sides: tuple[Side, ...]
    """In an order that is this reviewer's own, and stays."""
    key: str | None
    claim: Claim | None
    """How the key stands, where it is claimed or was disputed."""
    words: tuple[tuple[str, str], ...]
    """Why people gave the task back (by the name of the reason), and what they said."""
    rulings: tuple[Ruling, ...]
    """Earlier ones, the newest last."""
    scheme: Scheme = EMPTY
    """What the labels and criteria are called."""
    verdict: Verdict | None = None
    """What is concluded at present."""
    compared: Mapping[str, float] = field(default_factory=dict)
    """How often each answer (by id) was preferred by those who compared them, ties half."""
    comparisons: int = 0
    """By how many votes."""


def review_queue(
    context: Context, actor: Actor, project: str, *, after: str = "", limit: int = PAGE
) -> ReviewPage:
    """What is worth a look most, in a stretch of the project's answered tasks beyond ``after``.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("look", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found, then = reviewing.candidates(
            conn, target.id, annotator_id(context, project, actor.name), after, STRETCH
        )
        disputed = {claim.task for claim in claims.of(conn, target.id, "disputed")}
    lines = []
    for one in found:
        worth = assignment.worth(
            one.votes, posterior=one.posterior, reports=one.reports,
            contradicted=one.contradicted or one.task in disputed,
            drawn=assignment.audited(context.secret, one.task),
        )  # fmt: skip
        if worth is not None:
            lines.append(
                Line(
                    task=one.task, excerpt=one.excerpt, value=worth.value, why=worth.why,
                    answers=sum(one.votes.values()),
                )
            )  # fmt: skip
    lines.sort(key=lambda line: (-line.value, line.task))
    return ReviewPage(lines=tuple(lines[:limit]), after=then)


def open_review(context: Context, actor: Actor, project: str, task: str) -> Dossier:
    """One task with all its standing answers; from now on ``actor`` is never asked to answer it.

    Raises:
        PermissionDenied: the actor's role may not, or they were given the task, or answered it.
        UsageError: there is no such task, or it has no answers.
    """
    allow("look", actor)
    target = context.project(project)
    me = annotator_id(context, project, actor.name)

    def look(conn: Connection) -> tuple[Task, list[Annotation]]:
        asked = _task(conn, target, task)
        given = _standing(conn, target, actor, me, task)
        sightings.add(conn, me, [task], milliseconds(None))
        return asked, given

    asked, given = context.storage.write(look)
    with context.storage.read() as conn:
        key, claim = keys.get(conn, task), claims.get(conn, task)
        said = reviewing.words(conn, task)
        before = rulings.of_task(conn, target.id, task)
        verdict = verdicts.current(conn, [task]).get(task)
        scheme = scheme_of(conn, target.id, asked.kind)
        texts = [(task, one.id) for one in given] if asked.kind in contests.KINDS else []
        compared = contests.read(context, conn, project, texts).found
    concluded = None if verdict is None else verdict.annotation
    given.sort(key=lambda one: assignment.draw(context.secret, "review", actor.name, one.id))
    return Dossier(
        task=task, kind=asked.kind, prompt=asked.prompt, options=asked.options,
        sides=tuple(
            Side(
                annotation=one.id, answer=one.answer,
                value=canonical(one.answer, asked.options).value, concluded=one.id == concluded,
            )
            for one in given
        ),
        key=key.value if key is not None else None if claim is None else claim.value,
        claim=claim, words=tuple(said), rulings=tuple(before),
        scheme=scheme, verdict=verdict, compared=compared.majority.get(task, {}),
        comparisons=compared.votes.get(task, 0),
    )  # fmt: skip


def rule(
    context: Context,
    actor: Actor,
    project: str,
    task: str,
    *,
    considered: Sequence[str],
    annotation: str | None = None,
    payload: Mapping[str, Any] | None = None,
    licence: str | None = None,
    note: str = "",
) -> Ruling:
    """Decide what is right: one of the answers (``annotation``), or a better one (``payload``).

    The task's verdict follows at once; what the ruling tells of the people, and so of other
    tasks, at the next ``judge``.

    Args:
        context: the workspace.
        actor: the reviewer.
        project: name of the project.
        task: its id.
        considered: ids of the answers that were looked at: what the ruling is made from.
        annotation: id of the answer that is right.
        payload: fields of the reviewer's own answer, where none is.
        licence: what the reviewer's own answers may be used under, unless they are known.
        note: why.

    Raises:
        PermissionDenied: the actor's role may not, or they were given the task, or answered it.
        UsageError: other answers stand by now than those considered, or no value can be read.
        RowError: the reviewer's own answer does not fit the task.
        InputError: they are known under another licence.
    """
    allow("review", actor)
    checked({"note": note, "payload": dict(payload or {})})
    target = context.project(project)
    me = annotator_id(context, project, actor.name)
    activity = context.begin("review", actor)

    def keep(conn: Connection) -> Ruling:
        asked = _task(conn, target, task)
        given = _standing(conn, target, actor, me, task)
        if {one.id for one in given} != set(considered):
            raise UsageError("review.changed")
        if payload is None:
            chosen = next((one for one in given if one.id == annotation), None)
            if chosen is None:
                raise UsageError("review.no_such_answer")
        else:
            chosen = _write(context, conn, target, activity, asked, me, payload, licence)
        value = canonical(chosen.answer, asked.options).value
        if value is None and asked.kind not in TEXTS:
            raise UsageError("review.unreadable")
        value = value or WRITTEN
        ruling = Ruling(
            id=identity.random_id("rul"), task=task, reviewer=actor.name, value=value,
            annotation=chosen.id, note=note, considered=tuple(sorted(one.id for one in given)),
            salt=identity.new_salt(),
        )  # fmt: skip
        rulings.add(conn, target.id, ruling, activity.id)
        sightings.add(conn, me, [task], milliseconds(None))
        verdict = Verdict(
            id=identity.mint(context.secret, "vdt", task, "ruling", ruling.id), task=task,
            value=value, annotation=chosen.id, votes=len(given) + (payload is not None),
            method="review",
        )  # fmt: skip
        verdicts.replace(conn, [verdict], activity.id)
        claim = claims.get(conn, task)
        if claim is not None and claim.state in ("open", "disputed") and value != WRITTEN:
            rekeying.decide(context, conn, target, activity, asked, value, note)
        context.note(
            conn, target, activity, ruling=ruling.id, task=task, annotation=chosen.id,
            considered=list(ruling.considered),
        )  # fmt: skip
        return ruling

    return context.write(target, keep)


def return_answer(
    context: Context, actor: Actor, project: str, task: str, annotation: str, note: str
) -> None:
    """Ask whoever gave ``annotation`` for a better answer, without learning who it was.

    Raises:
        PermissionDenied: the actor's role may not, or they were given the task, or answered it.
        UsageError: it is no standing answer that was given at the desk.
    """
    allow("review", actor)
    checked({"note": note})
    target = context.project(project)
    me = annotator_id(context, project, actor.name)
    activity = context.begin("review", actor)

    def keep(conn: Connection) -> None:
        given = _standing(conn, target, actor, me, task)
        chosen = next((one for one in given if one.id == annotation), None)
        if chosen is None:
            raise UsageError("review.no_such_answer")
        hands.send_back(context, conn, target, activity, chosen.annotator, task, note)

    context.write(target, keep)


def _task(conn: Connection, project: Project, task: str) -> Task:
    found = tasks.find(conn, [task]).get(task)
    if found is None or found.project != project.id:
        raise UsageError("assignment.no_such_task", task=task, project=project.name)
    return found


def _standing(
    conn: Connection, project: Project, actor: Actor, me: str, task: str
) -> list[Annotation]:
    """The answers that stand, for one who has no part in them."""
    seats.get(conn, me, lock=True)  # so that nobody is given what they are looking at
    every = answers.of_task(conn, task)
    claim = claims.get(conn, task)
    mine = claim is not None and claim.writer == me
    if mine or sightings.given(conn, me, [task]) or any(one.annotator == me for one in every):
        raise PermissionDenied("assignment.self_review", actor=actor.name)
    gone = {one.supersedes for one in every}
    standing = [one for one in every if one.id not in gone]
    if not standing:
        raise UsageError("review.no_such_answer")
    return standing


def _write(
    context: Context, conn: Connection, project: Project, activity: Activity, task: Task, me: str,
    payload: Mapping[str, Any], licence: str | None,
) -> Annotation:  # fmt: skip
    """The reviewer's own answer, kept as any annotator's is."""
    answer = validate(task.kind, task.options, payload)
    if annotators.get(conn, me) is None:
        origin = Origin(source=f"desk/{project.name}", channel="person", licence=licence)
        person = Annotator(
            id=me, project=project.id, type="person", name=activity.actor, origin=origin
        )
        annotators.add(conn, [person], activity.id)
    given = Annotation(
        id=identity.mint(context.secret, "ann", task.id, me), task=task.id, annotator=me,
        answer=answer, salt=identity.new_salt(),
    )  # fmt: skip
    read = canonical(answer, task.options)
    answers.add_one(conn, project.id, (given, read.value, read.reason), activity.id)
    return given
