"""Keeping how far projects are, now and then. Not a verb: judging and the server come by here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from qinglan.flow.context import Context
from qinglan.flow.hands import milliseconds
from qinglan.records import Project
from qinglan.storage import projects, pulses
from qinglan.storage.pulses import Pulse

if TYPE_CHECKING:
    from qinglan.flow.labels import Labels

EVERY = 3_600_000
"""Milliseconds between two that a server keeps, while something happens."""
LOOKED_AT = 50_000
"""Tasks that the agreement of a judging is measured on, spread over all there are."""


def beat(context: Context, now: int | None = None) -> int:
    """Keep how far each project is that moved since its last; how many did."""
    time = milliseconds(None) if now is None else now
    with context.storage.read() as conn:
        moved = [one for project in projects.all(conn) if (one := _moved(conn, project, time))]

    def keep_all(conn: Connection) -> None:
        for one in moved:
            pulses.add(conn, one)

    if moved:
        context.storage.write(keep_all)
    return len(moved)


def _moved(conn: Connection, project: Project, now: int) -> Pulse | None:
    last, found = pulses.newest(conn, project.id), pulses.now(conn, project.id, now)
    if last is None:
        return found if found.tasks else None
    same = (last.tasks, last.answers, last.judged, last.accepted, last.spent) == (
        found.tasks, found.answers, found.judged, found.accepted, found.spent,
    )  # fmt: skip
    return None if same or now < last.at + EVERY else found


def judged(context: Context, project: Project, labels: Labels) -> Mapping[str, Decimal | None]:
    """How good the answers are that a judging rests on, as a ``Pulse`` keeps it."""
    from qinglan.flow import measures  # a server that only serves needs no statistics

    found = measures.agreement(context, project, _some(labels))
    errors = [1 - max(given.values()) for given in labels.posterior.values() if given]
    return {
        "agreement": _six(None if found is None else found.alpha),
        "agreement_low": _six(None if found is None else found.low),
        "agreement_high": _six(None if found is None else found.high),
        "error": _six(sum(errors) / len(errors)) if errors else None,
    }


def keep(conn: Connection, project: Project, figures: Mapping[str, Decimal | None]) -> None:
    """Keep how far ``project`` is, and how good, when a judging ends."""
    last = pulses.newest(conn, project.id)
    at = max(milliseconds(None), 0 if last is None else last.at + 1)
    pulses.add(conn, replace(pulses.now(conn, project.id, at), **figures))  # type: ignore[arg-type]


def _some(labels: Labels) -> Labels:
    """Every n-th task, where there are very many: agreement is a mean over tasks."""
    step = 1 + len(labels.votes) // LOOKED_AT
    if step == 1:
        return labels
    return replace(labels, votes=dict(list(labels.votes.items())[::step]))


def _six(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.000001"))
