"""Whom to tell when something happens: a project's webhooks, and what became of each message."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from qinglan.client import models
from qinglan.flow import webhooks
from qinglan.flow.hands import moment
from qinglan.flow.tokens import Scope
from qinglan.flow.webhooks import Listening, Told
from qinglan.web.api.desk import Cursor, Here
from qinglan.web.api.guard import Guarded, needs
from qinglan.web.api.paging import seal, unseal

router = APIRouter(route_class=Guarded, tags=["telling"])

HOOK = "/projects/{project}/webhooks/{webhook}"


@router.get("/projects/{project}/webhooks")
@needs(Scope.WEBHOOKS, "webhooks")
def hooks(project: str, here: Here) -> list[models.Webhook]:
    """The project's webhooks, ended ones too, by age."""
    found = webhooks.every(here.context, here.caller.actor, project)
    return [_hook(one) for one in found]


@router.post("/projects/{project}/webhooks")
@needs(Scope.WEBHOOKS, "webhooks", repeats=True)
def add_hook(project: str, sent: models.NewWebhook, here: Here) -> models.Webhook:
    """Tell an address of the project's events from now on."""
    actor = here.caller.actor
    return _hook(webhooks.add(here.context, actor, project, sent.url, sent.events))


@router.delete(HOOK)
@needs(Scope.WEBHOOKS, "webhooks", repeats=True)
def remove_hook(project: str, webhook: str, here: Here) -> models.Stopped:
    """Tell it nothing any more."""
    webhooks.remove(here.context, here.caller.actor, project, webhook)
    return models.Stopped(webhook=webhook)


@router.get(f"{HOOK}/secret")
@needs(Scope.WEBHOOKS, "webhooks")
def hook_secret(project: str, webhook: str, here: Here) -> models.Secret:
    """The secret that its messages are signed with."""
    return models.Secret(secret=webhooks.secret(here.context, here.caller.actor, project, webhook))


@router.post(f"{HOOK}/test")
@needs(Scope.WEBHOOKS, "webhooks", repeats=True)
def test_hook(project: str, webhook: str, here: Here) -> models.Posted:
    """Send it a message that says nothing."""
    return models.Posted(message=webhooks.test(here.context, here.caller.actor, project, webhook))


@router.get(f"{HOOK}/messages")
@needs(Scope.WEBHOOKS, "webhooks")
def messages(
    project: str,
    webhook: str,
    here: Here,
    after: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> models.Page[models.Message]:
    """What it was told, newest first, with every try."""
    place, secret = f"messages {webhook}", here.context.secret
    before = unseal(secret, place, after)
    found = webhooks.log(
        here.context, here.caller.actor, project, webhook, limit=limit,
        before=None if before is None else int(before),
    )  # fmt: skip
    items = [_message(one) for one in found.told]
    more = None if found.before is None else str(found.before)
    return models.Page(items=items, next=seal(secret, place, more))


@router.post(f"{HOOK}/messages/{{delivery}}/resend")
@needs(Scope.WEBHOOKS, "webhooks", repeats=True)
def resend(project: str, webhook: str, delivery: str, here: Here) -> models.Posted:
    """Try a message again that was delivered or given up."""
    webhooks.resend(here.context, here.caller.actor, project, webhook, delivery)
    return models.Posted(message=delivery)


def _hook(one: Listening) -> models.Webhook:
    return models.Webhook(
        id=one.id, url=one.url, events=list(one.events), made=moment(one.made), ended=one.ended
    )


def _message(one: Told) -> models.Message:
    found = one.delivery
    return models.Message(
        id=found.id, event=found.event, made=moment(found.made), state=found.state,
        due=None if found.due is None else moment(found.due),
        tries=[
            models.Attempt(time=moment(each.time), status=each.status, error=each.error, ms=each.ms)
            for each in one.tries
        ],
    )  # fmt: skip
