"""Marks asked of people, pauses with their reason, appeals and decisions.

Nobody is removed and nothing is silent: a flag says what was seen, the person reads it on their
own page and may answer, a lead decides in words, and each of these is an entry in the project's
history. The words themselves stay out of the history, because it can never forget.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import stock
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id, checked, milliseconds, seat_of
from qinglan.provenance import identity
from qinglan.records import Activity, Actor, Project, Role
from qinglan.storage import annotators, flags, outcomes, seats
from qinglan.storage.flags import Flag, Word
from qinglan.storage.seats import Seat
from qinglan.work import Marks, Rules

LONGEST = 2000
"""Characters of an appeal or a decision."""

BY_ITSELF = Actor(name="qinglan", role=Role.OWNER)
"""Who pauses where no person did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A flag as a lead sees it, with names."""

    flag: Flag
    name: str
    other: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fares:
    """How somebody at a desk fares, as a lead sees it."""

    name: str
    active: bool
    admitted: bool
    review: assignment.Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everybody at a desk, and the flags, those that wait first."""

    project: str
    marks: Marks | None
    people: tuple[Fares, ...]
    flags: tuple[Raised, ...]


def set_marks(context: Context, actor: Actor, project: str, marks: Marks | None) -> None:
    """What the project asks of people on gold; ``None``: nobody is judged.

    Answers to gold that are there already are judged too.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: the desk is not open.
    """
    target = context.project(project)
    activity = context.begin("desk", actor)
    asked = None if marks is None else {n: getattr(marks, n) for n in marks.__slots__}

    def keep(conn: Connection) -> None:
        _rules(conn, target)
        seats.set_marks(conn, target.id, marks)
        if marks is not None:
            for answer in outcomes.of_gold(conn, target.id):
                right = stock.score(answer.kind, answer.options, answer.answer, answer.key or "")
                outcomes.keep(conn, answer, right)
        context.note(conn, target, activity, marks=asked)

    context.write(target, keep)


def board(context: Context, actor: Actor, project: str) -> Board:
    """How everybody at the desk fares, and all flags.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        rules, marks = seats.rules_of(conn, target.id), seats.marks_of(conn, target.id)
        names = {one.id: one.name for one in annotators.all(conn, target.id)}
        fared = outcomes.by_annotator(conn, target.id)
        raised = flags.all(conn, target.id)
        seated = [seats.get(conn, id_) for id_ in sorted(names, key=names.__getitem__)]
    start = 0 if rules is None else rules.gold_per_mille
    people = tuple(
        Fares(
            name=names[seat.annotator], active=seat.active, admitted=seat.admitted,
            review=assignment.review(_since(fared.get(seat.annotator, []), seat),
                                     marks or Marks(), start),
        )
        for seat in seated if seat is not None
    )  # fmt: skip
    shown = [
        Raised(
            flag=flag, name=names.get(flag.annotator, "—"),
            other=None if flag.other is None else names.get(flag.other, "—"),
        )
        for flag in raised
    ]  # fmt: skip
    shown.sort(key=lambda one: not one.flag.waits)
    return Board(project=project, marks=marks, people=people, flags=tuple(shown))


def pause(context: Context, actor: Actor, project: str, name: str, reason: str) -> None:
    """Give ``name`` no new task, and tell them why. What they hold they may finish.

    Raises:
        PermissionDenied: the actor's role may not, or ``name`` has no seat.
        UsageError: no reason is given, or it is too long.
    """
    words = _words(reason)
    target = context.project(project)
    activity = context.begin("desk", actor)
    annotator = annotator_id(context, project, name)

    def keep(conn: Connection) -> None:
        if not seats.pause(conn, annotator):
            raise PermissionDenied("assignment.no_seat", actor=name, project=project)
        now = milliseconds(None)
        flag = new_flag(target, annotator, "paused", {}, now)
        raise_flag(context, conn, target, activity, flag)
        flags.say(conn, flag.id, Word("uphold", actor.name, words, now))
        context.note(conn, target, activity, pause=annotator)

    context.write(target, keep)


def stop_where_due(
    context: Context, actor: Actor, project: str, *, now: datetime | None = None
) -> bool:
    """Pause ``actor`` where their gold answers are surely below the mark; whether that was so."""
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        if not (seat.active and _too_poor(conn, seat)):
            return False
    target = context.project(project)
    activity = context.begin("desk", BY_ITSELF)

    def keep(conn: Connection) -> bool:
        held = seats.get(conn, seat.annotator, lock=True)
        if held is None or not (held.active and _too_poor(conn, held)) or held.marks is None:
            return False
        trust = assignment.Trust.of(outcomes.all(conn, held.annotator, held.since))
        facts = {
            "right": trust.right, "tasks": trust.decided, "mark": held.marks.least,
            "high": trust.interval.high,
        }  # fmt: skip
        seats.pause(conn, held.annotator)
        flag = new_flag(target, held.annotator, "too_poor", facts, milliseconds(now))
        raise_flag(context, conn, target, activity, flag)
        return True

    return context.write(target, keep)


def appeal(
    context: Context, actor: Actor, project: str, flag: str, words: str,
    *, now: datetime | None = None,
) -> None:  # fmt: skip
    """Answer a flag on oneself; a lead has to decide then.

    Raises:
        PermissionDenied: the flag is not on the actor, or there is none: both sound alike.
        UsageError: no words, too many, or an appeal waits already.
    """
    said = _words(words)
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
    target = context.project(project)
    activity = context.begin("annotate", actor)

    def keep(conn: Connection) -> None:
        found = flags.get(conn, flag)
        if found is None or found.annotator != seat.annotator:
            raise PermissionDenied("conduct.no_flag", flag=flag)
        if found.said and found.waits:
            raise UsageError("conduct.appeal_waits")
        flags.say(conn, flag, Word("appeal", actor.name, said, milliseconds(now)))
        context.note(conn, target, activity, flag=flag, said="appeal")

    context.write(target, keep)


def decide(
    context: Context, actor: Actor, project: str, flag: str, *, lift: bool, words: str,
    now: datetime | None = None,
) -> None:  # fmt: skip
    """Uphold a flag, or lift it: then the person works on, judged by what comes from now on.

    Raises:
        PermissionDenied: the actor's role may not, or the flag is on themselves.
        UsageError: there is no such flag in the project, or no words.
    """
    said = _words(words)
    target = context.project(project)
    activity = context.begin("desk", actor)
    time = milliseconds(now)

    def keep(conn: Connection) -> None:
        found = flags.get(conn, flag)
        if found is None or found.project != target.id:
            raise UsageError("conduct.no_flag", flag=flag)
        author = annotators.get(conn, found.annotator)
        if author is not None and not assignment.may_review(actor.name, author.name):
            raise PermissionDenied("conduct.own_flag", actor=actor.name)
        flags.say(conn, flag, Word("lift" if lift else "uphold", actor.name, said, time))
        seat = seats.get(conn, found.annotator, lock=True)
        if lift and seat is not None and found.kind in _BINDS:
            seats.begin_again(conn, found.annotator, time, admitted=True)
        context.note(conn, target, activity, flag=flag, said="lift" if lift else "uphold")

    context.write(target, keep)


_BINDS = frozenset({"paused", "too_poor", "unqualified", "drift"})
"""Kinds after which somebody begins again when the flag is lifted; others are evidence alone."""


def new_flag(
    project: Project, annotator: str, kind: str, facts: dict[str, Any], now: int,
    other: str | None = None,
) -> Flag:  # fmt: skip
    """A flag under a random id."""
    return Flag(
        id=identity.random_id("flg"), project=project.id, annotator=annotator, other=other,
        kind=kind, facts=facts, at=now,
    )  # fmt: skip


def raise_flag(
    context: Context, conn: Connection, project: Project, activity: Activity, flag: Flag
) -> None:
    """Keep ``flag``, and that it was raised, in one transaction."""
    flags.add(conn, flag)
    context.note(conn, project, activity, flag=flag.id, kind=flag.kind, annotator=flag.annotator)


def flags_on(conn: Connection, seat: Seat) -> list[Flag]:
    """The flags on the holder of ``seat``, newest first."""
    return flags.all(conn, seat.project, seat.annotator)


def _too_poor(conn: Connection, seat: Seat) -> bool:
    if seat.marks is None:
        return False
    fared = outcomes.all(conn, seat.annotator, seat.since)
    return assignment.review(fared, seat.marks, seat.rules.gold_per_mille).too_poor


def _since(fared: list[outcomes.Outcome], seat: Seat) -> list[bool | None]:
    return [None if one.right is None else bool(one.right) for one in fared if one.at >= seat.since]


def _words(words: str) -> str:
    words = words.strip()
    if not words:
        raise UsageError("conduct.no_words")
    if len(words) > LONGEST:
        raise UsageError("conduct.too_long", most=LONGEST)
    checked({"words": words})
    return words


def _rules(conn: Connection, project: Project) -> Rules:
    rules = seats.rules_of(conn, project.id)
    if rules is None:
        raise UsageError("assignment.no_desk", project=project.name)
    return rules
