"""The nearness verifier: does an answer come as near to its key as answers of its kind can?

Numbers within the task's tolerance; scores equal, or one level off on a fine scale; orders that
agree on four pairs of five; spans that overlap by four characters of five. What near means is said
once, in ``kinds.near``, for gold and for keys alike.
"""

from __future__ import annotations

from qinglan.kinds import canonical, canonical_key, near
from qinglan.records import Answer, Kind, Outcome, Reason
from qinglan.verifiers.finding import Finding

__all__ = ["Near"]


class Near:
    """Checks what is measured, scored, ordered or marked against its key."""

    name = "near/1"
    kinds = frozenset({Kind.NUMBER, Kind.RUBRIC, Kind.RANKING, Kind.SPANS})

    def check(
        self, answer: Answer, key: str | None, kind: Kind, options: tuple[str, ...] = ()
    ) -> Finding:
        """Compare the answer's canonical form with the key's, as ``Verifier`` says."""
        if answer.kind != kind.value or kind not in self.kinds:
            return Finding(Outcome.UNDECIDED, None, Reason.ANSWER_UNREADABLE)
        said = canonical(answer, options)
        if key is None or not key.strip():
            return Finding(Outcome.UNDECIDED, said.value, Reason.NO_KEY)
        wanted = canonical_key(kind, options, key)
        if wanted.value is None:
            return Finding(Outcome.UNDECIDED, said.value, Reason.KEY_UNREADABLE)
        if said.value is None:
            return Finding(Outcome.UNDECIDED, None, said.reason)
        right = near(kind, options, said.value, wanted.value)
        return Finding(Outcome.VERIFIED if right else Outcome.REFUTED, said.value)
