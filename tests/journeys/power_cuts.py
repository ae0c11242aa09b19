"""Records what the disk would hold if the power went, at every sync of a workspace's life.

Run as a process of its own, since it changes ``os`` and SQLite's file layer for good::

    python power_cuts.py HOME OUT

A workspace is made in HOME and the whole line is walked; before each sync three disks are written
to OUT (see ``test_power_loss``), and in the end ``cuts.json`` says of each what had been
acknowledged by then.
"""

from __future__ import annotations

import json
import os
import random
import stat
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import sqlite_files

Key = tuple[int, int]
"""A file or folder: its inode, and how often that number was given away before."""

SECTOR = 512


class Disk:
    """What of everything under ``root`` has been synced."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._used: dict[int, int] = defaultdict(int)
        self._content: dict[Key, bytes] = {}
        self._names: dict[Key, dict[str, tuple[Key, bool]]] = {}
        self.sync_folder_at(root)

    def key(self, found: os.stat_result) -> Key:
        return found.st_ino, self._used[found.st_ino]

    def gone(self, found: os.stat_result) -> None:
        """The last name of an inode goes: its number may come back for another file."""
        if found.st_nlink == 1 or stat.S_ISDIR(found.st_mode):
            self._used[found.st_ino] += 1

    def sync_file(self, path: Path) -> None:
        self._content[self.key(path.stat())] = path.read_bytes()

    def sync_folder(self, handle: int) -> None:
        inside = {
            name: os.stat(name, dir_fd=handle, follow_symlinks=False) for name in os.listdir(handle)
        }
        self._names[self.key(os.fstat(handle))] = {
            name: (self.key(child), stat.S_ISDIR(child.st_mode)) for name, child in inside.items()
        }

    def sync_folder_at(self, path: Path) -> None:
        handle = os.open(path, os.O_RDONLY)
        self.sync_folder(handle)
        os.close(handle)

    def path_of(self, found: os.stat_result) -> Path | None:
        """Where under the root an open file is named now."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = Path(folder) / name
                if path.stat().st_ino == found.st_ino:
                    return path
        return None

    def holds(self, found: os.stat_result) -> bool:
        """Whether an open folder is the root or under it."""
        return any(
            Path(folder).stat().st_ino == found.st_ino for folder, _, _ in os.walk(self.root)
        )

    def write_strict(self, target: Path) -> None:
        """Nothing but what was synced, under the names that were."""

        def fill(key: Key, place: Path) -> None:
            place.mkdir(parents=True)
            for name, (child, is_folder) in self._names.get(key, {}).items():
                if is_folder:
                    fill(child, place / name)
                else:
                    put(place / name, self._content.get(child, b""))

        fill(self.key(self.root.stat()), target)

    def write_named(self, target: Path, content: Callable[[bytes, bytes], bytes]) -> None:
        """All names as they are now; of content what ``content`` makes of synced and current."""
        for folder, _, files in os.walk(self.root):
            place = target / Path(folder).relative_to(self.root)
            place.mkdir(parents=True)
            for name in files:
                path = Path(folder) / name
                synced = self._content.get(self.key(path.stat()), b"")
                put(place / name, content(synced, path.read_bytes()))


def put(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o600)


def torn(dice: random.Random) -> Callable[[bytes, bytes], bytes]:
    """Sector by sector the old or the new, and the old length or the new."""

    def mix(old: bytes, new: bytes) -> bytes:
        size = dice.choice((len(old), len(new)))
        sectors = (
            dice.choice((old, new))[at : at + SECTOR].ljust(SECTOR, b"\0")
            for at in range(0, size, SECTOR)
        )
        return b"".join(sectors)[:size]

    return mix


class Recorder:
    """Writes disks, and knows what was acknowledged before each."""

    def __init__(self, root: Path, out: Path) -> None:
        self.disk = Disk(root)
        self.out = out
        self.dice = random.Random(1)
        self.cuts: list[dict[str, Any]] = []
        self.states: list[dict[str, int]] = []
        self.facts: dict[str, Any] = {"stage": "init", "key": None, "release": False, "replies": 0}

    def cut(self) -> None:
        """The power goes now."""
        kinds: dict[str, Callable[[Path], None]] = {
            "strict": self.disk.write_strict,
            "names": lambda target: self.disk.write_named(target, lambda old, _: old),
            "torn": lambda target: self.disk.write_named(target, torn(self.dice)),
        }
        for kind, write in kinds.items():
            name = f"{len(self.cuts):04}-{kind}"
            write(self.out / name)
            self.cuts.append({"disk": name, "kept": len(self.states), **self.facts})

    def sqlite(self, what: str, name: str) -> None:
        """Before SQLite does something to a file."""
        path = Path(name)
        if not path.is_relative_to(self.disk.root) or not path.exists():
            return
        if what == "sync":
            self.cut()
            self.disk.sync_file(path)
            if name.endswith("-wal"):  # its VFS syncs the folder of a new log
                self.disk.sync_folder_at(path.parent)
        elif what == "delete":
            self.disk.gone(path.stat())

    def watch(self) -> None:
        """From now on every sync is a cut."""
        sqlite_files.watch(self.sqlite)
        fsync, replace, rename = os.fsync, os.replace, os.rename
        unlink, rmdir = os.unlink, os.rmdir

        def sync(handle: int) -> None:
            found = os.fstat(handle)
            if stat.S_ISDIR(found.st_mode):
                if self.disk.holds(found):
                    self.cut()
                    self.disk.sync_folder(handle)
            elif (path := self.disk.path_of(found)) is not None:
                self.cut()
                self.disk.sync_file(path)
            fsync(handle)

        def over(call: Callable[..., None]) -> Callable[..., None]:
            def renaming(source: Any, target: Any, **more: Any) -> None:
                if os.path.lexists(target):
                    self.disk.gone(os.lstat(target))
                call(source, target, **more)

            return renaming

        def away(call: Callable[..., None]) -> Callable[..., None]:
            def removing(path: Any, *, dir_fd: int | None = None) -> None:
                if dir_fd is not None or os.path.lexists(path):
                    self.disk.gone(os.stat(path, dir_fd=dir_fd, follow_symlinks=False))
                call(path, dir_fd=dir_fd)

            return removing

        os.fsync = sync
        os.replace, os.rename = over(replace), over(rename)
        os.unlink, os.rmdir = away(unlink), away(rmdir)

    @contextmanager
    def acknowledged(self) -> Iterator[None]:
        """Count the rows after each write that came back as kept."""
        from crash_trials import counts

        from qinglan.storage import Storage

        really_write = Storage.write

        def write(storage: Storage, fn: Any) -> Any:
            result = really_write(storage, fn)
            with storage.read() as conn:
                self.states.append(counts(conn))
            return result

        Storage.write = write  # type: ignore[method-assign]
        yield
        Storage.write = really_write  # type: ignore[method-assign]


def live(home: Path, inputs: Path, recorder: Recorder) -> None:
    """A workspace from its making to a release, and a journal of replies."""
    import qinglan
    from qinglan.flow import judge, load, verify

    for verb in (load, verify, judge):
        verb.BATCH = 8  # type: ignore[attr-defined]
    own = qinglan.Terms(channel="own", licence="MIT", name="questions")
    simulated = qinglan.Terms(channel="simulated", name="simulated")
    with qinglan.init(home / "w") as ws:
        recorder.facts.update(key=ws._context.signer(), stage="line")
    recorder.cut()
    with recorder.acknowledged():
        with qinglan.open(home / "w") as ws:
            ws.load("p", inputs / "questions.jsonl", fields=["id=id", "prompt=prompt", "key=key"],
                    terms=own)  # fmt: skip
        with qinglan.open(home / "w") as ws:
            ws.load_answers(
                "p", inputs / "answers.jsonl", terms=simulated, annotator_type="person",
                fields=["task=task", "annotator=annotator", "answer=answer"],
                tasks_from="questions",
            )  # fmt: skip
            ws.verify("p")
            ws.judge("p")
        with qinglan.open(home / "w") as ws:
            ws.release("p", name="r", purpose="training")
            recorder.facts["release"] = True
        recorder.cut()
        keep_replies(home / "w" / "replies" / "teacher.jsonl", recorder)
    recorder.cut()


def keep_replies(path: Path, recorder: Recorder) -> None:
    """Six paid calls, each on the disk before the next."""
    from qinglan.endpoints import journal
    from qinglan.records import Reply

    with journal.Journal.open(path) as opened:
        for number in range(1, 7):
            reply = Reply(
                id=f"rpl_{number}", task="t", number=number, request=f"{number:064x}", model="m",
                endpoint="e", time=datetime(2026, 1, 1, tzinfo=UTC), status=200,
                body="答案" * 300, prompt_tokens=1, completion_tokens=1,
            )  # fmt: skip
            opened.write([journal.began(reply.id, (1, 1))])
            opened.write([journal.replied(reply)])
            recorder.facts["replies"] = number


def main(home: Path, out: Path) -> None:
    from crash_trials import write_inputs

    inputs = out / "inputs"
    inputs.mkdir(parents=True)
    write_inputs(inputs, questions=16, people=1)
    home.mkdir()
    recorder = Recorder(home, out)
    recorder.watch()
    live(home, inputs, recorder)
    text = json.dumps({"cuts": recorder.cuts, "states": recorder.states})
    (out / "cuts.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
