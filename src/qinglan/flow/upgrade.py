"""``upgrade``: bring a workspace's database to the schema of this version, after a backup."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qinglan.flow import erasing
from qinglan.flow import settings as settings_file
from qinglan.flow.context import allow, open_context
from qinglan.flow.safekeeping import make_backup
from qinglan.records import Actor
from qinglan.storage import Storage, schema, snapshots

BACKUPS = "backups"
"""Where an upgrade puts its backup unless told otherwise: a folder of the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """From which schema to which; ``backup`` is ``None`` where there was nothing to do."""

    old: str
    new: str
    backup: Path | None


def upgrade(workspace: Path, actor: Actor, *, place: Path | None = None) -> Upgraded:
    """Back the workspace up into ``place``, then migrate its database in one transaction.

    Killed half-way, it leaves the old schema or the new one, and can be run again. Withdrawals of
    earlier versions are done again where this version takes more away.

    Raises:
        StorageError: the database is newer than this version, or cannot be opened or copied.
        WorkspaceError: no workspace is there, or the backup cannot be written.
    """
    allow("upgrade", actor)
    workspace = workspace.resolve()
    url = settings_file.database_url(settings_file.read(workspace), workspace)
    found = snapshots.revision(url)
    schema.refuse_newer(found)
    if found in (None, schema.HEAD):
        Storage.open(url).close()  # an empty database gets its tables as everywhere
        return Upgraded(old=schema.HEAD, new=schema.HEAD, backup=None)
    saved = make_backup(workspace, place or workspace / BACKUPS)
    Storage.open(url, upgrade=True).close()
    with open_context(workspace) as context:
        left = erasing.undone(context)  # withdrawals that reach further in this version
        if left:
            erasing.carry_out(context, left, context.begin("upgrade", actor))
    return Upgraded(old=str(found), new=schema.HEAD, backup=saved.folder)
