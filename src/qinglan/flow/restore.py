"""``restore``: a workspace from a backup, into an empty folder and an empty database.

What was withdrawn after the backup was made does not come back: the journal of erasures that lies
with the backups, or that the caller gives, is replayed before the workspace appears.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from qinglan.backups import DATABASE, Opened, erasures, open_backup, unpack
from qinglan.backups.packing import write
from qinglan.durability import staged
from qinglan.errors import UsageError, WorkspaceError
from qinglan.flow import erasing, places, settings_text
from qinglan.flow import settings as settings_file
from qinglan.flow.context import allow, open_context
from qinglan.provenance import keys
from qinglan.records import Actor
from qinglan.storage import Storage, history, projects, schema, snapshots
from qinglan.storage.dialects import parse_url

INSIDE = "sqlite:///qinglan.db"
"""Where the database of a workspace on SQLite is restored to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back. ``signer_known``: the inventory was signed by the key that was given."""

    folder: Path
    files: int
    made: str
    old: str
    """The backup's schema; the restored database has this version's."""
    signer_known: bool
    replayed: int
    """Withdrawals made after the backup, and done again."""
    newest: str | None
    """When the last withdrawal was made that the restore knew of."""
    left_out: tuple[str, ...]
    """Releases that hold what was withdrawn since: they are in the backup, and not here."""


def restore(
    backup: Path,
    folder: Path,
    actor: Actor,
    *,
    database: str | None = None,
    key: Path | None = None,
    journal: Path | None = None,
) -> Restored:
    """Restore the backup in the folder ``backup`` to a workspace in ``folder``.

    The folder appears whole or not at all, after every file was held against the inventory. Of
    an older schema the database is upgraded on the way; the backup stays as it is.

    Args:
        backup: a folder that ``backup`` made.
        folder: must not exist, or be empty.
        actor: who asks.
        database: address of an empty PostgreSQL database; default: the one that the backup's
            settings or ``QINGLAN_DATABASE`` name.
        key: the workspace's public key, from elsewhere than the backup.
        journal: the workspace's ``erasures.jsonl``, where it is newer than the one beside the
            backup.

    Raises:
        InputError: there is no backup in ``backup``.
        IntegrityError: a file is missing or was altered, or a name leads out of the folder.
        UsageError: ``folder`` or the database is not empty.
        StorageError: the backup is of a newer version, or the database cannot be filled.
        WorkspaceError: ``folder`` cannot be written.
    """
    allow("restore", actor)
    folder = folder.expanduser().resolve()
    opened = open_backup(backup, key=None if key is None else keys.load_public(key))
    schema.refuse_newer(opened.inventory.revision)
    if os.path.lexists(folder):
        if not folder.is_dir() or any(folder.iterdir()):
            raise UsageError("flow.not_empty", folder=folder)
        folder.rmdir()
    try:
        with staged(folder, mode=0o700) as part:
            unpack(opened, part)
            _fill(opened, part, database)
            shutil.rmtree(part / DATABASE)
            replayed, newest, left_out = _erase_again(opened, part, actor, journal)
        places.remember(folder, backup.resolve().parent)
    except OSError as error:
        raise WorkspaceError("flow.cannot_write", folder=folder, why=error.strerror) from error
    found = opened.inventory
    return Restored(
        folder=folder, files=len(found.files), made=found.made.isoformat(), old=found.revision,
        signer_known=opened.signer_known, replayed=replayed, newest=newest, left_out=left_out,
    )  # fmt: skip


def _fill(opened: Opened, part: Path, database: str | None) -> None:
    """Bring the database back, to this version's schema, and see that it holds."""
    url = _address(opened, part, database)
    snapshots.load(part / DATABASE / snapshots.FILES[opened.inventory.engine], url)
    with Storage.open(url, upgrade=True) as storage:
        storage.examine()
        with storage.read() as conn:
            for project in projects.all(conn):
                history.check(conn, project.id)


def _erase_again(
    opened: Opened, part: Path, actor: Actor, given: Path | None
) -> tuple[int, str | None, tuple[str, ...]]:
    """Do again what was withdrawn since: how often, the newest, and the releases left out."""
    signer = opened.inventory.workspace
    inside = erasures.read(part / erasures.NAME, signer)
    beside = erasures.read(places.copy_in(opened.folder.resolve().parent, signer), signer)
    brought = inside if given is None else erasures.read(given, signer)
    newest = erasures.newest([inside, beside, brought])
    if not newest.entries:
        return 0, None, ()
    newest.write(part / erasures.NAME)
    since = {one.id for one in newest.erasures} - {one.id for one in inside.erasures}
    left_out = []
    with open_context(part) as context:
        wanted = erasing.undone(context)
        if wanted:
            erasing.carry_out(context, wanted, context.begin("restore", actor))
        with context.storage.read() as conn:
            test = erasing.among_erased(conn, by=since)
            for holder in erasing.holders(part / "releases", test):
                shutil.rmtree(part / "releases" / holder.folder)
                left_out.append(holder.folder)
    return len(wanted), newest.erasures[-1].time.isoformat(), tuple(left_out)


def _address(opened: Opened, part: Path, database: str | None) -> str:
    """Where the database goes; the restored settings say so."""
    file = part / settings_file.FILE
    text = file.read_text(encoding="utf-8")
    stated = settings_file.read(part).database
    if opened.inventory.engine == "sqlite":
        if database is not None or "QINGLAN_DATABASE" in os.environ:
            raise UsageError("flow.restored_inside")
        wanted = stated if _is_inside(stated) else INSIDE
    else:
        if database is not None and os.environ.get("QINGLAN_DATABASE", database) != database:
            raise UsageError("flow.two_databases")
        wanted = database or stated
        if parse_url(wanted).get_backend_name() != "postgresql":
            raise UsageError("flow.restored_elsewhere")
        snapshots.refuse_filled(wanted)
    if wanted != stated or database is not None:
        file.unlink()
        write(file, settings_text.with_database(text, wanted).encode())
    return settings_file.resolved(wanted, part)


def _is_inside(stated: str) -> bool:
    """Whether a SQLite address is one plain file name in the workspace's folder."""
    name = stated.removeprefix("sqlite:///")
    return stated != name and Path(name).name == name and name not in ("", ".", "..")
