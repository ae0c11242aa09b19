"""Which records a release holds, by their ids: what somebody asks who wants theirs back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from qinglan.errors import IntegrityError
from qinglan.provenance.attestation import loads
from qinglan.releases.manifest import PROVENANCE


class Held(NamedTuple):
    """The records in one row."""

    task: str
    annotation: str
    samples: tuple[str, ...]


def holdings(folder: Path) -> Iterator[Held]:
    """The records in each row of the release in ``folder``, in flat memory; nothing is checked.

    Raises:
        OSError: the folder holds no release that can be read.
        IntegrityError: a row is not as a release writes it.
    """
    with (folder / PROVENANCE).open("rb") as opened:
        for number, line in enumerate(opened, 1):
            try:
                proof: Any = loads(line)
                held = Held(
                    str(proof["id"]),
                    str(proof["annotation"]["id"]),
                    tuple(str(sample["id"]) for sample in proof["samples"]),
                )
            except (ValueError, KeyError, TypeError) as error:
                raise IntegrityError(
                    "releases.row_unreadable", folder=folder, line=number
                ) from error
            yield held
