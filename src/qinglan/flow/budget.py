"""Whether a project's budget for pay allows another task. Not a verb."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Connection

from qinglan.flow.events import Event, emit
from qinglan.storage import pay
from qinglan.storage.pay import Rate


def committed(connection: Connection, rate: Rate) -> Decimal:
    """What answers at the desk may cost so far, whether accepted or not yet judged.

    From a few rows, whatever the size of the project. Tasks in hand are not in it.
    """
    since = pay.desk_answers(connection, rate.project) - rate.answers
    return max(Decimal(0), rate.spent + since * rate.amount)


def tell(connection: Connection, project: str, name: str) -> None:
    """Let those who listen be told, once for each rate, that the budget of the project (by id and
    by name) is used up.
    """
    rate = pay.tell(connection, project)
    if rate is not None:
        emit(
            connection, project, Event.BUDGET_REACHED, project=name, version=rate.version,
            budget=None if rate.budget is None else format(rate.budget, "f"),
            committed=format(committed(connection, rate), "f"), currency=rate.currency,
        )  # fmt: skip


def reached(connection: Connection, project: str) -> bool:
    """Whether one more task of ``project`` (its id) could cost more than its budget.

    Tasks in hand count. Whoever holds one may still answer it, and is paid.
    """
    rate = pay.newest(connection, project)
    if rate is None or rate.budget is None:
        return False
    waiting = pay.in_hand(connection, project) + 1
    return committed(connection, rate) + waiting * rate.amount > rate.budget
