"""What the releases in a folder hold the histories of their projects to.

Only the signed statement is read: whoever alters a database may alter the manifests beside it,
but cannot sign. Nothing else of a release is checked here; ``check`` does that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qinglan.errors import InputError
from qinglan.provenance import attestation
from qinglan.provenance.chain import Anchor
from qinglan.provenance.keys import PublicKey
from qinglan.releases.manifest import ATTESTATION, MAX_BYTES


def folders(place: Path) -> Iterator[Path]:
    """The release folders in ``place``, by name; builds under way are hidden and no releases."""
    if place.is_dir():
        with os.scandir(place) as found:
            names = sorted(entry.name for entry in found if entry.is_dir(follow_symlinks=False))
        yield from (place / name for name in names if not name.startswith("."))


def anchor(folder: Path, key: PublicKey) -> tuple[str, Anchor]:
    """The name of the project, and the anchor, that the release in ``folder`` was signed with.

    Raises:
        InputError: there is no release in ``folder``.
        IntegrityError: its statement was altered, or signed by another key.
    """
    try:
        with (folder / ATTESTATION).open("rb") as opened:
            data = opened.read(MAX_BYTES)
    except OSError as error:
        raise InputError("releases.no_folder", folder=folder) from error
    said = attestation.verify(data, trusted=[key]).predicate
    return said.project, Anchor(said.history, said.history_entries, said.name)
