"""How a question is put to a model that runs here: the same way in training and in evaluation.

A model with a chat template reads a user's turn in it; one without reads the question and a line
break, and what follows is its answer. A model trained on the one form and asked in the other
would be judged for a misunderstanding. Servers apply their model's template themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qinglan.endpoints.local import load_tokenizer
from qinglan.errors import EndpointError


def form_of(folder: Path) -> Callable[[str], str]:
    """A function from a question to the text that the model in ``folder`` is to complete.

    Raises:
        EndpointError: the folder's tokenizer cannot be read; from the function itself: its
            template cannot be filled.
    """
    return form_with(load_tokenizer(folder), folder)


def form_with(tokenizer: Any, folder: Path) -> Callable[[str], str]:  # noqa: ANN401
    """``form_of`` with the folder's tokenizer, loaded already."""
    if not tokenizer.chat_template:
        return lambda question: question + "\n"

    def fill(question: str) -> str:
        turn = [{"role": "user", "content": question}]
        try:
            filled: str = tokenizer.apply_chat_template(
                turn, tokenize=False, add_generation_prompt=True
            )
        # A template is a program that came with the model, run in transformers' sandbox: it can
        # fail in any way.
        except Exception as error:
            why = (str(error).splitlines() or [type(error).__name__])[0]
            raise EndpointError("endpoints.bad_template", folder=folder, why=why) from error
        return filled

    return fill
