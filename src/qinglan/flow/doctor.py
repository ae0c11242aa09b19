"""``doctor``: what this machine and this workspace can and cannot do, each with its remedy."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from qinglan.backups import erasures
from qinglan.errors import IntegrityError, QinglanError
from qinglan.flow import erasing
from qinglan.flow import settings as settings_file
from qinglan.flow.context import Context, allow, open_context
from qinglan.provenance import keys
from qinglan.provenance.chain import Anchor
from qinglan.records import Actor, Project
from qinglan.releases import anchor, folders
from qinglan.storage import committed, history, projects, releases, tallies, withdrawals
from qinglan.wording import say


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing looked at. ``ok`` is ``None`` where it could not be, or need not be, decided."""

    name: str
    ok: bool | None
    detail: str


def doctor(folder: Path, actor: Actor) -> list[Examination]:
    """Look at the machine and at the workspace in ``folder``; nothing is changed.

    A broken part is reported, not raised, so that the rest is still looked at.
    """
    allow("doctor", actor)
    free = shutil.disk_usage(folder if folder.exists() else Path.cwd()).free / 2**30
    bwrap = shutil.which("bwrap")
    found = [
        Examination("python", sys.version_info >= (3, 11), platform.python_version()),
        Examination("disk", free > 1, f"{free:.1f} GiB"),
        Examination("sandbox", None if bwrap is None else True, bwrap or "bubblewrap: –"),
        _look("settings", lambda: settings_file.read(folder).database),
        _look("keys", lambda: keys.load_private(folder / "keys").public.id),
    ]
    try:
        context = open_context(folder)
    except QinglanError as error:
        found.append(Examination("database", False, error.say()))
        return found
    with context:
        found.append(_look("database", lambda: context.storage.examine()))
        if not context.storage.writable:
            found.append(Examination("writing", None, say("doctor.read_only")))
        found += _histories(context)
        found.append(_look("records", lambda: _records(context)))
        found.append(_look("withdrawals", lambda: _withdrawals(context)))
        found.append(_look("counts", lambda: _counts(context)))
    return found


def _look(name: str, look: Callable[[], str]) -> Examination:
    try:
        return Examination(name, True, look())
    except QinglanError as error:
        return Examination(name, False, error.say())


def _records(context: Context) -> str:
    """Whether every record is the one that was committed to; how many there are."""
    with context.storage.read() as conn:
        return f"{committed.examine(conn):,}"


def _counts(context: Context) -> str:
    """Whether the running counts are what the tables hold, project by project."""
    with context.storage.read() as conn:
        names = []
        for project in projects.all(conn):
            tallies.check(conn, project.id)
            names.append(project.name)
    return ", ".join(names) or "–"


def _histories(context: Context) -> list[Examination]:
    """Every project's chain, held against the releases in the database and on disk."""
    found, anchors = _signed(context)
    with context.storage.read() as conn:
        for project in projects.all(conn):
            known = anchors.pop(project.name, [])
            known += [
                Anchor(release.history, held_by=release.name)
                for release in releases.all(conn, project.id)
            ]
            found.append(_look("history", partial(_chain, conn, project, known)))
    for name, held in anchors.items():
        detail = say("doctor.history_gone", project=name, release=held[0].held_by)
        found.append(Examination("history", False, detail))
    return found or [Examination("history", True, "–")]


def _withdrawals(context: Context) -> str:
    """Whether the journal of erasures holds, and all that it names is erased."""
    named = {one.id for one in erasing.journal_of(context).erasures}
    with context.storage.read() as conn:
        done = {one.withdrawal.id for one in withdrawals.all(conn)}
    if erasing.undone(context):
        raise IntegrityError("flow.withdrawal_unfinished")
    if done - named:
        raise IntegrityError("flow.withdrawal_not_in_journal", file=erasures.NAME)
    return str(len(done))


def _signed(context: Context) -> tuple[list[Examination], dict[str, list[Anchor]]]:
    """What is wrong with the statements of releases on disk, and the anchors of the others."""
    wrong: list[Examination] = []
    anchors: dict[str, list[Anchor]] = {}
    key = keys.load_public(context.key_folder)
    for folder in folders(context.folder / "releases"):
        try:
            project, held = anchor(folder, key)
            anchors.setdefault(project, []).append(held)
        except QinglanError as error:
            detail = f"{folder.relative_to(context.folder)}: {error.say()}"
            wrong.append(Examination("history", False, detail))
    return wrong, anchors


def _chain(conn: Connection, project: Project, known: list[Anchor]) -> str:
    entries = history.check(conn, project.id, anchors=known)
    names = {anchor.held_by for anchor in known}
    return say("doctor.history", project=project.name, entries=entries, releases=len(names))
