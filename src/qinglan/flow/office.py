"""What the lead and the reviewer look at: who sits at a desk, and all answers side by side."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from qinglan import assignment
from qinglan.flow.context import MAY, Context, allow
from qinglan.flow.hands import annotator_id, milliseconds
from qinglan.records import Actor, Answer, Kind
from qinglan.storage import annotations as answers
from qinglan.storage import annotators, assignments, seats, sightings, tasks, tiers
from qinglan.work import Rules, Standing

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """Somebody with a seat. ``answered`` counts the tasks with a standing answer of theirs."""

    name: str
    active: bool
    answered: int
    in_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A project's desk; no ``rules`` where it was never opened."""

    project: str
    kind: Kind
    rules: Rules | None
    people: tuple[Seated, ...]
    tiers: tuple[str, ...]
    """Of the project, from the lowest to the highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One annotator's standing answer to a task."""

    annotator: str
    answer: Answer
    revised: bool
    returnable: bool
    """It was given at the desk, by somebody else than the actor, and can be sent back."""
    sent_back: str | None
    """The reviewer's words, where it waits for a better one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """All standing answers to one task."""

    task: str
    kind: Kind
    prompt: str
    options: tuple[str, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """Some tasks with their answers, by id. ``after`` asks for the rest; ``None`` at the end."""

    tasks: tuple[Beside, ...]
    own: int
    """Tasks left out, because the actor was given them at the desk."""
    after: str | None


def may(actor: Actor, verb: str) -> bool:
    """Whether the actor's role may do ``verb``: for what a page offers. Verbs ask again."""
    return actor.role in MAY[verb]


def may_manage(actor: Actor) -> None:
    """See that ``actor`` runs projects.

    Raises:
        PermissionDenied: their role may not.
    """
    allow("import", actor)


def desk(context: Context, actor: Actor, project: str) -> Desk:
    """The desk of ``project`` (by name) and who sits there."""
    allow("status", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        rules = seats.rules_of(conn, target.id)
        people = tuple(
            Seated(name=name, active=active, answered=answered, in_hand=in_hand)
            for name, active, answered, in_hand in seats.people(conn, target.id)
        )
        named = tuple(tiers.names(conn, target.id))
    return Desk(project=project, kind=target.kind, rules=rules, people=people, tiers=named)


def answers_beside(
    context: Context, actor: Actor, project: str, *, after: str = "", limit: int = PAGE,
    who: str = "", only: str = "",
) -> AnswerPage:  # fmt: skip
    """Tasks of ``project`` (by name) that have answers, each with all its standing ones.

    Where ``who`` is named, those that they answered; where ``only`` is (a task by id), that one.
    Without those that the actor was given at the desk; and they are never given what they see.
    """
    allow("look", actor)
    target = context.project(project)
    me = annotator_id(context, project, actor.name)
    with context.storage.read() as conn:
        ids = {one.name: one.id for one in annotators.all(conn, target.id)} if who else {}
        by = ids.get(who, "") if who else None
        found = answers.answered(conn, target.id, after, limit + 1, by=by, task=only or None)

    def look(conn: Connection) -> set[str]:
        seats.get(conn, me, lock=True)  # so that nobody is given what they are looking at
        own = sightings.given(conn, me, found[:limit])
        sightings.add(conn, me, set(found[:limit]) - own, milliseconds(None))
        return own

    own = context.storage.write(look) if found else set()
    shown = [id_ for id_ in found[:limit] if id_ not in own]
    with context.storage.read() as conn:
        people = {one.id: one.name for one in annotators.all(conn, target.id)}
        known = tasks.find(conn, shown)
        beside = []
        for id_ in shown:
            task, given = known[id_], answers.of_task(conn, id_)
            gone = {one.supersedes for one in given}
            said = []
            for one in given:
                if one.id in gone:
                    continue
                held = assignments.get(conn, one.annotator, id_)
                standing = None if held is None else held.place.standing
                name = people[one.annotator]
                said.append(
                    Said(
                        annotator=name, answer=one.answer, revised=one.supersedes is not None,
                        returnable=standing is Standing.ANSWERED
                        and assignment.may_review(actor.name, name),
                        sent_back=held.note
                        if held is not None and standing is Standing.SENT_BACK else None,
                    )
                )  # fmt: skip
            beside.append(
                Beside(
                    task=id_, kind=task.kind, prompt=task.prompt, options=task.options,
                    said=tuple(sorted(said, key=lambda one: one.annotator)),
                )
            )  # fmt: skip
    more = found[limit - 1] if len(found) > limit else None
    return AnswerPage(tasks=tuple(beside), own=len(own), after=more)
