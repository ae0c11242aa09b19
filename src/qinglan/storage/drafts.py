"""What annotators have typed so far, one draft for each task they were given."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from qinglan.storage import tables

_DRAFT = tables.drafts.c

# Made once: to build a statement costs six times what it costs to run it.
_HERE = (_DRAFT.annotator == bindparam("annotator_")) & (_DRAFT.task == bindparam("task_"))
_GET = select(_DRAFT.body).where(_HERE)
_DROP = delete(tables.drafts).where(_HERE)
_CHANGE = (
    update(tables.drafts).where(_HERE).values(body=bindparam("body_"), saved=bindparam("saved_"))
)
_ADD = insert(tables.drafts)


def keep(connection: Connection, annotator: str, task: str, body: str, now: int) -> None:
    """Keep ``body`` as the annotator's draft; their assignment to ``task`` must be there."""
    values = {"annotator_": annotator, "task_": task, "body_": body, "saved_": now}
    if not connection.execute(_CHANGE, values).rowcount:
        row = {"annotator": annotator, "task": task, "body": body, "saved": now}
        connection.execute(_ADD, row)


def get(connection: Connection, annotator: str, task: str) -> str | None:
    """The annotator's draft."""
    found = connection.execute(_GET, {"annotator_": annotator, "task_": task})
    return found.scalar_one_or_none()


def drop(connection: Connection, annotator: str, task: str) -> None:
    """Forget the annotator's draft."""
    connection.execute(_DROP, {"annotator_": annotator, "task_": task})
