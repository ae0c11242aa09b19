"""Evaluation items: a question with its key, as an expert writes it.

An item is material for others: they answer the question without seeing the key, and the key is
believed when enough of them agree with it. So two items are never one vote, and what a key says
must be beyond doubt from the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from qinglan.errors import RowError
from qinglan.kinds import free
from qinglan.kinds.steps import split_steps
from qinglan.records import ItemAnswer, Reason

__all__ = ["build"]


def build(payload: Mapping[str, object]) -> ItemAnswer:
    """The item that ``payload`` gives; its fields are present.

    Raises:
        RowError: the key says nothing certain, or the difficulty is not from 1 to 5.
    """
    key = payload["key"]
    if not isinstance(key, str) or free.read(key, sentences=False).value is None:
        raise RowError("kinds.item_key", field="key", reason=Reason.BAD_VALUE)
    difficulty = payload["difficulty"]
    if isinstance(difficulty, Decimal):
        difficulty = str(difficulty)
    if isinstance(difficulty, bool) or str(difficulty).strip() not in {"1", "2", "3", "4", "5"}:
        raise RowError("kinds.item_difficulty", field="difficulty", reason=Reason.BAD_VALUE)
    return ItemAnswer.model_validate(
        {
            "question": payload["question"], "key": key, "difficulty": int(str(difficulty)),
            "rubric": payload.get("rubric") or None,
            "sources": split_steps(payload.get("sources") or ()),
        }
    )  # fmt: skip
