"""How far each project was, now and then: what a curve over time is drawn from.

A row is a few running counts, so that writing and reading one costs the same whatever the project's
size. How good the answers are is known when they are judged, so those rows alone say it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from qinglan.storage import counts, pay, tables
from qinglan.storage.columns import rebuilds
from qinglan.storage.dialects import insert_new

_PULSE = tables.pulses.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """One project (its id) at one moment (ms since 1970)."""

    project: str
    at: int
    tasks: int
    answers: int
    """Those that stand."""
    judged: int
    accepted: int
    agreement: Decimal | None = None
    agreement_low: Decimal | None = None
    agreement_high: Decimal | None = None
    error: Decimal | None = None
    """Expected share of tasks on which the consensus is wrong, by its own posteriors."""
    spent: Decimal | None = None
    currency: str | None = None


def now(connection: Connection, project: str, at: int) -> Pulse:
    """How far ``project`` (its id) is, from the running counts."""
    line = counts.line(connection, project)
    rate = pay.newest(connection, project)
    spent = None
    if rate is not None:
        since = pay.desk_answers(connection, project) - rate.answers
        spent = max(Decimal(0), rate.spent + since * rate.amount)
    return Pulse(
        project=project, at=at, tasks=line.tasks, answers=line.annotations - line.superseded,
        judged=line.accepted + sum(line.verdicts_set_aside.values()), accepted=line.accepted,
        spent=spent, currency=None if rate is None else rate.currency,
    )  # fmt: skip


def add(connection: Connection, pulse: Pulse) -> None:
    """Keep ``pulse``, where there is none of that moment."""
    row: dict[str, Any] = {}
    for name in Pulse.__slots__:
        value = getattr(pulse, name)
        row[name] = format(value, "f") if isinstance(value, Decimal) else value
    insert_new(connection, tables.pulses, [row])


def newest(connection: Connection, project: str) -> Pulse | None:
    """The last of ``project`` (its id)."""
    query = select(*_PULSE).where(_PULSE.project == project).order_by(_PULSE.at.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _pulse(row)


def since(connection: Connection, project: str, start: int, most: int) -> list[Pulse]:
    """The last ``most`` of ``project`` (its id) from ``start`` on, oldest first."""
    query = select(*_PULSE).where(_PULSE.project == project, _PULSE.at >= start)
    found = connection.execute(query.order_by(_PULSE.at.desc()).limit(most))
    return [_pulse(row) for row in found][::-1]


@rebuilds("pulses")
def _pulse(row: Row[Any]) -> Pulse:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return Pulse(
        project=row.project, at=row.at, tasks=row.tasks, answers=row.answers, judged=row.judged,
        accepted=row.accepted, agreement=number(row.agreement),
        agreement_low=number(row.agreement_low), agreement_high=number(row.agreement_high),
        error=number(row.error), spent=number(row.spent), currency=row.currency,
    )  # fmt: skip
