"""How many answers a task has room for.

The one rule that must never break: ``given + held`` stays at or below ``wanted``.
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
    return TaskState.FULL if slots.given + slots.held >= slots.wanted else TaskState.OPEN


def has_room(slots: Slots) -> bool:
    """Whether one more answer may count. A stopped task still has room: its answers are honest."""
    return slots.wanted is None or slots.given + slots.held < slots.wanted


def apart(slots: Slots) -> Slots:
    """``slots`` of a task that the queue is never to give, and that takes any number."""
    return replace(slots, wanted=None)
