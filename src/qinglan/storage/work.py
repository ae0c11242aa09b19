"""The queue: which tasks wait for an answer, in which order, and the slots of each.

Only open tasks are in the queue's indexes (and, in indexes of their own, those of which only
reserved slots are free, for people who stand high enough). Each annotator remembers how far they
are, so a query looks at no more tasks than it must, however far somebody works ahead of the
others. That rests on three rules:

- A task that opens again gets a new rank, behind all others; so what an annotator has passed
  can be forgotten.
- Ranks are handed out under a lock on the project's ``routing`` row that lasts until the commit;
  so nobody passes a rank that is still to become visible.
- An annotator passes a task only when they were given it or it is not open; one that somebody
  else just holds locked is not passed.

On PostgreSQL every function here that locks does so in one order: seat, work, assignment,
routing. Nothing here names gold or keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from qinglan.records import Kind
from qinglan.storage import tables
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, decode_words, rebuilds
from qinglan.storage.dialects import insert_whole
from qinglan.storage.prepared import Prepared, first
from qinglan.work import Slots, Standing, TaskState

_WORK = tables.work.c
_TASK = tables.tasks.c
_HAD = tables.assignments.c
_SEEN = tables.sightings.c
_DEMAND = tables.demands.c
# Spelled out, not a parameter: a partial index serves only a condition that the planner can see.
_OPEN = _WORK.state == literal_column("'open'")
_RESERVED = _WORK.state == literal_column("'reserved'")
SLOTS = (
    _WORK.wanted, _WORK.given, _WORK.held, _WORK.reports, _WORK.reserved, _WORK.seniors,
)  # fmt: skip
"""What :func:`read_slots` reads."""

RETURNED, FRESH = 0, 1
"""The lanes: tasks that came back go before those that nobody had."""


class Question(NamedTuple):
    """A task as an annotator may see it."""

    id: str
    kind: Kind
    prompt: str
    options: tuple[str, ...]


class Missing(NamedTuple):
    """A task that is not in the queue, and what it asks for."""

    task: str
    skill: str | None
    language: str | None
    tier: str | None


class Candidate(NamedTuple):
    """A task that an annotator might be given."""

    task: str
    rank: int


def looks(*, skilled: bool, reserved: bool) -> Select[Any]:
    """The query of ``waiting``; public so that its plan can be looked at."""
    had = select(_HAD.task).where(
        _HAD.annotator == bindparam("annotator_"),
        _HAD.task == _WORK.task,
        _HAD.standing != Standing.LAPSED.value,
    )
    seen = select(_SEEN.task).where(
        _SEEN.annotator == bindparam("annotator_"), _SEEN.task == _WORK.task
    )
    query = select(_WORK.task, _WORK.rank).where(
        _WORK.project == bindparam("project_"),
        _WORK.lane == bindparam("lane_"),
        _WORK.rank > bindparam("after_"),
        _RESERVED if reserved else _OPEN,
        ~had.exists(),
        ~seen.exists(),
    )
    if skilled:
        query = query.where(_WORK.skill == bindparam("skill_"))
    return query.order_by(_WORK.rank).limit(bindparam("limit_", type_=Integer))


_LOOKS = {
    (skilled, reserved): Prepared(looks(skilled=skilled, reserved=reserved))
    for skilled in (False, True)
    for reserved in (False, True)
}


def _among(*, senior: bool) -> Select[Any]:
    mine = or_(_OPEN, _RESERVED) if senior else _OPEN
    query = select(_WORK.task, *SLOTS).where(among(_WORK.task, "tasks_"), mine)
    return query.order_by(_WORK.rank).limit(1)


_CLAIMS = {
    (senior, wait): Prepared(_among(senior=senior).with_for_update(skip_locked=not wait))
    for senior in (False, True)
    for wait in (False, True)
}
_CLAIM_APART = Prepared(
    select(*SLOTS)
    .where(_WORK.task == bindparam("task_"), _WORK.state == TaskState.APART.value)
    .with_for_update(skip_locked=True)
)
_LOCK = Prepared(select(*SLOTS).where(_WORK.task == bindparam("task_")).with_for_update())
_CHANGE = update(tables.work).where(_WORK.task == bindparam("task_"))
_MOVED: dict[str, Any] = {
    name: bindparam(f"{name}_")
    for name in ("wanted", "given", "held", "reports", "reserved", "seniors", "state")
}
_MOVE = Prepared(_CHANGE.values(_MOVED))
_REQUEUE = Prepared(_CHANGE.values(lane=RETURNED, rank=bindparam("rank_")))
_MOVES = bindparam("moves_", type_=Integer) == 1
_MOVE_RANKED = Prepared(
    _CHANGE.values(
        lane=case((_MOVES, RETURNED), else_=_WORK.lane),
        rank=case((_MOVES, bindparam("rank_", type_=BigInteger)), else_=_WORK.rank),
        **_MOVED,
    )
)
QUESTION = (_TASK.id, _TASK.kind, _TASK.prompt, _TASK.options)
"""The columns that an annotator may see."""
_QUESTION = Prepared(select(*QUESTION).where(_TASK.id == bindparam("task_")))
_RANKS = Prepared(
    update(tables.routing)
    .where(tables.routing.c.project == bindparam("project_"))
    .values(tail=tables.routing.c.tail + bindparam("count_"))
    .returning(tables.routing.c.tail)
)
_MISSING = (
    select(_TASK.id, _TASK.skill, _DEMAND.language, _DEMAND.tier)
    .join_from(tables.tasks, tables.demands, _DEMAND.task == _TASK.id, isouter=True)
    .where(_TASK.project == bindparam("project_"), _TASK.id > bindparam("after_"))
    .where(~select(_WORK.task).where(_WORK.task == _TASK.id).exists())
    .order_by(_TASK.id)
    .limit(bindparam("limit_", type_=Integer))
)


def add(
    connection: Connection,
    project: str,
    tasks: Sequence[str],
    pools: Sequence[str],
    slots: Slots,
    state: TaskState,
) -> int:
    """Queue tasks of ``project`` (its id), in that order; ``pools``: the key of each task's pool.

    Returns:
        How many were new; those that are in the queue's table stay as they are.
    """
    if not tasks:
        return 0
    first = _ranks(connection, project, len(tasks))
    ranks = range(first, first + len(tasks))
    rest = (slots.wanted, 0, 0, 0, state.value, slots.reserved, 0)
    projects, lanes, *others = ([value] * len(tasks) for value in (project, FRESH, *rest))
    return insert_whole(connection, tables.work, [tasks, projects, pools, lanes, ranks, *others])


def missing(connection: Connection, project: str, after: str, limit: int) -> list[Missing]:
    """Up to ``limit`` tasks of ``project`` beyond the id ``after`` that were never queued."""
    where = {"project_": project, "after_": after, "limit_": limit}
    return [Missing(*row) for row in connection.execute(_MISSING, where)]


def ask_waiting(
    connection: Connection,
    annotator: str,
    project: str,
    skill: str | None,
    lane: int,
    after: int,
    limit: int,
    *,
    reserved: bool = False,
) -> Callable[[], list[Candidate]]:
    """The first open tasks of one lane beyond rank ``after`` that ``annotator`` may be given.

    ``skill`` is the key of a pool, or ``None`` for all. With ``reserved``, those of which only
    reserved slots are free, and no others.
    """
    where = {
        "annotator_": annotator, "project_": project, "lane_": lane, "after_": after,
        "limit_": limit,
    }  # fmt: skip
    if skill is not None:
        where["skill_"] = skill
    asked = _LOOKS[skill is not None, reserved].ask(connection, where)
    return lambda: [Candidate._make(row) for row in asked.rows()]


def claim(
    connection: Connection, tasks: Sequence[str], *, wait: bool, senior: bool = False
) -> tuple[str, Slots] | None:
    """Lock the first of ``tasks`` that is still open, to a ``senior`` also for a reserved slot; its
    id and slots.

    Without ``wait``, tasks that another transaction holds are passed over.
    """
    row = _CLAIMS[senior, wait].one_or_none(connection, {"tasks_": tasks})
    return None if row is None else (row.task, read_slots(row))


def claim_apart(connection: Connection, task: str) -> Slots | None:
    """Lock ``task`` if the queue never gives it and nobody holds it; its slots."""
    row = _CLAIM_APART.one_or_none(connection, {"task_": task})
    return None if row is None else read_slots(row)


def ask_lock(connection: Connection, task: str) -> Callable[[], Slots | None]:
    """As ``lock``, and what is asked before its answer is looked at comes with it."""
    asked = _LOCK.ask(connection, {"task_": task})
    return lambda: None if (row := first(asked)) is None else read_slots(row)


def lock(connection: Connection, task: str) -> Slots | None:
    """The slots of ``task``, which nobody else changes until the commit."""
    return ask_lock(connection, task)()


def move(connection: Connection, task: str, slots: Slots, state: TaskState) -> None:
    """Keep the slots and the state of ``task``, which the caller has locked."""
    _MOVE.later(connection, _moved(task, slots, state))


def move_ranked(
    connection: Connection, project: str, task: str, slots: Slots, state: TaskState, *, moves: bool
) -> None:
    """``move``, and put ``task`` at the end of the lane of those that came back where it ``moves``.
    Else ask for a rank all the same and leave it where it is, by the same statements, so that how
    long it takes says little.
    """
    rank = {"rank_": _ranks(connection, project, 1), "moves_": int(moves)}
    _MOVE_RANKED.later(connection, rank | _moved(task, slots, state))


def requeue(connection: Connection, project: str, tasks: Sequence[str]) -> None:
    """Put ``tasks`` of ``project`` into the lane of those that came back, at its end."""
    if not tasks:
        return
    first = _ranks(connection, project, len(tasks))
    for place, task in enumerate(tasks):
        _REQUEUE.later(connection, {"task_": task, "rank_": first + place})


def put_first(connection: Connection, project: str, tasks: Sequence[str]) -> int:
    """Put those of ``tasks`` that wait for an answer into the lane of those that came back, in
    their order; how many. Those that somebody else holds locked stay where they are.
    """
    waiting: set[str] = set()
    for batch in batches(tasks):
        query = select(_WORK.task).where(among(_WORK.task, batch), or_(_OPEN, _RESERVED))
        locked = query.order_by(_WORK.task).with_for_update(skip_locked=True)
        waiting.update(connection.execute(locked).scalars())
    requeue(connection, project, [task for task in tasks if task in waiting])
    return len(waiting)


def count_reserved(connection: Connection, project: str, most: int) -> int:
    """How many tasks of ``project`` (its id) wait for people who stand high enough, up to
    ``most``.
    """
    some = select(_WORK.task).where(_WORK.project == project, _RESERVED).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def question(connection: Connection, task: str) -> Question:
    """``task`` as an annotator may see it."""
    return read_question(_QUESTION.one(connection, {"task_": task}))


def _moved(task: str, slots: Slots, state: TaskState) -> dict[str, Any]:
    return {
        "task_": task, "wanted_": slots.wanted, "given_": slots.given, "held_": slots.held,
        "reports_": slots.reports, "reserved_": slots.reserved, "seniors_": slots.seniors,
        "state_": state.value,
    }  # fmt: skip


def _ranks(connection: Connection, project: str, count: int) -> int:
    """``count`` new ranks; the first of them. Others wait for theirs until the commit."""
    last = _RANKS.one(connection, {"project_": project, "count_": count})
    return int(last.tail) - count + 1


def read_slots(row: Row[*tuple[Any, ...]]) -> Slots:
    """The slots of the task of a row that has :data:`SLOTS`."""
    return Slots(
        wanted=row.wanted, given=row.given, held=row.held, reports=row.reports,
        reserved=row.reserved, seniors=row.seniors,
    )  # fmt: skip


@rebuilds("tasks")
def read_question(row: Row[Any]) -> Question:
    """The task of a row that begins with its columns."""
    return Question(row.id, Kind(row.kind), row.prompt, tuple(decode_words(row.options)))


def states(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """How those of the tasks ``ids`` stand that are queued at a desk."""
    found: dict[str, str] = {}
    for batch in batches(sorted(set(ids))):
        query = select(_WORK.task, _WORK.state).where(among(_WORK.task, batch))
        found |= {row.task: row.state for row in connection.execute(query)}
    return found
