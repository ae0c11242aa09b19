"""``init``: make a workspace, its settings, its keys and its database."""

from __future__ import annotations

from pathlib import Path

from qinglan.durability import make_folder, replacing
from qinglan.errors import WorkspaceError
from qinglan.flow import settings as settings_file
from qinglan.flow.context import Context, open_context
from qinglan.provenance import keys
from qinglan.storage.engine import Storage

_TEMPLATE = """\
# Settings of this qinglan workspace. Every name here can be overridden by QINGLAN_<NAME>.
# 本工作区的设置；每一项都可用环境变量 QINGLAN_<NAME> 覆盖。
database = {database}
"""


def init(folder: Path, *, database: str | None = None) -> Context:
    """Make a workspace in ``folder`` and open it. What is already there is left as it is.

    Keys are made once, the private part with mode 0600; running ``init`` again opens the
    workspace and repairs nothing.

    Raises:
        WorkspaceError: the folder cannot be written, or holds a workspace on another database.
        StorageError: the database cannot be opened; then no workspace is made.
    """
    folder = folder.expanduser().resolve()
    url = database or "sqlite:///qinglan.db"
    try:
        make_folder(folder)
        file = folder / settings_file.FILE
        if file.exists():
            if database is not None and settings_file.read(folder).database != database:
                raise WorkspaceError("flow.other_database", folder=folder)
        else:
            # Settings last: a folder without them is not yet a workspace, so an init that was
            # cut off, or was given an address that does not work, simply runs again.
            keys.ensure(folder / "keys")
            keys.secret(folder / "keys")
            settings = settings_file.Settings(database=url)
            Storage.open(settings_file.database_url(settings, folder)).close()
            quoted = '"' + url.replace("\\", "\\\\").replace('"', '\\"') + '"'
            # The address may hold a password, so the file is its owner's alone.
            with replacing(file, mode=0o600) as out:
                out.write(_TEMPLATE.format(database=quoted).encode("utf-8"))
    except OSError as error:
        raise WorkspaceError("flow.cannot_write", folder=folder, why=error.strerror) from error
    return open_context(folder)
