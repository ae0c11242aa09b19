"""One server on a SQLite file: a second one is refused, and told which process the first is.

Two servers would each take their own writer thread for the only one, and every submit of one
would wait for the other's. The lock belongs to the process and goes with it, however it ends;
commands beside a server take none, they wait for its commits. PostgreSQL serves many.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from sqlalchemy import URL

from qinglan.errors import StorageError

_gate = threading.Lock()
_mine: set[Path] = set()
"""A process does not shut itself out, so it keeps book of what it serves."""


class ServerLock:
    """The right to serve a database file. Let go with ``close``, or by ending."""

    def __init__(self, path: Path) -> None:
        """Take the lock beside the database at ``path``.

        Raises:
            StorageError: another server has it, or the folder cannot be written.
        """
        self._path = path.with_name(path.name + ".serving").resolve()
        with _gate:
            if self._path in _mine:
                raise StorageError("storage.served", pid=os.getpid())
            self._handle = self._take()
            _mine.add(self._path)

    def close(self) -> None:
        """Let another server in. Closing twice is closing once."""
        with _gate:
            if self._path in _mine:
                _mine.remove(self._path)
                os.close(self._handle)

    def _take(self) -> int:
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError("storage.cannot_open", detail=error.strerror) from error
        try:
            # Not flock: a worker that outlives a killed server would hold that on.
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.read(handle, 20).decode("ascii", "replace").strip()
            os.close(handle)
            raise StorageError("storage.served", pid=pid or "?") from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        return handle


def lock(url: URL) -> ServerLock | None:
    """The right to serve the database at ``url``; ``None`` where many may.

    Raises:
        StorageError: another server has it.
    """
    return ServerLock(Path(str(url.database))) if url.get_backend_name() == "sqlite" else None
