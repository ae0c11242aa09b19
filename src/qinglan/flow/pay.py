"""Pay: the rate of a project, what people earned, and the statement as a table.

An answer is paid at the rate that held when its task was given out, once its task's verdict is
accepted, whether or not it agrees with the verdict: what is paid is the work. Gold is paid like
any task, for a statement without it would tell how much of the work was gold. Not paid are
practice and qualification, answers that were sent back and not given anew, late answers, imported
ones, and work from before there was a rate.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection

from qinglan.durability import replacing
from qinglan.errors import UsageError
from qinglan.flow import budget as budgets
from qinglan.flow.context import Context, allow
from qinglan.flow.hands import milliseconds, seat_of
from qinglan.flow.harmless import harmless
from qinglan.flow.written import noting
from qinglan.records import Actor
from qinglan.storage import pay
from qinglan.storage.pay import Rate

__all__ = [
    "Earned", "Line", "Plan", "Rate", "Statement", "own", "plan", "set_rate", "statement",
    "table", "write_statement",
]  # fmt: skip

COLUMNS = ("what", "person", "currency", "rate", "answers", "amount")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_END = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What somebody earned at one rate."""

    person: str
    currency: str
    rate: Decimal
    answers: int

    @property
    def amount(self) -> Decimal:
        """Exact."""
        return self.rate * self.answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What somebody, or everybody together, earned in one currency."""

    person: str
    """Empty for everybody."""
    currency: str
    answers: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who earned what in a project: by rate, by person, and in all."""

    project: str
    lines: tuple[Line, ...]
    people: tuple[Earned, ...]
    totals: tuple[Earned, ...]
    unrated: int
    """Accepted answers to tasks given out before there was a rate, which are not paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a project pays now, and how much of its budget is taken."""

    rates: tuple[Rate, ...]
    """Every version, the newest first."""
    committed: Decimal
    reached: bool


def set_rate(
    context: Context, actor: Actor, project: str, amount: str, currency: str, *,
    budget: str | None = None, now: datetime | None = None,
) -> Rate:  # fmt: skip
    """Pay ``amount`` for each accepted answer to tasks given out from now on.

    Tasks given out before keep their rate. With a ``budget`` no new task is given once what the
    desk took, judged or not, and what is in hand might cost more. In another currency than before
    the budget begins anew.

    Args:
        context: the workspace.
        actor: who sets it.
        project: name of the project.
        amount: a decimal number with up to four places.
        currency: its three capital letters, as in ISO 4217.
        budget: the most that may be spent, as ``amount``; ``None``: no bound.
        now: the time of asking; default: this moment.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: an amount or the currency cannot be one, or there is no such project.
    """
    allow("rate", actor)
    target = context.project(project)
    each, most = _amount(amount), None if budget is None else _amount(budget)
    if not _CURRENCY.fullmatch(currency):
        raise UsageError("pay.bad_currency", word=currency)
    activity = context.begin("rate", actor)

    def keep(conn: Connection) -> Rate:
        before = pay.newest(conn, target.id)
        rate = Rate(
            project=target.id, version=1, currency=currency, amount=each, budget=most,
            since=milliseconds(now), spent=Decimal(0), answers=pay.desk_answers(conn, target.id),
            activity=activity.id,
        )  # fmt: skip
        if before is not None:
            if (before.currency, before.amount, before.budget) == (currency, each, most):
                return before
            rate = replace(
                rate, version=before.version + 1, since=max(rate.since, before.since + 1)
            )
            if before.currency == currency:
                rate = replace(rate, spent=budgets.committed(conn, before))
        pay.add(conn, rate)
        said: dict[str, str | None] = {
            "amount": _digits(each), "currency": currency,
            "budget": None if most is None else _digits(most),
        }  # fmt: skip
        context.note(conn, target, activity, version=rate.version, **said)
        return rate

    return context.write(target, keep)


def plan(context: Context, actor: Actor, project: str) -> Plan:
    """What ``project`` (by name) pays, by version, and how its budget stands.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("pay", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        rates = pay.all(conn, target.id)
        taken = budgets.committed(conn, rates[-1]) if rates else Decimal(0)
        done = budgets.reached(conn, target.id)
    return Plan(rates=tuple(reversed(rates)), committed=taken, reached=done)


def statement(
    context: Context, actor: Actor, project: str, *, start: str | None = None,
    end: str | None = None,
) -> Statement:  # fmt: skip
    """Who earned what in ``project`` (by name), as verdicts stand now.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project.
        start: first day (UTC, ``2026-03-01``) on which the tasks were given out; default: any.
        end: last such day.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project, no rate was ever set, or a day cannot be one.
    """
    allow("pay", actor)
    target = context.project(project)
    first = 0 if start is None else milliseconds(_day(start))
    after = _END if end is None else milliseconds(_day(end) + timedelta(days=1))
    with context.storage.read() as conn:
        rates = pay.all(conn, target.id)
        if not rates:
            raise UsageError("pay.no_rate", project=project)
        return _state(conn, project, rates, first, after)


def own(context: Context, actor: Actor, project: str) -> Statement | None:
    """What ``actor`` earned at the desk of ``project`` (by name); ``None`` where nothing is paid.

    Raises:
        PermissionDenied: they have no seat there.
    """
    with context.storage.read() as conn:
        seat = seat_of(context, conn, actor, project)
        rates = pay.all(conn, seat.project)
        return _state(conn, project, rates, 0, _END, seat.annotator) if rates else None


def table(made: Statement) -> bytes:
    """``made`` as CSV that no spreadsheet runs: UTF-8 with a mark, the same bytes each time.

    A name that would begin a formula gets an apostrophe before it, as OWASP advises.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    for line in made.lines:
        each = _digits(line.rate)
        row = (line.currency, each, line.answers, _digits(line.amount))
        writer.writerow(("line", harmless(line.person), *row))
    for what, found in (("person", made.people), ("total", made.totals)):
        for one in found:
            row = (one.currency, "", one.answers, _digits(one.amount))
            writer.writerow((what, harmless(one.person), *row))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def write_statement(
    context: Context, actor: Actor, project: str, file: Path, *, start: str | None = None,
    end: str | None = None,
) -> Statement:  # fmt: skip
    """``statement``, written to ``file`` as CSV, whole or not at all.

    Raises:
        PermissionDenied: as ``statement``.
        UsageError: as ``statement``, or the file cannot be written.
    """
    allow("pay", actor)
    target = context.project(project)
    try:
        with noting(context, target, file):
            made = statement(context, actor, project, start=start, end=end)
            with replacing(file, mode=0o600) as out:
                out.write(table(made))
    except OSError as error:
        raise UsageError("flow.cannot_write_file", file=file, why=error.strerror) from error
    return made


def _state(
    conn: Connection, project: str, rates: list[Rate], first: int, after: int,
    annotator: str | None = None,
) -> Statement:  # fmt: skip
    lines = []
    ends = [rate.since for rate in rates[1:]] + [_END]
    for rate, end in zip(rates, ends, strict=True):
        found = pay.earned(conn, rate.project, max(first, rate.since), min(after, end), annotator)
        lines += [
            Line(person=name, currency=rate.currency, rate=rate.amount, answers=count)
            for name, count in found
        ]
    unrated = pay.earned(conn, rates[0].project, first, min(after, rates[0].since), annotator)
    lines.sort(key=lambda line: (line.person, line.currency))  # stable: rates stay in their order
    return Statement(
        project=project, lines=tuple(lines),
        people=_sums([(line.person, line) for line in lines]),
        totals=_sums([("", line) for line in lines]),
        unrated=sum(count for _, count in unrated),
    )  # fmt: skip


def _sums(lines: list[tuple[str, Line]]) -> tuple[Earned, ...]:
    """Sums by the name beside each line and by currency, in that order."""
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for name, line in lines:
        count, amount = sums.get((name, line.currency), (0, Decimal(0)))
        sums[name, line.currency] = (count + line.answers, amount + line.amount)
    return tuple(
        Earned(person=name, currency=currency, answers=count, amount=amount)
        for (name, currency), (count, amount) in sorted(sums.items())
    )


def _amount(word: str) -> Decimal:
    if not _AMOUNT.fullmatch(word):
        raise UsageError("pay.bad_amount", word=word)
    return Decimal(word)


def _digits(amount: Decimal) -> str:
    return format(amount, "f")


def _day(word: str) -> datetime:
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise UsageError("pay.bad_day", word=word) from None
    if not 1970 <= day.year <= 9000:
        raise UsageError("pay.bad_day", word=word)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
