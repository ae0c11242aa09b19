"""``doctor``: what this machine and this workspace can and cannot do, each with its remedy."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qinglan.errors import QinglanError
from qinglan.flow import settings as settings_file
from qinglan.flow.context import Context, allow, open_context
from qinglan.provenance import keys
from qinglan.records import Actor
from qinglan.storage import history, projects


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
        found.append(_look("history", lambda: _chains(context)))
    return found


def _look(name: str, look: Callable[[], str]) -> Examination:
    try:
        return Examination(name, True, look())
    except QinglanError as error:
        return Examination(name, False, error.say())


def _chains(context: Context) -> str:
    with context.storage.read() as conn:
        names = []
        for project in projects.all(conn):
            history.check(conn, project.id)
            names.append(project.name)
    return ", ".join(names) or "–"
