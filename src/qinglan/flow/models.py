"""What a model says of its making, signed: written once it is trained, checked by anybody later."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qinglan.durability import write_whole
from qinglan.errors import InputError, IntegrityError
from qinglan.flow.context import Context, version
from qinglan.provenance import keys
from qinglan.provenance.attestation import MAX_BYTES
from qinglan.provenance.model_statement import (
    FILE,
    ModelStatement,
    sign_model,
    verify_model,
)  # fmt: skip
from qinglan.releases import trained
from qinglan.releases.manifest import SIGNER
from qinglan.training.recipe import RunRecord

_BESIDE = frozenset({FILE, ".lock", "begun.json"})
"""Files in a model's folder that the statement is not about: itself, and the state of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModel:
    """A model whose statement holds. ``signer_known``: a key from elsewhere vouches for it."""

    folder: Path
    statement: ModelStatement
    signer: str
    signer_known: bool

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        release = self.statement.release
        return {
            "folder": str(self.folder), "ok": True, "run": self.statement.run,
            "release": release.name, "root": release.digest.root, "signer": self.signer,
            "signer_known": self.signer_known,
        }  # fmt: skip


def vouch(context: Context, folder: Path, run: RunRecord) -> None:
    """Sign what the model in ``folder`` was made of, beside it and in its release.

    A statement that is there already is left as it is: to sign again would vouch for whatever
    has become of the files since. A release whose folder is gone is told nothing.
    """
    if not (folder / FILE).exists():
        shutil.copyfile(context.key_folder / keys.PUBLIC, folder / SIGNER)
        statement = sign_model(
            dict(_files(folder)),
            run=run.id, begun=run.begun, release=run.lineage.release, root=run.lineage.root,
            permit=run.lineage.permit, base=run.start,
            recipe=run.recipe.model_dump(mode="json"), code=version(),
            key=keys.load_private(context.key_folder),
        )  # fmt: skip
        write_whole(folder / FILE, statement.decode("ascii"))
    release = context.folder / "releases" / run.lineage.release
    if release.is_dir():
        trained.add(release, run.id, (folder / FILE).read_bytes())


def check_model(folder: Path, *, key: Path | None = None) -> CheckedModel:
    """Whether the model in ``folder`` is what its signed statement says, file by file.

    Needs no workspace. Without ``key``, a file with the signer's public key from a place you
    trust, the result speaks of integrity only.

    Raises:
        InputError: no model with a statement is in ``folder``.
        IntegrityError: a file is missing, added or changed, or no trusted key signed.
    """
    try:
        with (folder / FILE).open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
        inside = keys.parse_public((folder / SIGNER).read_bytes()[:4096])
        found = dict(_files(folder))
    except (OSError, ValueError) as error:
        raise InputError("flow.no_statement", folder=folder) from error
    trusted = inside if key is None else keys.load_public(key)
    statement = verify_model(data, trusted=[trusted], about=found)
    return CheckedModel(
        folder=folder, statement=statement, signer=trusted.id, signer_known=key is not None
    )


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of every file that the statement is about."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise IntegrityError("flow.model_symlink", file=path)
        if path.is_file() and name not in _BESIDE:
            with path.open("rb") as opened:
                yield name, hashlib.file_digest(opened, "sha256").hexdigest()
