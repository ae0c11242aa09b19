"""A folder that appears whole or not at all.

Everything is written to a hidden sibling, flushed to the disk file by file and folder by folder,
and only then given its name in one rename. A crash leaves at most a hidden ``.part`` folder,
which nobody takes for a release and the next build removes: whoever is still filling one holds a
lock on it, which goes with the process however it ends.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qinglan.durability import sync_folder
from qinglan.errors import UsageError

_PART = re.compile(r"\..+\.[0-9a-f]{12}\.part")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """An empty folder to fill, which becomes ``target`` when the block ends well.

    Raises:
        UsageError: ``target`` exists, before or at the end.
        OSError: the disk refuses.
    """
    refuse_existing(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target.parent)
    part, lock = _claim(target)
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
    finally:
        os.close(lock)


def _claim(target: Path) -> tuple[Path, int]:
    """A new folder to fill, and the open lock on it."""
    while True:
        part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
        part.mkdir()
        lock = os.open(part, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if part.exists():
            return part, lock
        os.close(lock)  # another build took it for abandoned before it was locked


def _remove_abandoned(folder: Path) -> None:
    """Remove what builds that were killed left in ``folder``."""
    for part in [child for child in folder.iterdir() if _PART.fullmatch(child.name)]:
        try:
            lock = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue  # renamed meanwhile, or nothing of ours
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(part, ignore_errors=True)
        except BlockingIOError:
            continue  # still being filled
        finally:
            os.close(lock)


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
