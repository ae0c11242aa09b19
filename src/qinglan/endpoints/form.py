"""How a question is put to a model that runs here: the same way in training and in evaluation.

A model with a chat template reads a user's turn in it; one without reads the question and a line
break, and what follows is its answer. A model trained on the one form and asked in the other
would be judged for a misunderstanding. Servers apply their model's template themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from qinglan.endpoints.local import load_tokenizer
from qinglan.errors import EndpointError

Asked: TypeAlias = str | Sequence[Mapping[str, str]]
"""A question, or the turns of a conversation, each with ``role`` and ``content``."""


def form_of(folder: Path) -> Callable[[Asked], str]:
    """A function from what is asked to the text that the model in ``folder`` is to complete.

    Raises:
        EndpointError: the folder's tokenizer cannot be read; from the function itself: its
            template cannot be filled.
    """
    return form_with(load_tokenizer(folder), folder)


def form_with(tokenizer: Any, folder: Path) -> Callable[[Asked], str]:  # noqa: ANN401
    """``form_of`` with the folder's tokenizer, loaded already."""
    if not tokenizer.chat_template:
        return lambda asked: "".join(turn["content"] + "\n" for turn in _turns(asked))

    def fill(asked: Asked) -> str:
        try:
            filled: str = tokenizer.apply_chat_template(
                _turns(asked), tokenize=False, add_generation_prompt=True
            )
        # A template is a program that came with the model, run in transformers' sandbox: it can
        # fail in any way.
        except Exception as error:
            why = (str(error).splitlines() or [type(error).__name__])[0]
            raise EndpointError("endpoints.bad_template", folder=folder, why=why) from error
        return filled

    return fill


def _turns(asked: Asked) -> list[dict[str, str]]:
    if isinstance(asked, str):
        return [{"role": "user", "content": asked}]
    return [{"role": turn["role"], "content": turn["content"]} for turn in asked]
