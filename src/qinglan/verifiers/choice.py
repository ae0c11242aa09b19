"""The choice verifier: are these the options that the key names?

Letters, option texts and true/false are compared in their canonical form, so "(c)", "Ｃ", "丙" and
the third option's text are one answer. A multiple choice is right only as a whole.
"""

from __future__ import annotations

from qinglan.kinds import canonical, canonical_key
from qinglan.records import Answer, ChoiceAnswer, Kind, Outcome, Reason
from qinglan.verifiers.finding import Finding

__all__ = ["Choice"]


class Choice:
    """Checks choices against the key's options."""

    name = "choice/1"
    kinds = frozenset({Kind.CHOICE})

    def check(
        self, answer: Answer, key: str | None, kind: Kind, options: tuple[str, ...] = ()
    ) -> Finding:
        """Compare the options chosen with the key's, as ``Verifier`` says."""
        if not isinstance(answer, ChoiceAnswer):
            return Finding(Outcome.UNDECIDED, None, Reason.ANSWER_UNREADABLE)
        chosen = canonical(answer, options)
        if key is None or not key.strip():
            return Finding(Outcome.UNDECIDED, chosen.value, Reason.NO_KEY)
        wanted = canonical_key(Kind.CHOICE, options, key)
        if wanted.value is None:
            return Finding(Outcome.UNDECIDED, chosen.value, Reason.KEY_UNREADABLE)
        if chosen.value is None:
            return Finding(Outcome.UNDECIDED, None, chosen.reason)
        right = chosen.value == wanted.value
        return Finding(Outcome.VERIFIED if right else Outcome.REFUTED, chosen.value)
