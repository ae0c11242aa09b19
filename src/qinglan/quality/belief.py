"""Whether a key that somebody claims is believed: by the answers of people who did not see it.

A key is believed when as many blind answers agree with it as were asked for, and they are at least
two thirds of all; it is disputed when as many disagree as would have had to agree, or when twice as
many were given and it is still not believed. Until then it is open, and no evidence of anything.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Belief: TypeAlias = Literal["open", "believed", "disputed"]


def weigh(agree: int, against: int, need: int) -> Belief:
    """What ``agree`` blind answers that say the key and ``against`` that do not make of it."""
    if agree >= need and agree >= 2 * against:
        return "believed"
    if against >= need or agree + against >= 2 * need:
        return "disputed"
    return "open"
