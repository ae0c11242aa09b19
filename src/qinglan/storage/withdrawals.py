"""Whose content was withdrawn, and the tombstones that stand where it was.

A tombstone is the id of an erased record and, where the record was salted, its commitment: the
salt is gone, so the commitment tells nothing, and a release or a chain that names it still
verifies. Ids come from places, so the same file would bring the same ids back: nothing whose
tombstone stands here is stored again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from qinglan.errors import StorageError
from qinglan.storage import tables
from qinglan.storage.bulk import FEW, among
from qinglan.storage.columns import batches, decode_words, encode, rebuilds
from qinglan.storage.prepared import Prepared

_WITHDRAWAL = tables.withdrawals.c
_STONE = tables.tombstones.c

What = Literal["annotator", "source"]
Type = Literal["samples", "tasks", "answer_keys", "annotations", "annotators", "verdicts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One of them. ``targets`` are ids of annotators; or of the origins of one source, and of the
    activities that imported it.
    """

    id: str
    project: str
    what: What
    targets: tuple[str, ...]
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A withdrawal that the database knows, and how far it is."""

    withdrawal: Withdrawal
    counts: Mapping[str, int]
    scrubbed: bool
    """Whether files and free pages were rewritten since."""


def add(connection: Connection, made: Withdrawal, activity: str) -> None:
    """Store ``made``, done by the activity with that id, before what it erases."""
    row = {
        "id": made.id,
        "project": made.project,
        "what": made.what,
        "targets": encode(made.targets),
        "time": made.time.isoformat(),
        "counts": "{}",
        "scrubbed": False,
        "activity": activity,
    }
    connection.execute(insert(tables.withdrawals), [row])


def count(connection: Connection, id_: str, counts: Mapping[str, int]) -> None:
    """Note how much of what the withdrawal erased."""
    said = encode(dict(counts))
    connection.execute(update(tables.withdrawals).where(_WITHDRAWAL.id == id_).values(counts=said))


def scrubbed(connection: Connection, ids: Iterable[str]) -> None:
    """Note that nothing of these withdrawals is left in the database's files."""
    for batch in batches(ids):
        done = update(tables.withdrawals).where(_WITHDRAWAL.id.in_(batch))
        connection.execute(done.values(scrubbed=True))


def all(connection: Connection, project: str | None = None) -> list[Done]:
    """The withdrawals of ``project`` (its id), or of every project, oldest first."""
    query = select(*_WITHDRAWAL).order_by(_WITHDRAWAL.time, _WITHDRAWAL.id)
    if project is not None:
        query = query.where(_WITHDRAWAL.project == project)
    return [_done(row) for row in connection.execute(query)]


def totals(connection: Connection, project: str) -> dict[str, int]:
    """How much of what was withdrawn from ``project`` (its id), in all."""
    found: Counter[str] = Counter()
    for done in all(connection, project):
        found.update(done.counts)
    return {name: number for name, number in sorted(found.items()) if number}


def known(
    connection: Connection,
    type_: Type,
    ids: Iterable[str],
    *,
    by: Collection[str] | None = None,
) -> set[str]:
    """Those of ``ids`` that were erased from the table ``type_``, by these withdrawals or any."""
    found: set[str] = set()
    for batch in batches(sorted(set(ids))):
        query = select(_STONE.record).where(_STONE.type == type_, among(_STONE.record, batch))
        if by is not None:
            query = query.where(_STONE.withdrawal.in_(by))
        found.update(connection.execute(query).scalars())
    return found


_ANY = Prepared(select(_STONE.record).where(_STONE.type == bindparam("type_")).limit(1))
_REFUSED = Prepared(
    select(_STONE.record).where(_STONE.type == bindparam("type_"), among(_STONE.record, "ids_"))
)
_REFUSED_ONE = Prepared(
    select(_STONE.record).where(
        _STONE.type == bindparam("type_"), _STONE.record == bindparam("id_")
    )
)


def refuse(connection: Connection, type_: Type, ids: Iterable[str]) -> None:
    """Raise ``StorageError`` where one of ``ids`` was erased: it does not come back."""
    asked = list(ids)
    if len(asked) > FEW and _ANY.one_or_none(connection, {"type_": type_}) is None:
        return
    ask_refusal(connection, type_, asked)()


def ask_refusal(connection: Connection, type_: Type, ids: Sequence[str]) -> Callable[[], None]:
    """What raises as ``refuse`` does, and what is asked before it is called comes with it."""
    if len(ids) == 1:  # at each answer: an index finds one in a third of the time
        asked = _REFUSED_ONE.ask(connection, {"type_": type_, "id_": ids[0]})
    else:
        asked = _REFUSED.ask(connection, {"type_": type_, "ids_": ids})

    def refuse() -> None:
        for id_ in sorted(row.record for row in asked.rows()):
            raise StorageError("storage.withdrawn", table=type_, id=id_)

    return refuse


def of_record(connection: Connection, record: str) -> tuple[str, Withdrawal] | None:
    """The table that ``record`` was in, and the withdrawal that erased it."""
    query = (
        select(*_WITHDRAWAL, _STONE.type)
        .join_from(tables.tombstones, tables.withdrawals, _STONE.withdrawal == _WITHDRAWAL.id)
        .where(
            _STONE.type.in_(("samples", "tasks", "annotations", "annotators", "verdicts")),
            _STONE.record == record,
        )
    )
    row = connection.execute(query).first()
    return None if row is None else (row.type, _done(row).withdrawal)


@rebuilds("withdrawals")
def _done(row: Row[Any]) -> Done:
    return Done(
        withdrawal=Withdrawal(
            id=row.id,
            project=row.project,
            what=cast("What", row.what),
            targets=tuple(decode_words(row.targets)),
            time=datetime.fromisoformat(row.time),
        ),
        counts={str(name): int(number) for name, number in json.loads(row.counts).items()},
        scrubbed=row.scrubbed,
    )
