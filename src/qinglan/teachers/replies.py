"""What a model's reply says: an answer of the task's kind, or the reason why there is none.

Thinking aloud before the answer (``<think>…</think>``) is not part of the answer; it stays in the
journal with the rest of what was paid for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qinglan.endpoints.completion import read_completion
from qinglan.kinds import choice
from qinglan.kinds.steps import read_solution
from qinglan.records import (
    Answer,
    ChoiceAnswer,
    FreeAnswer,
    Kind,
    PreferenceAnswer,
    Reason,
    Reply,
    Task,
)
from qinglan.teachers.prompts import is_turned

LONGEST = 1 << 20
"""Characters of an answer; a longer one is a model that ran away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer, or why there is none; and which model the server says it was."""

    answer: Answer | None = None
    reason: Reason | None = None
    served: str | None = None


def read_reply(reply: Reply, task: Task, mark: str) -> Reading:
    """The answer to ``task`` in ``reply``; ``mark`` is the one that the prompt was written with."""
    if reply.body is None:
        gone = Reason.TOO_LARGE if reply.gone == "too_large" else Reason.WITHDRAWN
        return Reading(reason=gone)
    try:
        said = read_completion(reply.body)
    except ValueError:
        return Reading(reason=Reason.REPLY_UNREADABLE)
    if said.declined:
        found: Answer | Reason = Reason.MODEL_DECLINED
    elif said.finish == "length":
        found = Reason.REPLY_CUT_SHORT
    else:
        found = _read_text(said.text, task, reply.number, mark)
    if isinstance(found, Reason):
        return Reading(reason=found, served=said.model)
    return Reading(answer=found, served=said.model)


def _read_text(text: str, task: Task, number: int, mark: str) -> Answer | Reason:
    _, closed, answer = text.rpartition("</think>")
    if not closed and answer.lstrip().startswith("<think>"):
        return Reason.REPLY_CUT_SHORT  # it thought to the end of its room
    text = (answer if closed else text).strip()
    if not text:
        return Reason.REPLY_UNREADABLE
    if len(text) > LONGEST:
        return Reason.TOO_LARGE
    if task.kind is Kind.FREE:
        return FreeAnswer(text=text)
    if task.kind is Kind.STEPS:
        return read_solution(text)
    if task.kind is Kind.CHOICE:
        read = choice.read(text, task.options)
        return read.reason or ChoiceAnswer(option=str(read.value))
    return _read_preference(text, is_turned(number, mark), mark)


def _read_preference(text: str, turned: bool, mark: str) -> Answer | Reason:
    """The choice on the one line that bears the mark; a line without it is only talk."""
    lines = re.findall(rf"^[\s*_`\[]*{re.escape(mark)}[:：][ \t]*(1|2|tie)\b", text, re.M | re.I)
    given = {line.casefold() for line in lines}
    if not given:
        return Reason.NO_FINAL_ANSWER
    if len(given) > 1:
        return Reason.ANSWER_AMBIGUOUS
    (side,) = given
    if side == "tie":
        return PreferenceAnswer(winner="tie")
    return PreferenceAnswer(winner="left" if (side == "1") is not turned else "right")
