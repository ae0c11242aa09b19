"""How a question is put to a model that runs here: the same way in training and in evaluation.

A model with a chat template reads a user's turn in it; one without reads the question and a line
break, and what follows is its answer. A model trained on the one form and asked in the other
would be judged for a misunderstanding. Servers apply their model's template themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qinglan.endpoints.local import keep_quiet
from qinglan.errors import EndpointError


def form_of(folder: Path) -> Callable[[str], str]:
    """A function from a question to the text that the model in ``folder`` is to complete.

    Raises:
        EndpointError: the folder's tokenizer cannot be read; from the function itself: its
            template cannot be filled.
    """
    tokenizer = load_tokenizer(folder)
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


def load_tokenizer(folder: Path) -> Any:  # noqa: ANN401
    """The tokenizer of the model in ``folder``.

    Raises:
        EndpointError: it cannot be read.
    """
    keep_quiet()
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EndpointError("endpoints.broken_model", folder=folder, why=why) from error
