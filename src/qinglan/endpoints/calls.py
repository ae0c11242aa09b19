"""Calls to a chat server, hundreds at a time, each on the disk before and after.

The hot path: measured in ``tests/benchmarks/bench_teachers.py``. Workers draw asks, wait for
their turn, write down that a call leaves, make it, write down what came, and hand it on.

A failure that concerns the server (a wrong key, nobody there, a full disk) ends the run: nothing
further is asked, and what is under way may still arrive. A failure that concerns one ask does
not: it is handed on as unanswered, and its neighbours never notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from qinglan.endpoints import journal as lines
from qinglan.endpoints.asking import Ask, Keep, Outcome, Unanswered
from qinglan.endpoints.budget import Purse
from qinglan.endpoints.flushing import GroupLog
from qinglan.endpoints.interrupts import Interrupts
from qinglan.endpoints.journal import Journal, Tokens
from qinglan.endpoints.pace import Pacer, Patience
from qinglan.endpoints.wire import Answered, Wire
from qinglan.errors import EndpointError
from qinglan.provenance.identity import random_id
from qinglan.records import Reason

_BUSY = frozenset({408, 409, 425, 429, 503})
"""Come again: nothing is wrong with the request."""
_ABOUT_THE_ASK = frozenset({400, 413, 414, 422})
"""Refusals that speak of one request; others speak of all."""
_IN_A_ROW = 8
"""So many asks failed, and none answered between them: it is not the asks."""
_TOGETHER = 1_000
"""The most outcomes that are handed on at once."""
_BACKLOG = 4_000
"""Outcomes that may wait to be handed on before calls wait too."""
_GATHER = 0.2
"""Seconds in which outcomes gather. They are in the journal already, so there is no hurry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a run of calls keeps to."""

    parallel: int
    patience: Patience
    journal: Journal | None
    purse: Purse
    keep: Keep
    stopping: Callable[[int], None]


class Calls:
    """One run of calls to one server. Made inside the event loop that runs it."""

    def __init__(self, wire: Wire, disk: ThreadPoolExecutor, terms: Terms) -> None:
        self._wire, self._terms, self._purse = wire, terms, terms.purse
        self._log = GroupLog(terms.journal, disk)
        self._pacer = Pacer(terms.parallel)
        self._done: asyncio.Queue[Outcome | None] = asyncio.Queue(_BACKLOG)
        self._settled = asyncio.Event()
        self._ended = asyncio.Event()
        self._error: BaseException | None = None
        self._failure: EndpointError | None = None  # of an ask; the run's, if none is answered
        self._failed_in_a_row = 0
        self._answered = 0

    async def make(self, asks: Iterable[Ask]) -> bool:
        """Make them all; whether the person stopped it. See ``Respondent.ask_all``."""
        source = iter(asks)
        task = asyncio.current_task()

        def interrupted(time: int) -> None:
            if time == 1:
                self._stop()
                self._terms.stopping(self._pacer.under_way)
            elif task is not None:
                task.cancel()

        with Interrupts(interrupted) as interrupts:
            try:
                keeper = asyncio.create_task(self._hand_on())
                await asyncio.gather(*(self._work(source) for _ in range(self._terms.parallel)))
                self._ended.set()
                await self._done.put(None)
                await keeper
            except asyncio.CancelledError:
                if not interrupts.count:
                    raise
        if self._error is not None:
            raise self._error
        if self._failure is not None and not self._purse.spent.replies:
            raise self._failure
        return interrupts.count > 0

    async def _work(self, source: Iterator[Ask]) -> None:
        """Draw asks and answer them until there are none, or nothing further may be asked."""
        try:
            while not self._pacer.stopped and (ask := next(source, None)) is not None:
                outcome = await self._answer(ask)
                if outcome is None:
                    return
                await self._done.put(outcome)
        except Exception as error:  # whatever it was, calls under way are paid for: let them end
            self._fail(error)

    async def _answer(self, ask: Ask) -> Outcome | None:
        """One ask, with all its attempts; ``None`` where nothing further may be asked."""
        patience, loop = self._terms.patience, asyncio.get_running_loop()
        tries, others = 0, self._answered
        while await self._pacer.turn():
            try:
                if not await self._afford(ask):
                    return None
                began = loop.time()
                ended = await self._call(ask)
            finally:
                self._pacer.leave()
            if ended.reply is not None:
                self._answered += 1
                self._failed_in_a_row = 0
                self._pacer.went_well()
                return ended.reply
            busy = ended.status in _BUSY
            if ended.status in _ABOUT_THE_ASK:
                self._ask_failed(self._wire.refusal(ended.status))
                return Unanswered(ask, Reason.REQUEST_REFUSED, ended.why)
            if 0 < ended.status < 500 and not busy:
                raise self._wire.refusal(ended.status)
            if ended.wait is not None and ended.wait > patience.longest_wait:
                raise EndpointError(
                    "endpoints.wait_too_long", url=self._wire.url, seconds=ended.wait
                )
            if busy and self._answered > others:  # others are served: our turn will come
                tries, others = 0, self._answered
            tries += 1
            if tries >= patience.attempts:
                gave_up = EndpointError(
                    "endpoints.gave_up", url=self._wire.url, attempts=tries, why=ended.why
                )
                self._ask_failed(gave_up)
                return Unanswered(ask, Reason.NO_REPLY, ended.why)
            wait = patience.wait(tries, ended.wait)
            if busy:
                self._pacer.slow_down(began, wait)
            elif not await self._pacer.rest(wait):
                return None
        return None

    async def _afford(self, ask: Ask) -> bool:
        """Set aside what the call can cost, once calls under way have left enough for it."""
        while not self._purse.reserve(ask.most):
            if self._pacer.stopped:
                return False
            if not self._purse.under_way:
                self._purse.exhausted = True
                self._stop()
                return False
            self._settled.clear()
            await self._settled.wait()
        return True

    async def _call(self, ask: Ask) -> Answered:
        """One call, written down before it leaves and when it is answered."""
        purse, call = self._purse, random_id("rpl")
        settle: Callable[[Tokens], None] | None = purse.free  # until it leaves, it is for nothing
        try:
            await self._log.put(lines.began(call, ask.most))
            settle = purse.lose
            ended = await self._wire.send(ask, call)
            if ended.reply is not None:
                settle = None
                purse.pay(ask.most, ended.reply.prompt_tokens, ended.reply.completion_tokens)
                await self._log.put(lines.replied(ended.reply))
            elif ended.refused:
                settle = purse.free
                await self._log.put(lines.refused(call, ended.status))
            return ended
        finally:
            if settle is not None:
                settle(ask.most)
            self._settled.set()

    async def _hand_on(self) -> None:
        """Hand outcomes on, a batch at a time, until the last. A failure stops the calls."""
        deaf = last = False
        while not last:
            batch = [await self._done.get()]
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHER):
                    await self._ended.wait()
            while len(batch) < _TOGETHER and not self._done.empty():
                batch.append(self._done.get_nowait())
            last = batch[-1] is None
            outcomes = [outcome for outcome in batch if outcome is not None]
            if outcomes and not deaf:
                try:
                    await asyncio.to_thread(self._terms.keep, outcomes)
                except Exception as error:
                    self._fail(error)
                    deaf = True

    def _ask_failed(self, failure: EndpointError) -> None:
        """One ask has failed for good; too many in a row are a failure of the server."""
        self._failure = failure
        self._failed_in_a_row += 1
        if self._failed_in_a_row >= _IN_A_ROW:
            raise failure

    def _fail(self, error: Exception) -> None:
        if self._error is None:
            self._error = error
        self._stop()

    def _stop(self) -> None:
        """Ask nothing further."""
        self._pacer.stop()
        self._settled.set()
