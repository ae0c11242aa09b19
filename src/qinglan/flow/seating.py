"""A seat at the desk for whoever is no person: a pinned model, or a program.

People are seated in ``desk``. What a model or program answers is kept under its own type and
terms, so that nobody takes it for a person's, and the gate can judge it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import annotator_id
from qinglan.flow.terms import Terms, origin_of
from qinglan.records import Actor, Annotator
from qinglan.storage import annotators, seats, tiers, users


def seat_program(
    context: Context,
    actor: Actor,
    project: str,
    name: str,
    *,
    type: Literal["model", "program"],
    terms: Terms,
    skills: Sequence[str] | None = None,
) -> str:
    """Let the account ``name`` of a model or program work at the project's desk; its annotator's
    id.

    Raises:
        UsageError: the desk is not open, or the terms cannot be used.
        InputError: it is known here under other terms.
    """
    allow("desk", actor)
    target = context.project(project)
    activity = context.begin("desk", actor)
    annotator = Annotator(
        id=annotator_id(context, project, name), project=target.id, type=type, name=name,
        origin=origin_of(terms, f"desk/{project}", None), simulated=terms.channel == "simulated",
    )  # fmt: skip
    known = None if skills is None else tuple(sorted(set(skills)))

    def keep(conn: Connection) -> None:
        if seats.rules_of(conn, target.id) is None:
            raise UsageError("assignment.no_desk", project=project)
        annotators.add(conn, [annotator], activity.id)
        if seats.add(conn, annotator.id, target.id, known):
            tiers.take_seat(conn, annotator.id)
            seats.put_languages(conn, annotator.id, users.languages(conn, name))
        said = None if known is None else list(known)
        context.note(conn, target, activity, seat=annotator.id, skills=said)

    context.write(target, keep)
    return annotator.id
