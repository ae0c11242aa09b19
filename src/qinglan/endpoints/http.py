"""A model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, a vendor.

The far side is not trusted. Replies are read up to a limit and within a deadline, no redirect is
followed (it would carry the key to another host), and a key never reaches an error, a repr or the
journal. Busy servers are asked again, later each time, and when they say how much later, then
that late. The base URL is the operator's own choice; faces must not take one from a visitor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from qinglan.endpoints.address import check_base_url
from qinglan.endpoints.asking import (
    Ask,
    Keep,
    Outcome,
    Sampling,
    make_ask,
    require,
    text_of,
)
from qinglan.endpoints.budget import Budget, Purse
from qinglan.endpoints.calls import Calls, Terms
from qinglan.endpoints.completion import check_request
from qinglan.endpoints.journal import Journal, Tally
from qinglan.endpoints.pace import Patience
from qinglan.endpoints.wire import Wire
from qinglan.errors import UsageError
from qinglan.policy import Permit
from qinglan.records import Origin


class OpenAICompatible:
    """A model called ``model`` at ``base_url``, such as ``http://127.0.0.1:8000/v1``."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key: str | None = None,
        *,
        origin: Origin,
        permit: Permit,
        parallel: int = 32,
        patience: Patience | None = None,
    ) -> None:
        """A model that the gate permits to ask.

        Raises:
            UsageError: the URL, the key or ``parallel`` cannot be used.
            Refused: ``permit`` does not speak of ``origin``.
        """
        if api_key is not None and not (api_key and api_key.isascii() and api_key.isprintable()):
            raise UsageError("endpoints.bad_key")
        if parallel < 1:
            raise UsageError("endpoints.bad_parallel", parallel=parallel)
        patience = patience or Patience()
        if not patience.timeout > 0:
            raise UsageError("endpoints.bad_timeout", seconds=patience.timeout)
        self.address = check_base_url(base_url)
        self.name = model
        require(permit, origin, model)
        self._key = api_key
        self._parallel = parallel
        self._patience = patience

    @property
    def instructed(self) -> bool:
        """Chat servers serve models that follow instructions."""
        return True

    def __repr__(self) -> str:
        return f"OpenAICompatible({self.address!r}, {self.name!r})"

    def ask_all(
        self,
        asks: Iterable[Ask],
        *,
        journal: Journal | None,
        purse: Purse,
        keep: Keep,
        stopping: Callable[[int], None] = lambda under_way: None,
    ) -> None:
        """See ``Respondent.ask_all``; without a journal nothing is written down."""
        terms = Terms(
            parallel=self._parallel, patience=self._patience, journal=journal, purse=purse,
            keep=keep, stopping=stopping,
        )  # fmt: skip
        if _run(self._make(asks, terms)):
            raise KeyboardInterrupt

    async def _make(self, asks: Iterable[Ask], terms: Terms) -> bool:
        wire = Wire(
            self.address, self.name, self._key, parallel=self._parallel, patience=self._patience
        )
        with ThreadPoolExecutor(1) as disk:
            async with wire:
                return await Calls(wire, disk, terms).make(asks)

    def complete(
        self,
        prompts: Sequence[str],
        *,
        n: int = 1,
        temperature: float = 0.0,
        max_tokens: int = 256,
        seed: int = 0,
    ) -> list[list[str]]:
        """See ``Endpoint.complete``. Each prompt is the one message of a user.

        Raises:
            EndpointError: a prompt was refused or stayed without a reply that can be read.
        """
        check_request(n, temperature, max_tokens)
        sampling = Sampling(temperature=temperature, max_tokens=max_tokens, seed=seed)
        texts = [[""] * n for _ in prompts]

        def keep(outcomes: list[Outcome]) -> None:
            for outcome in outcomes:
                reply, text = text_of(outcome, self.address)
                texts[int(reply.task)][reply.number - 1] = text

        asks = (
            make_ask(self, str(place), number, prompt, sampling)
            for place, prompt in enumerate(prompts)
            for number in range(1, n + 1)
        )
        self.ask_all(asks, journal=None, purse=Purse(Budget(), Tally()), keep=keep)
        return texts


def _run(work: Coroutine[Any, Any, bool]) -> bool:
    """Run ``work`` to its end, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
