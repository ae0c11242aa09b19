"""The page of tiers and credentials, and attacks on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from web_example import OWNER, Client, fill, join, serving, workspace

from qinglan.flow import tiers, tokens
from qinglan.flow.context import Context
from qinglan.records import Kind, Role

XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"
HERE = "/office/projects/p/tiers"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with workspace(tmp_path / "ws") as opened:
        fill(opened, opened.folder, "p", Kind.FREE, [{"q": "Why?"}], "ann", "bob")
        yield opened


@pytest.fixture
def port(context: Context) -> Iterator[int]:
    with serving(context) as number:
        yield number


def tier_of(context: Context, name: str) -> str | None:
    return {one.name: one.tier for one in tiers.roster(context, OWNER, "p").people}[name]


def test_a_lead_names_tiers_gives_them_and_notes_evidence(context: Context, port: int) -> None:
    lead = Client(port, join(context, "lee", Role.LEAD))
    lead.get(HERE)
    assert lead.post(f"{HERE}/names", tiers="crowd，expert").status == 303
    assert lead.post(f"{HERE}/give", name="ann", tier="expert", why=f"Known. {XSS}").status == 303
    sent = lead.post(
        f"{HERE}/note", name="ann", words=f"PhD {XSS}", link="javascript:alert(3)", checked_by="x"
    )
    assert sent.status == 303
    for client in (lead, Client(port, join(context, "aud", Role.AUDITOR))):
        page = client.get(HERE).text
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "javascript:alert(3)" in page  # as text
        assert "lee" in page
    assert 'method="post" action="/office' not in page  # the auditor's
    assert tier_of(context, "ann") == "expert"
    assert [one.checked_by for one in tiers.roster(context, OWNER, "p").people[0].credentials] == [
        "lee"
    ]
    lead.get(HERE)
    assert lead.post(f"{HERE}/end", name="ann", number="1").status == 303
    assert lead.post(f"{HERE}/end", name="ann", number="-1").status == 422


def test_an_annotator_cannot_set_their_own_tier(context: Context, port: int) -> None:
    """By the office's forms, by fields slipped into their own forms, and by the API."""
    tiers.name_tiers(context, OWNER, "p", ["crowd", "expert"])
    tiers.give_tier(context, OWNER, "p", "ann", "crowd", "new")
    ann = Client(port, join(context, "ann"))
    ann.get("/desk")
    for path, form in (
        ("give", {"name": "ann", "tier": "expert", "why": "I am"}),
        ("give", {"name": "bob", "tier": "expert", "why": "he is"}),
        ("note", {"name": "ann", "words": "PhD"}),
        ("names", {"tiers": "ann"}),
        ("need", {"skill": "s", "tier": "crowd"}),
    ):
        assert ann.post(f"{HERE}/{path}", **form).status == 403
    assert ann.get(HERE).status == 403
    slipped = {"tier": "expert", "seat.tier": "expert", "role": "lead"}
    assert ann.submit("p", text="It is 4.", **slipped).status == 303
    ann.get("/desk/p/before")
    assert ann.post("/desk/p/before", **slipped).status == 303
    token = tokens.create(context, OWNER, "ann", label="x").token
    for method, path, body in (
        ("PUT", "/projects/p/people/ann/tier", '{"tier": "expert", "why": "I am"}'),
        ("PUT", "/projects/p/seats/ann", '{"type": "person", "tier": "expert"}'),
        ("GET", "/projects/p/people", None),
    ):
        answer = ann.ask(
            method, f"/api/v1{path}", body, authorization=f"Bearer {token}",
            content_type="application/json",
        )  # fmt: skip
        assert answer.status == 403, (path, answer.text)
    ann.get("/desk")
    assert ann.post("/desk/languages", languages="zh，EN", name="bob", tier="expert").status == 303
    assert 'value="en, zh"' in ann.get("/desk").text
    assert ann.post("/desk/languages", languages=XSS).status == 422
    people = {one.name: one for one in tiers.roster(context, OWNER, "p").people}
    assert (people["ann"].tier, people["ann"].languages) == ("crowd", ("en", "zh"))
    assert (people["bob"].tier, people["bob"].languages) == (None, ())


def test_nobody_begins_who_has_not_agreed(context: Context, port: int) -> None:
    """In the browser and over the API; what they agree to is what they were shown."""
    lead, ann = Client(port, join(context, "lee", Role.LEAD)), Client(port, join(context, "ann"))
    assert "Why?" in ann.get("/desk/p").text
    lead.get(HERE)
    words = {"en": f"We may *publish*. {XSS}", "zh": "我们可以公开。"}
    ann.get("/desk")
    assert ann.post(f"{HERE}/rights", **words).status == 403
    assert lead.post(f"{HERE}/rights", **words).status == 303
    assert ann.get("/desk/p").location == "/desk/p/before"
    token = tokens.create(context, OWNER, "ann", label="x").token
    asked = ann.ask("POST", "/api/v1/desks/p/next", "", authorization=f"Bearer {token}")
    assert asked.status == 403
    page = ann.get("/desk/p/before").text
    assert "<em>publish</em>" in page
    assert "<script>alert" not in page
    assert ann.post("/desk/p/before", rights="7").status == 422  # none that there is
    assert ann.post("/desk/p/before").status == 303  # nor by leaving it out
    assert ann.get("/desk/p").location == "/desk/p/before"
    ann.get("/desk/p/before")
    assert "Has not agreed" in lead.get(HERE).text
    assert ann.post("/desk/p/before", rights="1").status == 303
    assert "Agreed to version 1" in lead.get(HERE).text
    assert "Why?" in ann.get("/desk/p").text


def test_a_lead_gives_a_skill_to_a_tier_alone(context: Context, port: int) -> None:
    tiers.name_tiers(context, OWNER, "p", ["crowd", "expert"])
    lead = Client(port, join(context, "lee", Role.LEAD))
    lead.get(HERE)
    assert lead.post(f"{HERE}/need", skill="a<b>", tier="expert").status == 303
    assert "skill a&lt;b&gt;: only tier expert" in lead.get(HERE).text
    assert lead.post(f"{HERE}/need", skill="a<b>").status == 303
    assert "only tier" not in lead.get(HERE).text
