"""Telling what is to be told: the courier of a serving process.

It looks for what is due, moves each ahead before it tries (so of two couriers one tries, and of
one that died another tries later), and keeps how it went. A message is told at least once; whoever
is told knows by its id that it came before.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from qinglan.client.webhooks import sign
from qinglan.errors import QinglanError
from qinglan.flow import pulsing
from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.flow.webhooks import secret_of
from qinglan.hooks.posting import SECONDS, Went, post
from qinglan.hooks.schedule import wait_after
from qinglan.storage import webhooks
from qinglan.storage.webhooks import Delivery, Try, Webhook

AT_ONCE = 8
EACH = 4
"""Messages to one webhook that one round tries: a slow one does not hold up the others long."""
LEASE = int(1000 * (SECONDS + 20))
"""Milliseconds for which a message belongs to whoever tries it."""
REST = 1.0
"""Seconds between two looks when nothing was due."""
LOOK = 600.0
"""Seconds between two looks at how far each project is."""
KEPT_DAYS = 30
"""After which what is over is forgotten."""
GONE = 410
"""The status by which an address says that it wants nothing any more."""

_LOG = logging.getLogger(__name__)

Posting = Callable[..., Went]


def deliver_due(context: Context, *, now: datetime | None = None, posting: Posting = post) -> int:
    """Try all that is due, each once; how many tries that were."""
    time_ = milliseconds(now)
    with context.storage.read() as conn:
        found = [
            (hook, one)
            for hook in webhooks.live(conn)
            for one in webhooks.due(conn, hook.id, time_, EACH)
        ]
    if not found:
        return 0
    until = time_ + LEASE
    claimed = context.storage.write(
        lambda conn: [(hook, one) for hook, one in found if webhooks.claim(conn, one, until)]
    )
    with ThreadPoolExecutor(min(AT_ONCE, max(1, len(claimed)))) as pool:
        for done in [pool.submit(_try, context, *pair, until, now, posting) for pair in claimed]:
            done.result()
    return len(claimed)


def _try(
    context: Context, hook: Webhook, one: Delivery, claimed: int, now: datetime | None,
    posting: Posting,
) -> None:  # fmt: skip
    body = one.body.encode()
    stamp = milliseconds(now) // 1000
    headers = {
        "content-type": "application/json", "user-agent": "qinglan", "webhook-id": one.id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(secret_of(context, hook.id), one.id, stamp, body),
    }  # fmt: skip
    went = posting(hook.url, body, headers, networks=context.settings.webhook_networks)
    after = milliseconds(now)
    number = one.tries + 1
    wait = None if went.delivered else wait_after(number)
    state = "delivered" if went.delivered else "given_up" if wait is None else "waiting"
    tried = Try(
        delivery=one.id, number=number, time=after, status=went.status, error=went.error,
        ms=went.ms,
    )  # fmt: skip

    def keep(conn: Connection) -> None:
        webhooks.keep(conn, tried, None if wait is None else after + wait, state, claimed)
        if went.status == GONE:
            webhooks.end(conn, hook.id, "gone", None)

    context.storage.write(keep)


@contextmanager
def courier(context: Context) -> Iterator[None]:
    """Deliver in a thread of its own, until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(context, stop), name="qinglan-courier")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(context: Context, stop: threading.Event) -> None:
    swept = 0.0
    looked = time.monotonic() - LOOK + 10 * REST  # not while the server comes up
    while not stop.is_set():
        try:
            done = deliver_due(context)
            if time.monotonic() > looked + LOOK:
                looked = time.monotonic()
                pulsing.beat(context)
            if time.monotonic() > swept + 3_600 or not swept:
                swept = time.monotonic()
                before = milliseconds(None) - KEPT_DAYS * 86_400_000
                context.storage.write(lambda conn, before=before: webhooks.forget(conn, before))  # type: ignore[misc]
        except Exception as error:
            # Whatever it was, what is due stays due; a courier that ended would tell nobody.
            _LOG.warning("webhooks: %s", error, exc_info=not isinstance(error, QinglanError))
            done = 0
        if not done:
            stop.wait(REST)
