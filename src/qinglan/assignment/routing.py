"""Which task comes next: skills, gold, the order of a pair, and who may review whom.

Whatever must be unpredictable to an annotator and yet the same when asked again is drawn from
the workspace's secret and a place, never from a running generator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

from qinglan.provenance.identity import keyed
from qinglan.work import Rules

_LONGEST_SKILL = 200


def skill_key(skill: str | None) -> str:
    """The key under which tasks of ``skill`` queue: "" for none, and never longer than an index
    entry may be.
    """
    if not skill:
        return ""
    data = skill.encode("utf-8", "surrogatepass")
    if len(data) <= _LONGEST_SKILL and not skill.startswith("#"):
        return skill
    return f"#{hashlib.sha256(data).hexdigest()[:32]}"


def pool_key(skill: str | None, language: str | None, tier: str | None) -> str:
    """The key under which tasks queue that ask for this skill, language and tier."""
    if language is None and tier is None:
        return skill_key(skill)
    said = "\0".join(("pool", skill or "", language or "", tier or ""))
    return f"#{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def may_take(
    *,
    language: str | None,
    tiers: Iterable[str | None],
    languages: Collection[str],
    tier: str | None,
    ladder: Sequence[str],
) -> bool:
    """Whether somebody meets what tasks ask for.

    Args:
        language: that the tasks ask for.
        tiers: that the tasks ask for, and that a rule asks for.
        languages: that the person can work in.
        tier: the person's.
        ladder: the project's tiers, from the lowest to the highest. A tier that is not among them
            is nobody's.
    """
    if language is not None and language not in languages:
        return False
    asked = [one for one in tiers if one is not None]
    if not asked:
        return True
    stands = ladder.index(tier) if tier in ladder else -1
    return all(one in ladder and ladder.index(one) <= stands for one in asked)


def senior(rules: Rules, *, tier: str | None, ladder: Sequence[str], keen: bool) -> bool:
    """Whether somebody stands high enough for slots that are reserved.

    Where the rules say nothing of for whom, everybody does, so that no task waits for nobody.

    Args:
        rules: of the desk.
        tier: the person's.
        ladder: the project's tiers, from the lowest to the highest.
        keen: an answer of theirs is expected to tell more than most people's.
    """
    if rules.reserved_for is not None:
        wanted = (rules.reserved_for,)
        return may_take(language=None, tiers=wanted, languages=(), tier=tier, ladder=ladder)
    return keen or not rules.by_gain


def draw(secret: bytes, *place: str | int) -> int:
    """A number below 2**64 that the secret and the place decide."""
    said = "\0".join(map(str, ("draw", *place))).encode()
    return int.from_bytes(keyed(secret, said)[:8], "big")


def gold_turn(rules: Rules, secret: bytes, annotator: str, turn: int) -> bool:
    """Whether the annotator's ``turn``-th task is to be gold.

    Each turn is drawn by itself, so what came before tells nothing about what comes.
    """
    return draw(secret, "gold", annotator, turn) % 1000 < rules.gold_per_mille


def swapped(secret: bytes, annotator: str, task: str) -> bool:
    """Whether this annotator sees the two responses of a pair in the other order."""
    return draw(secret, "side", annotator, task) % 2 == 1


def may_review(reviewer: str, author: str) -> bool:
    """Nobody reviews what they wrote themselves."""
    return reviewer != author
