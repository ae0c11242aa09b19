"""``audit``: who did what, when, with which version; for the workspace, and for one project.

The workspace's log is every activity; a project's is its hash-chained history, so what is read here
is what an auditor can check against a release without this database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qinglan.errors import UsageError
from qinglan.flow.context import MAY, Context, allow
from qinglan.records import Actor
from qinglan.storage import activities, annotators, history

VERBS = tuple(sorted({*MAY} - {"audit", "status", "read", "look", "conduct", "doctor", "report"}))
"""What is kept as an activity; to look is not."""
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing that was done."""

    actor: str
    verb: str
    at: datetime
    code: str
    """Name and version of the program that did it."""
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some of the log, newest first. ``before`` asks for the rest; ``None`` at the end."""

    done: tuple[Done, ...]
    before: str | None
    names: Mapping[str, str] = field(default_factory=dict)
    """What annotators are called whose ids the facts name."""


def audit_log(
    context: Context, actor: Actor, *, who: str = "", verb: str = "", first: str = "",
    last: str = "", before: str = "", limit: int = PAGE,
) -> AuditPage:  # fmt: skip
    """What was done in the workspace.

    Args:
        context: the workspace.
        actor: who asks.
        who: name of an account; empty: anybody.
        verb: one of ``VERBS``; empty: any.
        first: first day (UTC, ``2026-03-01``); empty: any.
        last: last such day.
        before: where another page ended.
        limit: most to show.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: a day or ``before`` cannot be one.
    """
    allow("audit", actor)
    time, space, id_ = before.partition(" ")
    if before and (not space or len(before) > 200):
        raise UsageError("flow.bad_page")
    end = _day(last) + timedelta(days=1) if last else None
    with context.storage.read() as conn:
        found = activities.page(
            conn, (time, id_) if before else None, limit + 1, actor=who or None,
            verb=verb or None, since=_day(first).isoformat() if first else None,
            until=None if end is None else end.isoformat(),
        )  # fmt: skip
    shown = found[:limit]
    more = shown[-1].activity if len(found) > limit else None
    return AuditPage(
        done=tuple(
            Done(
                actor=one.actor, verb=one.verb, at=one.started, code=one.code, facts=facts
            )
            for one, facts in shown
        ),
        before=None if more is None else f"{more.started.isoformat()} {more.id}",
    )  # fmt: skip


def project_log(
    context: Context, actor: Actor, project: str, *, before: str = "", limit: int = PAGE
) -> AuditPage:
    """What was done in ``project`` (by name): its history, from the newest entry back.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project, or ``before`` cannot be one.
    """
    allow("audit", actor)
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise UsageError("flow.bad_page")
    target = context.project(project)
    with context.storage.read() as conn:
        found = history.page(conn, target.id, int(before) if before else None, limit + 1)
        shown = found[:limit]
        done = tuple(_done(entry.event) for entry in shown)
        ids = {
            value
            for one in done
            for value in one.facts.values()
            if isinstance(value, str) and value.startswith("ant_")
        }
        names = {one.id: one.name for one in annotators.find(conn, sorted(ids)).values()}
    return AuditPage(
        done=done, before=str(shown[-1].seq) if len(found) > limit else None, names=names
    )


_FRAME = frozenset({"actor", "verb", "time", "code", "activity"})


def _done(event: object) -> Done:
    """One entry; of one that somebody changed in the database, what can be read."""
    said: dict[str, Any] = event if isinstance(event, dict) else {}
    try:
        at = datetime.fromisoformat(str(said.get("time")))
    except ValueError:
        at = datetime.fromtimestamp(0, UTC)
    return Done(
        actor=str(said.get("actor", "?")), verb=str(said.get("verb", "?")), at=at,
        code=str(said.get("code", "?")),
        facts={name: value for name, value in said.items() if name not in _FRAME},
    )  # fmt: skip


def _day(word: str) -> datetime:
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise UsageError("pay.bad_day", word=word[:50]) from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
