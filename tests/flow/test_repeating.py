"""A write under a key of its own is done once, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from qinglan.errors import UsageError
from qinglan.flow import repeating, tokens
from qinglan.flow.context import Context
from qinglan.flow.repeating import Claim, Kept
from qinglan.records import Actor, Role

OWNER = Actor(name="owner", role=Role.OWNER)


@pytest.fixture
def token(context: Context) -> str:
    return tokens.create(context, OWNER, "bot", role=Role.LEAD).id


def test_of_many_at_once_one_has_the_claim(context: Context, token: str) -> None:
    def begin(_: int) -> Claim | Kept | str:
        try:
            return repeating.begin(context, token, "k", "digest")
        except UsageError as error:
            return error.key

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(begin, range(16)))
    claims = [one for one in got if isinstance(one, Claim)]
    assert len(claims) == 1
    assert got.count("error.api.under_way") == 15

    repeating.settle(context, claims[0], 200, "{}")
    assert begin(0) == Kept(status=200, body="{}")
    with pytest.raises(UsageError) as caught:
        repeating.begin(context, token, "k", "another digest")
    assert caught.value.key == "error.api.key_reused"


def test_a_claim_lapses_and_can_be_held_and_given_up(lone: Context) -> None:
    token = tokens.create(lone, OWNER, "bot", role=Role.LEAD).id
    now = datetime.now(UTC)
    first = repeating.begin(lone, token, "k", "digest", now=now)
    assert isinstance(first, Claim)
    later = now + timedelta(seconds=repeating.CLAIM_SECONDS - 1)
    repeating.hold(lone, first, now=later)
    with pytest.raises(UsageError):
        repeating.begin(lone, token, "k", "digest", now=later + timedelta(seconds=30))
    lapsed = later + timedelta(seconds=repeating.CLAIM_SECONDS)
    second = repeating.begin(lone, token, "k", "digest", now=lapsed)
    assert isinstance(second, Claim)
    repeating.settle(lone, first, 200, '"late"', now=lapsed)  # no longer its to settle
    with pytest.raises(UsageError):
        repeating.begin(lone, token, "k", "digest", now=lapsed)
    repeating.drop(lone, second)
    assert isinstance(repeating.begin(lone, token, "k", "digest", now=lapsed), Claim)


def test_what_came_of_it_is_forgotten_after_a_day(lone: Context) -> None:
    token = tokens.create(lone, OWNER, "bot", role=Role.LEAD).id
    now = datetime.now(UTC)
    claim = repeating.begin(lone, token, "k", "digest", now=now)
    assert isinstance(claim, Claim)
    repeating.settle(lone, claim, 200, "{}", now=now)
    tomorrow = now + timedelta(seconds=repeating.KEPT_SECONDS + 1)
    assert isinstance(repeating.begin(lone, token, "k", "other", now=tomorrow), Claim)
