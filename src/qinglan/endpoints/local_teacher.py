"""A model in a folder, asked for answers as a server is: with a permit, into a journal.

Nothing is paid for here but time, and that is reason enough to keep every reply: a run that was
cut off goes on with what is left. The seed of a batch follows from what is in it; at a
temperature above 0, a run that was cut off may therefore draw other samples than one that was not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from qinglan.endpoints import journal as lines
from qinglan.endpoints.asking import Ask, Keep, Outcome, Unanswered, require
from qinglan.endpoints.budget import Purse
from qinglan.endpoints.form import form_with
from qinglan.endpoints.journal import Journal
from qinglan.endpoints.local import LocalModel
from qinglan.endpoints.weights import digest_of
from qinglan.errors import EndpointError
from qinglan.policy import Permit
from qinglan.provenance.identity import random_id
from qinglan.records import Origin, Reason, Reply

TOGETHER = 64
"""Answers made at once, and so the most work that a crash can cost."""
_ABOUT_THE_ASK = frozenset({"error.endpoints.prompt_too_long", "error.endpoints.empty_prompt"})


def address_of(folder: Path) -> str:
    """How records name the model in ``folder``: by its weights.

    Raises:
        MissingPart: the part that runs models is not installed.
        EndpointError: no model is there.
    """
    LocalModel(folder)
    return f"weights:{digest_of(folder)}"


class LocalTeacher:
    """The model in ``folder``, which the gate permits to ask; see ``address_of`` for errors."""

    def __init__(
        self, folder: Path, *, origin: Origin, permit: Permit, name: str, address: str
    ) -> None:
        require(permit, origin, name)
        self.name = name
        self.address = address
        self._model = LocalModel(folder, name=name)
        self._tokenizer = self._model.tokenizer
        self._form = form_with(self._tokenizer, folder)

    @property
    def instructed(self) -> bool:
        """A model without a chat template only completes."""
        return bool(self._tokenizer.chat_template)

    def ask_all(
        self,
        asks: Iterable[Ask],
        *,
        journal: Journal | None,
        purse: Purse,
        keep: Keep,
        stopping: Callable[[int], None] = lambda under_way: None,
    ) -> None:
        """See ``Respondent.ask_all``. Ctrl-C drops the batch under way."""
        source = iter(asks)
        while not purse.exhausted and (batch := list(islice(source, TOGETHER))):
            afforded = [ask for ask in batch if not purse.exhausted and _reserve(purse, ask)]
            try:
                outcomes = self._answer(afforded)
            except BaseException:
                for ask in afforded:
                    purse.free(ask.most)
                raise
            for ask, outcome in zip(afforded, outcomes, strict=True):
                if isinstance(outcome, Reply):
                    purse.pay(ask.most, outcome.prompt_tokens, outcome.completion_tokens)
                else:
                    purse.free(ask.most)
            if journal is not None:
                journal.write([lines.replied(o) for o in outcomes if isinstance(o, Reply)])
            keep(outcomes)

    def _answer(self, asks: Sequence[Ask]) -> list[Outcome]:
        if not asks:
            return []
        first = asks[0]
        prompts = [self._form(ask.prompt) for ask in asks]
        try:
            texts = self._model.complete(
                prompts,
                temperature=first.sampling.temperature,
                max_tokens=first.sampling.max_tokens,
                seed=int(first.request[:8], 16) >> 1,
            )
        except EndpointError as error:
            if error.key not in _ABOUT_THE_ASK:
                raise
            if len(asks) == 1:
                return [Unanswered(first, Reason.REQUEST_REFUSED, error.say("en"))]
            # One prompt is bad, and only asking tells which.
            return [outcome for ask in asks for outcome in self._answer([ask])]
        return [
            self._reply(ask, prompt, text)
            for ask, prompt, (text,) in zip(asks, prompts, texts, strict=True)
        ]

    def _reply(self, ask: Ask, prompt: str, text: str) -> Reply:
        """The answer in the form that servers give it."""
        used = [
            len(self._tokenizer(part, add_special_tokens=False).input_ids)
            for part in (prompt, text)
        ]
        finish = "length" if used[1] >= ask.sampling.max_tokens else "stop"
        message = {"role": "assistant", "content": text}
        body = {
            "model": self.name,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": used[0], "completion_tokens": used[1]},
        }
        return Reply(
            id=random_id("rpl"), task=ask.task, number=ask.number, request=ask.request,
            model=self.name, endpoint=self.address, time=datetime.now(UTC), status=200,
            body=json.dumps(body, ensure_ascii=False), prompt_tokens=used[0],
            completion_tokens=used[1],
        )  # fmt: skip


def _reserve(purse: Purse, ask: Ask) -> bool:
    purse.exhausted = not purse.reserve(ask.most)
    return not purse.exhausted
