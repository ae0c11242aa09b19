"""The models that learned from a release, as signed statements in its folder.

A release is frozen before anything is trained on it, so what it cannot name in its manifest is
added beside it later: one file a run, each signed by the release's own signer and about the
release's root. A statement that is missing goes unnoticed; one that is there must hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from qinglan.durability import make_folder, write_whole
from qinglan.errors import IntegrityError
from qinglan.provenance.attestation import MAX_BYTES
from qinglan.provenance.keys import PublicKey
from qinglan.provenance.model_statement import verify_model
from qinglan.releases.failure import Report
from qinglan.releases.manifest import Manifest

FOLDER = "models"
_NAME = re.compile(r"models/(run_[a-z2-7]{26})\.intoto\.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedModel:
    """One model: its run, and the digests of its files by name."""

    run: str
    files: tuple[tuple[str, str], ...]


def is_statement(name: str) -> bool:
    """Whether a file of that name in a release speaks of a model."""
    return _NAME.fullmatch(name) is not None


def add(folder: Path, run: str, statement: bytes) -> None:
    """Put the statement about ``run`` into the release in ``folder``. Twice is once."""
    place = folder / FOLDER
    make_folder(place)
    write_whole(place / f"{run}.intoto.jsonl", statement.decode("ascii"))


def examine(
    folder: Path, names: Iterable[str], manifest: Manifest, signer: PublicKey, fail: Report
) -> tuple[TrainedModel, ...]:
    """The models named in those files that ``signer`` signed for this very release."""
    models = []
    for name in sorted(names):
        matched = _NAME.fullmatch(name)
        with (folder / name).open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
        try:
            said = verify_model(data, trusted=[signer])
        except IntegrityError as error:
            fail(name, "not_signed", why=error.say)
            continue
        release = said.release
        if (release.name, release.digest.root) != (manifest.name, manifest.root):
            fail(name, "other_model", release=release.name)
        elif matched is None or matched[1] != said.run:
            fail(name, "other_run", run=said.run)
        else:
            files = tuple((s.name, s.digest.sha256) for s in said.subject)
            models.append(TrainedModel(run=said.run, files=files))
    return tuple(models)
