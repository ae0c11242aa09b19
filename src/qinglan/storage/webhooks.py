"""Whom to tell, what is to be told, and how each try went."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from qinglan.storage import tables
from qinglan.storage.columns import decode_words, rebuilds
from qinglan.storage.prepared import Prepared

_HOOK = tables.webhooks.c
_DELIVERY = tables.deliveries.c
_TRY = tables.delivery_tries.c

_LISTENING = Prepared(  # runs with every answer
    select(_HOOK.id, _HOOK.events).where(
        _HOOK.project == bindparam("project_"), _HOOK.ended.is_(None)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One address that is told of ``events`` of one project. Times in milliseconds since 1970."""

    id: str
    project: str
    url: str
    events: tuple[str, ...]
    made: int
    activity: str
    ended: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One thing to tell one webhook. ``state``: waiting, delivered, given_up or ended."""

    seq: int
    id: str
    webhook: str
    event: str
    body: str
    made: int
    due: int | None
    tries: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """How one try to tell went."""

    delivery: str
    number: int
    time: int
    status: int | None
    error: str | None
    ms: int


def add(connection: Connection, hook: Webhook) -> None:
    """Keep a new webhook."""
    row = {
        "id": hook.id, "project": hook.project, "url": hook.url, "made": hook.made,
        "events": json.dumps(hook.events), "activity": hook.activity,
    }  # fmt: skip
    connection.execute(insert(tables.webhooks), row)


def get(connection: Connection, id_: str) -> Webhook | None:
    """The webhook called ``id_``, ended or not."""
    row = connection.execute(select(tables.webhooks).where(_HOOK.id == id_)).one_or_none()
    return None if row is None else _webhook(row)


def of(connection: Connection, project: str) -> list[Webhook]:
    """The webhooks of ``project`` (its id), ended ones too, by age."""
    query = select(tables.webhooks).where(_HOOK.project == project)
    return [_webhook(row) for row in connection.execute(query.order_by(_HOOK.made, _HOOK.id))]


def live(connection: Connection) -> list[Webhook]:
    """All that have not ended."""
    query = select(tables.webhooks).where(_HOOK.ended.is_(None)).order_by(_HOOK.id)
    return [_webhook(row) for row in connection.execute(query)]


def end(connection: Connection, id_: str, how: str, activity: str | None) -> bool:
    """End one webhook and all it was yet to be told; ``False`` where it had ended."""
    change = update(tables.webhooks).where(_HOOK.id == id_, _HOOK.ended.is_(None))
    if connection.execute(change.values(ended=how, ended_by=activity)).rowcount != 1:
        return False
    waiting = (_DELIVERY.webhook == id_) & _DELIVERY.due.is_not(None)
    connection.execute(update(tables.deliveries).where(waiting).values(due=None, state="ended"))
    return True


def listening(connection: Connection, project: str, event: str) -> list[str]:
    """The ids of those who are to be told of ``event`` of ``project`` (its id)."""
    rows = _LISTENING.rows(connection, {"project_": project})
    return [row.id for row in rows if event in decode_words(row.events)]


def post(
    connection: Connection, told: Iterable[tuple[str, str]], event: str, body: str, now: int
) -> None:
    """Keep what is to be told: pairs of a delivery's id and a webhook's."""
    rows = [
        {"id": id_, "webhook": hook, "event": event, "body": body, "made": now, "due": now,
         "tries": 0, "state": "waiting"}
        for id_, hook in told
    ]  # fmt: skip
    connection.execute(insert(tables.deliveries), rows)


def due(connection: Connection, webhook: str, now: int, limit: int) -> list[Delivery]:
    """What ``webhook`` is to be told now, longest due first."""
    query = (
        select(tables.deliveries)
        .where(_DELIVERY.webhook == webhook, _DELIVERY.due.is_not(None), _DELIVERY.due <= now)
        .order_by(_DELIVERY.due)
        .limit(limit)
    )
    return [_delivery(row) for row in connection.execute(query)]


def claim(connection: Connection, delivery: Delivery, until: int) -> bool:
    """Move a due delivery ahead, for whoever tries now; ``False`` where another did."""
    here = (_DELIVERY.seq == delivery.seq) & (_DELIVERY.due == delivery.due)
    return connection.execute(update(tables.deliveries).where(here).values(due=until)).rowcount == 1


def keep(connection: Connection, tried: Try, due: int | None, state: str, claimed: int) -> None:
    """Keep how a try went and what is next; of one whose claim lapsed, nothing."""
    here = (_DELIVERY.id == tried.delivery) & (_DELIVERY.due == claimed)
    change = update(tables.deliveries).where(here)
    done = connection.execute(change.values(due=due, tries=tried.number, state=state))
    if done.rowcount:
        row = {name: getattr(tried, name) for name in Try.__slots__}
        connection.execute(insert(tables.delivery_tries), row)


def again(connection: Connection, id_: str, now: int) -> bool:
    """Let a delivery that is over be tried once more; ``False`` where there is none such."""
    here = (_DELIVERY.id == id_) & _DELIVERY.due.is_(None)
    change = update(tables.deliveries).where(here).values(due=now, state="waiting")
    return connection.execute(change).rowcount == 1


def delivery(connection: Connection, id_: str) -> Delivery | None:
    """The delivery called ``id_``."""
    row = connection.execute(select(tables.deliveries).where(_DELIVERY.id == id_)).one_or_none()
    return None if row is None else _delivery(row)


def page(connection: Connection, webhook: str, before: int | None, limit: int) -> list[Delivery]:
    """Deliveries to ``webhook``, newest first, older than number ``before``."""
    query = select(tables.deliveries).where(_DELIVERY.webhook == webhook)
    if before is not None:
        query = query.where(_DELIVERY.seq < before)
    rows = connection.execute(query.order_by(_DELIVERY.seq.desc()).limit(limit))
    return [_delivery(row) for row in rows]


def tries(connection: Connection, deliveries: Iterable[str]) -> list[Try]:
    """All tries of ``deliveries``, in their order."""
    query = select(tables.delivery_tries).where(_TRY.delivery.in_(list(deliveries)))
    rows = connection.execute(query.order_by(_TRY.delivery, _TRY.number))
    return [_try(row) for row in rows]


def forget(connection: Connection, before: int) -> int:
    """Take out what is over and was made earlier than ``before``; how many."""
    old = select(_DELIVERY.id).where(_DELIVERY.due.is_(None), _DELIVERY.made < before)
    connection.execute(delete(tables.delivery_tries).where(_TRY.delivery.in_(old)))
    gone = (_DELIVERY.due.is_(None)) & (_DELIVERY.made < before)
    return connection.execute(delete(tables.deliveries).where(gone)).rowcount


@rebuilds("webhooks")
def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id, project=row.project, url=row.url, events=tuple(decode_words(row.events)),
        made=row.made, activity=row.activity, ended=row.ended,
    )  # fmt: skip


@rebuilds("deliveries")
def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in Delivery.__slots__})


@rebuilds("delivery_tries")
def _try(row: Row[Any]) -> Try:
    return Try(**{name: getattr(row, name) for name in Try.__slots__})
