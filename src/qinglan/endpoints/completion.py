"""The one thing that every model can be asked: complete these prompts.

Teachers, students and judges are all asked the same way, so that what was tried on a model that
runs here holds for one behind a server, and a test can stand in with ten lines.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qinglan.errors import UsageError


class Endpoint(Protocol):
    """A model that completes prompts."""

    @property
    def name(self) -> str:
        """What records call it."""

    def complete(
        self,
        prompts: Sequence[str],
        *,
        n: int = 1,
        temperature: float = 0.0,
        max_tokens: int = 256,
        seed: int = 0,
    ) -> list[list[str]]:
        """``n`` completions of each prompt, in the order of the prompts.

        Args:
            prompts: what to complete.
            n: completions a prompt. At temperature 0 they are one completion, ``n`` times.
            temperature: 0 takes the likeliest token; 1 samples from the model as it is.
            max_tokens: most tokens a completion.
            seed: of the sampling; where the model runs here, the same seed gives the same texts.

        Raises:
            EndpointError: the model, or the way to it, failed for good.
        """


def check_request(n: int, temperature: float, max_tokens: int) -> None:
    """Refuse what no model can do.

    Raises:
        UsageError: ``n`` or ``max_tokens`` below 1, or a temperature outside 0 to 2.
    """
    if n < 1 or max_tokens < 1 or not 0 <= temperature <= 2:
        raise UsageError("endpoints.bad_request", n=n, temperature=temperature, tokens=max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a chat completion says, in the OpenAI protocol."""

    text: str
    finish: str | None
    """Why the model stopped: ``stop``, ``length``, ``content_filter``, or a server's own word."""
    declined: bool
    """The model, or its server, would not answer."""
    model: str | None
    """What the server says answered."""
    prompt_tokens: int | None
    completion_tokens: int | None


def read_completion(body: str) -> Completion:
    """What the first choice of a reply says.

    Raises:
        ValueError: it is no chat completion, or holds text that cannot be stored.
    """
    try:
        reply = json.loads(body)
        choice = reply["choices"][0]
        message = choice["message"]
        text = message.get("content") or ""
        text.encode()  # a lone surrogate could be neither stored nor hashed
        if "\0" in text:
            raise ValueError("NUL")
        usage = reply.get("usage") or {}
        return Completion(
            text=text,
            finish=_word(choice.get("finish_reason")),
            declined=bool(message.get("refusal"))
            or choice.get("finish_reason") == "content_filter",
            model=_word(reply.get("model")),
            prompt_tokens=_count(usage.get("prompt_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(type(error).__name__) from error


def _word(value: object) -> str | None:
    """``value`` where it is a short text that can be shown."""
    if isinstance(value, str) and len(value) <= 200 and value.isprintable():
        return value
    return None


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return None
