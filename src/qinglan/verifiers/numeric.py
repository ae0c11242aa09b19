"""The numeric verifier: is the final answer the key's number?

Exact rational arithmetic, no tolerance: a rounded answer to a key that is not rounded is
refuted, because how far is near enough is for the guideline to say, not for us. Words are not
compared: a key that is no number is ``KEY_UNREADABLE``, never right.
"""

from __future__ import annotations

from qinglan.kinds import free
from qinglan.kinds.quantity import agree
from qinglan.records import (
    Answer,
    ChatAnswer,
    EditAnswer,
    FreeAnswer,
    Kind,
    Outcome,
    Reason,
    StepsAnswer,
)
from qinglan.verifiers.finding import Finding

__all__ = ["Numeric"]


class Numeric:
    """Checks free answers, worked steps, last turns and edited answers against a number."""

    name = "numeric/1"
    kinds = frozenset({Kind.FREE, Kind.STEPS, Kind.CHAT, Kind.EDIT})

    def check(
        self, answer: Answer, key: str | None, kind: Kind, options: tuple[str, ...] = ()
    ) -> Finding:
        """Compare the final answer's number with the key's, as ``Verifier`` says."""
        text = _final_text(answer)
        reading = free.Reading(reason=Reason.ANSWER_UNREADABLE) if text is None else free.read(text)
        if key is None or not key.strip():
            return Finding(Outcome.UNDECIDED, reading.value, Reason.NO_KEY)
        wanted = free.read(key, sentences=False).quantity
        if wanted is None:
            return Finding(Outcome.UNDECIDED, reading.value, Reason.KEY_UNREADABLE)
        if reading.quantity is None:
            reason = reading.reason or Reason.ANSWER_UNREADABLE
            return Finding(Outcome.UNDECIDED, reading.value, reason)
        right = agree(reading.quantity, wanted)
        if right is None:
            return Finding(Outcome.UNDECIDED, reading.value, Reason.ANSWER_AMBIGUOUS)
        return Finding(Outcome.VERIFIED if right else Outcome.REFUTED, reading.value)


def _final_text(answer: Answer) -> str | None:
    if isinstance(answer, FreeAnswer):
        return answer.text
    if isinstance(answer, EditAnswer):
        return answer.edited
    if isinstance(answer, ChatAnswer):
        return answer.turns[-1].content
    return answer.final if isinstance(answer, StepsAnswer) else None
