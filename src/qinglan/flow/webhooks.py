"""The lead's verbs about webhooks: whom to tell of what, and what became of it."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from qinglan.client.webhooks import PREFIX
from qinglan.errors import UsageError
from qinglan.flow import events
from qinglan.flow.context import Context, allow
from qinglan.flow.events import Event
from qinglan.flow.hands import milliseconds
from qinglan.hooks import address
from qinglan.provenance import identity
from qinglan.records import Actor, Project
from qinglan.storage import webhooks
from qinglan.storage.webhooks import Delivery, Try
from qinglan.storage.webhooks import Webhook as Listening

__all__ = [
    "Listening", "Log", "Told", "add", "every", "log", "remove", "resend", "secret",
    "secret_of", "test",
]  # fmt: skip

MOST = 20
"""Webhooks of one project."""
OFFERED = tuple(event for event in Event if event is not Event.WEBHOOK_TEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message, and how each try to deliver it went."""

    delivery: Delivery
    tries: tuple[Try, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Messages to one webhook, newest first. ``before`` asks for the rest; ``None`` at the end."""

    told: tuple[Told, ...]
    before: int | None


def secret(context: Context, actor: Actor, project: str, id_: str) -> str:
    """The secret that signs what the webhook is told. It is kept nowhere: it follows from the id.

    Raises:
        UsageError: there is no such webhook.
    """
    _find(context, actor, project, id_)
    return secret_of(context, id_)


def secret_of(context: Context, id_: str) -> str:
    """As ``secret``, for who signs."""
    key = hmac.digest(context.secret, b"webhook " + id_.encode(), "sha256")
    return PREFIX + base64.b64encode(key).decode()


def add(
    context: Context, actor: Actor, project: str, url: str, wanted: Collection[str] = ()
) -> Listening:
    """Tell ``url`` of events of ``project`` from now on; default: of all there are.

    Raises:
        UsageError: the address cannot be one, an event is unknown, or there are too many.
        EndpointError: the address leads where nothing may be sent.
    """
    allow("webhooks", actor)
    target = context.project(project)
    unknown = [word for word in wanted if word not in OFFERED]
    if unknown:
        raise UsageError("hooks.no_event", word=unknown[0], known=", ".join(OFFERED))
    address.resolve(address.read(url), context.settings.webhook_networks)
    chosen = tuple(event.value for event in OFFERED if not wanted or event.value in wanted)
    activity = context.begin("webhooks", actor, project=project, told=url, events=list(chosen))
    hook = Listening(
        id=identity.random_id("whk"), project=target.id, url=url, events=chosen,
        made=milliseconds(None), activity=activity.id,
    )  # fmt: skip

    def keep(conn: Connection) -> None:
        if sum(one.ended is None for one in webhooks.of(conn, target.id)) >= MOST:
            raise UsageError("hooks.too_many", most=MOST)
        webhooks.add(conn, hook)

    context.write(target, keep)
    return hook


def remove(context: Context, actor: Actor, project: str, id_: str) -> None:
    """Tell it nothing any more, from this moment on.

    Raises:
        UsageError: there is no such webhook, or it has ended.
    """
    _find(context, actor, project, id_)
    activity = context.begin("webhooks", actor, project=project, removed=id_)
    if not context.storage.write(lambda conn: webhooks.end(conn, id_, "removed", activity.id)):
        raise UsageError("hooks.no_webhook", id=id_)


def every(context: Context, actor: Actor, project: str) -> list[Listening]:
    """The webhooks of ``project``, ended ones too, by age."""
    allow("audit", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return webhooks.of(conn, target.id)


def test(context: Context, actor: Actor, project: str, id_: str) -> str:
    """Send it a message that says nothing; the message's id."""
    target, hook = _find(context, actor, project, id_)
    if hook.ended is not None:
        raise UsageError("hooks.no_webhook", id=id_)
    context.begin("webhooks", actor, project=project, tested=id_)
    facts: dict[str, identity.Json] = {"project": target.name}
    return context.storage.write(lambda conn: events.post(conn, [id_], Event.WEBHOOK_TEST, facts))[
        0
    ]


def resend(context: Context, actor: Actor, project: str, id_: str, delivery: str) -> None:
    """Try a message again that was delivered or given up.

    Raises:
        UsageError: there is no such message, or it is waiting already.
    """
    _, hook = _find(context, actor, project, id_)
    context.begin("webhooks", actor, project=project, resent=delivery[:100])
    now = milliseconds(None)

    def keep(conn: Connection) -> None:
        found = webhooks.delivery(conn, delivery)
        mine = found is not None and found.webhook == id_ and hook.ended is None
        if not mine or not webhooks.again(conn, delivery, now):
            raise UsageError("hooks.no_delivery", id=delivery)

    context.storage.write(keep)


def log(
    context: Context, actor: Actor, project: str, id_: str, *, before: int | None = None,
    limit: int = 50,
) -> Log:  # fmt: skip
    """What the webhook was told, newest first, with every try."""
    _find(context, actor, project, id_, "audit")
    with context.storage.read() as conn:
        found = webhooks.page(conn, id_, before, limit + 1)
        tried = webhooks.tries(conn, [one.id for one in found[:limit]])
    told = tuple(
        Told(delivery=one, tries=tuple(each for each in tried if each.delivery == one.id))
        for one in found[:limit]
    )
    return Log(told=told, before=found[limit - 1].seq if len(found) > limit else None)


def _find(
    context: Context, actor: Actor, project: str, id_: str, verb: str = "webhooks"
) -> tuple[Project, Listening]:
    allow(verb, actor)
    target = context.project(project)
    with context.storage.read() as conn:
        hook = webhooks.get(conn, id_)
    if hook is None or hook.project != target.id:
        raise UsageError("hooks.no_webhook", id=id_)
    return target, hook
