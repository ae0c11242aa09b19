"""A served model with a journal of its replies: what was answered is not asked, or paid, again."""

from __future__ import annotations

from collections.abc import Sequence

from qinglan.endpoints.asking import Outcome, Sampling, make_ask, text_of
from qinglan.endpoints.budget import Budget, Purse
from qinglan.endpoints.completion import check_request, read_completion
from qinglan.endpoints.http import OpenAICompatible
from qinglan.endpoints.journal import Journal


class Remembered:
    """``model``, whose replies are kept in ``journal`` and looked up there first."""

    def __init__(self, model: OpenAICompatible, journal: Journal) -> None:
        self.name = model.name
        self._model = model
        self._journal = journal
        self._texts: dict[str, str] = {}
        """By the digest of the request."""
        for _, reply in journal.replies():
            try:
                self._texts[reply.request] = read_completion(reply.body or "").text
            except ValueError:
                continue  # an unreadable reply answers nothing, so it is asked again

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
            EndpointError: a prompt was refused or stayed without a reply that can be read; what
                was answered until then is in the journal.
        """
        check_request(n, temperature, max_tokens)
        sampling = Sampling(temperature=temperature, max_tokens=max_tokens, seed=seed)
        asks = [
            [
                make_ask(self._model, str(place), number, prompt, sampling)
                for number in range(1, n + 1)
            ]
            for place, prompt in enumerate(prompts)
        ]
        new = {a.request: a for those in asks for a in those if a.request not in self._texts}
        purse = Purse(Budget(), self._journal.tally)
        self._model.ask_all(new.values(), journal=self._journal, purse=purse, keep=self._keep)
        return [[self._texts[ask.request] for ask in those] for those in asks]

    def _keep(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            reply, text = text_of(outcome, self._model.address)
            self._texts[reply.request] = text
