"""Accounts and tokens. By a token nobody is more than a lead here, and no token makes a wider one:
a leaked one must not become a way to everything. Owners and leads are made by people.
"""

from __future__ import annotations

from fastapi import APIRouter

from qinglan.client import models, people
from qinglan.errors import UsageError
from qinglan.flow import people as accounts
from qinglan.flow import tokens
from qinglan.flow.tokens import Issued, Scope
from qinglan.records import Actor, Role
from qinglan.web.api.desk import Cursor, Here, Limit
from qinglan.web.api.guard import Asked, Guarded, needs
from qinglan.web.api.paging import cut

router = APIRouter(route_class=Guarded, tags=["accounts"])


@router.post("/people")
@needs(Scope.ACCOUNTS, "people", repeats=True)
def invite(sent: people.NewInvitation, here: Here) -> people.Invitation:
    """A link that lets somebody in, once; for an account that is there a new beginning."""
    role = Role(sent.role)
    token = accounts.invite(here.context, _at_most_lead(here), sent.name, role)
    made = people.Invitation(name=sent.name, role=role, path=f"/invite/{token}")
    here.kept = made.model_copy(update={"path": None}).model_dump_json()
    return made


@router.put("/people/{name}")
@needs(Scope.ACCOUNTS, "people", repeats=True)
def change_account(name: str, sent: people.AccountChange, here: Here) -> models.Person:
    """Give an account another role, close it, or open it again; its sessions and tokens end."""
    role = None if sent.role is None else Role(sent.role)
    accounts.change(here.context, _at_most_lead(here), name, role=role, active=sent.active)
    found = accounts.people(here.context, _at_most_lead(here))
    one = next((one for one in found if one.name == name), None)
    if one is None:
        raise UsageError("people.no_account", name=name)
    return models.Person(name=one.name, role=one.role, active=one.active, until=one.until)


@router.get("/tokens")
@needs(Scope.TOKENS, "audit")
def list_tokens(here: Here, after: Cursor = None, limit: Limit = 100) -> models.Page[people.Token]:
    """All tokens there ever were, by account and age."""
    found = tokens.every(here.context, here.caller.actor)
    some, then = cut(
        here.context.secret, "tokens", found,
        lambda one: f"{one.name}\n{one.made.isoformat()}\n{one.id}", after, limit,
    )  # fmt: skip
    items = [
        people.Token(
            id=one.id, name=one.name, label=one.label, scopes=list(one.scopes), made=one.made,
            until=one.until, ended=one.ended,
        )
        for one in some
    ]  # fmt: skip
    return models.Page(items=items, next=then)


@router.post("/tokens")
@needs(Scope.TOKENS, "tokens", repeats=True)
def make_token(sent: people.NewToken, here: Here) -> people.Issued:
    """Make a token that reaches no further than the one that asks, and ends with it."""
    made = tokens.create(
        here.context, here.caller.actor, sent.name,
        role=None if sent.role is None else Role(sent.role),
        scopes=[tokens.scope_named(word) for word in sent.scopes], label=sent.label,
        days=sent.days, within=here.caller,
    )  # fmt: skip
    here.kept = _issued(made, None).model_dump_json()
    return _issued(made, made.token)


@router.delete("/tokens/{token}")
@needs(Scope.TOKENS, "tokens", repeats=True)
def revoke_token(token: str, here: Here) -> people.Ended:
    """End a token, at once, and those that were made by it."""
    tokens.revoke(here.context, here.caller.actor, token)
    return people.Ended(id=token)


def _at_most_lead(here: Asked) -> Actor:
    actor = here.caller.actor
    role = Role.LEAD if actor.role is Role.OWNER else actor.role
    return Actor(name=actor.name, role=role)


def _issued(made: Issued, words: str | None) -> people.Issued:
    return people.Issued(
        id=made.id, token=words, name=made.name, role=made.role,
        scopes=[scope.value for scope in made.scopes], until=made.until,
    )  # fmt: skip
