"""Files and folders that are there whole and on the disk, or not at all.

What is acknowledged is kept only if both the file and the folder that names it were flushed;
every room that writes something others rely on writes it through here.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_PART = re.compile(r"\..+\.[0-9a-f]{12}\.part")


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that it is there whole, and on the disk, or not at all."""
    with replacing(path) as out:
        out.write(text.encode("utf-8"))


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of ``path`` at the end, on the disk, or not at all.

    ``mode`` is that of a new file, less what the process masks.
    """
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)  # one that a crash left may have another mode
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in ``folder`` to the disk; systems without such a thing skip it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_files(folder: Path) -> None:
    """Flush what others wrote: every file under ``folder``, and its names, to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as opened:
                os.fsync(opened.fileno())
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make ``folder``, and those above it, where they are not, each with its name on the disk.

    Without that a power cut may take a new folder away with all that was flushed inside it.
    ``mode`` is that of ``folder`` itself, where it is new, less what the process masks.
    """
    if not folder.parent.exists():
        make_folder(folder.parent)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        sync_folder(folder.parent)


@contextmanager
def staged(target: Path, *, mode: int = 0o777) -> Iterator[Path]:
    """An empty folder to fill, which becomes ``target`` when the block ends well.

    Everything is written to a hidden sibling, flushed to the disk file by file and folder by
    folder, and only then given its name in one rename. A crash leaves at most a hidden ``.part``
    folder, which nobody takes for the whole and the next use removes: whoever is still filling
    one holds a lock on it, which goes with the process however it ends. ``mode`` is that of the
    folder, less what the process masks. Folders above it that were made for it go, too, if it
    does not come to be.

    Raises:
        FileExistsError: ``target`` exists, before or at the end.
        OSError: the disk refuses.
    """
    _refuse_existing(target)
    new = [folder for folder in target.parents if not folder.exists()]
    try:
        make_folder(target.parent)
        remove_abandoned(target.parent)
        with _filled(target, mode) as part:
            yield part
    except BaseException:
        for folder in new:  # the innermost first
            with suppress(OSError):  # others may have put something there meanwhile
                folder.rmdir()
        raise


@contextmanager
def _filled(target: Path, mode: int) -> Iterator[Path]:
    """The hidden folder to fill, which takes the name ``target`` at the end, or goes."""
    part, lock = _claim(target, mode)
    try:
        yield part
        for folder, _, _ in os.walk(part):
            sync_folder(Path(folder))
        _refuse_existing(target)  # a rename would replace an empty folder
        try:
            part.rename(target)
        except OSError:
            _refuse_existing(target)
            raise
        sync_folder(target.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    finally:
        os.close(lock)


@contextmanager
def scratch(place: Path) -> Iterator[Path]:
    """A folder in ``place``, its owner's alone, that is gone when the block ends.

    One that a crash leaves is known by nobody holding its lock: ``remove_abandoned`` takes it.
    """
    make_folder(place, mode=0o700)
    remove_abandoned(place)
    folder, lock = _claim(place / "scratch", 0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_abandoned(folder: Path) -> None:
    """Remove what processes that were killed left half filled in ``folder``."""
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


def _claim(target: Path, mode: int) -> tuple[Path, int]:
    """A new folder to fill, and the open lock on it."""
    while True:
        part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
        part.mkdir(mode=mode)
        lock = os.open(part, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if part.exists():
            return part, lock
        os.close(lock)  # another process took it for abandoned before it was locked


def _refuse_existing(target: Path) -> None:
    """Raise where something, even a dangling link, has the name."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
