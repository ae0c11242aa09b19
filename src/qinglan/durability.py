"""Files that are there whole and on the disk, or not at all.

What is acknowledged is kept only if both the file and the folder that names it were flushed;
every room that writes something others rely on writes it through here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


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
