"""The journal of erasures: whose content was taken out of a workspace, so that no backup brings
it back.

One file, one hash-chained line a withdrawal, on the disk before the first row is erased. It holds
ids and times and no text, so it can be copied to where the backups are; a restore replays it. A
torn end is what a crash left of a withdrawal that had not begun.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from qinglan.durability import replacing, sync_folder
from qinglan.errors import IntegrityError
from qinglan.provenance import chain_file
from qinglan.provenance.chain import GENESIS, Entry, digest_of, examine
from qinglan.provenance.identity import canonical

NAME = "erasures.jsonl"


class Erasure(BaseModel):
    """One withdrawal, as the journal keeps it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    project: str
    what: Literal["annotator", "source"]
    targets: tuple[str, ...] = Field(min_length=1)
    time: AwareDatetime


class Journal:
    """The entries of one workspace, oldest first, each checked."""

    def __init__(self, workspace: str, entries: Iterable[Entry] = ()) -> None:
        self.workspace = workspace
        self.entries = tuple(entries)
        self.erasures = tuple(
            Erasure.model_validate_json(canonical(entry.event)) for entry in self.entries
        )

    def continues(self, other: Journal) -> bool:
        """Whether ``other`` is this journal as it was earlier."""
        return self.entries[: len(other.entries)] == other.entries

    def write(self, path: Path) -> None:
        """Write the whole journal to ``path``, in the place of what is there."""
        with replacing(path, mode=0o600) as out:
            out.writelines(chain_file.line(entry) for entry in self.entries)


def read(path: Path, workspace: str) -> Journal:
    """The journal at ``path``, of the workspace with that key id; empty where there is none.

    Raises:
        IntegrityError: it was altered, or is another workspace's.
    """
    if not path.exists():
        return Journal(workspace)
    try:
        entries = list(_entries(path))
        held, fault = examine(entries, workspace)
        if fault is not None:
            what = "another_workspace" if fault.what == "other_project" else "broken"
            raise IntegrityError(f"backups.journal_{what}", file=path, line=held + 1)
        return Journal(workspace, entries)
    except ValidationError as error:
        # Each line holds, so it was written so: by a newer version.
        raise IntegrityError("backups.journal_newer", file=path) from error


def append(path: Path, workspace: str, erasure: Erasure) -> Journal:
    """Add ``erasure`` to the journal at ``path``; it is on the disk on return.

    Raises:
        IntegrityError: as ``read``.
        OSError: the disk refuses.
    """
    with _locked(path) as handle:
        known = read(path, workspace)
        os.ftruncate(handle, sum(len(chain_file.line(entry)) for entry in known.entries))
        seq = len(known.entries) + 1
        prev = known.entries[-1].digest if known.entries else GENESIS
        event = erasure.model_dump(mode="json")
        entry = Entry(workspace, seq, event, prev, digest_of(prev, workspace, seq, event))
        os.lseek(handle, 0, os.SEEK_END)
        rest = memoryview(chain_file.line(entry))
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    sync_folder(path.parent)
    return Journal(workspace, (*known.entries, entry))


def newest(journals: Iterable[Journal]) -> Journal:
    """The one that continues all the others.

    Raises:
        IntegrityError: two of them disagree, so one is not this workspace's journal.
    """
    longest = Journal("")
    for journal in journals:
        if len(journal.entries) >= len(longest.entries):
            journal, longest = longest, journal
        if not longest.continues(journal):
            raise IntegrityError("backups.journals_disagree")
    return longest


def _entries(path: Path) -> Iterator[Entry]:
    """The entries; a last line without its end was never finished."""
    whole = path.read_bytes()
    number = whole.count(b"\n")
    if number:
        for _, entry in zip(range(number), chain_file.read(path), strict=False):
            yield entry


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """A handle to write with, while no other process does."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
