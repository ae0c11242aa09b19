"""A model's answers as suggestions at the desk: shown with their source, taken one by one.

What a person sees beside a task is another opinion, and it leads. So nothing of it counts until
they say so, part by part; from some tasks it is kept back, which shows how far it leads; the
model has no vote of its own on a task where somebody answered in its sight; and what its terms
ask goes with every answer that was given so.

Gold tasks must have a suggestion like all others, or its absence would tell which they are not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from qinglan.errors import Refused, UsageError
from qinglan.flow import gate
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import milliseconds
from qinglan.quality.anchoring import Anchoring, anchoring
from qinglan.records import Actor, Annotator, Kind, Project, Purpose
from qinglan.storage import annotators, origins, seats, suggestions
from qinglan.storage.suggestions import Covered, Led, Source

__all__ = ["Anchoring", "Person", "Suggesting", "suggest", "suggesting"]

KINDS = frozenset({
    Kind.MARKS, Kind.ALTERNATIVES, Kind.CHOICE, Kind.PREFERENCE, Kind.COMPARISON, Kind.RUBRIC,
    Kind.NUMBER, Kind.RANKING, Kind.SPANS,
})  # fmt: skip
"""Kinds whose answers are judgements. What is to be written is written by the person; a model's
text that is to be made right is kind ``edit``, with an origin of its own."""

HIDDEN = 200
"""From how many tasks in a thousand a suggestion is kept back, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """How far one annotator follows the suggestions, and how they take them."""

    name: str
    led: Anchoring
    taken: int
    """Parts taken as they were suggested, as their pages counted."""
    seconds: float | None
    """From the part's turn to its being taken, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggesting:
    """What a project's desk suggests, and what comes of it."""

    project: str
    possible: bool
    """Its kind of work can have suggestions."""
    source: Annotator | None
    hidden: int
    models: tuple[Annotator, ...]
    """Those whose answers are here, by name."""
    covered: Covered | None
    everybody: Anchoring | None
    people: tuple[Person, ...]


def suggest(
    context: Context, actor: Actor, project: str, model: str | None, *, hidden: int = HIDDEN,
    now: datetime | None = None,
) -> None:  # fmt: skip
    """Show the answers of ``model`` (an annotator's name) at the desk; ``None``: nobody's.

    ``hidden`` is from how many tasks in a thousand its answer is kept back, drawn anew for each
    person and task.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: the desk is not open, this kind of work has no suggestions, no model of that
            name answered here, or it has not answered all gold tasks.
        Refused: the model's terms permit neither training nor evaluation on what is made in its
            sight.
    """
    allow("desk", actor)
    target = context.project(project)
    if not 0 <= hidden < 1000:
        raise UsageError("suggesting.hidden", hidden=hidden)
    activity = context.begin("desk", actor)
    with context.storage.read() as conn:
        chosen = None if model is None else _model(conn, target, model)
    if chosen is not None:
        _ask_gate(context, chosen)

    def keep(conn: Connection) -> None:
        if seats.rules_of(conn, target.id) is None:
            raise UsageError("assignment.no_desk", project=project)
        source = None
        if chosen is not None:
            found = suggestions.covered(conn, target.id, chosen.id)
            if found.gold_answered < found.gold:
                raise UsageError(
                    "suggesting.gold", model=chosen.name, without=found.gold - found.gold_answered,
                    gold=found.gold,
                )  # fmt: skip
            source = Source(chosen.id, hidden, milliseconds(now))
        suggestions.set_source(conn, target.id, source)
        context.note(
            conn, target, activity, suggests=None if source is None else source.annotator,
            hidden=hidden,
        )  # fmt: skip

    context.write(target, keep)


def suggesting(context: Context, actor: Actor, project: str) -> Suggesting:
    """What the desk of ``project`` suggests, and how far people follow it.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("conduct", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        every = {one.id: one for one in annotators.all(conn, target.id)}
        source = suggestions.source_of(conn, target.id)
        there = None if source is None else every.get(source.annotator)
        covered = None if there is None else suggestions.covered(conn, target.id, there.id)
        found = [] if source is None else suggestions.compared(conn, target.id, source)
    led = [one for one in found if every[one.annotator].type == "person"]
    names = {one.annotator for one in led}
    return Suggesting(
        project=project,
        possible=target.kind in KINDS,
        source=there,
        hidden=HIDDEN if source is None else source.hidden,
        models=tuple(
            sorted((one for one in every.values() if one.type == "model"), key=lambda m: m.name)
        ),
        covered=covered,
        everybody=anchoring((one.shown, one.agrees) for one in led) if led else None,
        people=tuple(
            _person(every[id_].name, [one for one in led if one.annotator == id_])
            for id_ in sorted(names, key=lambda id_: every[id_].name)
        ),
    )


def _model(conn: Connection, project: Project, name: str) -> Annotator:
    if project.kind not in KINDS:
        raise UsageError("suggesting.kind", project=project.name, kind=project.kind.value)
    for one in annotators.all(conn, project.id):
        if one.type == "model" and one.name == name:
            return one
    raise UsageError("suggesting.no_model", project=project.name, name=name)


def _ask_gate(context: Context, model: Annotator) -> None:
    """See that something could be done with answers given in sight of ``model``'s."""
    with context.storage.read() as conn:
        found = {model.origin, *origins.learned(conn, [model.id])}
    refusals: list[Refused] = []
    for purpose in Purpose:
        try:
            gate.ask(context, found, purpose)
        except Refused as refused:
            refusals.append(refused)
        else:
            return
    raise refusals[0]


def _person(name: str, answers: Iterable[Led]) -> Person:
    found = list(answers)
    taken = sum(one.taken for one in found)
    spent = sum(one.taken_ms for one in found)
    return Person(
        name=name, led=anchoring((one.shown, one.agrees) for one in found), taken=taken,
        seconds=spent / taken / 1000 if taken else None,
    )  # fmt: skip
