"""What is suggested to the holder of a seat, beside the task in their hands. Not a verb."""

from __future__ import annotations

import json
from dataclasses import replace

from pydantic import TypeAdapter
from sqlalchemy import Connection

from qinglan import assignment
from qinglan.flow.arrangement import arrange
from qinglan.flow.context import Context
from qinglan.flow.hands import InHand, Suggestion
from qinglan.records import Answer
from qinglan.storage import annotators, suggestions
from qinglan.storage.assignments import Assignment
from qinglan.storage.seats import Seat

_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def offer(
    context: Context, conn: Connection, seat: Seat, held: Assignment, shown: InHand, now: int
) -> InHand:
    """``shown`` with what is suggested, where its holder is to see that; and keep that they did."""
    model = seat.suggests
    found = None if model is None else _of_model(conn, model, seat, held.task)
    if model is None or found is None or keeps_back(context, seat, held.task):
        return shown
    who = annotators.get(conn, seat.annotator)
    if who is None or who.type != "person":
        return shown
    suggestions.show(conn, seat.annotator, held.task, model, found.annotation, now)
    return _with(context, conn, model, seat, held, shown, found)


def offered(
    context: Context, conn: Connection, seat: Seat, held: Assignment, shown: InHand
) -> InHand:
    """``shown`` with the suggestion that its holder has seen before, if they have."""
    model = seat.suggests
    if model is None:
        return shown
    seen = suggestions.was_shown(conn, seat.annotator, held.task)
    found = _of_model(conn, model, seat, held.task)
    if found is None or seen != found.annotation:
        return shown
    return _with(context, conn, model, seat, held, shown, found)


def keeps_back(context: Context, seat: Seat, task: str) -> bool:
    """Whether the suggestion to ``task`` is kept back from the holder of ``seat``."""
    return assignment.draw(context.secret, "suggestion", seat.annotator, task) % 1000 < seat.hidden


def _of_model(conn: Connection, model: str, seat: Seat, task: str) -> suggestions.Suggestion | None:
    return suggestions.answer_of(conn, model, seat.project, task)


def _with(
    context: Context, conn: Connection, by: str, seat: Seat, held: Assignment, shown: InHand,
    found: suggestions.Suggestion,
) -> InHand:  # fmt: skip
    model = annotators.get(conn, by)
    if model is None:  # withdrawn meanwhile
        return shown
    order = arrange(context.secret, held.annotator, held.task, seat.kind, shown.options)
    fields = order.forth(json.loads(found.answer))
    given = Suggestion(answer=_ANSWER.validate_python(fields), fields=fields, by=model.name)
    return replace(shown, suggestion=given)
