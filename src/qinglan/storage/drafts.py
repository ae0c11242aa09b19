"""What annotators have typed so far, one draft for each task they were given."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from qinglan.storage import tables
from qinglan.storage.prepared import Prepared
from qinglan.storage.work import QUESTION, Question, read_question

_DRAFT = tables.drafts.c

_HERE = (_DRAFT.annotator == bindparam("annotator_")) & (_DRAFT.task == bindparam("task_"))
_MINE = (_DRAFT.task == tables.tasks.c.id) & (_DRAFT.annotator == bindparam("annotator_"))
_WITH_QUESTION = Prepared(
    select(*QUESTION, _DRAFT.body)
    .join_from(tables.tasks, tables.drafts, _MINE, isouter=True)
    .where(tables.tasks.c.id == bindparam("task_"))
)
_DROP = Prepared(delete(tables.drafts).where(_HERE))
_CHANGE = Prepared(
    update(tables.drafts).where(_HERE).values(body=bindparam("body_"), saved=bindparam("saved_"))
)
_ADD = Prepared(insert(tables.drafts), *tables.drafts.columns.keys())


def keep(connection: Connection, annotator: str, task: str, body: str, now: int) -> None:
    """Keep ``body`` as the annotator's draft; their assignment to ``task`` must be there."""
    values = {"annotator_": annotator, "task_": task, "body_": body, "saved_": now}
    if not _CHANGE.run(connection, values):
        row = {"annotator": annotator, "task": task, "body": body, "saved": now}
        _ADD.run(connection, row)


def ask_question(
    connection: Connection, annotator: str, task: str
) -> Callable[[], tuple[Question, str | None]]:
    """``task`` as an annotator may see it, and their draft; what is asked before that is looked at
    comes with it.
    """
    asked = _WITH_QUESTION.ask(connection, {"annotator_": annotator, "task_": task})

    def look() -> tuple[Question, str | None]:
        (row,) = asked.rows()
        return read_question(row), row.body

    return look


def drop(connection: Connection, annotator: str, task: str) -> None:
    """Forget the annotator's draft."""
    _DROP.later(connection, {"annotator_": annotator, "task_": task})
