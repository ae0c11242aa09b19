"""What annotators have typed so far, one draft for each task they were given."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from qinglan.storage import tables

_DRAFT = tables.drafts.c


def keep(connection: Connection, annotator: str, task: str, body: str, now: int) -> None:
    """Keep ``body`` as the annotator's draft; their assignment to ``task`` must be there."""
    here = (_DRAFT.annotator == annotator) & (_DRAFT.task == task)
    change = update(tables.drafts).where(here).values(body=body, saved=now)
    if not connection.execute(change).rowcount:
        row = {"annotator": annotator, "task": task, "body": body, "saved": now}
        connection.execute(insert(tables.drafts), row)


def get(connection: Connection, annotator: str, task: str) -> str | None:
    """The annotator's draft."""
    query = select(_DRAFT.body).where(_DRAFT.annotator == annotator, _DRAFT.task == task)
    return connection.execute(query).scalar_one_or_none()


def drop(connection: Connection, annotator: str, task: str) -> None:
    """Forget the annotator's draft."""
    here = (_DRAFT.annotator == annotator) & (_DRAFT.task == task)
    connection.execute(delete(tables.drafts).where(here))
