"""Answers, append-only: a revision names the answer it supersedes, and both stay.

Beside the answer as given stands its ``value``, the canonical final answer that votes are
counted on, or the reason why none could be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, Insert, Row, select

from qinglan.errors import StorageError
from qinglan.provenance.identity import commitment
from qinglan.records import Annotation, Answer, Kind, Reason
from qinglan.storage import activities, columns, tables, tallies, tasks, withdrawals
from qinglan.storage.bulk import among, insert_into
from qinglan.storage.columns import batches, decode_words, encode, rebuilds
from qinglan.storage.dialects import insert_new
from qinglan.storage.prepared import Prepared, first

_ANSWERS: TypeAdapter[Answer] = TypeAdapter(Answer)
_ANNOTATION = tables.annotations.c
_CHECK = tables.checks.c
_TASK = tables.tasks.c
_KEY = tables.answer_keys.c
_READ = select(*_ANNOTATION)


def _add_one(dialect: str) -> Insert:
    keys = list(tables.annotations.primary_key.columns)
    added = insert_into(dialect, tables.annotations).on_conflict_do_nothing(index_elements=keys)
    return added.returning(_ANNOTATION.id)


_ADD_ONE = Prepared(_add_one, *_ANNOTATION.keys())
_KNOWN = Prepared(select(_ANNOTATION.id).where(among(_ANNOTATION.id, "ids_")))

Given = tuple[Annotation, str | None, Reason | None]
"""An annotation, its canonical final answer, and why there is none."""


class Vote(NamedTuple):
    """One answer as consensus counts it; ``value`` is ``None`` where none could be read."""

    task: str
    annotator: str
    annotation: str
    value: str | None


class Made(NamedTuple):
    """When a standing answer came in, and under which version of the guideline."""

    task: str
    annotation: str
    started: str
    """ISO 8601; of the import, the desk's day or the generation that brought it."""
    version: int


class Unchecked(NamedTuple):
    """An annotation that a verifier has not seen, with all it needs to judge it."""

    annotation: Annotation
    value: str | None
    value_reason: Reason | None
    key: str | None
    kind: Kind
    options: tuple[str, ...]


def add(connection: Connection, given: Iterable[Given], activity: str) -> int:
    """Store annotations with their values, made by the activity with that id.

    Returns:
        How many were new; those whose id is there already stay as they are.

    Raises:
        StorageError: the task is unknown, or a revision is of another's answer, of an answer to
            another task, or of one that was revised before.
    """
    new = 0
    for batch in batches(given):
        withdrawals.refuse(connection, "annotations", [item[0].id for item in batch])
        projects = tasks.projects_of(connection, {item[0].task for item in batch})
        _refuse_foreign_revisions(connection, [item[0] for item in batch])
        rows = [_row(item, projects, activity) for item in batch]
        for project in sorted(set(projects.values())):
            here = [row for row in rows if row["project"] == project]
            new += _insert(connection, project, here, activity)
    return new


def add_one(connection: Connection, project: str, given: Given, activity: str) -> bool:
    """As ``add``, for one answer to a task that is known to be of ``project`` (its id).

    Returns:
        Whether it is new.
    """
    annotation = given[0]
    refuse = withdrawals.ask_refusal(connection, "annotations", [annotation.id])
    if annotation.supersedes is not None:
        _refuse_foreign_revisions(connection, [annotation])
    asked = _ADD_ONE.ask(connection, _row(given, {annotation.task: project}, activity))
    refuse()
    if first(asked) is None:
        return False
    _count(connection, project, activity, 1, 0 if annotation.supersedes is None else 1)
    return True


def _insert(
    connection: Connection, project: str, rows: list[dict[str, object]], activity: str
) -> int:
    """Insert rows of ``project``, and count them: first answers apart from revisions."""
    first = [row for row in rows if row["supersedes"] is None]
    later = [row for row in rows if row["supersedes"] is not None]
    added = insert_new(connection, tables.annotations, first)
    revised = insert_new(connection, tables.annotations, later)
    _count(connection, project, activity, added + revised, revised)
    return added + revised


def _count(connection: Connection, project: str, activity: str, new: int, revised: int) -> None:
    """Let the counts of ``project`` say that it has ``new`` more, these ``revised`` among them."""
    made = tallies.made_by(activities.verb(connection, activity))
    changes = {"annotations": new, "superseded": revised, made: new}
    tallies.bump(connection, project, changes)


def get(connection: Connection, id_: str) -> Annotation | None:
    """The annotation called ``id_``."""
    return find(connection, [id_]).get(id_)


def find(connection: Connection, ids: Iterable[str]) -> dict[str, Annotation]:
    """The annotations among ``ids`` that are stored, by id."""
    found: dict[str, Annotation] = {}
    for batch in batches(sorted(set(ids))):
        rows = connection.execute(_READ.where(among(_ANNOTATION.id, batch))).all()
        found.update((row.id, _annotation(row)) for row in rows)
    return found


def known(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of ``ids`` that are annotations here."""
    found: set[str] = set()
    for batch in batches(sorted(set(ids))):
        found.update(row.id for row in _KNOWN.rows(connection, {"ids_": batch}))
    return found


def of_task(connection: Connection, task: str) -> list[Annotation]:
    """All annotations of ``task``, superseded ones too, by id."""
    project = select(_TASK.project).where(_TASK.id == task).scalar_subquery()
    query = _READ.where(_ANNOTATION.project == project, _ANNOTATION.task == task)
    return [_annotation(row) for row in connection.execute(query.order_by(_ANNOTATION.id))]


def values_of(connection: Connection, project: str, task: str) -> list[str | None]:
    """The canonical forms of the standing annotations of ``task``; ``None`` for one without."""
    query = select(_ANNOTATION.id, _ANNOTATION.supersedes, _ANNOTATION.value)
    query = query.where(_ANNOTATION.project == project, _ANNOTATION.task == task)
    found = list(connection.execute(query))
    gone = {row.supersedes for row in found}
    return [row.value for row in found if row.id not in gone]


def answered(
    connection: Connection, project: str, after: str, limit: int, *, by: str | None = None,
    task: str | None = None,
) -> list[str]:  # fmt: skip
    """Tasks of ``project`` (its id) beyond ``after`` that have an answer, by id.

    ``by`` (an annotator's id): those that they answered; ``task``: that one alone.
    """
    query = (
        select(_ANNOTATION.task)
        .where(_ANNOTATION.project == project, _ANNOTATION.task > after)
        .group_by(_ANNOTATION.task)
        .order_by(_ANNOTATION.task)
        .limit(limit)
    )
    if by is not None:
        query = query.where(_ANNOTATION.annotator == by)
    if task is not None:
        query = query.where(_ANNOTATION.task == task)
    return list(connection.execute(query).scalars())


def votes(connection: Connection, project: str) -> Iterator[Vote]:
    """The standing answers of ``project`` (its id), by task, in flat memory.

    An answer that was revised does not vote; its revision does.
    """
    later = tables.annotations.alias("later")
    query = (
        select(_ANNOTATION.task, _ANNOTATION.annotator, _ANNOTATION.id, _ANNOTATION.value)
        .where(
            _ANNOTATION.project == project,
            ~select(later.c.id).where(later.c.supersedes == _ANNOTATION.id).exists(),
        )
        .order_by(_ANNOTATION.task, _ANNOTATION.id)
    )
    for row in columns.rows(connection, query):
        yield Vote._make(row)


def made(connection: Connection, project: str) -> Iterator[Made]:
    """When each answer of ``project`` (its id) came in, by task, in flat memory."""
    activities = {
        row.id: row.started
        for row in connection.execute(
            select(tables.activities.c.id, tables.activities.c.started).where(
                tables.activities.c.id.in_(
                    select(_ANNOTATION.activity).where(_ANNOTATION.project == project)
                )
            )
        )
    }
    versions = {
        row.id: row.version
        for row in connection.execute(select(tables.guidelines.c.id, tables.guidelines.c.version))
    }
    later = [
        (datetime.fromtimestamp(row.at / 1000, UTC).isoformat(), row.version)
        for row in connection.execute(
            select(tables.revisions.c.at, tables.revisions.c.version).where(
                tables.revisions.c.project == project
            )
        )
    ]
    query = (
        select(_ANNOTATION.task, _ANNOTATION.id, _ANNOTATION.activity, _TASK.guideline)
        .join_from(tables.annotations, tables.tasks, _TASK.id == _ANNOTATION.task)
        .where(_ANNOTATION.project == project)
        .order_by(_ANNOTATION.task, _ANNOTATION.id)
    )
    for row in columns.rows(connection, query):
        started = activities[row.activity]
        standing = [version for at, version in later if at <= started]
        version = max(versions[row.guideline], *standing, 1)
        yield Made(row.task, row.id, started, version)


def unchecked(
    connection: Connection, project: str, verifier: str, after: str | None, limit: int
) -> list[Unchecked]:
    """Up to ``limit`` annotations of ``project`` (its id) without a check by ``verifier``.

    They come in one fixed order, by task and then id. ``after`` is the last annotation of the
    page before, so that going on does not look again at what was checked since.

    Raises:
        StorageError: ``after`` is not an annotation.
    """
    query = (
        select(*_ANNOTATION, _KEY.value.label("key"), _TASK.kind, _TASK.options)
        .join_from(tables.annotations, tables.tasks, _TASK.id == _ANNOTATION.task)
        .outerjoin(tables.answer_keys, _KEY.task == _ANNOTATION.task)
        .where(
            _ANNOTATION.project == project,
            ~select(_CHECK.annotation)
            .where(_CHECK.annotation == _ANNOTATION.id, _CHECK.verifier == verifier)
            .exists(),
        )
        .order_by(_ANNOTATION.task, _ANNOTATION.id)
        .limit(limit)
    )
    if after is not None:
        last = get(connection, after)
        if last is None:
            raise StorageError("storage.unknown_record", table="annotations", id=after)
        # The first condition alone lets the index skip; the second is exact.
        query = query.where(
            _ANNOTATION.task >= last.task,
            (_ANNOTATION.task > last.task) | (_ANNOTATION.id > after),
        )
    return [_unchecked(row) for row in connection.execute(query).all()]


def _refuse_foreign_revisions(connection: Connection, batch: list[Annotation]) -> None:
    """Superseding takes away a vote, so only its owner may, and only once."""
    revisions = [annotation for annotation in batch if annotation.supersedes is not None]
    if not revisions:
        return
    wanted = [str(revision.supersedes) for revision in revisions]
    stored = find(connection, wanted) | {annotation.id: annotation for annotation in batch}
    query = select(_ANNOTATION.supersedes, _ANNOTATION.id)
    taken = {
        row.supersedes: row.id
        for row in connection.execute(query.where(among(_ANNOTATION.supersedes, wanted)))
    }
    for revision in revisions:
        old = stored.get(str(revision.supersedes))
        facts = {"id": revision.id, "supersedes": revision.supersedes}
        if old is None:
            raise StorageError(
                "storage.unknown_record", table="annotations", id=facts["supersedes"]
            )
        if (old.task, old.annotator) != (revision.task, revision.annotator) or old is revision:
            raise StorageError("storage.foreign_revision", **facts)
        if taken.setdefault(revision.supersedes, revision.id) != revision.id:
            raise StorageError("storage.twice_revised", **facts)


def _row(given: Given, projects: dict[str, str], activity: str) -> dict[str, object]:
    annotation, value, reason = given
    if annotation.task not in projects:
        raise StorageError("storage.unknown_record", table="tasks", id=annotation.task)
    return {
        "id": annotation.id,
        "project": projects[annotation.task],
        "task": annotation.task,
        "annotator": annotation.annotator,
        "answer": encode(annotation.answer.model_dump(mode="json")),
        "supersedes": annotation.supersedes,
        "salt": annotation.salt,
        "value": value,
        "value_reason": None if reason is None else reason.value,
        "commitment": commitment(annotation),
        "activity": activity,
    }


@rebuilds("annotations")
def _annotation(row: Row[Any]) -> Annotation:
    return Annotation(
        id=row.id,
        task=row.task,
        annotator=row.annotator,
        answer=_ANSWERS.validate_json(row.answer),
        supersedes=row.supersedes,
        salt=row.salt,
    )


@rebuilds("annotations")
def _unchecked(row: Row[Any]) -> Unchecked:
    return Unchecked(
        annotation=_annotation(row),
        value=row.value,
        value_reason=None if row.value_reason is None else Reason(row.value_reason),
        key=row.key,
        kind=Kind(row.kind),
        options=tuple(decode_words(row.options)),
    )
