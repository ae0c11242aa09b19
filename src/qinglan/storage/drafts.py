"""What annotators have typed so far, one draft for each task they were given."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from qinglan.storage import tables
from qinglan.storage.work import QUESTION, Question, read_question

_DRAFT = tables.drafts.c

# Made once: to build a statement costs six times what it costs to run it.
_HERE = (_DRAFT.annotator == bindparam("annotator_")) & (_DRAFT.task == bindparam("task_"))
_MINE = (_DRAFT.task == tables.tasks.c.id) & (_DRAFT.annotator == bindparam("annotator_"))
_WITH_QUESTION = (
    select(*QUESTION, _DRAFT.body)
    .join_from(tables.tasks, tables.drafts, _MINE, isouter=True)
    .where(tables.tasks.c.id == bindparam("task_"))
)
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


def with_question(connection: Connection, annotator: str, task: str) -> tuple[Question, str | None]:
    """``task`` as an annotator may see it, and their draft."""
    row = connection.execute(_WITH_QUESTION, {"annotator_": annotator, "task_": task}).one()
    return read_question(row), row.body


def drop(connection: Connection, annotator: str, task: str) -> None:
    """Forget the annotator's draft."""
    connection.execute(_DROP, {"annotator_": annotator, "task_": task})
