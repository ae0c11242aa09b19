"""Making a backup's folder: everything a workspace is, copied, counted, signed.

The database comes first. A release's folder and a reply's line are on the disk before the
database knows them, so whatever the copied database names is in the files that are copied after
it; what is there beyond that is taken up by the next command, as after a crash.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from qinglan.backups.inventory import INVENTORY, SIGNATURE, Inventory, Listed, sign
from qinglan.errors import WorkspaceError
from qinglan.provenance.keys import PrivateKey

DATABASE = "database"
"""The folder of a backup that holds the database; a workspace has none of that name."""

PARTS = ("erasures.jsonl", "journal", "keys", "policy.toml", "releases", "reports")
"""What a backup takes from a workspace as it is. Settings come apart, without passwords; whatever
else a workspace keeps on disk and cannot make again must be named here."""

_BLOCK = 2**20


def pack(
    workspace: Path,
    part: Path,
    *,
    rendered: Mapping[str, bytes],
    made: datetime,
    code: str,
    engine: Literal["sqlite", "postgresql"],
    revision: str,
    key: PrivateKey,
) -> Inventory:
    """Fill ``part``, where the database lies already, and seal it.

    Args:
        workspace: what to copy; hidden files and folders in it are work under way, and stay out.
        part: the backup's folder; only its owner may look into it.
        rendered: files that are not copied but written, by name.
        made: when, with its zone.
        code: name and version of this program.
        engine: of the database.
        revision: its schema.
        key: the workspace's; signs the inventory.

    Raises:
        WorkspaceError: something in the workspace is neither a file nor a folder.
        OSError: the disk refuses.
    """
    listed = [_listed(part, path) for path in sorted((part / DATABASE).iterdir())]
    for name, data in rendered.items():
        write(part / name, data)
        listed.append(_listed(part, part / name))
    for source in _sources(workspace):
        target = part / source.relative_to(workspace)
        make_room(part, target)
        size, digest = copy(source, target)
        name = target.relative_to(part).as_posix()
        listed.append(Listed(name=name, sha256=digest, bytes=size))
    inventory = Inventory(
        made=made, code=code, engine=engine, revision=revision, workspace=key.public.id,
        files=tuple(sorted(listed, key=lambda file: file.name)),
    )  # fmt: skip
    data = inventory.render()
    write(part / INVENTORY, data)
    write(part / SIGNATURE, sign(data, key))
    return inventory


def make_room(root: Path, target: Path) -> None:
    """The folders between ``root`` and ``target``, each its owner's alone."""
    for name in reversed(target.parent.relative_to(root).parents[:-1]):
        (root / name).mkdir(mode=0o700, exist_ok=True)
    target.parent.mkdir(mode=0o700, exist_ok=True)


def copy(source: Path, target: Path, *, most: int | None = None) -> tuple[int, str]:
    """Copy one file, flushed, its owner's alone; size and SHA-256 of what was copied.

    A file that grows meanwhile is copied up to where it ended when it was opened. A link is
    refused, wherever it leads. ``most`` stops a copy that is longer than it should be.
    """
    handle = os.open(source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "rb") as read, _private(target) as out:
        left = os.fstat(read.fileno()).st_size
        left = left if most is None else min(left, most + 1)
        while left and (block := read.read(min(left, _BLOCK))):
            digest.update(block)
            out.write(block)
            size += len(block)
            left -= len(block)
        out.flush()
        os.fsync(out.fileno())
    return size, digest.hexdigest()


def write(path: Path, data: bytes) -> None:
    """Write a new file, flushed, its owner's alone."""
    with _private(path) as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _listed(part: Path, path: Path) -> Listed:
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    name = path.relative_to(part).as_posix()
    return Listed(name=name, sha256=digest, bytes=path.stat().st_size)


def _sources(workspace: Path) -> Iterator[Path]:
    for name in PARTS:
        path = workspace / name
        if os.path.lexists(path):
            yield from _files(path)


def _files(path: Path) -> Iterator[Path]:
    """The files at and below ``path``; what is hidden is work under way."""
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        raise WorkspaceError("backups.not_a_file", file=path)
    if path.is_file():
        yield path
        return
    for child in sorted(path.iterdir()):
        if not child.name.startswith(".") and not child.name.endswith(".part"):
            yield from _files(child)
