"""The gate: which material may be used for what, judged by terms that somebody can read.

Closed by default. A release, a training or a call to a model needs a ``Permit``, and only
``judge`` mints one, so nobody can forget to ask. Pure: the day and the registry are arguments.
"""

from qinglan.policy.gate import NotPermitted, explain, judge
from qinglan.policy.permit import Decision, Permit, Ruling
from qinglan.policy.registry import Registry, Rule, Use, Uses, load
from qinglan.policy.review import Lapse, review

__all__ = [
    "Decision",
    "Lapse",
    "NotPermitted",
    "Permit",
    "Registry",
    "Rule",
    "Ruling",
    "Use",
    "Uses",
    "explain",
    "judge",
    "load",
    "review",
]
