"""Who works at a project's desk, under which rules, and how far in the queue they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from qinglan.records import Kind
from qinglan.storage import tables
from qinglan.storage.bulk import among
from qinglan.storage.columns import batches, decode_words, encode, rebuilds
from qinglan.storage.dialects import insert_new
from qinglan.storage.prepared import Prepared, first
from qinglan.work import Marks, Rules, Standing

_SEAT = tables.seats.c
_ROUTING = tables.routing.c
_PROJECT = tables.projects.c
_RIGHTS = tables.rights.c
_AGREED = tables.agreements.c
_RULES = (
    _ROUTING.overlap, _ROUTING.most, _ROUTING.gold_per_mille, _ROUTING.lease_seconds,
    _ROUTING.stop_after, _ROUTING.reserved, _ROUTING.reserved_for, _ROUTING.by_gain,
)  # fmt: skip

_MARKS = (
    _ROUTING.least, _ROUTING.aim, _ROUTING.calibration, _ROUTING.floor, _ROUTING.passing,
)  # fmt: skip

_TOLD = select(tables.webhooks.c.id).where(
    tables.webhooks.c.project == _SEAT.project, tables.webhooks.c.ended.is_(None)
)
_PAID = select(tables.pay_rates.c.project).where(
    tables.pay_rates.c.project == _SEAT.project, tables.pay_rates.c.budget.is_not(None)
)
_RULES_OF = Prepared(select(*_RULES).where(_ROUTING.project == bindparam("project_")))
_SEATED = (
    select(
        *_SEAT,
        *_RULES,
        *_MARKS,
        _ROUTING.routed,
        _ROUTING.needs,
        _ROUTING.reserving,
        _ROUTING.tail,
        _ROUTING.suggests,
        _ROUTING.hidden,
        _PROJECT.kind,
        _PROJECT.guideline,
        select(func.max(_RIGHTS.version))
        .where(_RIGHTS.project == _SEAT.project)
        .correlate(tables.seats)
        .scalar_subquery()
        .label("asked"),
        select(func.max(_AGREED.version))
        .where(_AGREED.annotator == _SEAT.annotator)
        .correlate(tables.seats)
        .scalar_subquery()
        .label("agreed"),
        _TOLD.exists().label("told"),
        _PAID.exists().label("budgeted"),
    )
    .join_from(tables.seats, tables.routing, _ROUTING.project == _SEAT.project)
    .join(tables.projects, _PROJECT.id == _SEAT.project)
    .where(_SEAT.annotator == bindparam("annotator_"))
)
_GET, _LOCK = Prepared(_SEATED), Prepared(_SEATED.with_for_update(of=tables.seats))
_CHANGE = update(tables.seats).where(_SEAT.annotator == bindparam("annotator_"))
_MOVE = Prepared(
    _CHANGE.values(turns=bindparam("turns_"), passed=bindparam("passed_"), seen=bindparam("seen_"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One annotator's place at the desk of one project (both by id)."""

    annotator: str
    project: str
    skills: tuple[str, ...] | None
    """What they may be given; ``None`` for everything. Tasks without a skill need none."""
    active: bool
    turns: int
    """How many tasks they were given so far."""
    passed: dict[str, int]
    """For each part of the queue, the rank up to which nothing is left for them."""
    session: str | None
    activity: str | None
    seen: int
    """Answers up to this moment were held against gold; ms since 1970."""
    since: int
    """Gold answers from this moment on say how good they are."""
    admitted: bool
    """They passed the qualification, or none was asked of them."""
    rules: Rules
    marks: Marks | None
    """What the project asks of people; ``None`` where nobody is judged."""
    tier: str | None
    languages: tuple[str, ...]
    """What they said that they can work in."""
    routed: bool
    """Some tasks of the project are not for everybody, beside their skill."""
    needs: dict[str, str]
    """Skills that are for a tier alone."""
    reserving: bool
    """Slots of some tasks may be reserved for those who stand high enough."""
    keen: bool
    """An answer of theirs is expected to tell more than most people's."""
    tail: int
    """The newest rank of the project's queue when this was read."""
    kind: Kind
    guideline: str
    """Of the project; the guideline by its id."""
    asked: int | None
    """The newest version of the statement of rights; ``None`` where the project asks nothing."""
    agreed: int | None
    """The newest that they agreed to."""
    told: bool
    """Somebody is told of what happens in the project."""
    budgeted: bool
    """The project has, or had, a budget for pay."""
    suggests: str | None = None
    """The model whose answers people see as suggestions, by its annotator's id."""
    hidden: int = 0
    """From how many tasks in a thousand its answer is kept back."""


def set_rules(connection: Connection, project: str, rules: Rules) -> None:
    """Open the desk of ``project`` (its id), or change the rules of one that is open."""
    values = {
        "overlap": rules.overlap, "most": rules.most, "gold_per_mille": rules.gold_per_mille,
        "lease_seconds": rules.lease_seconds, "stop_after": rules.stop_after,
        "reserved": rules.reserved, "reserved_for": rules.reserved_for, "by_gain": rules.by_gain,
    }  # fmt: skip
    insert_new(connection, tables.routing, [{"project": project, "tail": 0, **values}])
    if rules.reserved or rules.by_gain:
        values["reserving"] = True  # for good: tasks keep what they were queued with
    connection.execute(update(tables.routing).where(_ROUTING.project == project).values(**values))


def rules_of(connection: Connection, project: str) -> Rules | None:
    """The rules of ``project`` (its id); ``None`` where no desk was opened."""
    row = _RULES_OF.one_or_none(connection, {"project_": project})
    return None if row is None else _rules(row)


def reserving(connection: Connection, project: str) -> bool:
    """Whether slots of some task of ``project`` (its id) may be reserved."""
    query = select(_ROUTING.reserving).where(_ROUTING.project == project)
    return bool(connection.execute(query).scalar_one_or_none())


def set_marks(connection: Connection, project: str, marks: Marks | None) -> None:
    """What ``project`` (its id) asks of people from now on; ``None``: nobody is judged."""
    values = dict.fromkeys(("least", "aim", "calibration", "floor", "passing"))
    if marks is not None:
        values = {name: getattr(marks, name) for name in values}
    connection.execute(update(tables.routing).where(_ROUTING.project == project).values(**values))


def marks_of(connection: Connection, project: str) -> Marks | None:
    """What ``project`` (its id) asks of people."""
    row = connection.execute(select(*_MARKS).where(_ROUTING.project == project)).one_or_none()
    return None if row is None else _marks(row)


def catch_up(connection: Connection, project: str) -> None:
    """Every answer in ``project`` (its id) so far was held against gold."""
    held = tables.assignments.c
    last = (
        select(func.coalesce(func.max(held.moved), 0))
        .where(held.annotator == _SEAT.annotator, held.standing == Standing.ANSWERED.value)
        .scalar_subquery()
    )
    connection.execute(update(tables.seats).where(_SEAT.project == project).values(seen=last))


def begin_again(connection: Connection, annotator: str, since: int, *, admitted: bool) -> None:
    """Let ``annotator`` work, judged by their answers from ``since`` on."""
    values = {"active": True, "since": since, "admitted": admitted}
    connection.execute(_CHANGE.values(**values), {"annotator_": annotator})


def admit(connection: Connection, annotator: str, *, admitted: bool) -> None:
    """Whether ``annotator`` may do real work."""
    connection.execute(_CHANGE.values(admitted=admitted), {"annotator_": annotator})


def add(
    connection: Connection, annotator: str, project: str, skills: tuple[str, ...] | None
) -> bool:
    """Seat ``annotator`` at the desk of ``project``; one who is seated gets these skills.

    Returns:
        Whether the seat is new.
    """
    known = None if skills is None else encode(skills)
    row = {
        "annotator": annotator, "project": project, "skills": known, "active": True, "turns": 0,
        "passed": "{}",
    }  # fmt: skip
    if not insert_new(connection, tables.seats, [row]):
        change = _CHANGE.values(skills=known, active=True)
        connection.execute(change, {"annotator_": annotator})
        return False
    return True


def pause(connection: Connection, annotator: str) -> int:
    """Give ``annotator`` nothing new until they are seated again; 0 when they have no seat."""
    return connection.execute(_CHANGE.values(active=False), {"annotator_": annotator}).rowcount


def put_languages(connection: Connection, annotator: str, languages: Sequence[str]) -> None:
    """What the holder of a seat, if there is one, can work in."""
    values = {"languages": encode([*languages])}
    connection.execute(_CHANGE.values(**values), {"annotator_": annotator})


def get(connection: Connection, annotator: str, *, lock: bool = False) -> Seat | None:
    """The seat of ``annotator``. With ``lock``, nobody else changes it until the commit."""
    return ask(connection, annotator, lock=lock)()


def ask(connection: Connection, annotator: str, *, lock: bool = False) -> Callable[[], Seat | None]:
    """As ``get``, and what is asked before its answer is looked at comes with it."""
    asked = (_LOCK if lock else _GET).ask(connection, {"annotator_": annotator})
    return lambda: None if (row := first(asked)) is None else _seat(row)


def people(connection: Connection, project: str) -> list[tuple[str, bool, int, int]]:
    """Who sits at the desk of ``project`` (its id), by name.

    Name, whether active, tasks with a standing answer of theirs, tasks in hand.
    """
    held = tables.assignments.c

    def tally(*standings: Standing) -> Any:  # noqa: ANN401 - a column
        # Apart for each person: a range of the index by person and standing, and no row.
        fits = held.standing.in_([standing.value for standing in standings])
        mine = select(func.count()).where(held.annotator == _SEAT.annotator, fits)
        return mine.correlate(tables.seats).scalar_subquery()

    query = (
        select(
            tables.annotators.c.name, _SEAT.active,
            tally(Standing.ANSWERED, Standing.LATE, Standing.SENT_BACK), tally(Standing.LEASED),
        )
        .join_from(
            tables.seats, tables.annotators, tables.annotators.c.id == _SEAT.annotator
        )
        .where(_SEAT.project == project)
        .order_by(tables.annotators.c.name)
    )  # fmt: skip
    return [
        (str(row[0]), bool(row[1]), int(row[2]), int(row[3])) for row in connection.execute(query)
    ]


def mark_keen(connection: Connection, project: str, keen: Collection[str]) -> None:
    """Let an answer by ``keen`` (ids) at the desk of ``project`` (its id) be expected to tell more
    than others'; where they are none of those who sit there, everybody's is.
    """
    query = select(_SEAT.annotator).where(_SEAT.project == project, _SEAT.active)
    here = sorted(set(connection.execute(query).scalars()) & set(keen))
    mine = update(tables.seats).where(_SEAT.project == project)
    connection.execute(mine.values(keen=not here))
    for batch in batches(here):
        connection.execute(mine.where(among(_SEAT.annotator, batch)).values(keen=True))


def standings(connection: Connection, project: str) -> list[tuple[str | None, bool]]:
    """Tier, and whether ``keen``, of everybody who is active at the desk of ``project`` (its
    id).
    """
    query = select(_SEAT.tier, _SEAT.keen).where(_SEAT.project == project, _SEAT.active)
    return [(row.tier, bool(row.keen)) for row in connection.execute(query)]


def move(connection: Connection, seat: Seat) -> None:
    """Keep how far the annotator is in the queue, and their turns."""
    _MOVE.later(
        connection,
        {
            "annotator_": seat.annotator, "turns_": seat.turns,
            "passed_": json.dumps(seat.passed, sort_keys=True), "seen_": seat.seen,
        },
    )  # fmt: skip


def begin_session(connection: Connection, annotator: str, session: str, activity: str) -> None:
    """What ``annotator`` answers from now on was made by the activity with that id."""
    change = _CHANGE.values(session=session, activity=activity)
    connection.execute(change, {"annotator_": annotator})


def _rules(row: Row[*tuple[Any, ...]]) -> Rules:
    return Rules(
        overlap=row.overlap,
        most=row.most,
        gold_per_mille=row.gold_per_mille,
        lease_seconds=row.lease_seconds,
        stop_after=row.stop_after,
        reserved=row.reserved,
        reserved_for=row.reserved_for,
        by_gain=bool(row.by_gain),
    )


def _marks(row: Row[*tuple[Any, ...]]) -> Marks | None:
    if row.least is None:
        return None
    return Marks(
        least=row.least, aim=row.aim, calibration=row.calibration, floor=row.floor,
        passing=row.passing,
    )  # fmt: skip


@rebuilds("seats")
def _seat(row: Row[Any]) -> Seat:
    return Seat(
        annotator=row.annotator,
        project=row.project,
        skills=None if row.skills is None else tuple(decode_words(row.skills)),
        active=row.active,
        turns=row.turns,
        passed={str(part): int(rank) for part, rank in json.loads(row.passed).items()},
        session=row.session,
        activity=row.activity,
        seen=row.seen,
        since=row.since,
        admitted=bool(row.admitted),
        rules=_rules(row),
        marks=_marks(row),
        tier=row.tier,
        languages=() if row.languages is None else tuple(decode_words(row.languages)),
        routed=bool(row.routed),
        needs={} if row.needs is None else dict(json.loads(row.needs)),
        reserving=bool(row.reserving),
        keen=bool(row.keen),
        tail=row.tail,
        kind=Kind(row.kind),
        guideline=row.guideline,
        asked=row.asked,
        agreed=row.agreed,
        told=bool(row.told),
        budgeted=bool(row.budgeted),
        suggests=row.suggests,
        hidden=row.hidden or 0,
    )
