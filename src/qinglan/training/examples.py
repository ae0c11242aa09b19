"""Rows of a release as examples for supervised fine-tuning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qinglan.endpoints.form import Asked
from qinglan.errors import UsageError
from qinglan.records import Kind
from qinglan.training.recipe import Example

IMITABLE = (Kind.FREE, Kind.STEPS, Kind.CHOICE, Kind.CHAT, Kind.EDIT)
"""Kinds whose answers a model can learn to give; a preference only says which is better."""


def make_examples(
    rows: Iterable[Mapping[str, Any]], kind: Kind, form: Callable[[Asked], str]
) -> list[Example]:
    """One example a row: the user's turn as the model reads it, and the reply to learn.

    A conversation gives one for each of the assistant's turns that were written for it: what comes
    before is the prompt, so that there is loss on these turns only. Turns that were given to the
    writer, the assistant's among them, are never learned.

    Args:
        rows: data rows of a release; each holds ``messages``, of which a conversation's first
            ``len(row["options"])`` were given.
        kind: of the release's project.
        form: from a question or turns to the text that the model is to complete.

    Raises:
        UsageError: the kind cannot be imitated, or there are no rows.
    """
    if kind not in IMITABLE:
        kinds = ", ".join(known.value for known in IMITABLE)
        raise UsageError("training.not_imitable", kind=kind.value, kinds=kinds)
    examples = []
    for row in rows:
        if kind is Kind.CHAT:
            examples += _turns(row, form)
            continue
        question, reply = (turn["content"] for turn in row["messages"])
        examples.append(Example(form(question), reply))
    if not examples:
        raise UsageError("training.empty_split")
    return examples


def _turns(row: Mapping[str, Any], form: Callable[[Asked], str]) -> list[Example]:
    turns = row["messages"]
    return [
        Example(form(turns[:place]), turns[place]["content"])
        for place in range(len(row["options"]), len(turns))
        if turns[place]["role"] == "assistant"
    ]
