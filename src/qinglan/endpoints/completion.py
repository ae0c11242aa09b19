"""The one thing that every model can be asked: complete these prompts.

Teachers, students and judges are all asked the same way, so that what was tried on a model that
runs here holds for one behind a server, and a test can stand in with ten lines.
"""

from __future__ import annotations

from collections.abc import Sequence
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
