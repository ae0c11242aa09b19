"""``backup``: the workspace as one folder, consistent while others go on working."""

from __future__ import annotations

from pathlib import Path

from qinglan.flow.context import Context, allow
from qinglan.flow.safekeeping import BackedUp, make_backup
from qinglan.records import Actor


def backup(context: Context, actor: Actor, place: Path) -> BackedUp:
    """Back the workspace up into a new folder in ``place``; see ``make_backup``."""
    allow("backup", actor)
    return make_backup(context.folder, place)
