"""Bringing a database to the schema of this version, or refusing to touch it.

A database of a newer version, or of another program, is left exactly as it is. Migrations run in
one transaction under the write lock, so two processes that open a new workspace at once migrate
it once, and a crash half-way leaves the old schema. Alembic is imported only when there is work.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from qinglan.errors import StorageError
from qinglan.storage.dialects import lock_for_migration

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
"""The revision this version writes; a test keeps it equal to the newest migration."""


def current(connection: Connection) -> str | None:
    """The revision of the database; ``None`` when it is empty.

    Raises:
        StorageError: the tables there are another program's.
    """
    names = inspect(connection).get_table_names()
    if "alembic_version" in names:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        if len(found) == 1:
            return str(found[0])
        raise StorageError("storage.foreign")
    if names:
        raise StorageError("storage.foreign")
    return None


def migrate(connection: Connection) -> None:
    """Bring the database to ``HEAD``, inside the caller's transaction.

    Raises:
        StorageError: it is newer than this version, or another program's.
    """
    lock_for_migration(connection)
    found = current(connection)
    if found == HEAD:
        return
    config = configure(connection)
    if found is not None and found not in known(config):
        raise StorageError("storage.newer", found=found, known=HEAD)
    from alembic import command

    command.upgrade(config, "head")


def configure(connection: Connection) -> Config:
    """Alembic's settings for ``connection``: no ini file, scripts inside the package."""
    from alembic.config import Config

    config = Config()
    place = str(Path(__file__).with_name("migrations"))
    config.set_main_option("script_location", place.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def known(config: Config) -> set[str]:
    """All revisions this version has a migration for."""
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
