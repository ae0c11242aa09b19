"""What is done before real work: practice, which explains each answer, then a qualification.

Answers here are nobody's vote. A key is looked at only when the answer is in, and told only in
practice; the qualification tells how it ended, by bounds and not by the point, and where it
cannot be decided a lead decides.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import flagging, illustrating, stock
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import (
    annotator_id,
    checked,
    in_words,
    milliseconds,
    reserve,
    seat_of,
)
from qinglan.kinds import validate
from qinglan.records import Actor
from qinglan.storage import flags, lessons, seats, tasks, work
from qinglan.storage.columns import encode
from qinglan.storage.flags import Flag, Word
from qinglan.storage.lessons import Lesson, Part
from qinglan.storage.seats import Seat
from qinglan.storage.work import Question
from qinglan.work import Marks

__all__ = ["Feedback", "Now", "Part", "Shown", "answer", "draw", "explain", "lesson", "set_lessons",
           "settle_due", "shown", "try_again"]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """Where somebody is in the lessons. No ``question``: they are through."""

    question: Question | None
    part: Part | None
    number: int
    of: int
    admitted: bool
    exam: assignment.Exam | None
    """How the qualification ended, once every task of it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What practice says to an answer."""

    right: bool | None
    key: str
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A lesson as a lead sees it."""

    lesson: Lesson
    prompt: str


def set_lessons(
    context: Context, actor: Actor, project: str, part: Part, ids: Mapping[str, str | None]
) -> int:
    """Make tasks with a key lessons, in that order, each with words that explain its answer.

    Who has a seat already works on; whoever is seated from then on has to pass a qualification.

    Returns:
        How many were no lessons before.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: one is no task of the project, has no key, or is in somebody's hands already.
            Then none is changed.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)

    def keep(conn: Connection) -> int:
        rules = seats.rules_of(conn, target.id)
        if rules is None:
            raise UsageError("assignment.no_desk", project=project)
        there = {lesson.task for lesson in lessons.of(conn, target.id)}
        found = tasks.find(conn, ids)
        made = []
        for id_, words in ids.items():
            if id_ in there:
                continue
            _, key, slots = reserve(conn, target, id_, found.get(id_))
            apart = assignment.apart(slots)
            work.move(conn, id_, apart, assignment.state_of(apart, rules))
            checked({"words": words})
            made.append(Lesson(id_, part, key.value, words))
        count = lessons.add(conn, target.id, made)
        illustrating.link(conn, [(one.task, (one.words or "",)) for one in made])
        context.note(conn, target, activity, lessons=count, part=part)
        return count

    return context.write(target, keep)


def draw(context: Context, actor: Actor, project: str, count: int) -> list[str]:
    """``count`` tasks with a key that nobody was given, at random, to become gold or lessons.

    Fewer where fewer are left.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("desk", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        free = lessons.untouched(conn, target.id)
    return secrets.SystemRandom().sample(free, min(count, len(free)))


def explain(context: Context, actor: Actor, project: str, task: str, words: str) -> None:
    """Say why the answer to a lesson is what it is; practice shows it.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: ``task`` is no lesson of the project.
        RowError: the words cannot be kept.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    checked({"words": words})

    def keep(conn: Connection) -> None:
        if not lessons.explain(conn, target.id, task, words.strip() or None):
            raise UsageError("assignment.no_such_task", task=task, project=project)
        illustrating.link(conn, [(task, (words,))])
        context.note(conn, target, activity, explained=task)

    context.write(target, keep)


def shown(context: Context, actor: Actor, project: str) -> list[Shown]:
    """The lessons of the project with their keys, for those who run it.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        every = lessons.of(conn, target.id)
        found = tasks.find(conn, [one.task for one in every])
    return [Shown(lesson=one, prompt=found[one.task].prompt) for one in every]


def lesson(context: Context, actor: Actor, project: str) -> Now:
    """What ``actor`` has to do next before real work.

    Raises:
        PermissionDenied: they have no seat, or there is no such project.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        every, done = _state(conn, seat)
        part = _part(every, done)
        mine = [one for one in every if one.part == part]
        left = [one for one in mine if one.task not in done]
        question = work.question(conn, left[0].task) if left else None
        return Now(
            question=question, part=part, number=len(mine) - len(left) + 1, of=len(mine),
            admitted=seat.admitted, exam=_exam(every, done, seat),
        )  # fmt: skip


def answer(
    context: Context, actor: Actor, project: str, task: str, payload: Mapping[str, Any],
    *, now: datetime | None = None,
) -> Feedback | None:  # fmt: skip
    """Take ``actor``'s answer to the lesson that is next; what practice says to it.

    The first answer to a lesson stands. With the last of a qualification it is decided.

    Raises:
        PermissionDenied: they have no seat, or ``task`` is not the lesson that is next.
        RowError: the answer does not fit its kind; names the field.
    """
    time = milliseconds(now)
    checked(payload)
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        every, done = _state(conn, seat)
        here = [one for one in every if one.part == _part(every, done) and one.task not in done]
        if not here or here[0].task != task:
            raise PermissionDenied("assignment.not_yours", task=task)
        question = work.question(conn, task)
    given = validate(question.kind, question.options, payload)
    right = stock.score(question.kind, question.options, given, here[0].key)
    said = encode(given.model_dump(mode="json"))

    context.storage.write(
        lambda conn: lessons.answer(conn, seat.annotator, task, said, right, time)
    )
    if here[0].part == "qualification":
        if len(here) == 1:
            _conclude(context, actor, project, time)
        return None
    return Feedback(right=right, key=here[0].key, words=here[0].words)


def settle_due(context: Context, actor: Actor, project: str) -> None:
    """Decide a qualification whose last answer is in, should a crash have come in between."""
    found = lesson(context, actor, project)
    if found.exam is not None and not found.admitted:
        _conclude(context, actor, project, milliseconds(None))


def try_again(
    context: Context, actor: Actor, project: str, name: str, why: str,
    *, now: datetime | None = None,
) -> None:  # fmt: skip
    """Let ``name`` do the qualification once more, from its first task.

    How they fared before stays in the flag it raised, with the reason for another try. The tasks
    are the same, and nobody was told their answers.

    Raises:
        PermissionDenied: the actor's role may not, they are ``name``, or ``name`` has no seat.
        UsageError: they have not failed a qualification, or no reason is given.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    words, time = in_words(why), milliseconds(now)
    if not assignment.may_review(actor.name, name):
        raise PermissionDenied("conduct.own_flag", actor=actor.name)

    def keep(conn: Connection) -> None:
        seat = seats.get(conn, annotator_id(context, project, name), lock=True)
        if seat is None:
            raise PermissionDenied("assignment.no_seat", actor=name, project=project)
        failed = _failed(conn, seat)
        if seat.admitted or failed is None:
            raise UsageError("conduct.not_failed", name=name)
        asked = [one.task for one in lessons.of(conn, target.id, "qualification")]
        lessons.anew(conn, seat.annotator, asked)
        flags.say(conn, failed.id, Word("again", actor.name, words, time))
        context.note(conn, target, activity, flag=failed.id, said="again")

    context.write(target, keep)


def _failed(conn: Connection, seat: Seat) -> Flag | None:
    """The qualification that the holder of ``seat`` failed, and was not let try again since."""
    raised = flagging.flags_on(conn, seat)
    open_ = [one for one in raised if one.kind == "unqualified" and one.decided != "again"]
    return open_[0] if open_ else None


def _conclude(context: Context, actor: Actor, project: str, now: int) -> None:
    target = context.project(project)
    activity = context.begin("desk", flagging.BY_ITSELF)

    def keep(conn: Connection) -> None:
        mine = seat_of(context, conn, actor, project, lock=True)
        every, done = _state(conn, mine)
        exam = _exam(every, done, mine)
        if exam is None or mine.admitted:
            return
        if exam is assignment.Exam.PASSED:
            seats.admit(conn, mine.annotator, admitted=True)
            context.note(conn, target, activity, admitted=mine.annotator)
            return
        if _failed(conn, mine) is not None:
            return
        trust = _trust(every, done)
        facts = {
            "right": trust.right, "tasks": trust.decided, "mark": _passing(mine),
            "undecided": exam is assignment.Exam.UNDECIDED,
        }  # fmt: skip
        flag = flagging.new_flag(target, mine.annotator, "unqualified", facts, now)
        flagging.raise_flag(context, conn, target, activity, flag)

    context.write(target, keep)


def _state(conn: Connection, seat: Seat) -> tuple[list[Lesson], dict[str, bool | None]]:
    every = lessons.of(conn, seat.project)
    return every, lessons.answered(conn, seat.annotator, seat.project)


def _part(every: list[Lesson], done: dict[str, bool | None]) -> Part | None:
    """The first part in which something is left, or else the last there is."""
    parts: list[Part] = ["practice", "qualification"]
    there = [part for part in parts if any(one.part == part for one in every)]
    for part in there:
        if any(one.part == part and one.task not in done for one in every):
            return part
    return there[-1] if there else None


def _trust(every: list[Lesson], done: dict[str, bool | None]) -> assignment.Trust:
    fared = [done[one.task] for one in every if one.part == "qualification" and one.task in done]
    return assignment.Trust.of(fared)


def _exam(every: list[Lesson], done: dict[str, bool | None], seat: Seat) -> assignment.Exam | None:
    asked = [one for one in every if one.part == "qualification"]
    if not asked or any(one.task not in done for one in asked):
        return None
    return assignment.examine(_trust(every, done), _passing(seat) / 1000)


def _passing(seat: Seat) -> int:
    return (seat.marks or Marks()).passing
