"""Runs commands that die at a chosen moment, many a second.

A fresh Python takes a second to load the program, and a crash test wants hundreds of runs. So
this process loads everything once and forks for each run it is asked for: the fork is a process
of its own, with its own connections and files, and is killed with SIGKILL, which no handler
sees. Moments are counted or timed. Counted ones lie before each change of the outside world: each
write, truncation, sync and deletion by SQLite; each statement and commit to PostgreSQL; each
fsync, rename, link, unlink, mkdir and rmdir of ours. Timed ones fall wherever they fall.

One request a line on standard input, one answer a line on standard output, in JSON. Talk to it
through ``crash_trials``.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import sqlite_files

LOADED = (
    "pandas", "psycopg", "pyarrow.compute", "pyarrow.pandas_compat", "pyarrow.parquet",
    "scipy.stats", "sqlalchemy.dialects.postgresql.psycopg", "tarfile", "qinglan.flow.judge",
    "qinglan.flow.load", "qinglan.flow.release", "qinglan.flow.trace", "qinglan.flow.verify",
)  # fmt: skip
"""What the commands load on the way; pandas where it is, since pyarrow then loads it."""

OURS = ("fsync", "replace", "rename", "link", "unlink", "mkdir", "rmdir")


class Moments:
    """Counts the moments passed and the writes acknowledged, in memory that survives the fork."""

    def __init__(self, kill_at: int | None) -> None:
        self._shared = mmap.mmap(-1, 16)
        self._kill_at = kill_at

    def passed(self) -> tuple[int, int]:
        """Moments passed, and writes acknowledged."""
        return struct.unpack("qq", self._shared[:16])

    def count(self, *_: object) -> None:
        """One more moment; the end, if it is the chosen one."""
        moments, kept = self.passed()
        if moments == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._shared[:16] = struct.pack("qq", moments + 1, kept)

    def acknowledge(self) -> None:
        """One more write was said to be on disk."""
        moments, kept = self.passed()
        self._shared[:16] = struct.pack("qq", moments, kept + 1)


def preload() -> None:
    """Load what the commands load, so that a fork need not."""
    for name in LOADED:
        with suppress(ImportError):
            import_module(name)

    import qinglan.verifiers
    from qinglan.cli import app

    app.tree()
    qinglan.verifiers.registered()


def watch(moments: Moments, log: str | None) -> None:
    """Put ``moments`` before every change that this process makes."""
    from sqlalchemy import Engine, event

    if sqlite_files.library() is not None:
        sqlite_files.watch(moments.count)
    event.listen(Engine, "commit", moments.count)
    event.listen(Engine, "before_cursor_execute", postgresql_only(moments))
    for name in OURS:
        setattr(os, name, counted(getattr(os, name), moments))
    acknowledge(moments, log)


def postgresql_only(moments: Moments) -> Callable[..., None]:
    """On SQLite the file layer says more than its statements do."""

    def count(connection: Any, *_: object) -> None:
        if connection.dialect.name == "postgresql":
            moments.count()

    return count


def counted(call: Callable[..., Any], moments: Moments) -> Callable[..., Any]:
    def counting(*words: Any, **more: Any) -> Any:
        moments.count()
        return call(*words, **more)

    return counting


def acknowledge(moments: Moments, log: str | None) -> None:
    """Note each write that came back as kept; in ``log`` also how many rows there are then."""
    from crash_trials import counts

    from qinglan.storage import Storage

    really_write = Storage.write

    def write(self: Storage, fn: Any) -> Any:
        result = really_write(self, fn)
        moments.acknowledge()
        if log is not None:
            with self.read() as conn:
                found = counts(conn)
            with Path(log).open("a", encoding="utf-8") as out:
                out.write(json.dumps(found) + "\n")
        return result

    Storage.write = write  # type: ignore[method-assign]


def become(asked: dict[str, Any], moments: Moments) -> int:
    """In the fork: run the command; its exit code."""
    import qinglan.flow.judge
    import qinglan.flow.load
    import qinglan.flow.verify
    import qinglan.training.checkpoints
    from qinglan.cli import main

    for handle in (1, 2):
        os.dup2(os.open(asked["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), handle)
    os.chdir(asked["folder"])
    os.environ.update(asked["env"])
    for verb in (qinglan.flow.load, qinglan.flow.verify, qinglan.flow.judge):
        verb.BATCH = asked["batch"]  # type: ignore[attr-defined]
    watch(moments, asked["log"])
    note_seals()
    return main(asked["words"])


def note_seals() -> None:
    """Note beside the workspace each checkpoint that was sealed: no step is done twice."""
    from qinglan.training import checkpoints

    really_seal = checkpoints.seal

    def seal(folder: Path, *, step: int, seconds: float) -> None:
        really_seal(folder, step=step, seconds=seconds)
        with Path("seals.txt").open("a", encoding="utf-8") as out:
            out.write(f"{step}\n")

    checkpoints.seal = seal


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Fork, let it run, kill it where it was asked for."""
    for name in asked["loads"]:
        import_module(name)
    moments = Moments(asked["kill_at"])
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = become(asked, moments)
        finally:
            sys.stdout.flush()
            os._exit(code)
    if asked["kill_after"] is not None:
        time.sleep(asked["kill_after"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    passed, kept = moments.passed()
    return {
        "code": os.waitstatus_to_exitcode(status), "moments": passed, "kept": kept,
        "seconds": time.monotonic() - began,
    }  # fmt: skip


def main() -> None:
    preload()
    threads = len(list(Path("/proc/self/task").iterdir())) if Path("/proc").exists() else 1
    print(json.dumps({"ready": True, "threads": threads}), flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
