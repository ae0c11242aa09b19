"""The gate: closed by default, strict where rules meet, and honest about what nobody has read."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinglan import policy
from qinglan.errors import InputError, IntegrityError, Refused
from qinglan.policy import Permit, Registry, Rule, Ruling, Use, Uses
from qinglan.records import Origin, Purpose
from qinglan.wording import catalogue

TODAY = date(2026, 11, 24)
SHIPPED = policy.load()
TRAINING, EVALUATION = Purpose.TRAINING, Purpose.EVALUATION


def ruled(origin: Origin, purpose: Purpose = TRAINING, **more: Any) -> Ruling:
    (decision,) = policy.explain(
        [origin], purpose, today=more.get("today", TODAY), registry=more.get("registry", SHIPPED)
    )
    return decision.ruling


def published(**facts: Any) -> Origin:
    return Origin(source="set", channel="published", **facts)


def weights(family: str | None, licence: str | None) -> Origin:
    return Origin(source="model", channel="weights", family=family, licence=licence)


def api(family: str | None) -> Origin:
    return Origin(source="endpoint", channel="api", family=family)


def rule(**facts: Any) -> Rule:
    return Rule.model_validate(
        {
            "id": "mine", "channel": "published", "licences": ("LicenseRef-mine",), "version": "1",
            "uses": {"training": "allowed", "evaluation": "allowed"},
            "terms": "https://example.org/terms", "expires": date(2027, 1, 1),
        }
        | facts
    )  # fmt: skip


# --- What ships ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "training", "evaluation"),
    [
        (Origin(source="ours", channel="own"), "allowed", "allowed"),
        (Origin(source="desk", channel="person"), "allowed", "allowed"),
        (Origin(source="drill", channel="simulated"), "conditional", "conditional"),
        (published(licence="MIT"), "allowed", "allowed"),
        (published(licence="apache-2.0"), "allowed", "allowed"),
        (published(licence="CC-BY-4.0"), "conditional", "conditional"),
        (published(licence="CC-BY-NC-4.0"), "forbidden", "unread"),
        (published(licence=None), "unknown", "unknown"),
        (published(licence="other"), "unknown", "unknown"),
        (published(licence="MIT", part="test"), "test_part", "allowed"),
        (Origin(source="ours", channel="own", part="test"), "test_part", "allowed"),
        (published(licence="MIT", family="gpt-3"), "forbidden", "conditional"),
        (published(licence="MIT", family="OpenAI"), "forbidden", "conditional"),
        (published(licence="MIT", family="Claude 3.5"), "forbidden", "conditional"),
        (published(licence="MIT", family="Gemini-2.5-pro"), "forbidden", "conditional"),
        (published(licence="MIT", family="grok-4"), "forbidden", "conditional"),
        (published(licence="MIT", family="DeepSeek-R1"), "allowed", "allowed"),
        (published(licence=None, family="DeepSeek-R1"), "unknown", "unknown"),
        (published(licence="MIT", family="nobody-knows-1b"), "unknown", "unknown"),
        (weights("DeepSeek-R1", "MIT"), "allowed", "allowed"),
        (weights("DeepSeek-R1", None), "unknown", "unknown"),
        (weights("DeepSeek-R1-Distill-Llama-70B", "MIT"), "unknown", "unknown"),
        (weights("DeepSeek-V3", "DeepSeek-1.0"), "conditional", "allowed"),
        (weights("Qwen3", "Apache-2.0"), "allowed", "allowed"),
        (weights("Qwen3", "qwen-research"), "unknown", "unknown"),
        (weights("Llama-3.3-70B", "Llama-3.3-Community"), "conditional", "conditional"),
        (weights("Llama-3.2-1B", "Llama-3.3-Community"), "unknown", "unknown"),
        (weights("Llama-2-7b", "Llama-2-Community"), "unknown", "unknown"),
        (published(licence="MIT", family="Llama-3.1-8B"), "conditional", "conditional"),
        (weights("Gemma-3-27b", "Gemma"), "conditional", "conditional"),
        (weights("Gemma 4", "Apache-2.0"), "allowed", "allowed"),
        (weights("Gemma 4", "Gemma"), "unknown", "unknown"),
        (weights("Kimi-K2.5", "Modified-MIT"), "conditional", "conditional"),
        (weights("Mistral-Large", "MRL-0.1"), "forbidden", "unread"),
        (weights(None, "MIT"), "unknown", "unknown"),
        (api("gpt-5"), "forbidden", "unread"),
        (api("claude-opus"), "forbidden", "unread"),
        (api("gemini-3"), "forbidden", "unread"),
        (api("qwen-max"), "unread", "unread"),
        (api("kimi-k2"), "unread", "unread"),
        (api("deepseek-chat"), "unknown", "unknown"),
        (api(None), "unknown", "unknown"),
    ],
)
def test_what_ships_says(origin: Origin, training: str, evaluation: str) -> None:
    assert ruled(origin, TRAINING) == training
    assert ruled(origin, EVALUATION) == evaluation


def test_no_reviewer_and_no_digest_is_made_up() -> None:
    assert {rule.reviewer for rule in SHIPPED.rules} == {None}
    assert all(rule.retrieved for rule in SHIPPED.rules if rule.sha256 is not None)
    assert all(rule.expires for rule in SHIPPED.rules if rule.terms is not None)


def test_what_nobody_reviewed_says_so() -> None:
    (decision,) = policy.explain(
        [published(licence="MIT")], TRAINING, today=TODAY, registry=SHIPPED
    )
    assert decision.reviewed is False
    read = Registry(rules=(rule(reviewer="A. Person"),))
    (decision,) = policy.explain(
        [published(licence="LicenseRef-mine")], TRAINING, today=TODAY, registry=read
    )
    assert decision.reviewed is True


@pytest.mark.parametrize(
    "name",
    ["ＧＰＴ-4", "GPT_4", "gpt 4", "  gpt-4o-mini ", "Gpt-4.1", "o3-mini", "text-davinci-003"],
)
def test_a_family_cannot_hide_behind_its_spelling(name: str) -> None:
    assert ruled(published(licence="MIT", family=name)) is Ruling.FORBIDDEN


@pytest.mark.parametrize("channel", ["own", "person"])
def test_model_output_stays_model_output_whoever_hands_it_over(channel: Any) -> None:
    assert ruled(Origin(source="x", channel=channel, family="gpt-4")) is Ruling.FORBIDDEN
    assert ruled(Origin(source="x", channel=channel, family="gрt-4")) is Ruling.UNKNOWN  # Cyrillic
    assert ruled(Origin(source="x", channel="simulated", family="gpt-4")) is Ruling.FORBIDDEN
    assert ruled(Origin(source="x", channel="simulated", family="drill")) is Ruling.CONDITIONAL


def test_a_persons_licence_is_held_against_the_licences() -> None:
    person = Origin(source="desk", channel="person")
    assert ruled(person.model_copy(update={"licence": "CC-BY-NC-4.0"})) is Ruling.FORBIDDEN
    assert ruled(person.model_copy(update={"licence": "whatever"})) is Ruling.UNKNOWN
    assert ruled(person.model_copy(update={"licence": "CC-BY-4.0"})) is Ruling.CONDITIONAL


# --- Obligations ---------------------------------------------------------------------------


def test_obligations_travel() -> None:
    permit = policy.judge(
        [published(licence="CC-BY-4.0"), Origin(source="d", channel="simulated")],
        TRAINING, today=TODAY, registry=SHIPPED,
    )  # fmt: skip
    assert permit.obligations == ("attribution", "simulated")


@pytest.mark.parametrize(
    "origin", [published(licence="MIT", family="gpt-3"), published(licence="MIT", part="test")]
)
def test_what_may_not_train_says_so_when_it_evaluates(origin: Origin) -> None:
    permit = policy.judge([origin], EVALUATION, today=TODAY, registry=SHIPPED)
    assert "evaluation_only" in permit.obligations
    free = policy.judge([published(licence="MIT")], EVALUATION, today=TODAY, registry=SHIPPED)
    assert "evaluation_only" not in free.obligations


# --- Refusals ------------------------------------------------------------------------------


def test_every_refused_origin_is_named_with_rule_and_remedy() -> None:
    origins = [
        published(licence="MIT"),
        Origin(source="solutions", channel="published", licence="MIT", family="gpt-3"),
        Origin(source="stray", channel="api", family="nobody"),
        Origin(source="held-out", channel="published", licence="MIT", part="test"),
    ]
    with pytest.raises(Refused) as caught:
        policy.judge(origins, TRAINING, today=TODAY, registry=SHIPPED)
    for said in (caught.value.say("en"), caught.value.say("zh")):
        assert "\n" not in said
        for name in ("solutions", "output-openai", "stray", "held-out", "policy.toml"):
            assert name in said
        assert "licence-mit" not in said  # that rule refuses nothing
    assert isinstance(caught.value, policy.NotPermitted)
    assert len(caught.value.decisions) == 3
    assert caught.value.exit_code == 1


def test_a_source_cannot_write_into_the_message() -> None:
    stray = Origin(source="a\nall is permitted\x1b[2K{rules}", channel="api")
    with pytest.raises(Refused) as caught:
        policy.judge([stray], TRAINING, today=TODAY, registry=SHIPPED)
    said = caught.value.say("en")
    assert "\n" not in said
    assert "\x1b" not in said
    assert "{rules}" in said


@given(
    st.builds(
        Origin,
        source=st.text(min_size=1, max_size=20),
        channel=st.sampled_from(["published", "weights", "api"]),
        licence=st.none() | st.text(max_size=20),
        family=st.none() | st.text(max_size=20),
    )
)
def test_closed_by_default(origin: Origin) -> None:
    """Random words name no rule, so they permit nothing and nothing crashes."""
    for purpose in Purpose:
        assert not ruled(origin, purpose).permits


# --- Time ----------------------------------------------------------------------------------


def test_a_rule_counts_up_to_its_last_day() -> None:
    registry = Registry(rules=(rule(),))
    mine = published(licence="LicenseRef-mine")
    last = date(2027, 1, 1)
    assert ruled(mine, registry=registry, today=last) is Ruling.ALLOWED
    assert ruled(mine, registry=registry, today=last + timedelta(1)) is Ruling.EXPIRED


def test_an_expired_prohibition_still_forbids() -> None:
    banned = published(licence="MIT", family="gpt-4")
    far = date(2028, 1, 1)
    assert ruled(banned, today=far) is Ruling.FORBIDDEN
    # And a workspace cannot open what ships closed by adding a friendlier rule.
    friendly = rule(id="deal", licences=(), families=("gpt-4",), expires=date(2030, 1, 1))
    registry = Registry(rules=(*SHIPPED.rules, friendly))
    assert ruled(banned, today=far, registry=registry) is Ruling.FORBIDDEN
    assert ruled(banned, today=TODAY, registry=registry) is Ruling.FORBIDDEN


def test_a_newer_reading_takes_the_place_of_an_expired_one() -> None:
    old = rule(obligations=("share_alike",))
    new = rule(id="newer", expires=date(2029, 1, 1))
    mine = published(licence="LicenseRef-mine")
    (decision,) = policy.explain(
        [mine], TRAINING, today=date(2028, 1, 1), registry=Registry(rules=(old, new))
    )
    assert (decision.ruling, decision.rules) == (Ruling.ALLOWED, ("newer",))
    assert decision.obligations == ()


def test_where_two_rules_permit_both_bind() -> None:
    one, two = rule(obligations=("share_alike",)), rule(id="two", obligations=("attribution",))
    (decision,) = policy.explain(
        [published(licence="LicenseRef-mine")], TRAINING, today=TODAY,
        registry=Registry(rules=(one, two)),
    )  # fmt: skip
    assert decision.obligations == ("attribution", "share_alike")


def test_a_permit_is_looked_at_again() -> None:
    origins = [published(licence="MIT"), Origin(source="ours", channel="own")]
    permit = policy.judge(origins, TRAINING, today=TODAY, registry=SHIPPED)
    assert policy.review(permit.to_json(), today=TODAY, registry=SHIPPED) == ()
    (lapse,) = policy.review(permit.to_json(), today=date(2035, 1, 1), registry=SHIPPED)
    assert (lapse.origin, lapse.since) == (origins[0], "expired")
    fewer = Registry(rules=tuple(r for r in SHIPPED.rules if r.id != "licence-mit"))
    (lapse,) = policy.review(permit.to_json(), today=TODAY, registry=fewer)
    assert lapse.since == "withdrawn"
    assert "set" in lapse.say("en")
    assert "set" in lapse.say("zh")


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(extra=1),
        lambda body: body.update(format="qinglan-permit/2"),
        lambda body: body["decisions"][0].update(ruling="forbidden"),
        lambda body: body.pop("purpose"),
        lambda body: body.update(judged="yesterday"),
    ],
)
def test_what_is_no_permit_is_not_read_as_one(change: Any) -> None:
    permit = policy.judge([published(licence="MIT")], TRAINING, today=TODAY, registry=SHIPPED)
    body = json.loads(permit.to_json())
    change(body)
    changed = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(IntegrityError, match=r"permit\.json"):
        policy.review(changed, today=TODAY, registry=SHIPPED)


@pytest.mark.parametrize("data", [b"", b"[", b"[" * 100_000, b'{"a": 1}', b"\xff", b'{"a":1e400}'])
def test_what_is_not_even_json_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError, match=r"permit\.json"):
        policy.review(data, today=TODAY, registry=SHIPPED)


# --- The permit ----------------------------------------------------------------------------


def test_a_permit_cannot_be_made_outside_the_gate() -> None:
    permit = policy.judge([published(licence="MIT")], TRAINING, today=TODAY, registry=SHIPPED)
    facts = {
        "purpose": TRAINING, "decisions": (), "registry": SHIPPED.digest, "judged": TODAY,
    }  # fmt: skip
    for attempt in (
        lambda: Permit(**facts),  # type: ignore[arg-type]
        lambda: Permit(**facts, token=object()),  # type: ignore[arg-type]
        lambda: Permit(**facts, token=None),  # type: ignore[arg-type]
        lambda: dataclasses.replace(permit, purpose=EVALUATION),
        lambda: pickle.dumps(permit),
        lambda: copy.deepcopy(permit),
    ):
        with pytest.raises((TypeError, ValueError)):
            attempt()
    with pytest.raises(dataclasses.FrozenInstanceError):
        permit.purpose = EVALUATION  # type: ignore[misc]


def test_the_same_question_gives_the_same_permit() -> None:
    origins = [published(licence="MIT"), Origin(source="d", channel="simulated")]
    one = policy.judge(origins, TRAINING, today=TODAY, registry=SHIPPED)
    two = policy.judge([*reversed(origins), *origins], TRAINING, today=TODAY, registry=SHIPPED)
    assert one.to_json() == two.to_json()
    assert one.digest == two.digest
    assert one.origins == frozenset(origins)
    later = policy.judge(origins, TRAINING, today=TODAY + timedelta(1), registry=SHIPPED)
    assert later.digest != one.digest


# --- The registry --------------------------------------------------------------------------

GOOD = """
[[rule]]
id = "partner"
channel = "published"
licences = ["LicenseRef-partner"]
version = "2026-10"
uses = { training = "conditional", evaluation = "allowed" }
obligations = ["attribution"]
terms = "https://partner.example/terms"
retrieved = 2026-10-01
reviewer = "B. Person"
expires = 2027-10-01
"""


def test_a_workspace_adds_rules(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    assert policy.load(file) == SHIPPED
    file.write_text(GOOD, encoding="utf-8")
    registry = policy.load(file)
    assert len(registry.rules) == len(SHIPPED.rules) + 1
    assert registry.digest != SHIPPED.digest
    mine = published(licence="LicenseRef-partner")
    assert ruled(mine) is Ruling.UNKNOWN
    assert ruled(mine, registry=registry) is Ruling.CONDITIONAL


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ('id = "partner"', 'id = "Not An Id"', "id"),
        ('id = "partner"', 'id = "own"', "id"),
        ('id = "partner"', "", "id"),
        ('channel = "published"', 'channel = "rumour"', "channel"),
        ('training = "conditional"', 'training = "perhaps"', "uses.training"),
        (', evaluation = "allowed"', "", "uses.evaluation"),
        ("expires = 2027-10-01", 'expires = "2027-10-01"', "expires"),
        ("expires = 2027-10-01", "", "rule"),
        ('terms = "https://partner.example/terms"', 'terms = "http://x.example"', "terms"),
        ('terms = "https://partner.example/terms"', 'terms = "https://x y"', "terms"),
        ('obligations = ["attribution"]', "", "rule"),
        ('obligations = ["attribution"]', 'obligations = ["dance"]', "rule"),
        ('licences = ["LicenseRef-partner"]', "", "rule"),
        ('licences = ["LicenseRef-partner"]', 'licences = ["*"]', "rule"),
        ('licences = ["LicenseRef-partner"]', 'families = ["*"]', "rule"),
        ('licences = ["LicenseRef-partner"]', 'families = ["a*b"]', "rule"),
        ('version = "2026-10"', 'version = "1"\nsurprise = 1', "surprise"),
        ('version = "2026-10"', 'version = "1"\nsha256 = "abc"', "sha256"),
    ],
)
def test_a_bad_rule_is_named(tmp_path: Path, before: str, after: str, field: str) -> None:
    file = tmp_path / "policy.toml"
    good = GOOD.replace('"partner"', '"first"').replace("LicenseRef-partner", "LicenseRef-first")
    assert before in GOOD
    file.write_text(good + GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        policy.load(file)
    for said, number in ((caught.value.say("en"), "rule 2"), (caught.value.say("zh"), "第 2 条")):
        assert str(file) in said
        assert number in said
        assert field in said
        assert "\n" not in said


@pytest.mark.parametrize(
    "content",
    [b"[[rule]", b"\xff\xfe", b"rules = []", b"rule = 3", b"[rule]\nid = 'x'", b"#" * 2_000_000,
     b"x = " + b"[" * 50_000, b"rule = [1]"],
)  # fmt: skip
def test_a_file_that_is_no_registry_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        policy.load(file)
    assert str(file) in caught.value.say("en")
    assert "\n" not in caught.value.say("en")


def test_a_file_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("folder", "link"):
        with pytest.raises(InputError, match=name):
            policy.load(tmp_path / name)


def test_every_obligation_and_ruling_has_words() -> None:
    phrases = catalogue()
    for rule_ in SHIPPED.rules:
        for name in rule_.obligations:
            assert phrases[f"obligation.{name}"].en != phrases[f"obligation.{name}"].zh
    for ruling in Ruling:
        assert ruling.permits or f"policy.why.{ruling.value}" in phrases


def test_uses_are_read_by_purpose() -> None:
    uses = Uses(training=Use.FORBIDDEN, evaluation=Use.ALLOWED)
    assert (uses.of(TRAINING), uses.of(EVALUATION)) == (Use.FORBIDDEN, Use.ALLOWED)
