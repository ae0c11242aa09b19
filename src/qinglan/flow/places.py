"""Where a workspace's backups lie, and telling those places what was erased since.

A backup cannot be changed, so what was withdrawn after it is written beside it: a restore reads
the journal of erasures that lies with the backups. Not a verb.
"""

from __future__ import annotations

from pathlib import Path

from qinglan.backups import erasures
from qinglan.durability import write_whole
from qinglan.errors import IntegrityError
from qinglan.provenance import keys

FILE = "backups.txt"
"""In the workspace: the folders that backups were put in, one a line."""


def known(workspace: Path) -> list[Path]:
    """The folders that hold backups, as far as the workspace was told."""
    file = workspace / FILE
    if not file.exists():
        return []
    return [Path(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def remember(workspace: Path, place: Path) -> None:
    """Note that backups lie in ``place``."""
    there = known(workspace)
    if place not in there:
        write_whole(workspace / FILE, "".join(f"{one}\n" for one in (*there, place)))


def copy_in(place: Path, signer: str) -> Path:
    """The copy of a workspace's journal in a folder that may hold several workspaces' backups."""
    return place / f"erasures-{signer[:16]}.jsonl"


def tell(workspace: Path, *, also: Path | None = None) -> tuple[str, ...]:
    """Bring the journal of erasures to every place that holds backups; those not reached.

    ``also`` is one that could not be noted.
    """
    signer = keys.load_public(workspace / "keys").id
    ours = erasures.read(workspace / erasures.NAME, signer)
    unreached = []
    for place in (*known(workspace), *(() if also is None else (also,))):
        copy = copy_in(place, signer)
        try:
            theirs = erasures.read(copy, signer)
            if not place.is_dir() or not (ours.continues(theirs) or theirs.continues(ours)):
                unreached.append(str(place))
            elif ours.entries != theirs.entries and ours.continues(theirs):
                ours.write(copy)
        except (OSError, IntegrityError):
            unreached.append(str(place))
    return tuple(unreached)
