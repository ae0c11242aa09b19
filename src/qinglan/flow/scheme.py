"""``scheme``: what a project's labels and criteria are called; renaming them.

A scheme is versioned beside the guideline. Tasks and answers hold keys, so a new wording changes no
answer; a key that tasks may rest on cannot be dropped, nor its scale changed.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection

from qinglan.errors import InputError, UsageError
from qinglan.flow.context import Context, allow
from qinglan.kinds import criteria_in
from qinglan.kinds.scheme import EMPTY, LONGEST, Label, Rated, Scheme, parse
from qinglan.provenance import identity
from qinglan.records import Actor, Kind
from qinglan.storage import schemes, tasks
from qinglan.storage.schemes import Kept

__all__ = ["NAMED", "parse", "read_file", "scheme_of", "set_scheme", "show_scheme", "stated"]

NAMED = frozenset({Kind.CHOICE, Kind.NUMBER, Kind.RUBRIC, Kind.COMPARISON, Kind.SPANS})
"""Kinds that have use for a scheme."""
LOOKED_AT = 200
MOST_CRITERIA, MOST_LABELS = 30, 100
"""As many as a scheme may hold."""


def set_scheme(context: Context, actor: Actor, project: str, scheme: Scheme) -> int:
    """Make ``scheme`` the project's; its version, which stays where nothing is new.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project, its kind has no use for a scheme, or a key is gone.
    """
    allow("scheme", actor)
    target = context.project(project)
    if target.kind not in NAMED:
        raise UsageError("flow.no_scheme_kind", project=project, kind=target.kind.value)
    activity = context.begin("scheme", actor)
    body = scheme.model_dump_json()

    def keep(conn: Connection) -> int:
        before = schemes.newest(conn, target.id)
        if before is not None and before.body == body:
            return before.version
        gone = scheme.lacks(_scheme(before))
        if gone:
            raise UsageError("kinds.key_gone", keys=", ".join(gone))
        version = 1 if before is None else before.version + 1
        schemes.add(conn, target.id, Kept(version, body), activity.id)
        digest = identity.sha256(body.encode("utf-8"))
        context.note(conn, target, activity, scheme=version, sha256=digest)
        return version

    return context.write(target, keep)


def show_scheme(context: Context, actor: Actor, project: str) -> tuple[int, Scheme]:
    """The project's scheme and its version; 0 and an empty one where it has none.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = schemes.newest(conn, target.id)
    return (0 if found is None else found.version), _scheme(found)


def stated(context: Context, actor: Actor, project: str) -> Scheme:
    """The project's scheme, and after it what tasks state that has no name in it yet.

    The first ``LOOKED_AT`` tasks are looked at: they come of one hand, and state the same.

    Raises:
        PermissionDenied: the actor's role may not.
    """
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        named = _scheme(schemes.newest(conn, target.id))
        seen = tasks.page(conn, target.id, "", LOOKED_AT) if target.kind in NAMED else []
    if target.kind in (Kind.RUBRIC, Kind.COMPARISON):
        there = {one.key for one in named.criteria}
        found = {c.key: c for task in seen for c in criteria_in(task.kind, task.options)}
        more = [Rated(key=c.key, low=c.low, high=c.high) for c in found.values()]
        fresh = [one for one in more if one.key not in there]
        return named.model_copy(update={"criteria": (*named.criteria, *fresh)[:MOST_CRITERIA]})
    if target.kind in (Kind.CHOICE, Kind.SPANS):
        keys = {one.key for one in named.labels}
        first = 1 if target.kind is Kind.SPANS else 0
        words = dict.fromkeys(option for task in seen for option in task.options[first:])
        labels = [Label(key=word) for word in words if word not in keys and 0 < len(word) <= 200]
        return named.model_copy(update={"labels": (*named.labels, *labels)[:MOST_LABELS]})
    return named


def scheme_of(conn: Connection, project: str, kind: Kind) -> Scheme:
    """The scheme of ``project`` (its id), for whoever shows or reads its answers."""
    return _scheme(schemes.newest(conn, project)) if kind in NAMED else EMPTY


def read_file(file: Path) -> Scheme:
    """The scheme in a TOML file.

    Raises:
        InputError: it cannot be read, or is no scheme.
    """
    try:
        with file.open("rb") as opened:
            text = opened.read(4 * LONGEST + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("kinds.bad_scheme", where=file, why=str(error)[:200]) from error
    return parse(text, str(file))


def _scheme(kept: Kept | None) -> Scheme:
    return EMPTY if kept is None else _read(kept.body)


@lru_cache(maxsize=64)
def _read(body: str) -> Scheme:
    """Every page of a desk asks for it, and it is the same until somebody writes another."""
    return Scheme.model_validate_json(body)
