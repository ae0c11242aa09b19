"""How many answers a task has room for.

Two rules must never break: ``given + held`` stays at or below ``wanted``, and those of them that
are not by seniors stay at or below ``wanted - reserved``. So when a task has all its answers, at
least ``reserved`` are by people who stand high enough, whoever came first.
"""

from __future__ import annotations

from dataclasses import replace

from qinglan.work import Rules, Slots, TaskState


def state_of(slots: Slots, rules: Rules) -> TaskState:
    """What may happen to a task with these slots."""
    if slots.wanted is None:
        return TaskState.APART
    if slots.given >= slots.wanted:
        return TaskState.DONE
    if slots.reports >= rules.stop_after:
        return TaskState.STOPPED
    if has_room(slots, senior=False):
        return TaskState.OPEN
    return TaskState.RESERVED if has_room(slots, senior=True) else TaskState.FULL


def has_room(slots: Slots, *, senior: bool) -> bool:
    """Whether one more answer may count, by somebody who stands high enough or not. A stopped task
    still has room: its answers are honest.
    """
    if slots.wanted is None:
        return True
    taken = slots.given + slots.held
    mine = senior or taken - slots.seniors < slots.wanted - slots.reserved
    return taken < slots.wanted and mine


def requeued(before: TaskState, after: TaskState) -> bool:
    """Whether the task came into a queue in which it was not: those who passed it there while it
    was not must be offered it again.
    """
    return after is not before and after in (TaskState.OPEN, TaskState.RESERVED)


def apart(slots: Slots) -> Slots:
    """``slots`` of a task that the queue is never to give, and that takes any number."""
    return replace(slots, wanted=None, reserved=0)
