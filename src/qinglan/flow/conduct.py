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
from qinglan.flow import flagging, stock
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id, in_words, milliseconds, seat_of
from qinglan.records import Actor, Project
from qinglan.storage import annotators, flags, outcomes, seats
from qinglan.storage.flags import Flag, Word
from qinglan.storage.seats import Seat
from qinglan.work import Marks, Rules

__all__ = ["Board", "Fares", "Flag", "Raised", "appeal", "board", "decide", "explain", "pause",
           "set_marks"]  # fmt: skip


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
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    asked = None if marks is None else {n: getattr(marks, n) for n in marks.__slots__}

    def keep(conn: Connection) -> None:
        _rules(conn, target)
        if marks is not None:
            for answer in outcomes.of_gold(conn, target.id):
                right = stock.score(answer.kind, answer.options, answer.answer, answer.key or "")
                outcomes.keep(conn, answer, right)
            seats.catch_up(conn, target.id)
        seats.set_marks(conn, target.id, marks)  # after the seats: locks have an order
        context.note(conn, target, activity, marks=asked)

    context.write(target, keep)


def marks(context: Context, actor: Actor, project: str) -> Marks | None:
    """What the project asks of people on gold; ``None`` where nobody is judged.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return seats.marks_of(conn, target.id)


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
    shown.sort(key=lambda one: (not one.flag.waits, not one.flag.said))  # appeals before news
    return Board(project=project, marks=marks, people=people, flags=tuple(shown))


def pause(context: Context, actor: Actor, project: str, name: str, reason: str) -> None:
    """Give ``name`` no new task, and tell them why. What they hold they may finish.

    Raises:
        PermissionDenied: the actor's role may not, or ``name`` has no seat.
        UsageError: no reason is given, or it is too long.
    """
    allow("desk", actor)
    words = in_words(reason)
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    annotator = annotator_id(context, project, name)

    def keep(conn: Connection) -> None:
        if not seats.pause(conn, annotator):
            raise PermissionDenied("assignment.no_seat", actor=name, project=project)
        now = milliseconds(None)
        flag = flagging.new_flag(target, annotator, "paused", {}, now)
        flagging.raise_flag(context, conn, target, activity, flag)
        flags.say(conn, flag.id, Word("uphold", actor.name, words, now))
        context.note(conn, target, activity, pause=annotator)

    context.write(target, keep)


def appeal(
    context: Context, actor: Actor, project: str, flag: str, words: str,
    *, now: datetime | None = None,
) -> None:  # fmt: skip
    """Answer a flag on oneself; a lead has to decide then.

    Raises:
        PermissionDenied: the flag is not on the actor, or there is none: both sound alike.
        UsageError: no words, too many, or an appeal waits already.
    """
    said = in_words(words)
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
    allow("desk", actor)
    said = in_words(words)
    allow("desk", actor)
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


def explain(flag: Flag) -> tuple[dict[str, Any], tuple[str, dict[str, Any]]]:
    """The facts of a flag as its phrase takes them; and the phrase, with its facts, that says how
    often people who did nothing wrong get such a flag.
    """
    facts = {name: _number(value) for name, value in flag.facts.items()}
    for name in ("mark",):
        if name in facts:
            facts[name] = facts[name] / 1000
    often: tuple[str, dict[str, Any]] = (f"flag.often.{flag.kind}", {})
    if flag.kind == "too_poor":
        often = (often[0], {"ever": assignment.EVER})
    elif flag.kind == "unqualified":
        often = (often[0], {"once": assignment.ONCE})
    elif flag.kind == "drift":
        often = (often[0], {"between": assignment.BETWEEN_ALARMS})
    elif flag.kind != "paused":
        from qinglan.quality.rates import rates

        known = rates()[flag.kind]
        often = (
            "flag.often.simulated",
            {"named": known.named, "people": known.people, "rate": known.rate, "high": known.high},
        )
    return facts, often


def _number(value: Any) -> Any:  # noqa: ANN401 - what the JSON holds
    return float(value) if isinstance(value, str) else value


_BINDS = frozenset({"paused", "too_poor", "unqualified", "drift"})
"""Kinds after which somebody begins again when the flag is lifted; others are evidence alone."""


def _since(fared: list[outcomes.Outcome], seat: Seat) -> list[bool | None]:
    return [None if one.right is None else bool(one.right) for one in fared if one.at >= seat.since]


def _rules(conn: Connection, project: Project) -> Rules:
    rules = seats.rules_of(conn, project.id)
    if rules is None:
        raise UsageError("assignment.no_desk", project=project.name)
    return rules
