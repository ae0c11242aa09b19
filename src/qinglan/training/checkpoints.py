"""Checkpoints that can be trusted after a crash.

The trainer writes a checkpoint file by file, so one that kill -9 or a power cut interrupted looks
like any other. Ours end with a marker, written after every file of the checkpoint has reached the
disk; what has no marker is cleared away and never resumed from.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from qinglan.durability import sync_files, sync_folder, write_whole

_MARKER = "whole.json"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A whole checkpoint after ``step`` steps and ``seconds`` of wall time."""

    folder: Path
    step: int
    seconds: float


def seal(folder: Path, *, step: int, seconds: float) -> None:
    """Flush every file of the checkpoint in ``folder`` to disk, then mark it whole."""
    sync_files(folder)
    write_whole(folder / _MARKER, json.dumps({"step": step, "seconds": seconds}))
    sync_folder(folder.parent)


def latest(folder: Path) -> Checkpoint | None:
    """The newest whole checkpoint under ``folder``; those that were cut off are removed."""
    found = []
    for path in folder.glob("checkpoint-*"):
        try:
            mark = json.loads((path / _MARKER).read_text())
            found.append(Checkpoint(path, int(mark["step"]), float(mark["seconds"])))
        except (OSError, ValueError, KeyError, TypeError):
            shutil.rmtree(path, ignore_errors=True)
    return max(found, key=lambda checkpoint: checkpoint.step, default=None)
