"""Tiers and credentials: who gives them, who cannot, what is kept of it, and how it is erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_example import LEAD, keyed, opened, person
from sqlalchemy import text

from qinglan.errors import PermissionDenied, UsageError
from qinglan.flow import desk, tiers, withdraw
from qinglan.flow.context import Context
from qinglan.records import Actor, Role
from qinglan.storage import history


@pytest.fixture
def context(tmp_path: Path, database: str | None) -> Iterator[Context]:
    """Two tasks; Ann, Bob and Cyd are seated."""
    with opened(tmp_path / "ws", database, keyed(2)) as context:
        tiers.name_tiers(context, LEAD, "p", ["crowd", " expert "])
        yield context


def tier_of(context: Context, name: str) -> str | None:
    return {one.name: one.tier for one in tiers.roster(context, LEAD, "p").people}[name]


def test_a_tier_is_given_with_a_reason_and_kept_with_who_gave_it(context: Context) -> None:
    tiers.give_tier(context, LEAD, "p", "ann", "crowd", "new here")
    tiers.give_tier(context, LEAD, "p", "ann", "expert", "took the degree 学位")
    other = Actor(name="olga", role=Role.OWNER)
    number = tiers.add_credential(context, other, "p", "ann", "PhD in algebra", "https://x.org/1")
    tiers.add_credential(context, LEAD, "p", "ann", "Medal")
    tiers.end_credential(context, LEAD, "p", "ann", number)
    found = tiers.roster(context, LEAD, "p")
    ann = found.people[0]
    assert found.tiers == ("crowd", "expert")
    assert [(one.tier, one.actor) for one in ann.history] == [("expert", "lead"), ("crowd", "lead")]
    assert [(one.words, one.checked_by, one.ended_by) for one in ann.credentials] == [
        ("Medal", "lead", None), ("PhD in algebra", "olga", "lead"),
    ]  # fmt: skip
    with context.storage.read() as conn:
        told = [entry.event for entry in history.entries(conn, context.project("p").id)]
        seats = conn.execute(text("SELECT tier FROM seats WHERE tier IS NOT NULL")).scalars().all()
    written = json.dumps(told, ensure_ascii=False)
    assert [event["tier"] for event in told if isinstance(event, dict) and "tier" in event] == [
        "crowd", "expert",
    ]  # fmt: skip
    assert "学位" not in written
    assert "algebra" not in written
    assert seats == ["expert"]


def test_only_a_lead_decides_and_nobody_for_themselves(context: Context) -> None:
    for actor in (person("ann"), Actor(name="rev", role=Role.REVIEWER)):
        for name in ("ann", "bob"):
            with pytest.raises(PermissionDenied):
                tiers.give_tier(context, actor, "p", name, "expert", "because")
            with pytest.raises(PermissionDenied):
                tiers.add_credential(context, actor, "p", name, "PhD")
    with pytest.raises(PermissionDenied):
        tiers.roster(context, person("ann"), "p")
    desk.seat(context, LEAD, "p", "lead", licence="CC-BY-4.0")
    with pytest.raises(PermissionDenied, match="another lead"):
        tiers.give_tier(context, LEAD, "p", "lead", "expert", "I am")
    with pytest.raises(PermissionDenied, match="another lead"):
        tiers.add_credential(context, LEAD, "p", "lead", "PhD")
    assert tier_of(context, "lead") is None


def test_what_cannot_be_is_refused_with_a_remedy(context: Context) -> None:
    tiers.give_tier(context, LEAD, "p", "bob", "crowd", "new")
    with pytest.raises(UsageError, match="another tier"):
        tiers.name_tiers(context, LEAD, "p", ["expert"])
    for names in (["a", "a"], ["x" * 41], ["a\x00b"], [f"t{n}" for n in range(21)]):
        with pytest.raises(UsageError):
            tiers.name_tiers(context, LEAD, "p", names)
    with pytest.raises(UsageError, match="crowd, expert"):
        tiers.give_tier(context, LEAD, "p", "bob", "expret", "typo")
    with pytest.raises(UsageError, match="seat"):
        tiers.give_tier(context, LEAD, "p", "nobody", "expert", "who")
    with pytest.raises(UsageError, match="why"):
        tiers.give_tier(context, LEAD, "p", "bob", "expert", "  ")
    for link in ("two words", "x" * 501, "a\u202eb"):
        with pytest.raises(UsageError, match="link"):
            tiers.add_credential(context, LEAD, "p", "bob", "PhD", link)
    other = tiers.add_credential(context, LEAD, "p", "ann", "PhD")
    with pytest.raises(UsageError, match="no credential"):
        tiers.end_credential(context, LEAD, "p", "bob", other)
    assert tiers.roster(context, LEAD, "p").tiers == ("crowd", "expert")
    assert tier_of(context, "bob") == "crowd"


def test_words_about_people_go_with_them(context: Context) -> None:
    tiers.give_tier(context, LEAD, "p", "ann", "expert", "secret reason")
    tiers.add_credential(context, LEAD, "p", "ann", "secret degree", "https://secret.example")
    withdraw.withdraw(context, LEAD, "p", annotator="ann", really=True)
    with context.storage.read() as conn:
        for table in ("tierings", "credentials"):
            assert conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
