"""The worksheet of an examination: what was answered so far, kept across a crash.

One file an examination, named by its plan: a first line that says which report it will be, then
one line a portion, flushed to the disk before the next portion is asked. A torn last line, which
a power cut leaves, is cut off and asked again; nothing before it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pydantic import ValidationError

from qinglan.durability import make_folder, sync_folder
from qinglan.errors import IntegrityError, UsageError
from qinglan.evaluation.scores import Scored

_ID = re.compile(r"rpt_[a-z2-7]{26}")


def throw_away(path: Path, test: Callable[[Mapping[str, Any]], bool]) -> None:
    """Remove the sheet at ``path`` if ``test`` says so of what it is about.

    Raises:
        UsageError: another process works on it.
    """
    with path.open("rb") as file:
        _lock(file, path)
        try:
            about = json.loads(file.readline())
        except ValueError:
            about = {}  # cut off before it said anything
        if test(about if isinstance(about, dict) else {}):
            path.unlink()


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise UsageError("evaluation.busy", file=path) from None


class Worksheet:
    """An open worksheet. One process at a time; use it as a context manager."""

    def __init__(
        self, path: Path, report: str, about: Mapping[str, str | None] | None = None
    ) -> None:
        """Open the sheet at ``path``, or begin one for the report with that id.

        ``about`` says what is examined, for whoever must know without the plan.

        Raises:
            UsageError: another process works on it.
            IntegrityError: it was altered.
        """
        self.path = path
        self.done: dict[str, tuple[Scored, str]] = {}
        """Outcomes and greedy answer by item."""
        make_folder(path.parent)
        self._file = path.open("a+b")
        sync_folder(path.parent)
        _lock(self._file, path)
        try:
            self.report = self._read(report, about or {})
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Worksheet:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, portion: Sequence[tuple[Scored, str]]) -> None:
        """Keep the outcomes of a portion; they are on the disk on return."""
        self._append([[scored.model_dump(mode="json"), text] for scored, text in portion])
        self.done.update((scored.id, (scored, text)) for scored, text in portion)

    def discard(self) -> None:
        """Remove the file: its report is filed."""
        self.path.unlink(missing_ok=True)

    def _read(self, report: str, about: Mapping[str, str | None]) -> str:
        """What is there; the id of the report that it belongs to."""
        self._file.seek(0)
        whole = 0
        lines: list[Any] = []
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            lines.append(line)
        self._file.truncate(whole)
        if not lines:
            self._append({"report": report, **about})
            return report
        try:
            begun = json.loads(lines[0])["report"]
            if not _ID.fullmatch(begun):  # it will name a file
                raise ValueError("not the id of a report")
            for line in lines[1:]:
                for scored, text in json.loads(line):
                    found = Scored.model_validate(scored)
                    self.done[found.id] = (found, str(text))
        except (ValueError, TypeError, KeyError, ValidationError) as error:
            raise IntegrityError("evaluation.sheet_damaged", file=self.path) from error
        return str(begun)

    def _append(self, value: object) -> None:
        self._file.write(json.dumps(value, ensure_ascii=True).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
