"""Watching what SQLite does to its files, from inside the process.

``sqlite3`` in the standard library gives no look at the layer below SQL. Its own library can be
reached through ctypes, though, and the default VFS is a table of function pointers: this module
puts a call of ours before each write, truncation, sync and deletion. SQLite itself stays as it
is, and so does everything it hands to the operating system.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p

Watcher = Callable[[str, str], None]
"""Called with what is about to be done (write, truncate, sync, delete) and to which file."""

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    _fields_ = [
        ("iVersion", c_int), ("szOsFile", c_int), ("mxPathname", c_int), ("pNext", c_void_p),
        ("zName", c_char_p), ("pAppData", c_void_p), ("xOpen", c_void_p), ("xDelete", c_void_p),
    ]  # fmt: skip


class _Methods(Structure):
    """``sqlite3_io_methods`` in its third version; the last two pointers are of no concern."""

    _fields_ = [
        ("iVersion", c_int), ("xClose", c_void_p), ("xRead", c_void_p), ("xWrite", c_void_p),
        ("xTruncate", c_void_p), ("xSync", c_void_p), ("rest", c_void_p * 13),
    ]  # fmt: skip


_kept: list[object] = []
"""ctypes forgets a callback that Python no longer refers to; the library does not."""


def library() -> ctypes.CDLL | None:
    """The SQLite that the ``sqlite3`` module runs on; ``None`` where it cannot be reached."""
    import _sqlite3

    for name in (getattr(_sqlite3, "__file__", None), None):
        try:
            found = ctypes.CDLL(name)
            found.sqlite3_vfs_find.restype = POINTER(_Vfs)
            found.sqlite3_vfs_find.argtypes = [c_char_p]
        except (OSError, AttributeError):
            continue
        return found
    return None


def watch(watcher: Watcher) -> None:
    """Call ``watcher`` before SQLite changes a file, in this process, from now on.

    Connections that are open already are not watched.
    """
    found = library()
    if found is None:
        raise RuntimeError("the SQLite of this Python cannot be reached")
    vfs = found.sqlite3_vfs_find(None).contents
    really_open, really_delete = _OPEN(vfs.xOpen), _DELETE(vfs.xDelete)
    methods: dict[tuple[int, str], _Methods] = {}

    def opened(this: int, name: int, file: int, flags: int, out: int) -> int:
        code = really_open(this, name, file, flags, out)
        place = c_void_p.from_address(file)
        if code == 0 and name and place.value:
            path = os.fsdecode(ctypes.string_at(name))
            key = (place.value, path)
            if key not in methods:
                methods[key] = _watched(_Methods.from_address(place.value), path, watcher)
            place.value = ctypes.addressof(methods[key])
        return int(code)

    def deleted(this: int, name: bytes, sync: int) -> int:
        watcher("delete", os.fsdecode(name))
        return int(really_delete(this, name, sync))

    callbacks = _OPEN(opened), _DELETE(deleted)
    _kept.extend([callbacks, methods, really_open, really_delete])
    vfs.xOpen, vfs.xDelete = (ctypes.cast(callback, c_void_p).value for callback in callbacks)


def _watched(real: _Methods, path: str, watcher: Watcher) -> _Methods:
    """``real`` with our calls before those of its functions that change the file at ``path``."""
    copy = _Methods.from_buffer_copy(real)
    really_write, really_truncate = _WRITE(real.xWrite), _TRUNCATE(real.xTruncate)
    really_sync = _SYNC(real.xSync)

    def write(file: int, data: int, size: int, offset: int) -> int:
        watcher("write", path)
        return int(really_write(file, data, size, offset))

    def truncate(file: int, size: int) -> int:
        watcher("truncate", path)
        return int(really_truncate(file, size))

    def sync(file: int, flags: int) -> int:
        watcher("sync", path)
        return int(really_sync(file, flags))

    callbacks = _WRITE(write), _TRUNCATE(truncate), _SYNC(sync)
    _kept.extend([callbacks, really_write, really_truncate, really_sync])
    copy.xWrite, copy.xTruncate, copy.xSync = (
        ctypes.cast(callback, c_void_p).value for callback in callbacks
    )
    return copy
