"""The lines of the supply chain that the outgrow story passes through, each a hook.

Here they are in memory, which is how a recipe is tried out; ``supply`` has the same through a
workspace: imported, verified, judged, permitted, released.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qinglan.demo import curriculum
from qinglan.demo.leave import OWN, ask_gate
from qinglan.policy import Permit
from qinglan.provenance import identity
from qinglan.records import Outcome
from qinglan.sources.arithmetic import Question, Working
from qinglan.training.recipe import Example


class Row(NamedTuple):
    """One training example of an arm: the question, the worked answer, and who gave it."""

    question: Question
    working: Working
    origin: str


def judge_answers(questions: Sequence[Question], texts: Sequence[str]) -> list[Outcome]:
    """Check the teacher's answers against the keys, in memory."""
    return [curriculum.judge(t, q.key) for q, t in zip(questions, texts, strict=True)]


def conclude(
    name: str, questions: Sequence[Question], workings: Sequence[Sequence[Working]]
) -> list[Working | None]:
    """The working whose answer most experts share, in memory; ``None`` without a majority."""
    concluded: list[Working | None] = []
    for given in workings:
        answer, votes = Counter(working.answer for working in given).most_common(1)[0]
        agreed = next(working for working in given if working.answer == answer)
        concluded.append(agreed if votes * 2 > len(given) else None)
    return concluded


class Released(NamedTuple):
    """What an arm may learn from: a release by name and root, the gate's yes, and its rows."""

    name: str
    root: str
    permit: Permit
    rows: Sequence[Row]


def commit(name: str, rows: Sequence[Row]) -> Released:
    """All rows, and a root that commits to them, without a release: for trying out."""
    listed = [
        [row.question.group, row.question.prompt, *row.working.steps, row.working.answer]
        for row in rows
    ]
    return Released(f"in memory: {name}", _root(listed), ask_gate(row.origin for row in rows), rows)


def own(name: str, examples: Sequence[Example]) -> Released:
    """Material of our own, which no release holds: what the base and the teacher learn from."""
    return Released(f"in memory: {name}", _root([[*e] for e in examples]), ask_gate([OWN]), ())


def _root(listed: Sequence[Sequence[str]]) -> str:
    return identity.sha256(identity.canonical(listed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The lines of the supply chain that the story passes through."""

    check: Callable[[Sequence[Question], Sequence[str]], list[Outcome]] = judge_answers
    """(questions, teacher's answers) → outcomes, in order."""
    conclude: Callable[
        [str, Sequence[Question], Sequence[Sequence[Working]]], list[Working | None]
    ] = conclude
    """(``pilot``, ``random`` or ``headroom``; questions; experts' workings of each) → consensus."""
    release: Callable[[str, Sequence[Row]], Released] = commit
    """(arm, rows it would learn from) → those it may, with their release and the gate's yes."""
