"""A release's folder appears whole or not at all, and never in another's place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qinglan import durability
from qinglan.errors import UsageError


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """An empty folder to fill, which becomes ``target`` when the block ends well.

    Raises:
        UsageError: ``target`` exists, before or at the end.
        OSError: the disk refuses.
    """
    try:
        with durability.staged(target) as part:
            yield part
    except FileExistsError as error:
        if error.filename != str(target):
            raise
        raise UsageError("releases.exists", folder=target) from error


def write(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk."""
    with path.open("xb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
