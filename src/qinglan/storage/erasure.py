"""What belongs to an annotator or a source, and taking it out of every table that holds it.

Selections are queries, so that looking first and erasing afterwards speak of the same rows, in
flat memory. With an annotator go their answers, the checks of them, drafts and notes; with a
source go its samples, the tasks made of them, keys, and the answers to those tasks, which quote
them. A verdict that rested on any of it goes too: its value may be what one of them said.

Every table is named here, as erased or as kept with the reason; a test holds the two lists
against the tables there are.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    union,
    update,
)

from qinglan.storage import pictures, tables, tallies
from qinglan.storage.columns import batches
from qinglan.storage.withdrawals import Type, Withdrawal
from qinglan.work import SkipReason, Standing

_ANNOTATION = tables.annotations.c
_ASIDE = tables.set_aside.c
_SAMPLE = tables.samples.c
_STONE = tables.tombstones.c
_TASK = tables.tasks.c
_USED = tables.task_samples.c
_VERDICT = tables.verdicts.c

ERASED = frozenset(
    {
        "agreements", "annotations", "annotators", "answer_keys", "assignments", "behaviour",
        "checks", "claims", "credentials", "demands", "drafts", "flag_words", "flags", "gold",
        "gold_answers", "imports", "lesson_answers", "lessons", "notices", "picture_bodies",
        "picture_uses", "pictures", "prospects", "rulings", "samples",
        "seats", "set_aside", "sightings", "suggested", "task_samples", "tasks", "tierings",
        "verdicts", "work", "work_times",
    }
)  # fmt: skip
"""Tables that an erasure takes rows or texts out of, and that are rewritten after it."""

KEPT = {
    "activities": "who did which verb, when",
    "attempts": "how often somebody tried to sign in",
    "guidelines": "what was asked, in the lab's own words",
    "held_out_items": "digests of questions that were released",
    "history": "ids, counts and file names; a chain that cannot be changed",
    "invites": "names of people who may yet come, and digests",
    "jobs": "counts and ids, names of files, and what failed",
    "judgings": "ids",
    "links": "ids",
    "looks": "names, and why a held-out set was looked at",
    "outcomes": "what a program was told of its writes: ids, counts, places in a file; for a day",
    "pools": "skills, languages and tiers that tasks ask for",
    "pay_rates": "amounts and times",
    "pulses": "counts and times",
    "origins": "names and licences of sources, digests of their files",
    "projects": "names",
    "redactions": "digests of files",
    "releases": "names and digests",
    "rights": "what people are asked to agree to, in the lab's own words",
    "reports": "names and digests",
    "revisions": "why the lab changed what is asked, in its own words, and skills",
    "routing": "rules of the desk",
    "sessions": "who is signed in",
    "schemes": "what labels and criteria are called, in the lab's own words",
    "stale_releases": "ids and counts",
    "tallies": "counts",
    "tiers": "names of kinds of people, in the lab's own words",
    "tokens": "names of accounts, and digests",
    "tombstones": "ids, and commitments without their salts",
    "deeds": "names of accounts, what they were let do, and addresses of other systems",
    "declarations": "what importers said of whole files, in the lab's own words",
    "deliveries": "ids and counts, for other systems; for a month",
    "delivery_tries": "how each went",
    "webhooks": "addresses of other systems",
    "users": "accounts of the whole workspace, which are closed apart",
    "withdrawals": "ids and counts",
    "written": "names of files",
}
"""Tables that hold nothing of a sample or an answer, and what they do hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to look for in one project. Activities are those that brought the source in."""

    project: str
    annotators: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()

    @classmethod
    def of(cls, made: Withdrawal, activities: Iterable[str]) -> Scope:
        """The scope of a withdrawal."""
        if made.what == "annotator":
            return cls(project=made.project, annotators=made.targets)
        return cls(project=made.project, origins=made.targets, activities=tuple(activities))


def selections(scope: Scope) -> dict[Type, Select[Any]]:
    """The ids of what belongs to ``scope``, by table; each query gives one column, ``id``."""
    made_of = (
        select(_USED.task)
        .join(tables.samples, _SAMPLE.id == _USED.sample)
        .where(_SAMPLE.origin.in_(scope.origins))
    )
    asked = select(_TASK.id).where(
        _TASK.project == scope.project, _TASK.id.in_(made_of) if scope.origins else false()
    )
    who = tables.annotators.c
    people = select(who.id).where(
        who.project == scope.project,
        or_(who.id.in_(scope.annotators), who.origin.in_(scope.origins)),
    )
    given = _answers(scope, asked, people)
    judged = union(asked, select(_ANNOTATION.task).where(_ANNOTATION.id.in_(given)))
    return {
        "samples": _samples(scope, asked),
        "tasks": asked,
        "answer_keys": select(tables.answer_keys.c.task.label("id")).where(
            tables.answer_keys.c.task.in_(asked)
        ),
        "annotations": given,
        "annotators": people,
        "verdicts": select(_VERDICT.id).distinct().where(_VERDICT.task.in_(judged)),
    }


def count(connection: Connection, scope: Scope) -> dict[str, int]:
    """How much of what belongs to ``scope``: what an erasure would erase."""
    selected = selections(scope)
    checked = tables.checks.c
    checks = select(checked.annotation).where(checked.annotation.in_(selected["annotations"]))
    queries: dict[str, Select[Any]] = {"checks": checks, "pictures": _pictures(scope)}
    queries.update(selected.items())
    return {
        name: int(connection.execute(select(func.count()).select_from(q.subquery())).scalar_one())
        for name, q in queries.items()
    }


def matching(connection: Connection, scope: Scope, type_: Type, ids: Iterable[str]) -> set[str]:
    """Those of ``ids`` that belong to ``scope``."""
    query = selections(scope)[type_].subquery()
    found: set[str] = set()
    for batch in batches(sorted(set(ids))):
        found.update(connection.execute(select(query.c.id).where(query.c.id.in_(batch))).scalars())
    return found


def shared(connection: Connection, scope: Scope) -> int:
    """How many samples of the source other projects' tasks use; they stay until those go."""
    of_source = select(func.count()).select_from(tables.samples)
    every = of_source.where(_SAMPLE.origin.in_(scope.origins))
    gone = select(func.count()).select_from(selections(scope)["samples"].subquery())
    return int(connection.execute(every).scalar_one() - connection.execute(gone).scalar_one())


class Freed(NamedTuple):
    """What a task that stays has fewer of, once assignments are gone."""

    task: str
    given: int
    held: int
    reports: int
    seniors: int


def freed(connection: Connection, scope: Scope) -> list[Freed]:
    """The places at the desk that an erasure frees, of tasks that stay, by task."""
    had = tables.assignments.c
    held = and_(had.standing == Standing.LEASED.value, had.annotation.is_(None), had.late.is_(None))
    query = (
        select(
            had.task,
            func.sum(case((had.annotation.is_not(None), 1), else_=0)),
            func.sum(case((held, 1), else_=0)),
            func.sum(case((had.reason == SkipReason.BAD_PROBLEM.value, 1), else_=0)),
            func.sum(case((and_(had.senior, or_(had.annotation.is_not(None), held)), 1), else_=0)),
        )
        .where(_assigned(scope), had.task.not_in(selections(scope)["tasks"]))
        .group_by(had.task)
        .order_by(had.task)
    )
    return [
        Freed(row[0], *(int(number) for number in row[1:])) for row in connection.execute(query)
    ]


def _assigned(scope: Scope) -> ColumnElement[bool]:
    """The assignments that go: of the annotators, to the tasks, with the answers."""
    had, selected = tables.assignments.c, selections(scope)
    return or_(
        had.annotator.in_(selected["annotators"]),
        had.task.in_(selected["tasks"]),
        had.annotation.in_(selected["annotations"]),
    )


def erase(
    connection: Connection, scope: Scope, withdrawal: str
) -> tuple[dict[str, int], list[str]]:
    """Put tombstones and take out what belongs to ``scope``; references must be lifted.

    Returns:
        How much of what was erased; and the tasks that stay and lost an answer, by id.
    """
    counts = count(connection, scope)
    _blank_set_aside(connection, scope)
    _forget_names(connection, scope)
    _clear_desk(connection, scope)
    _take_pictures(connection, scope)
    for type_, query in selections(scope).items():
        _put_tombstones(connection, type_, query, withdrawal)
    gone = _stones(withdrawal)
    judged = union(
        gone("tasks"), select(_ANNOTATION.task).where(_ANNOTATION.id.in_(gone("annotations")))
    )
    lost = sorted(
        connection.execute(
            select(_ANNOTATION.task)
            .distinct()
            .where(_ANNOTATION.id.in_(gone("annotations")), _ANNOTATION.task.not_in(gone("tasks")))
        ).scalars()
    )
    for table, rows in (
        (tables.verdicts, _VERDICT.task.in_(judged)),
        (tables.rulings, tables.rulings.c.task.in_(judged)),
        (tables.checks, tables.checks.c.annotation.in_(gone("annotations"))),
        (tables.annotations, _ANNOTATION.id.in_(gone("annotations"))),
        (tables.answer_keys, tables.answer_keys.c.task.in_(gone("tasks"))),
        (tables.claims, tables.claims.c.task.in_(gone("tasks"))),
        (tables.demands, tables.demands.c.task.in_(gone("tasks"))),
        (tables.work, tables.work.c.task.in_(gone("tasks"))),
        (tables.gold, tables.gold.c.task.in_(gone("tasks"))),
        (tables.lessons, tables.lessons.c.task.in_(gone("tasks"))),
        *_conduct(gone),
        (tables.seats, tables.seats.c.annotator.in_(gone("annotators"))),
        (tables.task_samples, _USED.task.in_(gone("tasks"))),
        (tables.tasks, _TASK.id.in_(gone("tasks"))),
        (tables.samples, _SAMPLE.id.in_(gone("samples"))),
        (tables.annotators, tables.annotators.c.id.in_(gone("annotators"))),
        (tables.prospects, tables.prospects.c.project == scope.project),
    ):
        connection.execute(delete(table).where(rows))
    tallies.recount(connection, scope.project)
    return counts, lost


def _conduct(gone: Any) -> Iterator[tuple[Table, ColumnElement[bool]]]:  # noqa: ANN401 - a function
    """What was learnt of annotators who go, and of answers to tasks that go."""
    people, asked = gone("annotators"), gone("tasks")
    for table in (
        tables.gold_answers, tables.lesson_answers, tables.behaviour, tables.sightings,
        tables.suggested, tables.work_times,
    ):  # fmt: skip
        yield table, or_(table.c.annotator.in_(people), table.c.task.in_(asked))
    raised = tables.flags.c
    theirs = or_(raised.annotator.in_(people), raised.other.in_(people))
    yield tables.flag_words, tables.flag_words.c.flag.in_(select(raised.id).where(theirs))
    yield tables.flags, theirs
    for table in (tables.notices, tables.tierings, tables.credentials, tables.agreements):
        yield table, table.c.annotator.in_(people)


def _answers(scope: Scope, asked: Select[Any], people: Select[Any]) -> Select[Any]:
    """All answers of an annotator to a task, if any of them belongs: revisions go together."""
    theirs = tables.annotations.alias()

    def belongs(column: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table's columns
        return or_(
            column.annotator.in_(people),
            column.task.in_(asked),
            column.activity.in_(scope.activities),
        )

    if not scope.activities:
        return select(_ANNOTATION.id).where(
            _ANNOTATION.project == scope.project, belongs(_ANNOTATION)
        )
    revised = (
        select(theirs.c.id)
        .where(
            theirs.c.project == scope.project,
            theirs.c.task == _ANNOTATION.task,
            theirs.c.annotator == _ANNOTATION.annotator,
            belongs(theirs.c),
        )
        .exists()
    )
    return select(_ANNOTATION.id).where(_ANNOTATION.project == scope.project, revised)


def _samples(scope: Scope, asked: Select[Any]) -> Select[Any]:
    elsewhere = select(_USED.sample).where(_USED.sample == _SAMPLE.id, _USED.task.not_in(asked))
    return select(_SAMPLE.id).where(_SAMPLE.origin.in_(scope.origins), ~elsewhere.exists())


def _pictures(scope: Scope) -> Select[Any]:
    """Pictures of what goes, which nothing that stays shows."""
    picture, use, selected = tables.pictures.c, tables.picture_uses.c, selections(scope)
    going = or_(use.record.in_(selected["tasks"]), use.record.in_(selected["annotations"]))
    meant = or_(
        picture.id.in_(select(use.picture).where(going)),
        picture.owner.in_(selected["annotators"]),
        picture.waiting.is_not(None) & picture.activity.in_(scope.activities),
    )
    staying = select(use.picture).where(use.picture == picture.id, not_(going))
    return select(picture.id).where(meant, ~staying.exists())


def _take_pictures(connection: Connection, scope: Scope) -> None:
    """Before what shows them goes, for then nobody knows any more what did."""
    use, selected = tables.picture_uses.c, selections(scope)
    gone = list(connection.execute(_pictures(scope)).scalars())
    for records in (selected["tasks"], selected["annotations"]):
        connection.execute(delete(tables.picture_uses).where(use.record.in_(records)))
    pictures.remove(connection, gone)


_SALTED: dict[str, Table] = {
    "samples": tables.samples,
    "tasks": tables.tasks,
    "annotations": tables.annotations,
}


def _put_tombstones(
    connection: Connection, type_: Type, query: Select[Any], withdrawal: str
) -> None:
    """One for each id; the commitment of what was salted beside it."""
    ids = query.subquery()
    commitment: ColumnElement[Any] = null()
    source: Any = ids
    table = tables.answer_keys if type_ == "answer_keys" else _SALTED.get(type_)
    if table is not None:
        key = table.c.task if type_ == "answer_keys" else table.c.id
        source = ids.join(table, key == ids.c.id)
        commitment = table.c.commitment
    rows = select(literal(type_), ids.c.id, literal(withdrawal), commitment).select_from(source)
    there = select(_STONE.record).where(_STONE.type == type_, _STONE.record == ids.c.id)
    # The same verdict may fall twice: its id follows from its evidence, which can come again.
    rows = rows.where(~there.exists())
    columns = ["type", "record", "withdrawal", "commitment"]
    connection.execute(insert(tables.tombstones).from_select(columns, rows))


def _stones(withdrawal: str) -> Any:  # noqa: ANN401 - a function of one argument
    def of(type_: Type) -> Select[Any]:
        return select(_STONE.record).where(_STONE.type == type_, _STONE.withdrawal == withdrawal)

    return of


def _blank_set_aside(connection: Connection, scope: Scope) -> None:
    """Take the words out of rows that the same imports set aside: nobody knows whose they were.

    Stage, reason and place stay, so that what came in is still what went out and was set aside.
    """
    given = selections(scope)["annotations"]
    made = {
        *scope.activities,
        *connection.execute(
            select(_ANNOTATION.activity).distinct().where(_ANNOTATION.id.in_(given))
        ).scalars(),
        *connection.execute(
            select(_SAMPLE.activity).distinct().where(_SAMPLE.origin.in_(scope.origins))
        ).scalars(),
    }
    here = _ASIDE.project == scope.project
    files = select(_ASIDE.file).where(here, _ASIDE.activity.in_(made), _ASIDE.file.is_not(None))
    named = [_ASIDE.file.contains(id_, autoescape=True) for id_ in scope.annotators]
    rows = here & or_(_ASIDE.activity.in_(made), _ASIDE.file.in_(files), *named)
    connection.execute(update(tables.set_aside).where(rows).values(detail=""))


def _clear_desk(connection: Connection, scope: Scope) -> None:
    """Take away what annotators were given and have begun; drafts point at assignments."""
    had, draft = tables.assignments.c, tables.drafts.c
    theirs = (
        select(had.task)
        .where(had.annotator == draft.annotator, had.task == draft.task, _assigned(scope))
        .exists()
    )
    connection.execute(delete(tables.drafts).where(theirs))
    connection.execute(delete(tables.assignments).where(_assigned(scope)))


def _forget_names(connection: Connection, scope: Scope) -> None:
    """A mapping can name annotators by column; then the import is known by it no longer."""
    who, made = tables.annotators.c, tables.imports.c
    people = selections(scope)["annotators"]
    names = list(connection.execute(select(who.name).where(who.id.in_(people))).scalars())
    for name in names:
        rows = connection.execute(
            select(made.sha256, made.mapping).where(
                made.project == scope.project, made.mapping.contains(repr(name), autoescape=True)
            )
        ).all()
        for sha256, mapping in rows:
            connection.execute(
                update(tables.imports)
                .where(
                    made.project == scope.project, made.sha256 == sha256, made.mapping == mapping
                )
                .values(mapping=f"withdrawn {secrets.token_hex(8)}")
            )


def targets(connection: Connection, project: str, *, annotator: str | None = None,
            source: str | None = None) -> list[str]:  # fmt: skip
    """Ids of the annotators of that name or id in ``project``, or of the origins of that source."""
    if annotator is not None:
        who = tables.annotators.c
        named = or_(who.name == annotator, who.id == annotator)
        query = select(who.id).where(who.project == project, named)
        return sorted(connection.execute(query).scalars())
    origins = select(tables.origins.c.id).where(tables.origins.c.source == source)
    return sorted(connection.execute(origins).scalars())


def names(connection: Connection, ids: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    """Name and file digest of the origins called ``ids``."""
    for batch in batches(ids):
        query = select(tables.origins.c.source, tables.origins.c.sha256)
        for row in connection.execute(query.where(tables.origins.c.id.in_(batch))):
            yield row.source, row.sha256
