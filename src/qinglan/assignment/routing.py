"""Which task comes next: skills, gold, the order of a pair, and who may review whom.

Whatever must be unpredictable to an annotator and yet the same when asked again is drawn from
the workspace's secret and a place, never from a running generator.
"""

from __future__ import annotations

import hashlib
import hmac

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


def draw(secret: bytes, *place: str | int) -> int:
    """A number below 2**64 that the secret and the place decide."""
    said = "\0".join(map(str, ("draw", *place))).encode()
    return int.from_bytes(hmac.digest(secret, said, "sha256")[:8], "big")


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
