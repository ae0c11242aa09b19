"""The workspace's settings: ``qinglan.toml``, overridden by ``QINGLAN_…`` variables."""

from __future__ import annotations

import tomllib
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from qinglan.errors import WorkspaceError

FILE = "qinglan.toml"


class Settings(BaseSettings):
    """What a workspace can be told. Unknown names in the file are refused."""

    model_config = SettingsConfigDict(env_prefix="QINGLAN_", extra="forbid", frozen=True)

    database: str = Field(
        default="sqlite:///qinglan.db",
        description="Database URL; a relative SQLite path is taken from the workspace folder.",
    )
    language: Literal["en", "zh"] | None = Field(
        default=None, description="Language of reports; unset means the person's own."
    )
    max_file_bytes: int = Field(default=64 * 2**30, gt=0, description="Largest file to import.")
    max_row_bytes: int = Field(default=16 * 2**20, gt=0, description="Longest row to import.")
    max_rows: int = Field(default=100_000_000, gt=0, description="Most rows to import of a file.")
    max_depth: int = Field(default=64, gt=0, description="Deepest nesting of JSON to import.")
    api_requests_per_minute: int = Field(
        default=6_000, gt=0, description="Most requests a minute by one token, in each process."
    )
    webhook_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(),
        description="Networks that webhooks may call though they are private, "
        'such as `["10.1.2.0/24"]`; by default only the open internet.',
    )
    api_body_bytes: int = Field(
        default=2**30, gt=0, description="Largest file to import through the API."
    )

    picture_bytes: int = Field(default=10 * 2**20, gt=0, description="Largest picture.")
    picture_pixels: int = Field(
        default=50_000_000, gt=0, description="Most pixels of a picture, width times height."
    )
    pictures_an_hour: int = Field(
        default=120, gt=0, description="Most pictures that one annotator may bring in an hour."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Variables win over the file, which arrives as the initial values."""
        return env_settings, init_settings


def read(folder: Path) -> Settings:
    """Settings of the workspace in ``folder``.

    Raises:
        WorkspaceError: no workspace is there, or the file cannot be used.
    """
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise WorkspaceError("flow.no_workspace", folder=folder) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError("flow.settings_unreadable", file=path, why=error) from error
    try:
        return Settings(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WorkspaceError("flow.settings_unreadable", file=path, why=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise WorkspaceError(
            "flow.setting_bad", file=path, field=field, why=first["msg"]
        ) from error


def database_url(settings: Settings, folder: Path) -> str:
    """The database URL with a relative SQLite path resolved against the workspace."""
    return resolved(settings.database, folder)


def resolved(database: str, folder: Path) -> str:
    """The address ``database``, a relative SQLite path taken from ``folder``."""
    prefix = "sqlite:///"
    if database.startswith(prefix):
        path = Path(database.removeprefix(prefix))
        return prefix + str(path if path.is_absolute() else folder / path)
    return database
