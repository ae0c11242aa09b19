"""What a reviewer's look at a task is worth, and why: which to show first.

The worth is the chance that the look changes what is taken for right. Where consensus has spoken
that is what its posterior leaves open; before, it is the share of the answers that say otherwise.
Each report of a bad problem halves what is left. A few tasks are drawn whatever is thought of
them: only those tell how often agreement is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from qinglan.assignment.routing import draw

AUDITED = 20
"""Of a thousand tasks, how many are looked at by lot."""

AUDIT, DISPUTED_KEY, LEAST = 0.25, 0.5, 0.02
"""What an audit and a key that every answer contradicts are worth at least; less is not shown."""

UNREAD = 0.9
"""What a look is worth where answers stand and none states what could be counted."""


class Why(StrEnum):
    """What makes a task worth a look."""

    REPORTED = "reported"
    KEY = "key"
    DISAGREEMENT = "disagreement"
    DOUBT = "doubt"
    AUDIT = "audit"
    UNREAD = "unread"


class Worth(NamedTuple):
    """The chance that a look changes something, and what speaks for it most."""

    value: float
    why: Why


def audited(secret: bytes, task: str) -> bool:
    """Whether ``task`` is among those drawn by lot, always the same ones."""
    return draw(secret, "audit", task) % 1000 < AUDITED


def worth(
    votes: Mapping[str | None, int], *, posterior: float | None, reports: int, contradicted: bool,
    drawn: bool,
) -> Worth | None:  # fmt: skip
    """What a look is worth; ``None`` where hardly anything.

    Args:
        votes: how many standing answers say each value; ``None`` for what could not be read.
        posterior: of the accepted value, where there is a verdict with one.
        reports: how many said that the problem is bad.
        contradicted: all readable answers contradict the key.
        drawn: the task is among those audited.
    """
    total = sum(votes.values())
    split = 1 - max(votes.values(), default=0) / total if total else 0.0
    doubt = split if posterior is None else 1 - posterior
    value, why = doubt, Why.DISAGREEMENT if split else Why.DOUBT
    if total and set(votes) == {None} and posterior is None:
        value, why = UNREAD, Why.UNREAD
    if contradicted and value < DISPUTED_KEY:
        value, why = DISPUTED_KEY, Why.KEY
    if reports:
        value, why = 1 - (1 - value) * 0.5**reports, Why.REPORTED
    if drawn and value < AUDIT:
        value, why = AUDIT, Why.AUDIT
    return Worth(value, why) if value >= LEAST else None
