"""What is there after the power went: only what was synced is sure.

``power_cuts`` walks the line while every sync is watched, fsync of ours on files and folders, and
SQLite's own. Before each sync, as a power cut would find it, three disks are written:

- **strict**: a file holds what its last sync saw, a folder names what its last sync saw;
- **names**: every name and rename is there already, but content only as far as it was synced, and
  a file that never was is empty: what some file systems do, and what betrays a rename before an
  fsync;
- **torn**: of what was written since the last sync each sector of 512 bytes is there or not, as
  the dice fall.

Each is opened again: everything acknowledged before the cut is there and nothing but whole
transactions, the database is sound and its history holds, a release is whole or absent, and what
the database says of a release is there to be read.

What this does not show: disks that lie about a sync, sectors torn inside, file systems that lose
what was synced, a training's folder, and PostgreSQL, whose files are its own affair.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlite_files
from crash_trials import counts
from sqlalchemy import select

import qinglan
from qinglan.endpoints.journal import Journal
from qinglan.storage import history, projects, tables


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any], list[Any]]:
    """The folder of disks; what was acknowledged before each; the rows after each write."""
    if sqlite_files.library() is None:
        pytest.skip("the SQLite of this Python cannot be watched from inside")
    folder = tmp_path_factory.mktemp("power")
    subprocess.run(
        [sys.executable, str(Path(__file__).with_name("power_cuts.py")), folder / "home",
         folder / "disks"],
        check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )  # fmt: skip
    found = json.loads((folder / "disks" / "cuts.json").read_text())
    return folder / "disks", found["cuts"], found["states"]


def test_a_workspace_being_made_is_made_the_second_time(
    life: tuple[Path, list[Any], list[Any]],
) -> None:
    disks, cuts, _ = life
    early = [cut for cut in cuts if cut["stage"] == "init"]
    assert len(early) > 20
    for cut in early:
        with qinglan.init(disks / cut["disk"] / "w") as ws:
            assert ws._context.signer()
            assert ws.status() == []


def test_what_was_acknowledged_is_there(life: tuple[Path, list[Any], list[Any]]) -> None:
    disks, cuts, states = life
    states = [{}, *states]
    late = [cut for cut in cuts if cut["stage"] != "init"]
    assert len(late) > 150
    for cut in late:
        folder = disks / cut["disk"] / "w"
        with qinglan.open(folder) as ws:
            assert ws._context.signer() == cut["key"], cut
            storage = ws._context.storage
            storage.examine()
            with storage.read() as conn:
                possible = [state or dict.fromkeys(counts(conn), 0) for state in states]
                assert counts(conn) in possible[cut["kept"] : cut["kept"] + 2], cut
                for project in projects.all(conn):
                    history.check(conn, project.id)
                recorded = conn.execute(select(tables.releases.c.name)).scalars().all()
        visible = [p for p in folder.glob("releases/*") if not p.name.startswith(".")]
        for release in visible:
            assert qinglan.check_release(release, key=folder / "keys" / "signing.pub").ok, cut
        assert set(recorded) <= {path.name for path in visible}, cut
        if cut["release"]:
            assert recorded == ["r"], cut
        replies = folder / "replies" / "teacher.jsonl"
        if cut["replies"] or replies.exists():
            with Journal.open(replies) as journal:
                numbers = [reply.number for _, reply in journal.replies()]
            assert numbers[: cut["replies"]] == list(range(1, cut["replies"] + 1)), cut
        shutil.rmtree(disks / cut["disk"])
