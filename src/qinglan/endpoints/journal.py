"""A journal of replies: no paid call is paid for twice, and none leaves unseen.

One file a teacher, one line an event, appended and flushed to the disk before anybody goes on:
``began`` before a call leaves, then ``replied`` with what came, as it came, or ``refused`` where
the server would not do it, and so charged nothing. A call that began and never ended was cut off;
it may have been paid for, and is counted apart.

Every line begins with a checksum. A power cut leaves a torn end, which is recognised, counted and
left where it is: the next line begins afresh behind it, and nothing before it is lost. A reply is
addressed by its id, and ``erase`` takes its text out of the file.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from qinglan.durability import make_folder, replacing, sync_folder
from qinglan.errors import StorageError
from qinglan.records import Reply

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PRIVATE = 0o600
"""Replies hold the texts of tasks and answers."""

Tokens = tuple[int, int]
"""Tokens of a prompt, and of what completes it."""


@dataclass(slots=True)
class Tally:
    """What the calls in a journal came to."""

    replies: int = 0
    refused: int = 0
    """Answered with an error, which costs nothing."""
    cut_off: int = 0
    """Began and never ended: they may have been paid for."""
    torn: int = 0
    """Lines that a crash left unreadable."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Of the replies, as their server counted; where it did not, the most they can have been."""
    lost_prompt_tokens: int = 0
    lost_completion_tokens: int = 0
    """The most that the calls cut off can have used."""

    @property
    def calls(self) -> int:
        """Calls that were, or may have been, paid for."""
        return self.replies + self.cut_off


def began(call: str, most: Tokens) -> bytes:
    """The line to write before the call of that id leaves; it may use at most these tokens."""
    return _seal({"began": call, "most": most})


def refused(call: str, status: int) -> bytes:
    """The line of a call that was not done; ``status`` is HTTP's, or 0 where none was reached."""
    return _seal({"refused": call, "status": status})


def replied(reply: Reply) -> bytes:
    """The line of a call that was answered."""
    return _seal({"replied": reply.model_dump(mode="json")})


class Journal:
    """An open journal. One process at a time; close it, or use it as a context manager."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self.tally = Tally()
        self._handle = handle
        self._answered: set[bytes] = set()
        self._sound = True

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Open the journal at ``path``; make it where there is none.

        Raises:
            StorageError: another process has it open, it cannot be opened, or it was written by
                a newer version.
        """
        try:
            make_folder(path.parent, mode=0o700)
            journal = cls(path, _open_locked(path))
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            sync_folder(path.parent)
            journal._scan()
        except OSError as error:
            journal.close()
            raise _unusable(path, error) from error
        except BaseException:
            journal.close()
            raise
        return journal

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. Closing twice is closing once."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def answered(self, request: str) -> bool:
        """Whether the request of that digest had a reply when the journal was opened."""
        return bytes.fromhex(request) in self._answered

    def replies(self) -> Iterator[tuple[int, Reply]]:
        """Every reply with the number of its line, oldest first; those without text too."""
        for number, _, event in _events(self.path):
            if event is not None and "replied" in event:
                yield number, _reply(self.path, number, event)

    def write(self, lines: Sequence[bytes]) -> None:
        """Append ``lines``, made by the functions above; they are on the disk on return.

        Raises:
            StorageError: they may not be. Nothing more can be written until it is opened anew.
        """
        if not self._sound:
            raise _unusable(self.path, OSError(None, "an earlier write failed"))
        self._sound = False
        try:
            rest = memoryview(b"".join(lines))
            while rest:
                rest = rest[os.write(self._handle, rest) :]
            os.fsync(self._handle)
        except OSError as error:
            raise _unusable(self.path, error) from error
        self._sound = True

    def _scan(self) -> None:
        """Count what is there, note what was answered, and end a torn line."""
        begun: dict[str, Tokens] = {}
        whole = True
        for number, line, event in _events(self.path):
            whole = line.endswith(b"\n")
            try:
                self._note(event, begun)
            except (LookupError, TypeError, ValueError) as error:
                # The checksum holds, so this is no torn line: another version wrote it.
                raise _newer(self.path, number) from error
        for prompt, completion in begun.values():
            self.tally.cut_off += 1
            self.tally.lost_prompt_tokens += prompt
            self.tally.lost_completion_tokens += completion
        if not whole:
            self.write([b"\n"])

    def _note(self, event: dict[str, Any] | None, begun: dict[str, Tokens]) -> None:
        if event is None:
            self.tally.torn += 1
        elif "began" in event:
            prompt, completion = event["most"]
            begun[event["began"]] = (prompt, completion)
        elif "refused" in event:
            begun.pop(event["refused"], None)
            self.tally.refused += 1
        elif "replied" in event:
            reply = event["replied"]
            prompt, completion = begun.pop(reply["id"], (0, 0))
            used = reply["prompt_tokens"], reply["completion_tokens"]
            self.tally.replies += 1
            self.tally.prompt_tokens += prompt if used[0] is None else used[0]
            self.tally.completion_tokens += completion if used[1] is None else used[1]
            self._answered.add(bytes.fromhex(reply["request"]))
        else:
            self.tally.torn += event["torn"]


def erase(path: Path, ids: Collection[str]) -> int:
    """Take the texts of these replies out of the journal at ``path``, and torn lines with them.

    That a call was made and paid stays, so that it is not made again. The file is written anew
    and takes the old one's place at once; what the disk keeps of the old blocks is beyond us.

    Returns:
        How many replies had a text and now have none.

    Raises:
        StorageError: as ``Journal.open``; then the journal is as it was.
    """
    gone = torn = 0
    with Journal.open(path):
        try:
            with replacing(path, mode=_PRIVATE) as out:
                for number, line, event in _events(path):
                    kept = line
                    if event is None or "torn" in event:
                        torn += 1 if event is None else event["torn"]
                        continue
                    if "replied" in event:
                        reply = _reply(path, number, event)
                        if reply.id in ids and reply.body is not None:
                            gone += 1
                            kept = replied(
                                reply.model_copy(update={"body": None, "gone": "withdrawn"})
                            )
                    out.write(kept)
                if torn:
                    out.write(_seal({"torn": torn}))
        except OSError as error:
            raise _unusable(path, error) from error
    return gone


def _seal(event: dict[str, Any]) -> bytes:
    content = _ENCODE(event).encode()
    return b"%08x %s\n" % (zlib.crc32(content), content)


def _unseal(line: bytes) -> dict[str, Any] | None:
    """What the line says; ``None`` where its checksum does not hold."""
    content = line[9:].removesuffix(b"\n")
    try:
        if int(line[:8], 16) != zlib.crc32(content):
            return None
        event = json.loads(content)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _events(path: Path) -> Iterator[tuple[int, bytes, dict[str, Any] | None]]:
    """Number, bytes and content of each line."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            # The line that ended a torn one says nothing; a blank one is no loss.
            if line != b"\n":
                yield number, line, _unseal(line)


def _reply(path: Path, number: int, event: dict[str, Any]) -> Reply:
    try:
        return Reply.model_validate(event["replied"])
    except ValueError as error:
        raise _newer(path, number) from error


def _open_locked(path: Path) -> int:
    """A handle that appends, with the lock that says that we alone write."""
    while True:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _PRIVATE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Before the lock was ours, an erasure may have put another file in this one's place.
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            raise StorageError("endpoints.journal_busy", file=path) from None
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _unusable(path: Path, error: OSError) -> StorageError:
    return StorageError("endpoints.journal_unusable", file=path, why=error.strerror or str(error))


def _newer(path: Path, line: int) -> StorageError:
    return StorageError("endpoints.journal_newer", file=path, line=line)
