"""A folder that appears whole or not at all.

Everything is written to a hidden sibling, flushed to the disk file by file and folder by folder,
and only then given its name in one rename. A crash leaves at most a hidden ``.part`` folder,
which nobody takes for a release.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qinglan.durability import sync_folder
from qinglan.errors import UsageError


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """An empty folder to fill, which becomes ``target`` when the block ends well.

    Raises:
        UsageError: ``target`` exists, before or at the end.
        OSError: the disk refuses.
    """
    refuse_existing(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    part.mkdir()
    try:
        yield part
        for folder, _, _ in os.walk(part):
            sync_folder(Path(folder))
        refuse_existing(target)  # a rename would replace an empty folder
        try:
            part.rename(target)
        except OSError:
            refuse_existing(target)
            raise
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def refuse_existing(target: Path) -> None:
    """Raise ``UsageError`` where something, even a dangling link, has the name."""
    if os.path.lexists(target):
        raise UsageError("releases.exists", folder=target)


def write(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk."""
    with path.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
