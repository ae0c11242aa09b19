"""Bringing a database to the schema of this version, or refusing to touch it.

A database of a newer version, or of another program, is left exactly as it is; so is an older one
until somebody asks for the upgrade, for there is no way back. An empty one gets its tables at once
as ``tables`` has them, which is four times as fast as the way through every migration; a test
holds that both ways end alike. All happens in one transaction under the write lock, so two
processes that open a new workspace at once make its tables once, and a crash half-way leaves the
old schema. Alembic is imported only when there is an older database to bring up.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, text
from sqlalchemy.schema import PrimaryKeyConstraint

from qinglan.errors import StorageError
from qinglan.storage.dialects import lock_for_migration
from qinglan.storage.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0029"
"""The revision this version writes; a test keeps it equal to the newest migration."""

_VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic looks for the revision; as Alembic itself makes it."""


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


def migrate(connection: Connection, *, upgrade: bool = False) -> None:
    """Make the tables of an empty database, inside the caller's transaction.

    With ``upgrade`` an older database is brought to ``HEAD``, too.

    Raises:
        StorageError: it is older and no upgrade was asked for, is newer than this version, or
            is another program's.
    """
    lock_for_migration(connection)
    found = current(connection)
    if found == HEAD:
        return
    if found is None:
        metadata.create_all(connection, checkfirst=False)
        _VERSION.create(connection)
        connection.execute(_VERSION.insert().values(version_num=HEAD))
        return
    config = configure(connection)
    refuse_newer(found, config)
    if not upgrade:
        raise StorageError("storage.older", found=found, known=HEAD)
    from alembic import command

    command.upgrade(config, "head")


def refuse_other(revision: str | None) -> None:
    """Raise ``StorageError`` unless ``revision`` is this version's, and may stay as it is."""
    refuse_newer(revision)
    if revision != HEAD:
        raise StorageError("storage.older", found=revision or "—", known=HEAD)


def refuse_newer(revision: str | None, config: Config | None = None) -> None:
    """Raise ``StorageError`` where a database of that revision is beyond this version."""
    if revision not in (None, HEAD) and revision not in known(config or configure()):
        raise StorageError("storage.newer", found=revision, known=HEAD)


def configure(connection: Connection | None = None) -> Config:
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
