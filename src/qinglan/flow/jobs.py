"""Verbs that take longer than a page may: begun in the browser, done in a thread, looked at later.

A job is a row that says how far it is. Verbs go on where they stopped, so one whose process died
is shown as cut off, and begun again; nothing that it had done is lost or done twice.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from qinglan.cores import apart
from qinglan.errors import QinglanError, UsageError
from qinglan.flow.context import Context, Progress, allow
from qinglan.flow.hands import milliseconds, moment
from qinglan.provenance.identity import Json
from qinglan.records import Actor
from qinglan.storage import jobs
from qinglan.storage.jobs import DONE, FAILED, RUNNING
from qinglan.wording import LANGUAGES, Language, say

WAIT = 1.5
"""Seconds in which a job may end before the page says that it runs."""
BEAT = 5.0
"""Seconds between two signs of life."""
LOST = 60_000
"""Milliseconds without one after which a job was cut off."""
EVERY = 0.5
"""Seconds between two words on how far it is."""

Doing = Callable[[Progress], Mapping[str, Json]]
"""The verb, told how to say how far it is; what it returns is kept."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A job as a page shows it."""

    id: str
    project: str
    verb: str
    actor: str
    state: Literal["running", "done", "failed", "cut_off"]
    done: int
    total: int | None
    told: Mapping[str, Any]
    started: datetime

    def why(self, language: Language) -> str:
        """What went wrong, with its remedy."""
        return str(self.told.get(language, ""))


def start(context: Context, actor: Actor, project: str, verb: str, do: Doing) -> str:
    """Begin ``do``, which is ``verb`` on ``project`` (by name); the job's id.

    It may be over when this returns.

    Raises:
        PermissionDenied: the actor's role may not do the verb.
        UsageError: another is at it.
    """
    allow(verb, actor)
    target = context.project(project)
    now = milliseconds(None)
    job = jobs.Job(
        id=f"job_{secrets.token_hex(12)}", project=target.id, verb=verb, actor=actor.name,
        state=RUNNING, done=0, total=None, told={}, started=now, moved=now,
    )  # fmt: skip

    def begin(conn: Any) -> None:  # noqa: ANN401 - a connection
        for other in jobs.newest(conn, target.id, 20):
            if other.verb == verb and other.state == RUNNING and now < other.moved + LOST:
                raise UsageError("flow.job_running", project=project, actor=other.actor)
        jobs.add(conn, job)

    context.write(target, begin)
    thread = threading.Thread(target=_run, args=(context, job.id, do), daemon=True, name=job.id)
    thread.start()
    thread.join(WAIT)
    return job.id


def look(context: Context, actor: Actor, project: str, id_: str) -> Seen:
    """One job of ``project`` (by name).

    Raises:
        UsageError: there is none of that id.
    """
    allow("status", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        job = jobs.get(conn, id_)
    if job is None or job.project != target.id:
        raise UsageError("flow.no_job", id=id_[:100], project=project)
    return _seen(job, project)


def newest(context: Context, actor: Actor, project: str, *, limit: int = 10) -> list[Seen]:
    """The last jobs of ``project`` (by name), the newest first."""
    allow("status", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return [_seen(job, project) for job in jobs.newest(conn, target.id, limit)]


def _seen(job: jobs.Job, project: str) -> Seen:
    lost = job.state == RUNNING and milliseconds(None) > job.moved + LOST
    state: Any = "cut_off" if lost else job.state
    return Seen(
        id=job.id, project=project, verb=job.verb, actor=job.actor, state=state, done=job.done,
        total=job.total, told=job.told, started=moment(job.started),
    )  # fmt: skip


class _Pulse:
    """How far a job is, said now and then, and that it lives."""

    def __init__(self, context: Context, id_: str) -> None:
        self._context, self._id = context, id_
        self._done = 0
        self._total: int | None = None
        self._said = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name=f"{id_} pulse")
        self._thread.start()

    def __call__(self, done: int, total: int | None) -> None:
        self._done, self._total = done, total
        if time.monotonic() > self._said + EVERY:
            self._say()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            try:
                self._say()
            except QinglanError:
                return  # the workspace is closed: who looks later sees that it was cut off

    def _say(self) -> None:
        self._said = time.monotonic()
        done, total = self._done, self._total
        now = milliseconds(None)
        self._context.storage.write(lambda conn: jobs.move(conn, self._id, done, total, now))


def _run(context: Context, id_: str, do: Doing) -> None:
    apart()
    pulse = _Pulse(context, id_)
    state, told = DONE, {}  # type: tuple[str, dict[str, Json]]
    try:
        told = dict(do(pulse))
    except QinglanError as error:
        state, told = FAILED, {language: error.say(language) for language in LANGUAGES}
    except Exception:
        # The person is told that it failed, the log why; a page must not show our insides.
        _LOG.exception("%s failed", id_)
        state, told = FAILED, {language: say("flow.job_failed", language) for language in LANGUAGES}
    finally:
        pulse.stop()
    now = milliseconds(None)
    try:
        context.storage.write(lambda conn: jobs.finish(conn, id_, state, told, now))
    except QinglanError as error:
        _LOG.warning("%s: %s", id_, error)
