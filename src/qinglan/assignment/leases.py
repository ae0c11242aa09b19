"""What a lease turns into: the whole life of one task in one annotator's hands.

::

    take ──► leased ──submit──► answered ──reopen──► leased (the answer counts meanwhile)
               │ ▲                 └─send back─► sent back ──submit──► answered
               │ └──take── lapsed ◄──lapse── leased
               └──skip──► skipped

An answer that comes when its lease is over counts while the task has room, and is kept as late
where it has none; it is never refused. Who gave it is not told which of the two it was, for
tasks with unlimited room never have late answers, and those are gold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from qinglan.assignment.slots import has_room, requeued, state_of
from qinglan.work import Place, Rules, SkipReason, Slots, Standing, TaskState


class No(StrEnum):
    """Why something cannot be done where things stand."""

    TAKEN = "taken"
    """The task was given to this annotator before."""
    NO_ROOM = "no_room"
    ALREADY_ANSWERED = "already_answered"
    """With another answer than this one."""
    ALREADY_SKIPPED = "already_skipped"
    ANSWER_STANDS = "answer_stands"
    NOT_ANSWERED = "not_answered"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where things stand after, and what is to be written down."""

    place: Place
    slots: Slots
    state: TaskState
    requeue: bool = False
    """The task must be offered again, also to those who passed it while it was not open."""
    answer: bool = False
    """The answer enters the record (and supersedes an earlier one of the same annotator)."""
    late: bool = False
    """The answer is kept apart."""


def take(
    place: Place | None, slots: Slots, rules: Rules, now: int, *, senior: bool = False
) -> Step | No:
    """Lease a task to an annotator who stands at ``place`` with it (``None``: never had it).

    ``senior``: they stand high enough for a slot that is reserved; what they take counts so until
    they give it back, whatever they become meanwhile.
    """
    if place is not None and place.standing is not Standing.LAPSED:
        return No.TAKEN
    if not has_room(slots, senior=senior):
        return No.NO_ROOM
    until = now + 1000 * rules.lease_seconds
    held = Place(standing=Standing.LEASED, until=until, senior=senior)
    return _step(held, slots, _held(slots, held), rules)


def submit(place: Place, slots: Slots, rules: Rules, now: int, *, same: bool) -> Step | No:
    """Take an answer. ``same`` says that it is what was submitted last, word for word."""
    match place.standing:
        case Standing.ANSWERED | Standing.LATE:
            return _step(place, slots, slots, rules) if same else No.ALREADY_ANSWERED
        case Standing.SENT_BACK:
            return _count(place, slots, slots, rules, now)
        case Standing.LEASED if place.answered:
            return _count(place, slots, slots, rules, now)
        case Standing.LEASED if not place.late:
            after = replace(slots, held=slots.held - 1, given=slots.given + 1)
            return _count(place, slots, after, rules, now)
    if not has_room(slots, senior=place.senior):
        late = Place(standing=Standing.LATE, until=now, late=True, senior=place.senior)
        return replace(_step(late, slots, slots, rules), late=True)
    after = replace(slots, given=slots.given + 1, seniors=slots.seniors + place.senior)
    if place.reason is SkipReason.BAD_PROBLEM:
        after = replace(after, reports=after.reports - 1)
    return _count(place, slots, after, rules, now)


def widened(step: Step, rules: Rules, agreed: int) -> Step:
    """``step``, with room for one more answer where too few of those given agree.

    ``agreed``: how many of all that stand say the same, as their kind counts it, the one of this
    step among them. A task that was widened opens again, behind all others; where the project
    routes by gain, for those who stand high enough alone.
    """
    slots = step.slots
    if not step.answer or step.state is not TaskState.DONE or slots.wanted is None:
        return step
    if agreed >= rules.overlap or slots.wanted >= (rules.most or 0):
        return step
    after = replace(slots, wanted=slots.wanted + 1)
    if rules.by_gain:  # the one more answer, whoever gave those before
        after = replace(after, reserved=slots.seniors + 1)
    return replace(step, slots=after, state=state_of(after, rules), requeue=True)


def skip(place: Place, slots: Slots, rules: Rules, now: int, reason: SkipReason) -> Step | No:
    """Give a task back without an answer."""
    if place.standing is Standing.SKIPPED:
        same = place.reason is reason
        return _step(place, slots, slots, rules) if same else No.ALREADY_SKIPPED
    if place.answered or place.late or place.standing not in (Standing.LEASED, Standing.LAPSED):
        return No.ANSWER_STANDS
    after = slots
    if place.standing is Standing.LEASED:
        after = _let_go(after, place)
    if reason is SkipReason.BAD_PROBLEM:
        after = replace(after, reports=after.reports + 1)
    gone = Place(standing=Standing.SKIPPED, until=now, reason=reason, senior=place.senior)
    return _step(gone, slots, after, rules)


def lapse(place: Place, slots: Slots, rules: Rules, now: int) -> Step | No:
    """End a lease whose time is over; an answer that was being revised stays as it was."""
    if place.standing is not Standing.LEASED or place.until > now:
        return No.NOT_DUE
    if place.answered:
        return _step(replace(place, standing=Standing.ANSWERED), slots, slots, rules)
    if place.late:
        return _step(replace(place, standing=Standing.LATE), slots, slots, rules)
    lapsed = replace(place, standing=Standing.LAPSED)
    return _step(lapsed, slots, _let_go(slots, place), rules)


def reopen(place: Place, slots: Slots, rules: Rules, now: int) -> Step | No:
    """Let an annotator revise what they submitted. What they said counts until they say other."""
    if place.standing not in (Standing.ANSWERED, Standing.LATE):
        return No.NOT_ANSWERED
    until = now + 1000 * rules.lease_seconds
    return _step(replace(place, standing=Standing.LEASED, until=until), slots, slots, rules)


def send_back(place: Place, slots: Slots, rules: Rules, now: int) -> Step | No:
    """Ask an annotator for a better answer; the one there counts until it comes."""
    if place.standing is not Standing.ANSWERED:
        return No.NOT_ANSWERED
    returned = replace(place, standing=Standing.SENT_BACK, until=now)
    return _step(returned, slots, slots, rules)


def _held(slots: Slots, place: Place) -> Slots:
    return replace(slots, held=slots.held + 1, seniors=slots.seniors + place.senior)


def _let_go(slots: Slots, place: Place) -> Slots:
    return replace(slots, held=slots.held - 1, seniors=slots.seniors - place.senior)


def _count(place: Place, before: Slots, after: Slots, rules: Rules, now: int) -> Step:
    done = Place(standing=Standing.ANSWERED, until=now, answered=True, senior=place.senior)
    return replace(_step(done, before, after, rules), answer=True)


def _step(place: Place, before: Slots, after: Slots, rules: Rules) -> Step:
    """A step, with what it does to the queue.

    Annotators pass what is not open for good, so a task that opens again is queued anew. So is
    each task that comes back unanswered, whatever its state: gold among them, lest giving it back
    be quicker.
    """
    state = state_of(after, rules)
    opened = requeued(state_of(before, rules), state)
    returned = after.held < before.held and after.given == before.given
    return Step(place=place, slots=after, state=state, requeue=opened or returned)
