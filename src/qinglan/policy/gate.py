"""The gate itself: origins and a purpose in, a permit or a refusal out.

An origin can need more than one rule. Published model output needs a rule for the licence it
was published under *and* one for the model that wrote it: whoever publishes cannot give away
what the model's terms withhold. The strictest word counts, and a source that no rule speaks of
is refused. An expired rule permits nothing any more, yet still forbids what it forbade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from qinglan import wording
from qinglan.errors import Refused
from qinglan.policy.permit import Decision, Permit, Ruling, mint
from qinglan.policy.registry import Registry, Rule, Use
from qinglan.records import Origin, Purpose

EVALUATION_ONLY = "evaluation_only"
_BY_STRICTNESS = tuple(Ruling)
_OF_USE = {
    Use.ALLOWED: Ruling.ALLOWED,
    Use.CONDITIONAL: Ruling.CONDITIONAL,
    Use.UNREAD: Ruling.UNREAD,
    Use.FORBIDDEN: Ruling.FORBIDDEN,
}


class NotPermitted(Refused):
    """The gate's no, with every origin that was refused."""

    def __init__(self, purpose: Purpose, decisions: tuple[Decision, ...]) -> None:
        super().__init__("policy.not_permitted", count=len(decisions))
        self.purpose = purpose
        self.decisions = decisions

    def say(self, language: wording.Language | None = None) -> str:
        """One line: what was refused, by which rule or for the lack of which, and the remedy."""
        language = language or wording.preferred()
        between = "；" if language == "zh" else "; "
        parts = between.join(_explained(d, self.purpose, language) for d in self.decisions)
        return wording.say(self.key, language, count=len(self.decisions), parts=parts)


def judge(
    origins: Iterable[Origin], purpose: Purpose, *, today: date, registry: Registry
) -> Permit:
    """A permit to use material of all these origins for ``purpose``.

    Args:
        origins: where the material came from; repeats are judged once.
        purpose: what it is to be used for.
        today: the day the terms are held against.
        registry: the rules, from ``load``.

    Raises:
        NotPermitted: at least one origin is refused; lists all that are.
    """
    decisions = explain(origins, purpose, today=today, registry=registry)
    refused = tuple(decision for decision in decisions if not decision.ruling.permits)
    if refused:
        raise NotPermitted(purpose, refused)
    return mint(purpose, decisions, registry.digest, today)


def explain(
    origins: Iterable[Origin], purpose: Purpose, *, today: date, registry: Registry
) -> tuple[Decision, ...]:
    """What the gate would say of each origin, without raising; each once, in a fixed order."""
    unique = sorted(set(origins), key=lambda origin: origin.model_dump_json())
    return tuple(_decide(origin, purpose, today, registry) for origin in unique)


def _decide(origin: Origin, purpose: Purpose, today: date, registry: Registry) -> Decision:
    aspects = [tuple(aspect) for aspect in _aspects(origin, registry)]
    words = [_word(aspect, purpose, today) for aspect in aspects]
    ruling = max((ruling for ruling, _ in words), key=_BY_STRICTNESS.index)
    # A refusal names what refuses; a yes rests on every rule that said yes.
    used = [rule for word, said in words for rule in said if word is ruling or ruling.permits]
    rules = {rule.id: rule for rule in used}
    if purpose is Purpose.TRAINING and origin.part == "test":
        ruling, rules = Ruling.TEST_PART, {}
    obligations = {name for rule in rules.values() for name in rule.obligations}
    if purpose is Purpose.EVALUATION and not _may_train(origin, aspects, today):
        obligations.add(EVALUATION_ONLY)
    ends = [rule.expires for rule in rules.values() if rule.expires is not None]
    return Decision(
        origin=origin,
        ruling=ruling,
        rules=tuple(sorted(rules)),
        obligations=tuple(sorted(obligations)) if ruling.permits else (),
        reviewed=bool(rules) and all(rule.reviewed for rule in rules.values()),
        expires=min(ends, default=None),
    )


def _aspects(origin: Origin, registry: Registry) -> Iterator[Iterator[Rule]]:
    """The rules that speak of each aspect of ``origin`` on which a word is needed."""
    of_channel = [rule for rule in registry.rules if rule.channel == origin.channel]
    published = [rule for rule in registry.rules if rule.channel == "published"]
    if origin.channel in ("weights", "api"):
        yield (
            rule
            for rule in of_channel
            if rule.names_family(origin.family)
            and (not rule.licences or rule.names_licence(origin.licence))
        )
        return
    if origin.channel != "published":
        yield iter(of_channel)
    if origin.channel == "published" or (origin.channel == "person" and origin.licence):
        yield (rule for rule in published if rule.names_licence(origin.licence))
    if origin.family is not None:
        spoken = [rule for rule in published if rule.names_family(origin.family)]
        # A simulated annotator may bear the name of a model nobody else has met.
        if spoken or origin.channel != "simulated":
            yield iter(spoken)


def _word(
    rules: tuple[Rule, ...], purpose: Purpose, today: date
) -> tuple[Ruling, tuple[Rule, ...]]:
    """The strictest word on one aspect, and the rules that say it."""
    if not rules:
        return Ruling.UNKNOWN, ()
    said: dict[Ruling, list[Rule]] = {}
    for rule in rules:
        ruling = _OF_USE[rule.uses.of(purpose)]
        lapsed = rule.expires is not None and today > rule.expires
        if lapsed and ruling.permits:
            ruling = Ruling.EXPIRED
        said.setdefault(ruling, []).append(rule)
    if any(ruling.permits for ruling in said):
        said.pop(Ruling.EXPIRED, None)  # a newer reading of the same terms took its place
    strictest = max(said, key=_BY_STRICTNESS.index)
    if strictest.permits:  # every permitting rule binds with its obligations
        return strictest, tuple(rule for group in said.values() for rule in group)
    return strictest, tuple(said[strictest])


def _may_train(origin: Origin, aspects: list[tuple[Rule, ...]], today: date) -> bool:
    return origin.part != "test" and all(
        _word(aspect, Purpose.TRAINING, today)[0].permits for aspect in aspects
    )


def _explained(decision: Decision, purpose: Purpose, language: wording.Language) -> str:
    origin = decision.origin
    facts = {
        "source": _plain(origin.source),
        "channel": origin.channel,
        "licence": _plain(origin.licence or "–"),
        "family": _plain(origin.family or "–"),
        "rules": ", ".join(decision.rules) or "–",
        "expires": decision.expires or "–",
        "purpose": wording.say(f"policy.purpose.{purpose.value}", language),
    }
    return wording.say(f"policy.why.{decision.ruling.value}", language, **facts)


def _plain(text: str) -> str:
    """Another's text on one line, with nothing in it that moves the cursor."""
    return "".join(c if c.isprintable() else " " for c in text)[:120]
