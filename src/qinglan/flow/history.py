"""``history export``: a project's hash chain as a file, for an auditor without the database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qinglan.durability import sync_folder
from qinglan.errors import UsageError
from qinglan.flow.context import Context, allow
from qinglan.provenance import chain_file
from qinglan.records import Actor
from qinglan.storage import history

STEP = 1_000


def stream_history(context: Context, actor: Actor, project: str) -> Iterator[bytes]:
    """The chain of ``project`` (by name) as it stands, a line each, some at a time.

    No reading waits for a slow reader: each stretch is read apart, and the chain only grows.

    Raises:
        PermissionDenied: the actor's role may not.
        UsageError: there is no such project.
    """
    allow("history", actor)
    return _lines(context, context.project(project).id)


def export_history(context: Context, actor: Actor, project: str, file: Path) -> int:
    """Write the chain of ``project`` to ``file``, whole or not at all; how many entries.

    The chain is written as it stands: whoever receives it checks it, against a release.

    Raises:
        UsageError: there is no such project, the file exists, or cannot be written.
    """
    allow("history", actor)
    target = context.project(project)
    file = file.expanduser().absolute()
    part = file.with_name(f".{file.name}.part")
    written = 0
    try:
        if os.path.lexists(file):
            raise UsageError("flow.file_exists", file=file)
        with part.open("wb") as out, context.storage.read() as conn:
            for entry in history.entries(conn, target.id):
                out.write(chain_file.line(entry))
                written += 1
            out.flush()
            os.fsync(out.fileno())
        part.rename(file)
        sync_folder(file.parent)
    except OSError as error:
        raise UsageError("flow.cannot_write_file", file=file, why=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)
    return written


def _lines(context: Context, project: str) -> Iterator[bytes]:
    last = 0
    while True:
        with context.storage.read() as conn:
            found = history.some(conn, project, last, STEP)
        if not found:
            return
        last = found[-1].seq
        yield b"".join(chain_file.line(entry) for entry in found)
