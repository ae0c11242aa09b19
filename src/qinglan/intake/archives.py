"""A ZIP archive from a stranger: one data file, and the pictures beside it.

The directory at an archive's end is believed only as far as it is short; what it says of sizes is
summed up before anything is unpacked, and never more is unpacked than it says. Names that lead
out, links, and entries under a password are refused: somebody meant something by them.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from qinglan.errors import InputError, LimitError

__all__ = ["Unpacked", "unpack"]

MOST_ENTRIES = 60_000
MOST_DIRECTORY = 16 * 2**20
"""Bytes of the directory, all of which is held in memory."""
LONGEST_NAME = 400
_PIECE = 2**20
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The data file, and the folder from which its rows name pictures."""

    data: Path
    images: Path


def unpack(
    archive: Path, target: Path, *, endings: Collection[str], most: int, each: int, name: str
) -> Unpacked:
    """Unpack ``archive`` into the folder ``target``.

    Args:
        archive: the file.
        target: a folder, which is filled.
        endings: of the data file, of which there must be one.
        most: bytes that all of it may unpack to.
        each: bytes of a file beside the data; a longer one is cut off just behind them.
        name: what its sender calls it, for errors.

    Raises:
        InputError: it is no archive, is damaged, has no data file or several, or holds a name, a
            link or a secret that has no place in one.
        LimitError: it holds too much.
    """
    try:
        _judge(archive, name)
        with zipfile.ZipFile(archive) as opened:
            entries = [one for one in opened.infolist() if _wanted(one, name)]
            if sum(one.file_size for one in entries) > most:
                raise LimitError("intake.zip_too_large", file=name, limit=most)
            data = [one for one in entries if PurePosixPath(one.filename).suffix.lower() in endings]
            if len(data) != 1:
                raise InputError("intake.zip_data", file=name, found=len(data))
            for one in entries:
                place = target / PurePosixPath(one.filename)
                place.parent.mkdir(parents=True, exist_ok=True)
                _copy(opened, one, place, most if one is data[0] else each + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError("intake.bad_zip", file=name, why=str(error)[:100]) from error
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise InputError("intake.zip_name", file=name, entry="—") from None
    found = target / PurePosixPath(data[0].filename)
    return Unpacked(found, found.parent)


def _judge(archive: Path, name: str) -> None:
    """See that the directory is short, before it is read into memory."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise InputError("intake.bad_zip", file=name, why="no directory")
    entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries > MOST_ENTRIES or length > MOST_DIRECTORY:  # larger ones say 65535, too
        raise LimitError("intake.zip_too_large", file=name, limit=MOST_ENTRIES)


def _wanted(one: zipfile.ZipInfo, name: str) -> bool:
    """Whether an entry is a file to unpack; what systems put beside files is not."""
    parts = one.filename.split("/")
    bad = (
        len(one.filename) > LONGEST_NAME
        or one.filename.startswith("/")
        or any(part in ("..", ".") for part in parts)
        or any(mark in one.filename for mark in "\\\0:")
        or stat.S_ISLNK(one.external_attr >> 16)
        or bool(one.flag_bits & 1)
        or one.compress_type not in _METHODS
    )
    if bad:
        raise InputError("intake.zip_name", file=name, entry=one.filename[:100])
    return not (one.is_dir() or parts[0] == "__MACOSX" or parts[-1].startswith("."))


def _copy(opened: zipfile.ZipFile, one: zipfile.ZipInfo, place: Path, most: int) -> None:
    with opened.open(one) as source, place.open("xb") as out:
        left = most
        while left > 0 and (piece := source.read(min(_PIECE, left))):
            left -= out.write(piece)
