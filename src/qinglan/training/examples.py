"""Rows of a release as examples for supervised fine-tuning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qinglan.errors import UsageError
from qinglan.records import Kind
from qinglan.training.recipe import Example

IMITABLE = (Kind.FREE, Kind.STEPS, Kind.CHOICE)
"""Kinds whose answers a model can learn to give; a preference only says which is better."""


def make_examples(
    rows: Iterable[Mapping[str, Any]], kind: Kind, form: Callable[[str], str]
) -> list[Example]:
    """One example a row: the user's turn as the model reads it, and the reply to learn.

    Args:
        rows: data rows of a release; each holds ``messages``, one turn of each side.
        kind: of the release's project.
        form: from the question to the text that the model is to complete.

    Raises:
        UsageError: the kind cannot be imitated, or there are no rows.
    """
    if kind not in IMITABLE:
        kinds = ", ".join(known.value for known in IMITABLE)
        raise UsageError("training.not_imitable", kind=kind.value, kinds=kinds)
    examples = []
    for row in rows:
        question, reply = (turn["content"] for turn in row["messages"])
        examples.append(Example(form(question), reply))
    if not examples:
        raise UsageError("training.empty_split")
    return examples
