"""The pictures of a release: files beside the data, which rows name by their paths.

A text shows a picture as ``![…](pic_…#640x480)``; the file is ``images/pic_….png``, and each row
lists those that its texts show, in the order of showing. The root is over their digests as well, so
a release with another picture has another root.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from qinglan import pictures
from qinglan.provenance.identity import canonical, sha256
from qinglan.releases.staging import write

FOLDER = "images"
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_NAME = re.compile(rf"{FOLDER}/(pic_[a-z2-7]{{26}})\.(?:png|jpg|webp)")

Fetch = Callable[[str], tuple[str, bytes] | None]
"""Type and bytes of the picture of that id; ``None``: there is none."""


def is_image(name: str) -> bool:
    """Whether a file of that name in a release is a picture."""
    return _NAME.fullmatch(name) is not None


def by_id(names: Iterable[str]) -> dict[str, str]:
    """The paths of pictures among the files ``names``, by the picture's id."""
    found = ((_NAME.fullmatch(name), name) for name in names)
    return {match[1]: name for match, name in found if match is not None}


def leaf(name: str, digest: str) -> bytes:
    """What the root has of a picture."""
    return canonical({"image": name, "sha256": digest})


@dataclass(slots=True)
class Gallery:
    """Writes the pictures of the rows so far into a release's folder, each once."""

    folder: Path
    fetch: Fetch
    paths: dict[str, str] = field(default_factory=dict)
    """By the picture's id."""
    digests: dict[str, str] = field(default_factory=dict)
    """By path."""

    def hang(self, texts: Iterable[str]) -> None:
        """Write the pictures that ``texts`` show and that are not here yet."""
        for id_ in pictures.referred(texts):
            found = None if id_ in self.paths else self.fetch(id_)
            if found is not None:
                media, body = found
                name = f"{FOLDER}/{id_}.{ENDINGS[media]}"
                (self.folder / FOLDER).mkdir(exist_ok=True)
                write(self.folder / name, body)
                self.paths[id_], self.digests[name] = name, sha256(body)
