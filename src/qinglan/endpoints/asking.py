"""What is asked of a model, one call at a time, and what becomes of it.

An ask knows the bytes that will be sent and their digest, under which a journal finds the reply
again; and the most tokens that it can use, which a budget sets aside before the call leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from qinglan.endpoints.budget import Purse
from qinglan.endpoints.completion import read_completion
from qinglan.endpoints.journal import Journal, Tokens
from qinglan.errors import EndpointError, Refused
from qinglan.policy import Permit
from qinglan.records import Origin, Reason, Reply

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a model is to choose its words; see ``Endpoint.complete``."""

    temperature: float = 0.0
    max_tokens: int = 1024
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One call to make: the ``number``-th answer to ``task``."""

    task: str
    number: int
    prompt: str
    sampling: Sampling
    body: bytes
    request: str
    """SHA-256 of where it goes and what is sent."""

    @property
    def most(self) -> Tokens:
        """The most tokens it can use. A token is at least a byte, and the body holds more bytes
        than the prompt; so this is far too much, and never too little.
        """
        return len(self.body), self.sampling.max_tokens


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A call that was given up while others were answered; nothing was paid for a refusal."""

    ask: Ask
    reason: Reason
    detail: str


Outcome = Reply | Unanswered


def text_of(outcome: Outcome, url: str) -> tuple[Reply, str]:
    """The reply and what it says, where nothing but an answer will do.

    Raises:
        EndpointError: the call at ``url`` was given up, or its reply cannot be read.
    """
    if isinstance(outcome, Unanswered):
        raise EndpointError("endpoints.unanswered", url=url, why=outcome.detail)
    try:
        return outcome, read_completion(outcome.body or "").text
    except ValueError as error:
        raise EndpointError("endpoints.bad_reply", url=url, why=str(error)) from None


Keep = Callable[[list[Outcome]], None]
"""Takes what came, a batch at a time; from one thread at a time, which need not be the caller's."""


class Respondent(Protocol):
    """A model that may be asked for answers: it exists only with the gate's permit."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def address(self) -> str:
        """Where it is asked."""

    @property
    def instructed(self) -> bool:
        """Whether it reads instructions, or only completes a question."""

    def ask_all(
        self,
        asks: Iterable[Ask],
        *,
        journal: Journal | None,
        purse: Purse,
        keep: Keep,
        stopping: Callable[[int], None] = ...,
    ) -> None:
        """Make the calls, each written down before it leaves and when it is answered.

        Ends when ``asks`` do, or when the purse affords no further call. Ctrl-C lets the calls
        under way end first; a second one drops them.

        Args:
            asks: drawn one at a time, as calls become free.
            journal: takes every call and every reply, on the disk; ``None`` where neither is to
                be kept.
            purse: what may be spent.
            keep: called with what came, after it is in the journal.
            stopping: called at the first Ctrl-C with the number of calls under way.

        Raises:
            EndpointError: the server, or the way to it, failed for good. What was answered until
                then is kept.
            StorageError: the journal could not be written.
            KeyboardInterrupt: stopped by the person.
        """


def make_ask(model: Respondent, task: str, number: int, prompt: str, sampling: Sampling) -> Ask:
    """The call that asks ``model`` for the ``number``-th answer to ``task``, in one user's turn.

    Not every model's template knows a system's turn, and the best reasoners advise against one.
    Each number has a seed of its own, so that samples differ where the server keeps to seeds.
    """
    body = _ENCODE(
        {
            "model": model.name,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": sampling.temperature,
            "max_tokens": sampling.max_tokens,
            "seed": (sampling.seed + number - 1) % 2**31,
        }
    ).encode()
    request = hashlib.sha256(f"{model.address}\n".encode() + body).hexdigest()
    return Ask(task, number, prompt, sampling, body, request)


def require(permit: Permit, origin: Origin, model: str) -> None:
    """Refuse to ask a model that the gate's permit does not speak of.

    Raises:
        Refused: ``permit`` was given for something else.
    """
    if origin not in permit.origins:
        raise Refused("endpoints.no_permit", model=model)
