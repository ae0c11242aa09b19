"""Work for the machine that somebody began in the browser."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from qinglan.provenance.identity import Json
from qinglan.storage import tables
from qinglan.storage.columns import encode, rebuilds

_JOB = tables.jobs.c

RUNNING, DONE, FAILED = "running", "done", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One doing of one verb for ``project`` (its id). Times are ms since 1970."""

    id: str
    project: str
    verb: str
    actor: str
    state: str
    done: int
    total: int | None
    told: dict[str, Any]
    """What came of it; of a failure, what went wrong, by language."""
    started: int
    moved: int


def add(connection: Connection, job: Job) -> None:
    """Keep a job that begins."""
    row = {
        "id": job.id, "project": job.project, "verb": job.verb, "actor": job.actor,
        "state": job.state, "done": job.done, "total": job.total, "told": encode(job.told),
        "started": job.started, "moved": job.moved,
    }  # fmt: skip
    connection.execute(insert(tables.jobs), [row])


def move(connection: Connection, id_: str, done: int, total: int | None, now: int) -> None:
    """Say how far a job is that runs."""
    running = update(tables.jobs).where(_JOB.id == id_, _JOB.state == RUNNING)
    connection.execute(running.values(done=done, total=total, moved=now))


def finish(connection: Connection, id_: str, state: str, told: dict[str, Json], now: int) -> None:
    """Say what came of a job."""
    change = update(tables.jobs).where(_JOB.id == id_)
    connection.execute(change.values(state=state, told=encode(told), moved=now))


def get(connection: Connection, id_: str) -> Job | None:
    """The job called ``id_``."""
    row = connection.execute(select(*_JOB).where(_JOB.id == id_)).one_or_none()
    return None if row is None else _job(row)


def newest(connection: Connection, project: str, limit: int) -> list[Job]:
    """The last jobs of ``project`` (its id), the newest first."""
    query = select(*_JOB).where(_JOB.project == project)
    query = query.order_by(_JOB.started.desc(), _JOB.id).limit(limit)
    return [_job(row) for row in connection.execute(query)]


@rebuilds("jobs")
def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id, project=row.project, verb=row.verb, actor=row.actor, state=row.state,
        done=row.done, total=row.total, told=json.loads(row.told), started=row.started,
        moved=row.moved,
    )  # fmt: skip
