"""``look``: search what was answered at a desk for signs that a person should look at.

A sign becomes a flag on each whom it names. It pauses nobody: the person reads it, may answer,
and a lead decides. The same sign is raised again only on twice as much work.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from qinglan.flow import flagging
from qinglan.flow.context import Context, allow
from qinglan.flow.flagging import Seen
from qinglan.flow.hands import milliseconds
from qinglan.records import Actor, Kind
from qinglan.storage import annotators, behaviour
from qinglan.storage.behaviour import Done

_CLOSED = frozenset({Kind.CHOICE, Kind.PREFERENCE, Kind.COMPARISON, Kind.MARKS, Kind.ALTERNATIVES})
"""Kinds whose answers are few, so that how often two of them meet can be reckoned."""
_LONG = 80
"""Characters from which a text is looked at for having been pasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look found: answers looked at, and flags raised by kind."""

    answers: int
    raised: dict[str, int]


def look(context: Context, actor: Actor, project: str, *, now: datetime | None = None) -> Looked:
    """Look at all answers given at the desk of ``project`` (by name), and raise flags.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    with context.storage.read() as conn:
        done = behaviour.done(conn, target.id)
        told = behaviour.of_models(conn, target.id)
        people = {one.id for one in annotators.all(conn, target.id) if one.type == "person"}
        seen = [*_signs(target.kind, done, told), *flagging.drifts(conn, target)]
    seen = [one for one in seen if one.annotator in people]
    time = milliseconds(now)

    def keep(conn: Connection) -> dict[str, int]:
        return flagging.raise_news(context, conn, target, activity, seen, time)

    return Looked(answers=len(done), raised=context.write(target, keep) if seen else {})


def _signs(kind: Kind, done: list[Done], models: list[tuple[str, str, str]]) -> Iterable[Seen]:
    """The quality room's signs, with ids for codes; texts are held against those of models, too."""
    from qinglan.quality.habits import WHOLE, find_near_texts, find_pasted
    from qinglan.quality.signs import Sign

    names = sorted({one.annotator for one in done} | {who for who, _, _ in models})
    code = {name: number for number, name in enumerate(names)}
    found: list[Sign] = _of_votes(done, code) if kind in _CLOSED else []
    written = [(one, _text(one.answer)) for one in done]
    texts = [(one.task, one.annotator, text) for one, text in written]
    texts += [(task, who, _text(answer)) for who, task, answer in models]
    found += find_near_texts(
        [task for task, _, _ in texts], [code[who] for _, who, _ in texts],
        [text for _, _, text in texts],
    )  # fmt: skip
    long = [(one, text) for one, text in written if one.pasted is not None and len(text) >= _LONG]
    found += find_pasted(
        [code[one.annotator] for one, _ in long],
        [(one.pasted or 0) >= WHOLE * len(text) for one, text in long],
    )
    found += _of_times(done, code)
    for sign in found:
        facts = {
            "tasks": sign.tasks, "shown": sign.shown, "expected": sign.expected,
            "chance": sign.p_value,
        }  # fmt: skip
        for place, who in enumerate(sign.annotators):
            other = names[sign.annotators[1 - place]] if len(sign.annotators) == 2 else None
            yield Seen(kind=sign.kind, annotator=names[who], other=other, facts=facts)


def _of_votes(done: list[Done], code: dict[str, int]) -> list[Any]:
    from qinglan.quality.conduct import find_copies, find_uninformed
    from qinglan.quality.consensus import Ibcc
    from qinglan.quality.habits import find_stamps
    from qinglan.quality.votes import gather

    read = [one for one in done if one.value is not None]
    tasks = {task: number for number, task in enumerate(sorted({one.task for one in read}))}
    values = {value: n for n, value in enumerate(sorted({str(one.value) for one in read}))}
    if len(values) < 2:
        return []
    votes = gather(
        [tasks[one.task] for one in read], [code[one.annotator] for one in read],
        [values[str(one.value)] for one in read], n_annotators=len(code), n_classes=len(values),
    )  # fmt: skip
    fit = Ibcc().fit(votes)
    return [*find_copies(votes, fit), *find_uninformed(votes, fit), *find_stamps(votes)]


def _of_times(done: list[Done], code: dict[str, int]) -> list[Any]:
    from qinglan.quality.conduct import find_hurried

    timed = [(one.annotator, one.seconds) for one in done if one.seconds]
    if not timed:
        return []
    return list(
        find_hurried([code[who] for who, _ in timed], [max(took, 0.001) for _, took in timed])
    )


def _text(answer: str) -> str:
    """Everything that was written in an answer, in one text.

    Not an edited answer: most of it is the model's, and alike whoever edits it.
    """
    found = json.loads(answer)
    lines: list[str] = []
    for name in (
        "text",
        "because",
        "continuation",
        "steps",
        "final",
        "turns",
        "critique",
        "question",
        "rubric",
    ):
        value = found.get(name) or ""
        lines += [value] if isinstance(value, str) else [_words(step) for step in value]
    return "\n".join(line for line in lines if line)


def _words(step: Any) -> str:  # noqa: ANN401 - a step as JSON has it
    """What was written of one step or turn; ratings are no words."""
    if not isinstance(step, dict):
        return str(step)
    return str(step.get("written") or step.get("content") or "")
