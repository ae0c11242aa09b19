"""Pictures: what each is, its bytes, and which task, answer or guideline shows it.

One that nothing uses waits for a day and is swept then. Who may see one follows from its uses, so
the question is asked here, in one statement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from qinglan.provenance.identity import commitment
from qinglan.records import Picture
from qinglan.storage import tables
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, rebuilds
from qinglan.storage.dialects import insert_new
from qinglan.storage.prepared import Prepared

_PICTURE = tables.pictures.c
_BODY = tables.picture_bodies.c
_USE = tables.picture_uses.c

SWEPT = 500
"""Pictures that one sweep takes away at most."""


def add(connection: Connection, picture: Picture, body: bytes, now: int, activity: str) -> bool:
    """Keep ``picture``, which waits to be used; whether it is new."""
    row = {
        **picture.model_dump(), "at": now, "waiting": now, "commitment": commitment(picture),
        "activity": activity,
    }  # fmt: skip
    if insert_new(connection, tables.pictures, [row]):
        connection.execute(insert(tables.picture_bodies), [{"picture": picture.id, "body": body}])
        return True
    return False


def touch(connection: Connection, id_: str, now: int) -> bool:
    """Whether the picture called ``id_`` is here; one that waits to be used waits anew."""
    again = case((_PICTURE.waiting.is_(None), None), else_=now)
    here = update(tables.pictures).where(_PICTURE.id == id_).values(waiting=again)
    return bool(connection.execute(here).rowcount)


def find(connection: Connection, ids: Iterable[str]) -> dict[str, Picture]:
    """The pictures among ``ids`` that are here, by id."""
    found: dict[str, Picture] = {}
    for batch in batches(sorted(set(ids))):
        query = select(*_PICTURE).where(among(_PICTURE.id, batch))
        found.update((row.id, _picture(row)) for row in connection.execute(query))
    return found


def get(connection: Connection, id_: str) -> Picture | None:
    """The picture called ``id_``."""
    return find(connection, [id_]).get(id_)


def body(connection: Connection, id_: str) -> bytes | None:
    """The bytes of the picture called ``id_``."""
    query = select(_BODY.body).where(_BODY.picture == id_)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def brought(connection: Connection, owner: str, since: int) -> int:
    """How many pictures the annotator ``owner`` brought after ``since`` (ms since 1970)."""
    query = select(func.count()).where(_PICTURE.owner == owner, _PICTURE.at > since)
    return int(connection.execute(query).scalar_one())


def use(connection: Connection, uses: Iterable[tuple[str, str]]) -> None:
    """Note that records show pictures: pairs of the ids of a picture and a record."""
    for batch in batches(sorted(set(uses))):
        rows = [{"picture": picture, "record": record} for picture, record in batch]
        insert_new(connection, tables.picture_uses, rows)
        ids = sorted({picture for picture, _ in batch})
        waits = update(tables.pictures).where(among(_PICTURE.id, ids))
        connection.execute(waits.where(_PICTURE.waiting.is_not(None)).values(waiting=None))


def used_by(connection: Connection, records: Iterable[str]) -> dict[str, list[str]]:
    """The pictures that each of ``records`` shows, by id; only of those that show one."""
    found: dict[str, list[str]] = defaultdict(list)
    for batch in batches(sorted(set(records))):
        query = select(*_USE).where(among(_USE.record, batch)).order_by(_USE.record, _USE.picture)
        for row in connection.execute(query):
            found[row.record].append(row.picture)
    return dict(found)


def tasks_with(connection: Connection, project: str) -> int:
    """How many tasks of ``project`` (its id) show a picture."""
    asked = tables.tasks.c
    query = (
        select(func.count(_USE.record.distinct()))
        .join_from(tables.picture_uses, tables.tasks, asked.id == _USE.record)
        .where(asked.project == project)
    )
    return int(connection.execute(query).scalar_one())


def any_in(connection: Connection, project: str) -> bool:
    """Whether a task or an answer of ``project`` (its id) shows a picture."""
    asked, said = tables.tasks.c, tables.annotations.c
    queries = (
        select(literal(1)).join_from(tables.picture_uses, tables.tasks, asked.id == _USE.record)
        .where(asked.project == project),
        select(literal(1))
        .join_from(tables.picture_uses, tables.annotations, said.id == _USE.record)
        .where(said.project == project),
    )  # fmt: skip
    return any(connection.execute(query.limit(1)).first() is not None for query in queries)


def may_use(connection: Connection, ids: Iterable[str], annotator: str, task: str) -> set[str]:
    """Those of ``ids`` that ``annotator`` may show in an answer to ``task``: their own, and its."""
    wanted = sorted(set(ids))
    of_task = exists().where(_USE.picture == _PICTURE.id, _USE.record == task)
    query = select(_PICTURE.id).where(
        among(_PICTURE.id, wanted), or_(_PICTURE.owner == annotator, of_task)
    )
    return set(connection.execute(query).scalars())


def _shown_to() -> Select[Any]:
    """Whether a picture is an annotator's own, or shown by what they were given to read: a task
    of theirs, a lesson of their project, its guideline in any version.
    """
    who: Any = bindparam("annotator_")
    place: Any = bindparam("project_")
    had, said, taught = tables.assignments.c, tables.annotations.c, tables.lessons.c
    project, later = tables.projects.c, tables.revisions.c
    seen = or_(
        exists().where(had.annotator == who, had.task == _USE.record),
        exists().where(
            said.project == place, said.task == _USE.record, said.annotator == who
        ),
        exists().where(taught.task == _USE.record, taught.project == place),
        exists().where(project.id == place, project.guideline == _USE.record),
        exists().where(later.project == place, later.guideline == _USE.record),
        _USE.record == bindparam("first_"),
    )  # fmt: skip
    used = exists().where(and_(_USE.picture == _PICTURE.id, seen))
    return select(_PICTURE.id).where(
        _PICTURE.id == bindparam("picture_"), or_(_PICTURE.owner == who, used)
    )


_SHOWN = Prepared(_shown_to())


def shown_to(
    connection: Connection, picture: str, annotator: str, project: str, first: str
) -> bool:
    """Whether ``annotator`` of ``project`` (its id) was given something that shows ``picture``.

    ``first`` is the id of the project's first guideline.
    """
    where = {"picture_": picture, "annotator_": annotator, "project_": project, "first_": first}
    return _SHOWN.one_or_none(connection, where) is not None


def waits(connection: Connection, before: int) -> bool:
    """Whether a picture waits since ``before`` (ms since 1970)."""
    query = select(literal(1)).where(_PICTURE.waiting.is_not(None), _PICTURE.waiting < before)
    return connection.execute(query.limit(1)).first() is not None


def sweep(connection: Connection, before: int) -> int:
    """Take away pictures that wait since ``before`` (ms since 1970), some at a time; how many.

    One that stands in its owner's draft, late answer or lesson stays.
    """
    query = (
        select(_PICTURE.id, _PICTURE.owner)
        .where(_PICTURE.waiting.is_not(None), _PICTURE.waiting < before)
        .order_by(_PICTURE.waiting)
        .limit(SWEPT)
    )
    gone = [
        row.id for row in connection.execute(query).all()
        if row.owner is None or not _in_hand(connection, row.owner, row.id)
    ]  # fmt: skip
    remove(connection, gone)
    return len(gone)


def remove(connection: Connection, ids: Iterable[str]) -> None:
    """Take away pictures that nothing uses."""
    for batch in batches(ids):
        connection.execute(delete(tables.picture_bodies).where(among(_BODY.picture, batch)))
        connection.execute(delete(tables.pictures).where(among(_PICTURE.id, batch)))


def _in_hand(connection: Connection, owner: str, id_: str) -> bool:
    """Whether something of the annotator's that is no answer yet shows the picture."""
    draft, had, learnt = tables.drafts.c, tables.assignments.c, tables.lesson_answers.c
    texts = (
        (draft.annotator, draft.body), (had.annotator, had.late), (learnt.annotator, learnt.answer),
    )  # fmt: skip
    return any(
        connection.execute(
            select(literal(1)).where(who == owner, text.contains(id_, autoescape=True)).limit(1)
        ).first()
        for who, text in texts
    )


@rebuilds("pictures")
def _picture(row: Row[Any]) -> Picture:
    return Picture(
        id=row.id, owner=row.owner, media=row.media, width=row.width, height=row.height,
        sha256=row.sha256, salt=row.salt,
    )  # fmt: skip
