"""Making a backup of a workspace; ``backup`` and ``upgrade`` both do.

Needs no opened database of this version's schema: that is what an upgrade comes for.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast

from qinglan.backups import DATABASE, PARTS, pack
from qinglan.durability import staged
from qinglan.errors import UsageError, WorkspaceError
from qinglan.flow import places, settings_text
from qinglan.flow import settings as settings_file
from qinglan.flow.context import version
from qinglan.provenance import keys
from qinglan.storage import pg_programs, snapshots
from qinglan.storage.dialects import parse_url


@dataclass(frozen=True, slots=True)
class BackedUp:
    """Where the backup lies, and how many files it lists."""

    folder: Path
    files: int
    noted: bool = True
    """The workspace could note the place, so later withdrawals will be told there."""


def make_backup(workspace: Path, place: Path) -> BackedUp:
    """Back the workspace up into a new folder in ``place``.

    It appears whole or not at all, and only its owner may look into it: the keys are in it.

    Raises:
        UsageError: ``place`` is inside what is backed up.
        WorkspaceError: ``place`` cannot be written, or the workspace cannot be read.
        StorageError: the database cannot be copied.
    """
    place = place.expanduser().resolve()
    if any(place.is_relative_to(workspace / name) for name in PARTS):
        raise UsageError("flow.backup_inside", folder=place)
    url = settings_file.database_url(settings_file.read(workspace), workspace)
    key = keys.load_private(workspace / "keys")
    made = datetime.now(UTC)
    try:
        folder = _free(place, made)
        with staged(folder, mode=0o700) as part:
            (part / DATABASE).mkdir(mode=0o700)
            engine, revision = snapshots.dump(url, part / DATABASE)
            inventory = pack(
                workspace, part,
                rendered={settings_file.FILE: _settings(workspace)},
                made=made, code=version(), revision=revision, key=key,
                engine=cast('Literal["sqlite", "postgresql"]', engine),
            )  # fmt: skip
    except OSError as error:
        raise WorkspaceError("flow.cannot_write", folder=place, why=error.strerror) from error
    try:
        places.remember(workspace, place)
    except OSError:  # read-only, or full: what was saved is saved all the same
        places.tell(workspace, also=place)
        return BackedUp(folder, len(inventory.files), noted=False)
    places.tell(workspace)
    return BackedUp(folder, len(inventory.files))


def _free(place: Path, made: datetime) -> Path:
    """A name that nothing has yet."""
    name = f"backup-{made:%Y%m%dT%H%M%SZ}"
    number = 1
    folder = place / name
    while folder.exists():
        number += 1
        folder = place / f"{name}-{number}"
    return folder


def _settings(workspace: Path) -> bytes:
    """The settings as they stand, but for the database's password."""
    text = (workspace / settings_file.FILE).read_text(encoding="utf-8")
    stated = tomllib.loads(text).get("database")
    url = None if stated is None else parse_url(stated)
    password = None if url is None else pg_programs.secret(url)
    if url is not None and password is not None:
        bare = pg_programs.without_secrets(url).render_as_string(hide_password=False)
        text = settings_text.without(text, password, bare)
    return text.encode()
