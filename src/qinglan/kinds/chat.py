"""Chat: turns that carry a conversation on, written by a person.

A conversation may open with a system turn; then the user and the assistant take turns, the user
first, and it ends with the assistant. A task holds the turns that are given, each as JSON in one
of its options; an answer holds those that were written, and both together are the conversation.
What counts as one vote is the final answer that the last turn states; most texts state none, and
then a reviewer decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise

from qinglan.errors import RowError
from qinglan.records import ChatAnswer, Reason, Turn

__all__ = ["asked", "build", "fits", "pack", "read_turns", "unpack", "whole", "written"]

_ROLES = {"system": "system", "user": "user", "assistant": "assistant", "human": "user",
          "gpt": "assistant"}  # fmt: skip
"""As most data sets call them, and as ShareGPT does."""


def pack(turns: Sequence[Turn]) -> tuple[str, ...]:
    """Turns as a task's options."""
    return tuple(json.dumps(turn.model_dump(), ensure_ascii=False) for turn in turns)


def unpack(options: Sequence[str]) -> tuple[Turn, ...]:
    """A task's options as turns.

    Raises:
        ValueError: they are none.
    """
    return tuple(Turn.model_validate_json(option) for option in options)


def read_turns(given: object) -> tuple[Turn, ...] | None:
    """Turns from a list of objects with ``role`` and ``content`` (or ``from`` and ``value``)."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return None
    found = []
    for one in given:
        if not isinstance(one, Mapping):
            return None
        role = _ROLES.get(str(one.get("role") or one.get("from")))
        content = one.get("content", one.get("value"))
        if role is None or not isinstance(content, str) or not content.strip():
            return None
        found.append(Turn.model_validate({"role": role, "content": content}))
    return tuple(found)


def whole(turns: Sequence[Turn]) -> bool:
    """Whether turns alternate from the user on, with a system turn before them or none."""
    spoken = turns[1:] if turns and turns[0].role == "system" else turns
    expected = ("user", "assistant")
    return all(turn.role == expected[place % 2] for place, turn in enumerate(spoken))


def asked(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """What of a conversation is given: up to the user's last turn, or a system turn alone."""
    ends = [place + 1 for place, turn in enumerate(turns) if turn.role != "assistant"]
    return tuple(turns[: ends[-1]]) if ends else ()


def written(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """What of a conversation answers it: the turns after the user's last."""
    return tuple(turns[len(asked(turns)) :])


def build(payload: Mapping[str, object], options: tuple[str, ...]) -> ChatAnswer:
    """The answer whose ``turns`` carry on those in ``options`` (empty: not known, or none given).

    Raises:
        RowError: they are no turns, or do not follow.
    """
    turns = read_turns(payload["turns"])
    if not turns:
        raise RowError("kinds.not_turns", field="turns", reason=Reason.BAD_VALUE)
    answer = ChatAnswer(turns=turns)
    follows = turns[-1].role == "assistant" and turns[0].role != "system"
    if not follows or (options and not fits(answer, options)) or not _alternate(turns):
        raise RowError("kinds.turns_misfit", field="turns", reason=Reason.BAD_VALUE)
    return answer


def _alternate(turns: Sequence[Turn]) -> bool:
    return all(here.role != then.role for here, then in pairwise(turns))


def fits(answer: ChatAnswer, options: tuple[str, ...]) -> bool:
    """Whether the answer's turns follow those that are given."""
    return whole((*unpack(options), *answer.turns))
