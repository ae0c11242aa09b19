"""A hash chain: entries that each cover the one before, so that none can be changed alone.

A changed, removed, added or reordered entry breaks the chain at that place. What a chain alone
cannot tell is that its newest entries were cut off, or that all of it was written anew: for that
it is held against anchors, digests that somebody outside has kept. Releases carry one each.

Pure: the same rules judge the chain in a database and the one that was exported to a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from qinglan.provenance.identity import Json, canonical, sha256

GENESIS = "0" * 64
"""What stands before the first entry."""

Break = Literal["changed", "missing", "unordered", "other_project", "cut", "rewritten"]


class Entry(NamedTuple):
    """One entry, with what it says of its own place. ``seq`` counts from 1."""

    project: str
    seq: int
    event: Json
    prev: str
    digest: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A digest that must be in the chain, and after how many entries, where that was recorded."""

    digest: str
    entries: int | None = None
    held_by: str = ""
    """Who vouches for it: the name of a release."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that does not hold: what, at which entry, by whose anchor.

    ``changed``: the entry is not what its digest covers, or does not follow from the one before.
    ``missing``: entries before it are gone. ``unordered``: it stands too late, or twice.
    ``other_project``: it belongs to another project. ``cut``: the chain ends before an anchor.
    ``rewritten``: the chain is whole in itself, and is not the one that was anchored.
    """

    what: Break
    seq: int
    anchor: Anchor | None = None


def digest_of(prev: str, project: str, seq: int, event: Json) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of ``[prev, project, seq, event]``."""
    return sha256(canonical([prev, project, seq, event]))


def examine(
    entries: Iterable[Entry], project: str, anchors: Iterable[Anchor] = ()
) -> tuple[int, Fault | None]:
    """Recompute the chain of ``project``, in flat memory.

    Returns:
        How many entries hold, and the first fault; ``None`` where all is well.
    """
    wanted = [anchor for anchor in anchors if anchor.digest != GENESIS]
    prev, seq = GENESIS, 0
    for entry in entries:
        what = _fault(entry, prev, project, seq + 1)
        if what is not None:
            return seq, Fault(what, seq + 1)
        seq, prev = entry.seq, entry.digest
        for anchor in wanted:
            if anchor.entries == seq and anchor.digest != prev:
                return seq, Fault("rewritten", seq, anchor)
        wanted = [anchor for anchor in wanted if anchor.digest != prev]
    for anchor in wanted:
        # An anchor without its place may also have stood in a chain that was written anew.
        if anchor.entries is None or anchor.entries > seq:
            return seq, Fault("cut", seq, anchor)
        return seq, Fault("rewritten", anchor.entries, anchor)
    return seq, None


def _fault(entry: Entry, prev: str, project: str, seq: int) -> Break | None:
    if entry.project != project:
        return "other_project"
    if entry.seq != seq:
        return "missing" if entry.seq > seq else "unordered"
    try:
        whole = entry.digest == digest_of(entry.prev, project, seq, entry.event)
    except ValueError:  # what cannot be hashed was never written by us
        return "changed"
    return None if whole and entry.prev == prev else "changed"
