"""Releases and models that hold what was withdrawn since: not used any further, and named.

A release is signed and a model cannot unlearn, so neither is altered. But nothing new is made of
them: no training on or from them, no look with them at a held-out set, no answers of theirs as a
teacher, and no statement signed about them. A model may still be examined, so that the one trained
in its place can be held against it; of that, figures are kept and no words. Not a verb.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from qinglan.errors import Refused
from qinglan.flow.context import Context
from qinglan.records import Release
from qinglan.storage import links, traces
from qinglan.training import run as runs


def refuse_release(context: Context, release: Release) -> None:
    """Raise ``Refused`` where the release holds what was withdrawn since."""
    with context.storage.read() as conn:
        if release.id in traces.stale(conn):
            raise Refused("flow.release_stale", release=release.name)


def refuse_model(context: Context, folder: Path) -> None:
    """Raise ``Refused`` where a run of ours made the model of what was withdrawn since."""
    run = runs.made_by(folder)
    with context.storage.read() as conn:
        if run is not None and is_stale(conn, run):
            raise Refused("flow.model_stale", folder=folder, run=run)


def is_stale(conn: Connection, run: str) -> bool:
    """Whether ``run``, or one it went on from, learned from what was withdrawn since."""
    return not links.releases_behind(conn, run).isdisjoint(traces.stale(conn))
