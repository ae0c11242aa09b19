"""Tokens: what is kept of them, what they are good for, and what ends them; on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import entrance, people, tokens
from qinglan.flow.context import Context
from qinglan.flow.tokens import Scope
from qinglan.records import Actor, Role

OWNER = Actor(name="owner", role=Role.OWNER)
LEAD = Actor(name="lead", role=Role.LEAD)


def test_a_token_lives_from_its_making_to_its_end(context: Context) -> None:
    made = tokens.create(context, OWNER, "bot", role=Role.ANNOTATOR, label="nightly")
    assert made.scopes == (Scope.ANNOTATE,)
    caller = tokens.who(context, made.token)
    assert caller is not None
    assert caller.actor == Actor(name="bot", role=Role.ANNOTATOR)
    assert caller.scopes == {"annotate"}

    late = datetime.now(UTC) + timedelta(days=tokens.DAYS, seconds=1)
    assert tokens.who(context, made.token, now=late) is None
    for other in ("", "qlt_", made.token[:-1], made.token + "A", made.token.swapcase(), made.id):
        assert tokens.who(context, other) is None

    (listed,) = tokens.every(context, OWNER)
    assert (listed.id, listed.label, listed.ended) == (made.id, "nightly", None)
    tokens.revoke(context, OWNER, made.id)
    assert tokens.who(context, made.token) is None
    assert tokens.every(context, OWNER)[0].ended == "revoked"
    with pytest.raises(UsageError) as caught:
        tokens.revoke(context, OWNER, made.id)
    assert caught.value.key == "error.tokens.no_token"


def test_who_made_it_and_who_ended_it_is_kept_and_its_words_are_not(context: Context) -> None:
    made = tokens.create(context, LEAD, "bot", role=Role.REVIEWER)
    tokens.revoke(context, OWNER, made.id)
    with context.storage.read() as conn:
        row = conn.execute(
            text(
                "SELECT t.*, a.actor AS by_whom, e.actor AS ended_by_whom FROM tokens t "
                "JOIN activities a ON a.id = t.activity JOIN activities e ON e.id = t.ended_by"
            )
        ).one()
        assert (row.by_whom, row.ended_by_whom, row.ended) == ("lead", "owner", "revoked")
        assert row.digest == people.token_digest(made.token)
        assert all(made.token not in str(value) for value in row)


@pytest.mark.parametrize("change", ["role", "close", "password"])
def test_what_ends_sessions_ends_tokens_for_good(lone: Context, change: str) -> None:
    made = tokens.create(lone, OWNER, "bot", role=Role.ANNOTATOR)
    if change == "password":
        link = people.invite(lone, OWNER, "bot", Role.ANNOTATOR)
        entrance.accept(lone, link, "a quite long password")
    else:
        role = Role.LEAD if change == "role" else None
        people.change(lone, OWNER, "bot", role=role, active=None if role else False)
    assert tokens.who(lone, made.token) is None
    if change == "role":
        people.change(lone, OWNER, "bot", role=Role.ANNOTATOR)
    elif change == "close":
        with pytest.raises(UsageError):
            tokens.create(lone, OWNER, "bot")
        people.change(lone, OWNER, "bot", active=True)
    assert tokens.who(lone, made.token) is None
    assert tokens.every(lone, OWNER)[0].ended == "account"


def test_nobody_reaches_beyond_their_role(lone: Context) -> None:
    for role in (Role.ANNOTATOR, Role.REVIEWER, Role.AUDITOR):
        with pytest.raises(PermissionDenied):
            tokens.create(lone, Actor(name="x", role=role), "x", role=role)
    with pytest.raises(PermissionDenied):
        tokens.create(lone, LEAD, "boss", role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        tokens.create(lone, LEAD, "other lead", role=Role.LEAD)
    assert tokens.create(lone, LEAD, "lead", role=Role.LEAD).role is Role.LEAD
    boss = tokens.create(lone, OWNER, "boss", role=Role.OWNER)
    with pytest.raises(PermissionDenied):
        tokens.revoke(lone, LEAD, boss.id)
    with pytest.raises(UsageError) as caught:
        tokens.create(lone, OWNER, "bot", role=Role.ANNOTATOR, scopes=[Scope.EXPORT])
    assert caught.value.key == "error.tokens.beyond"
    with pytest.raises(UsageError):
        tokens.create(lone, OWNER, "boss", role=Role.ANNOTATOR)
    with pytest.raises(UsageError):
        tokens.create(lone, OWNER, "nobody")
    for days in (0, tokens.LONGEST_DAYS + 1):
        with pytest.raises(UsageError):
            tokens.create(lone, OWNER, "boss", days=days)
    with pytest.raises(UsageError):
        tokens.create(lone, OWNER, "boss", label="a\nb")


def test_both_scope_and_role_are_asked(lone: Context) -> None:
    made = tokens.create(lone, OWNER, "rev", role=Role.REVIEWER, scopes=[Scope.READ])
    caller = tokens.who(lone, made.token)
    assert caller is not None
    tokens.require(caller, Scope.READ, "read")
    with pytest.raises(PermissionDenied) as caught:
        tokens.require(caller, Scope.ANNOTATE, "annotate")
    assert caught.value.key == "error.tokens.scope"
    with pytest.raises(PermissionDenied) as caught:
        tokens.require(caller, Scope.READ, "export")
    assert caught.value.key == "error.flow.not_allowed"


def test_nobody_signs_in_to_a_programs_account(lone: Context) -> None:
    tokens.create(lone, OWNER, "bot", role=Role.ANNOTATOR)
    for guess in ("", "bot", "password"):
        with pytest.raises(PermissionDenied):
            entrance.sign_in(lone, "bot", guess, "127.0.0.1")
