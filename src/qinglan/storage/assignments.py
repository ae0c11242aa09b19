"""Where annotators stand with the tasks they were given; one row for each pair, for good.

The key (annotator, task) is what keeps anybody from getting a task twice. Nothing here names gold
or keys.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from qinglan.records import Kind
from qinglan.storage import tables
from qinglan.storage.columns import decode_words, rebuilds
from qinglan.storage.prepared import Prepared, first
from qinglan.storage.work import SLOTS, read_slots
from qinglan.work import Place, SkipReason, Slots, Standing

_ROW = tables.assignments.c
_DRAFT = tables.drafts.c
_TASK = tables.tasks.c
_WORK = tables.work.c

# Spelled out, not a parameter: a partial index serves only a condition that the planner can see.
_LEASED = _ROW.standing == literal_column("'leased'")

EXCERPT = 400
"""Characters of a prompt that a list shows."""

_MOVED = (
    "standing", "until", "moved", "annotation", "answers", "late", "reason", "note", "senior",
)  # fmt: skip

_HERE = (_ROW.annotator == bindparam("annotator_")) & (_ROW.task == bindparam("task_"))
_GET = Prepared(select(*_ROW).where(_HERE))
_LOCK = Prepared(select(*_ROW).where(_HERE).with_for_update())
_ADD = Prepared(insert(tables.assignments), *tables.assignments.columns.keys())
_MOVE = Prepared(
    update(tables.assignments).where(_HERE).values({n: bindparam(f"{n}_") for n in _MOVED})
)
_IN_HAND = (
    or_(_ROW.standing == Standing.LEASED.value, _ROW.standing == Standing.SENT_BACK.value),
    or_(
        _ROW.standing == Standing.SENT_BACK.value,
        and_(_ROW.annotation.is_(None), _ROW.late.is_(None)),
    ),
)
_MINE_BESIDE = select(_ROW.task).where(
    _ROW.annotator == bindparam("annotator_"), _ROW.task != bindparam("task_")
)
# Any would do. Apart, for to look for one of two values SQLite makes a table of them each time.
_OTHER = Prepared(
    union_all(
        _MINE_BESIDE.where(_LEASED, _ROW.annotation.is_(None), _ROW.late.is_(None)),
        _MINE_BESIDE.where(_ROW.standing == literal_column("'sent_back'")),
    ).limit(1)
)
_CURRENT = Prepared(
    select(*_ROW)
    .where(_ROW.annotator == bindparam("annotator_"), *_IN_HAND)
    .order_by(_ROW.standing, _ROW.moved)  # leased comes before sent back
    .limit(1)
)
_ASKED = Prepared(
    select(_ROW.task, _ROW.token, _TASK.kind, _TASK.options)
    .join_from(tables.assignments, tables.tasks, _TASK.id == _ROW.task)
    .where(_HERE)
)
OVERDUE = (
    select(*_ROW, *SLOTS)
    .join_from(tables.assignments, tables.work, _WORK.task == _ROW.task)
    .where(_ROW.project == bindparam("project_"), _LEASED, _ROW.until <= bindparam("now_"))
    .order_by(_ROW.until)
    .limit(bindparam("limit_", type_=Integer))
    .with_for_update(skip_locked=True)
)
_OVERDUE = Prepared(OVERDUE)
_RECENT = Prepared(
    select(_ROW.moved, _ROW.task)
    .where(_ROW.annotator == bindparam("annotator_"), _ROW.standing == bindparam("standing_"))
    .order_by(_ROW.moved.desc(), _ROW.task)
    .limit(bindparam("limit_", type_=Integer))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One annotator's hold on one task. Times are in milliseconds since 1970 (UTC)."""

    annotator: str
    task: str
    project: str
    token: str
    place: Place
    annotation: str | None = None
    """The answer of theirs that counts."""
    late: str | None = None
    """An answer of theirs that came when the task had all it wanted, as JSON."""
    answers: int = 0
    """How many answers of theirs were counted, revised ones too."""
    note: str | None = None
    """What the annotator said on skipping, or the reviewer on sending back."""


class Asked(NamedTuple):
    """What an annotator's answer to a task of theirs must fit."""

    token: str
    kind: Kind
    options: tuple[str, ...]


class Listed(NamedTuple):
    """One line of an annotator's queue."""

    task: str
    standing: Standing
    moved: int
    excerpt: str
    note: str | None
    drafted: bool


def add(connection: Connection, held: Assignment, now: int) -> None:
    """Keep a first assignment of a task to an annotator.

    Raises:
        IntegrityError: of SQLAlchemy: they had the task before.
    """
    row = {"annotator": held.annotator, "task": held.task, "project": held.project}
    values = {**row, "token": held.token, "taken": now, **_values(held, now)}
    _ADD.later(connection, values)


def move(connection: Connection, held: Assignment, now: int) -> None:
    """Keep where an assignment stands now."""
    values = {f"{name}_": value for name, value in _values(held, now).items()}
    _MOVE.later(connection, {"annotator_": held.annotator, "task_": held.task, **values})


def get(
    connection: Connection, annotator: str, task: str, *, lock: bool = False
) -> Assignment | None:
    """Where ``annotator`` stands with ``task``. With ``lock``, nobody else changes it."""
    return ask(connection, annotator, task, lock=lock)()


def ask(
    connection: Connection, annotator: str, task: str, *, lock: bool = False
) -> Callable[[], Assignment | None]:
    """As ``get``, and what is asked before its answer is looked at comes with it."""
    where = {"annotator_": annotator, "task_": task}
    found = (_LOCK if lock else _GET).ask(connection, where)
    return lambda: None if (row := first(found)) is None else _assignment(row)


def ask_other(connection: Connection, annotator: str, task: str) -> Callable[[], bool]:
    """Whether ``annotator`` has another task than this in hand, or sent back to them."""
    found = _OTHER.ask(connection, {"annotator_": annotator, "task_": task})
    return lambda: first(found) is not None


def asked(connection: Connection, annotator: str, task: str) -> Asked | None:
    """What ``task`` asks of ``annotator``; ``None`` where they never had it. One statement."""
    row = _ASKED.one_or_none(connection, {"annotator_": annotator, "task_": task})
    return None if row is None else _asked(row)


def current(connection: Connection, annotator: str) -> Assignment | None:
    """The task that ``annotator`` has in hand, or else one that was sent back to them; the oldest
    of them. One that they reopened themselves is not it.
    """
    row = _CURRENT.one_or_none(connection, {"annotator_": annotator})
    return None if row is None else _assignment(row)


def overdue(
    connection: Connection, project: str, now: int, limit: int
) -> list[tuple[Assignment, Slots]]:
    """Leases of ``project`` (its id) whose time is over, with the slots of their tasks.

    Both rows are locked; those that another transaction holds are left to it.
    """
    where = {"project_": project, "now_": now, "limit_": limit}
    return [(_assignment(row), read_slots(row)) for row in _OVERDUE.rows(connection, where)]


def recent(connection: Connection, annotator: str, limit: int) -> list[str]:
    """The tasks that ``annotator`` answered last, newest first."""
    found: list[tuple[int, str]] = []
    for standing in (Standing.ANSWERED, Standing.LATE):
        where = {"annotator_": annotator, "standing_": standing.value, "limit_": limit}
        found += [(-row.moved, row.task) for row in _RECENT.rows(connection, where)]
    return [task for _, task in sorted(found)[:limit]]


def revising(connection: Connection, annotator: str) -> int:
    """How many of their answers ``annotator`` has reopened."""
    query = (
        select(func.count())
        .select_from(tables.assignments)
        .where(_ROW.annotator == annotator, _ROW.standing == Standing.LEASED.value)
        .where(or_(_ROW.annotation.is_not(None), _ROW.late.is_not(None)))
    )
    return int(connection.execute(query).scalar_one())


def page(
    connection: Connection,
    annotator: str,
    standings: Sequence[Standing],
    *,
    before: tuple[int, str] | None,
    limit: int,
    drafted: bool = False,
) -> list[Listed]:
    """Lines of the annotator's queue, newest first, below ``before`` (time moved, task).

    Each standing is a range of the index, so they are read one by one and merged.
    """
    lines: list[Listed] = []
    for standing in standings:
        query = page_query(annotator, standing, before, limit, drafted=drafted)
        lines += [_listed(row) for row in connection.execute(query)]
    return sorted(lines, key=lambda line: (-line.moved, line.task))[:limit]


def page_query(
    annotator: str,
    standing: Standing,
    before: tuple[int, str] | None,
    limit: int,
    *,
    drafted: bool,
) -> Select[Any]:
    """The query of ``page`` for one standing; apart so that its plan can be looked at."""
    mine = and_(_DRAFT.annotator == _ROW.annotator, _DRAFT.task == _ROW.task)
    query = (
        select(
            _ROW.task, _ROW.standing, _ROW.moved, _ROW.note, _DRAFT.saved,
            func.substr(_TASK.prompt, 1, EXCERPT).label("excerpt"),
        )
        .join_from(tables.assignments, tables.tasks, _TASK.id == _ROW.task)
        .join(tables.drafts, mine, isouter=not drafted)
        .where(_ROW.annotator == annotator, _ROW.standing == standing.value)
        .order_by(_ROW.moved.desc(), _ROW.task)
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        moved, task = before
        query = query.where(_ROW.moved <= moved, or_(_ROW.moved < moved, _ROW.task > task))
    return query


def _values(held: Assignment, now: int) -> dict[str, object]:
    place = held.place
    return {
        "standing": place.standing.value,
        "until": place.until,
        "moved": now,
        "annotation": held.annotation,
        "answers": held.answers,
        "late": held.late,
        "reason": None if place.reason is None else place.reason.value,
        "note": held.note,
        "senior": place.senior,
    }


@rebuilds("assignments")
def _assignment(row: Row[Any]) -> Assignment:
    place = Place(
        standing=Standing(row.standing),
        until=row.until,
        answered=row.annotation is not None,
        late=row.late is not None,
        reason=None if row.reason is None else SkipReason(row.reason),
        senior=bool(row.senior),
    )
    return Assignment(
        annotator=row.annotator, task=row.task, project=row.project, token=row.token, place=place,
        annotation=row.annotation, late=row.late, answers=row.answers, note=row.note,
    )  # fmt: skip


@rebuilds("tasks")
def _asked(row: Row[Any]) -> Asked:
    return Asked(row.token, Kind(row.kind), tuple(decode_words(row.options)))


@rebuilds("assignments")
def _listed(row: Row[Any]) -> Listed:
    return Listed(
        row.task, Standing(row.standing), row.moved, row.excerpt, row.note, row.saved is not None
    )
