"""A held-out set: the questions of one split of a release, what is right, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qinglan.errors import UsageError
from qinglan.evaluation.examination import Manner, commit_set
from qinglan.evaluation.scores import ALL, Item
from qinglan.flow.admission import Admitted, admit
from qinglan.flow.context import Context
from qinglan.flow.scaled import KINDS
from qinglan.records import (
    Answer,
    ChoiceAnswer,
    FreeAnswer,
    Kind,
    Outcome,
    Purpose,
    Reason,
    Split,
    StepsAnswer,
)
from qinglan.verifiers import Finding, Verifier, for_kind, named


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """One split of a release, ready to examine with."""

    may: Admitted
    split: Split
    rows: Sequence[dict[str, Any]]
    verifier: Verifier
    digest: str
    """Commits to questions and keys; the same questions in another release are the same set."""
    asked: tuple[str, ...]
    """Digest of each question."""

    @cached_property
    def questions(self) -> list[str]:
        """What is asked, in the order of the rows."""
        return [question(row) for row in self.rows]

    @cached_property
    def simulated(self) -> int:
        """Rows whose answer, and so their key, a simulated annotator gave."""
        return sum(bool(row["simulated"]) for row in self.rows)

    def items(self, manner: Manner) -> list[Item]:
        """The questions as an examiner puts them, before a model's own form."""
        below = "" if manner.instruct is None else f"\n{manner.instruct}"
        return [
            Item(id=row["id"], skill=skill_of(row["skill"]), prompt=asked + below,
                 key=row["value"])
            for asked, row in zip(self.questions, self.rows, strict=True)
        ]  # fmt: skip

    def check(self, item: Item, text: str) -> Outcome:
        """Whether ``text`` is right. A model that gives no answer, or two, is wrong: neither
        silence nor hedging may take a question out of its rate. What the key leaves open is open.
        """
        found = self._find(item, text)
        return Outcome.REFUTED if _evades(found) else found.outcome

    def evaded(self, item: Item, text: str) -> bool:
        """Whether ``text`` gives no answer that can be read, or does not commit to one."""
        return _evades(self._find(item, text))

    def _find(self, item: Item, text: str) -> Finding:
        answer = _answer(self.may.project.kind, text)
        if answer is None:
            return Finding(Outcome.UNDECIDED, None, Reason.NO_FINAL_ANSWER)
        options = self._options[item.id]
        return self.verifier.check(answer, item.key, self.may.project.kind, options)

    @cached_property
    def _options(self) -> dict[str, tuple[str, ...]]:
        return {row["id"]: tuple(row["options"]) for row in self.rows}


def open_set(context: Context, release: str, split: Split, verifier: str | None = None) -> HeldOut:
    """The split of the release called ``PROJECT/RELEASE``, or ``RELEASE``.

    Raises:
        UsageError: no such release, nothing in the split, or nothing that can check answers.
        IntegrityError: its folder does not hold what was signed here.
        Refused: today's terms do not permit evaluation on it.
    """
    may = admit(context, release, Purpose.EVALUATION)
    kind = may.project.kind
    found = for_kind(kind) if verifier is None else named(verifier)
    if found is None or kind not in found.kinds or kind in _UNASKED:
        raise UsageError("flow.no_verifier", kind=kind.value, verifier=verifier or "—")
    rows = list(may.rows(split))
    if not rows:
        raise UsageError("flow.no_items", release=may.release.name, split=split.value)
    digest, asked = commit_set([(question(row), row["value"]) for row in rows])
    return HeldOut(may=may, split=split, rows=rows, verifier=found, digest=digest, asked=asked)


_UNASKED = frozenset({Kind.CHAT, *KINDS})
"""Kinds whose questions no model is asked here."""


def _evades(found: Finding) -> bool:
    open_key = (Reason.NO_KEY, Reason.KEY_UNREADABLE)
    return found.outcome is Outcome.UNDECIDED and found.reason not in open_key


def question(row: dict[str, Any]) -> str:
    """What a row of a release asks."""
    text: str = row["messages"][0]["content"]
    return text


def skill_of(skill: str | None) -> str:
    """A skill's name; one that is called as the sum of all are called keeps apart from it."""
    return f"“{skill}”" if skill == ALL else skill or ""


def _answer(kind: Kind, text: str) -> Answer | None:
    """A model's text as an answer; ``None`` where there is nothing in it."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return None
    match kind:
        case Kind.STEPS:
            return StepsAnswer(steps=tuple(lines[:-1]) or (lines[-1],), final=lines[-1])
        case Kind.CHOICE:
            return ChoiceAnswer(option=text.strip())
    return FreeAnswer(text=text)
