"""What is in an annotator's hands: who asks, what they hold, and the keeping of a step.

Not a verb: the annotators' verbs and the reviewer's come through here, so that each looks at the
same seat, the same token and the same rows, in the same order of locks.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.errors import PermissionDenied, RowError, UsageError
from qinglan.flow.arrangement import arrange
from qinglan.flow.context import Context, allow
from qinglan.flow.scheme import scheme_of
from qinglan.intake import Limits
from qinglan.intake.values import BadRow, check_depth, check_values
from qinglan.kinds.scheme import EMPTY, Scheme
from qinglan.provenance import identity
from qinglan.records import Activity, Actor, Answer, AnswerKey, Guideline, Kind, Project, Task
from qinglan.storage import annotations as answers
from qinglan.storage import annotators, assignments, drafts, guidelines, keys, seats, work
from qinglan.storage.assignments import Assignment
from qinglan.storage.seats import Seat
from qinglan.work import Slots

DRAFT_BYTES = 2**20
"""Most bytes of a draft or an answer."""

_LIMITS = Limits(max_row_bytes=DRAFT_BYTES, max_field_chars=DRAFT_BYTES)

LONGEST = 2000
"""Characters of a reason, an appeal or a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One desk at which somebody has a seat. They get nothing new where it is not ``active``."""

    project: str
    kind: Kind
    active: bool
    guideline: Guideline | None
    scheme: Scheme = EMPTY
    """What the labels and criteria are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a model answered, in this annotator's own order; nothing of it counts by itself."""

    answer: Answer
    fields: dict[str, Any]
    """The same as JSON has it."""
    by: str
    """The model's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A task in an annotator's hands, as their desk shows it.

    It says nothing of keys, of gold, of other people's answers, or of how many there are.
    """

    task: str
    kind: Kind
    prompt: str
    options: tuple[str, ...]
    """What is compared is in this annotator's own order, which never changes."""
    token: str
    until: datetime
    draft: dict[str, Any] | None
    answer: dict[str, Any] | None
    """What they answered before, where they are revising it."""
    note: str | None
    """The reviewer's words, where it was sent back."""
    suggestion: Suggestion | None = None


def annotator_id(context: Context, project: str, name: str) -> str:
    """The id of the annotator ``name`` in ``project`` (by name), as an import would mint it."""
    return _minted(context.secret, project, name)


@lru_cache(4096)
def _minted(secret: bytes, project: str, name: str) -> str:
    """It follows from these three alone, and every request asks for it several times."""
    return identity.mint(secret, "ant", project, name)


def milliseconds(now: datetime | None) -> int:
    """``now`` (default: this moment) in milliseconds since 1970."""
    return int((now or datetime.now(UTC)).timestamp() * 1000)


def moment(at: int) -> datetime:
    """``at``, in milliseconds since 1970, as a date."""
    return datetime.fromtimestamp(at / 1000, UTC)


def seat_of(
    context: Context, conn: Connection, actor: Actor, project: str, *, lock: bool = False
) -> Seat:
    """The seat of ``actor`` at the desk of ``project`` (by name); with ``lock``, for them alone.

    Raises:
        PermissionDenied: they have none, or there is no such project: both sound alike, so that
            an annotator learns no project's name.
    """
    return ask_seat(context, conn, actor, project, lock=lock)()


def ask_seat(
    context: Context, conn: Connection, actor: Actor, project: str, *, lock: bool = False
) -> Callable[[], Seat]:
    """As ``seat_of``, and what is asked before its answer is looked at comes with it."""
    allow("annotate", actor)
    asked = seats.ask(conn, annotator_id(context, project, actor.name), lock=lock)

    def look() -> Seat:
        seat = asked()
        if seat is None:
            raise PermissionDenied("assignment.no_seat", actor=actor.name, project=project)
        return seat

    return look


def owes(conn: Connection, seat: Seat) -> bool:
    """Whether the holder of ``seat`` has yet to agree to the newest statement of rights; models
    and programs are asked nothing.
    """
    if seat.asked is None or (seat.agreed or 0) >= seat.asked:
        return False
    who = annotators.get(conn, seat.annotator)
    return who is None or who.type == "person"


def desk(context: Context, conn: Connection, project: str, seat: Seat) -> Desk:
    """The desk of ``project`` (by name) as the holder of ``seat`` sees it."""
    if seat.guideline not in context.guidelines:
        context.guidelines[seat.guideline] = guidelines.get(conn, seat.guideline)
    text = context.guidelines[seat.guideline]
    scheme = scheme_of(conn, seat.project, seat.kind)
    return Desk(project=project, kind=seat.kind, active=seat.active, guideline=text, scheme=scheme)


def hold(
    conn: Connection, annotator: str, task: str, token: str | None
) -> tuple[Assignment, Slots]:
    """Lock what ``annotator`` holds of ``task``; ``token`` is the lease's (``None``: not asked).

    Raises:
        PermissionDenied: they were never given that task, or by another token. A task of
            another, one that is not there and a wrong token sound alike.
    """
    return ask_hold(conn, annotator, task, token)()


def ask_hold(
    conn: Connection, annotator: str, task: str, token: str | None
) -> Callable[[], tuple[Assignment, Slots]]:
    """As ``hold``, and what is asked before its answer is looked at comes with it."""
    slots_ = work.ask_lock(conn, task)
    held_ = assignments.ask(conn, annotator, task, lock=True)

    def look() -> tuple[Assignment, Slots]:
        slots, held = slots_(), held_()
        if held is None or slots is None or not (token is None or fits(held.token, token)):
            raise PermissionDenied("assignment.not_yours", task=task)
        return held, slots

    return look


def peek(conn: Connection, annotator: str, task: str, token: str) -> Assignment:
    """As ``hold``, without a lock."""
    held = assignments.get(conn, annotator, task)
    if held is None or not fits(held.token, token):
        raise PermissionDenied("assignment.not_yours", task=task)
    return held


def fits(token: str, given: str) -> bool:
    """Whether ``given`` is the lease's token; how long that takes does not tell how close it is."""
    return hmac.compare_digest(token.encode(), given.encode())


def settle(conn: Connection, held: Assignment, step: assignment.Step, now: int) -> Assignment:
    """Keep what a step did to the assignment, the slots and the queue; the assignment after.

    ``held`` carries what else is new in the assignment.
    """
    after = replace(held, place=step.place)
    work.move(conn, held.task, step.slots, step.state)
    assignments.move(conn, after, now)
    if step.requeue:
        work.requeue(conn, held.project, [held.task])
    return after


def send_back(
    context: Context, conn: Connection, project: Project, activity: Activity, annotator: str,
    task: str, note: str,
) -> None:  # fmt: skip
    """Ask ``annotator`` (an id) for a better answer to ``task``, in a reviewer's words.

    Raises:
        PermissionDenied: they were never given it.
        UsageError: no answer of theirs stands.
    """
    now = milliseconds(None)
    held, slots = hold(conn, annotator, task, None)
    rules = seats.rules_of(conn, project.id)
    if rules is None:
        raise UsageError("assignment.no_desk", project=project.name)
    step = agreed(assignment.send_back(held.place, slots, rules, now), task)
    settle(conn, replace(held, note=note), step, now)
    context.note(conn, project, activity, sent_back=annotator, task=task)


def agreed(step: assignment.Step | assignment.No, task: str) -> assignment.Step:
    """``step``, or its refusal as an error.

    Raises:
        UsageError: it was refused.
    """
    if isinstance(step, assignment.No):
        raise UsageError(f"assignment.{step.value}", task=task)
    return step


def show(context: Context, conn: Connection, held: Assignment) -> InHand:
    """What the annotator's desk shows of what they hold."""
    return ask_show(context, conn, held)()


def ask_show(context: Context, conn: Connection, held: Assignment) -> Callable[[], InHand]:
    """As ``show``; may be looked at when the transaction is over."""
    asked = drafts.ask_question(conn, held.annotator, held.task)
    answer: dict[str, Any] | None = None
    if held.late is not None:
        answer = json.loads(held.late)
    elif held.annotation is not None:
        found = answers.get(conn, held.annotation)
        answer = None if found is None else found.answer.model_dump(mode="json")

    def look() -> InHand:
        question, draft = asked()
        seen = arrange(context.secret, held.annotator, held.task, question.kind, question.options)
        return InHand(
            task=held.task,
            kind=question.kind,
            prompt=question.prompt,
            options=seen.show(question.options),
            token=held.token,
            until=moment(held.place.until),
            draft=None if draft is None else json.loads(draft),
            answer=None if answer is None else seen.forth(answer),
            note=held.note,
        )

    return look


def in_words(words: str) -> str:
    """What somebody says of a person, as it is kept.

    Raises:
        UsageError: it says nothing, or too much.
        RowError: it cannot be stored.
    """
    words = words.strip()
    if not words:
        raise UsageError("conduct.no_words")
    if len(words) > LONGEST:
        raise UsageError("conduct.too_long", most=LONGEST)
    checked({"words": words})
    return words


def checked(payload: Mapping[str, Any]) -> str:
    """``payload`` as JSON text fit to be stored.

    Raises:
        RowError: it holds NUL, half a surrogate pair, NaN, or too much; names the field.
    """
    try:
        data = json.dumps(payload, ensure_ascii=True, allow_nan=False, sort_keys=True)
        check_values(payload, _LIMITS)
        check_depth(data.encode(), _LIMITS.max_depth)
    except BadRow as bad:
        raise RowError(
            "assignment.bad_text", field=bad.field or "", reason=bad.reason.value
        ) from bad
    except (ValueError, TypeError, RecursionError) as error:
        raise RowError("assignment.bad_text", field="", reason=str(error)[:100]) from error
    if len(data) > 2 * DRAFT_BYTES:
        raise RowError("assignment.bad_text", field="", reason=f"> {DRAFT_BYTES}")
    return data


def reserve(
    conn: Connection, project: Project, id_: str, task: Task | None
) -> tuple[Task, AnswerKey, Slots]:
    """A task with a key that nobody was given yet, locked; to be made gold or a lesson.

    Raises:
        UsageError: ``task`` is none of the project's, has no key, or is in somebody's hands.
    """
    key = keys.get(conn, id_)
    if task is None or task.project != project.id:
        raise UsageError("assignment.no_such_task", task=id_, project=project.name)
    if key is None:
        raise UsageError("assignment.gold_needs_key", task=id_)
    slots = work.lock(conn, id_)
    if slots is None or slots.given or slots.held or slots.wanted is None:
        raise UsageError("assignment.in_hand", task=id_)
    return task, key, slots
