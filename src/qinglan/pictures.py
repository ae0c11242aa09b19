"""How a text refers to a picture of the workspace: ``![what it shows](pic_…#640x480)``.

The id is unguessable and says nothing of the picture. The size after it is what a page reserves
for the picture before it has come; it promises nothing else, and may be left out. Whoever reads
what an answer says passes over pictures: a digit in an id is no number that somebody gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Shown", "read", "refer", "referred", "without"]

_ID = r"pic_[a-z2-7]{26}"
_REFERENCE = re.compile(rf"({_ID})(?:#([1-9]\d{{0,4}})x([1-9]\d{{0,4}}))?")
_MENTION = re.compile(rf"(?<![A-Za-z0-9_]){_ID}(?![A-Za-z0-9_])")
_SHOWN = re.compile(
    rf"!\[[^\]\n]{{0,1000}}\]"
    rf"\([ ]?<?{_ID}(?:#\d{{1,5}}x\d{{1,5}})?>?[ ]?(?:\"[^\"\n]{{0,1000}}\")?\)"
)
_MARKUP = re.compile(r"([\\\[\]`*_<>!$])")


@dataclass(frozen=True, slots=True)
class Shown:
    """A reference that was read: the picture's id, and its size in pixels where that is said."""

    id: str
    size: tuple[int, int] | None


def refer(id_: str, size: tuple[int, int], alt: str = "") -> str:
    """The Markdown that shows the picture ``id_``; ``alt`` says what is on it."""
    words = _MARKUP.sub(r"\\\1", " ".join(alt.split()))
    return f"![{words}]({target(id_, size)})"


def target(id_: str, size: tuple[int, int]) -> str:
    """What stands between the brackets of a reference."""
    return f"{id_}#{size[0]}x{size[1]}"


def read(address: str) -> Shown | None:
    """What the address of a Markdown image refers to; ``None``: no picture of a workspace."""
    found = _REFERENCE.fullmatch(address)
    if found is None:
        return None
    return Shown(found[1], None if found[2] is None else (int(found[2]), int(found[3])))


def referred(texts: Iterable[str]) -> list[str]:
    """The ids of the pictures that ``texts`` name, each once, in the order of naming."""
    found: dict[str, None] = {}
    for text in texts:
        # To look for one letter is quick, for four it is not.
        if "_" in text and "pic_" in text:
            found.update(dict.fromkeys(_MENTION.findall(text)))
    return list(found)


def without(text: str) -> str:
    """``text`` without the pictures that it shows."""
    return _SHOWN.sub("", text) if "pic_" in text else text
