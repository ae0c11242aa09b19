"""Opening a backup and writing it out again, trusting nothing that its inventory does not list.

The backup may come from anywhere: an old disk, another's hands. Every file is hashed while it is
copied, so what was checked is what is restored; links are refused on the way, not followed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from qinglan.backups.inventory import (
    INVENTORY,
    MAX_BYTES,
    SIGNATURE,
    Inventory,
    Listed,
    parse,
    verify,
)
from qinglan.backups.packing import DATABASE, PARTS, copy, make_room
from qinglan.errors import InputError, IntegrityError
from qinglan.provenance import keys
from qinglan.provenance.keys import PublicKey

SETTINGS = "qinglan.toml"
_ALLOWED = frozenset((*PARTS, DATABASE, SETTINGS))
_FOLDERS = frozenset(name for name in _ALLOWED if "." not in name)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup whose inventory holds. ``signer_known``: by a key from elsewhere."""

    folder: Path
    inventory: Inventory
    signer_known: bool


def open_backup(folder: Path, *, key: PublicKey | None = None) -> Opened:
    """Read and verify the inventory of the backup in ``folder``; no other file is read yet.

    Args:
        folder: the backup.
        key: the workspace's public key, from a place you trust. Without it the key inside the
            backup is taken, which shows that nothing broke, not who made it.

    Raises:
        InputError: there is no backup in ``folder``.
        IntegrityError: the inventory was altered, or leads out of the backup.
    """
    data = _read(folder, INVENTORY)
    inventory = parse(data)
    for listed in inventory.files:
        top, below, _ = listed.name.partition("/")
        if top not in _ALLOWED or bool(below) != (top in _FOLDERS):
            raise IntegrityError("backups.strange_file", name=listed.name)
    inside = _read(folder, f"keys/{keys.PUBLIC}")
    try:
        trusted = key or keys.parse_public(inside)
    except ValueError as error:
        raise IntegrityError("backups.not_signed") from error
    verify(data, _read(folder, SIGNATURE), trusted)
    if inventory.workspace != trusted.id:
        raise IntegrityError("backups.not_signed")
    return Opened(folder, inventory, signer_known=key is not None)


def unpack(backup: Opened, target: Path) -> None:
    """Write the files of ``backup`` into ``target``, an empty folder of its owner's alone.

    Raises:
        IntegrityError: a file is missing, is a link, or is not what the inventory says.
        OSError: the disk refuses.
    """
    for listed in backup.inventory.files:
        _bring(backup.folder, listed, target)


def _bring(folder: Path, listed: Listed, target: Path) -> None:
    place = target / listed.name
    make_room(target, place)
    source = folder
    for part in listed.name.split("/"):
        source = source / part
        if source.is_symlink():
            raise IntegrityError("backups.link", name=listed.name)
    if not source.exists():
        raise IntegrityError("backups.missing", name=listed.name)
    if not source.is_file():
        raise IntegrityError("backups.changed", name=listed.name)
    found = copy(source, place, most=listed.bytes)
    if found != (listed.bytes, listed.sha256):
        raise IntegrityError("backups.changed", name=listed.name)


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK), "rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("backups.no_backup", folder=folder, name=name) from error
    if len(data) > MAX_BYTES:
        raise IntegrityError("backups.inventory_unreadable", why=f"{name}: too large")
    return data
