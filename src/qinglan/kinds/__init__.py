"""Kinds of work: which shape an answer has, and when two answers are the same answer.

One module per kind, behind three functions: ``validate`` turns what a file or form gave into an
``Answer``, ``canonical`` gives the text under which equal answers count as one vote, and
``canonical_key`` reads an answer key the same way. ``near`` says whether two of these texts agree,
where answers can be near each other without being the same; ``support`` counts those who do.
"""

from qinglan.kinds.answers import (
    FIELDS,
    OPTIONAL,
    canonical,
    canonical_key,
    criteria_in,
    fits,
    near,
    support,
    validate,
)
from qinglan.kinds.canonical import WRITTEN, Canonical

__all__ = [
    "FIELDS", "OPTIONAL", "WRITTEN", "Canonical", "canonical", "canonical_key", "criteria_in",
    "fits", "near", "support", "validate",
]  # fmt: skip
