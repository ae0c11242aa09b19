"""Who gets which task, and what becomes of it: pure decisions over work in hand.

Nothing here knows a database or a clock. Each function takes where things stand and returns a
``Step`` (where they stand after) or a ``No`` with its reason; ``flow`` reads before and writes
after, in one transaction.
"""

from qinglan.assignment.leases import (
    No,
    Step,
    lapse,
    reopen,
    send_back,
    skip,
    submit,
    take,
    widened,
)
from qinglan.assignment.reviewing import Why, Worth, audited, worth
from qinglan.assignment.routing import (
    draw,
    gold_turn,
    may_review,
    may_take,
    pool_key,
    senior,
    skill_key,
    swapped,
)
from qinglan.assignment.schedule import Review, Stage, review
from qinglan.assignment.slots import apart, has_room, requeued, state_of
from qinglan.assignment.trust import BETWEEN_ALARMS, EVER, ONCE, REFERENCE, Exam, Trust, examine

__all__ = [
    "BETWEEN_ALARMS", "EVER", "ONCE", "REFERENCE", "Exam", "No", "Review", "Stage", "Step",
    "Trust", "Why", "Worth", "apart", "audited", "draw", "examine", "gold_turn", "has_room",
    "lapse", "may_review", "may_take", "pool_key", "reopen", "requeued", "review", "send_back",
    "senior", "skill_key", "skip", "state_of", "submit", "swapped", "take", "widened", "worth",
]  # fmt: skip
