"""A key for a vendor's endpoint: from a variable or a private file, and nowhere else.

Not from the command line, where every process on the machine could read it, and not from the
settings, which are backed up and shared.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from qinglan.errors import UsageError, WorkspaceError

_LONGEST = 10_000


def read_key(variable: str | None, file: Path | None) -> str | None:
    """The key in the environment variable of that name, or in ``file``; ``None`` for neither.

    Raises:
        UsageError: both are given.
        WorkspaceError: the variable is unset or empty; the file cannot be read, holds no key, or
            may be read by others than its owner.
    """
    if variable is not None and file is not None:
        raise UsageError("flow.two_keys")
    if variable is not None:
        key = os.environ.get(variable, "").strip()
        if not key:
            raise WorkspaceError("flow.no_key_variable", variable=variable)
        return key
    return None if file is None else _from_file(file)


def _from_file(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(_LONGEST)
        key = content.decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise WorkspaceError("flow.key_file_unreadable", file=file, why=why) from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WorkspaceError("flow.key_file_open", file=file)
    if not key:
        raise WorkspaceError("flow.key_file_empty", file=file)
    return key
