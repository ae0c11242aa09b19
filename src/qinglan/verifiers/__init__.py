"""Verifiers: answer and key in, verified, refuted or undecided out.

A verifier is a pinned program. It never guesses: what it cannot read, it does not decide.
"""

from qinglan.verifiers.choice import Choice
from qinglan.verifiers.finding import Finding, Verifier
from qinglan.verifiers.near import Near
from qinglan.verifiers.numeric import Numeric
from qinglan.verifiers.registry import for_kind, named, registered

__all__ = ["Choice", "Finding", "Near", "Numeric", "Verifier", "for_kind", "named", "registered"]
