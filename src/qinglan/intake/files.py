"""Opening a file that someone named, and knowing what it is before reading it.

A name may lead to a folder, a pipe that never ends, or, through a link, out of the folder it
was to stay in. So a file is opened without blocking, judged by its open handle and not by its
name, and refused with the remedy in the message.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from qinglan.errors import InputError, LimitError
from qinglan.intake.limits import DEFAULT_LIMITS, Limits

__all__ = ["fingerprint", "open_file"]

_CHUNK = 2**20


def open_file(
    path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS, *, within: Path | None = None
) -> BinaryIO:
    """Open a regular file for reading bytes.

    Args:
        within: the folder that the file must lie in once links are followed, for names that did
            not come from the person at the keyboard.

    Raises:
        InputError: missing, not a file, not readable, empty, or outside ``within``.
        LimitError: larger than ``limits.max_file_bytes``.
    """
    name = os.fspath(path)
    try:
        place = Path(name).resolve(strict=True)
        if within is not None and not place.is_relative_to(within.resolve()):
            raise InputError("intake.outside", file=name, folder=str(within))
        # Of the resolved name, so that a link changed meanwhile is refused; and a pipe with no
        # writer must not hang us.
        handle = os.open(
            place, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
        )
    except (FileNotFoundError, NotADirectoryError):
        raise InputError("intake.no_file", file=name) from None
    except (OSError, ValueError, RuntimeError) as error:  # loops of links, NUL in the name
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise InputError("intake.unreadable", file=name, why=why) from error
    try:
        _judge(name, os.fstat(handle), limits)
    except InputError:
        os.close(handle)
        raise
    return os.fdopen(handle, "rb", buffering=_CHUNK)


def _judge(name: str, found: os.stat_result, limits: Limits) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise InputError("intake.folder", file=name)
    if not stat.S_ISREG(found.st_mode):
        raise InputError("intake.not_regular", file=name)
    if found.st_size == 0:
        raise InputError("intake.empty", file=name)
    if found.st_size > limits.max_file_bytes:
        raise LimitError(
            "intake.file_too_large", file=name, size=found.st_size, limit=limits.max_file_bytes
        )


def fingerprint(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> tuple[str, int]:
    """SHA-256 in hexadecimal, and size in bytes, of a file's content. Streams.

    Raises:
        InputError, LimitError: as ``open_file``.
    """
    digest, size = hashlib.sha256(), 0
    with open_file(path, limits) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
