"""What happened, put where it is told from: in the transaction in which it happens.

Not a verb. Whatever a crash leaves, what happened and what is to be told of it are both there or
neither. A message names records and counts; whoever is told reads them with a token of their own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import Connection

from qinglan.provenance import identity
from qinglan.provenance.identity import Json
from qinglan.storage import webhooks


class Event(StrEnum):
    """What somebody may want to be told of."""

    ANNOTATION_SUBMITTED = "annotation.submitted"
    """An answer at the desk counts: project, task, annotation, annotator, and what it revises."""
    VERDICT_CHANGED = "verdict.changed"
    """A judging changed verdicts: project, activity, how many changed; once for each batch."""
    RELEASE_BUILT = "release.built"
    """A release is there: project, name, id, purpose, root, rows."""
    BUDGET_REACHED = "budget.reached"
    """A budget is used up, so nobody is given a new task: project, version of the rate, budget,
    what is committed, currency; once for each rate.
    """
    WEBHOOK_TEST = "webhook.test"
    """Somebody tries whether messages arrive."""


def emit(conn: Connection, project: str, event: Event, /, **facts: Json) -> None:
    """Let those who listen to ``event`` of ``project`` (its id) be told ``facts``."""
    hooks = webhooks.listening(conn, project, event.value)
    if hooks:
        post(conn, hooks, event, facts)


def post(conn: Connection, hooks: list[str], event: Event, facts: dict[str, Json]) -> list[str]:
    """Put one message to each of ``hooks`` where it is told from; their ids."""
    now = datetime.now(UTC)
    body = identity.canonical(
        {"type": event.value, "timestamp": now.isoformat(timespec="milliseconds"), "data": facts}
    ).decode()
    told = [(identity.random_id("msg"), hook) for hook in hooks]
    webhooks.post(conn, told, event.value, body, int(1000 * now.timestamp()))
    return [id_ for id_, _ in told]
