"""Checking a release with nothing but its folder: no workspace, no database, no network.

Two layers. First the files: what is there, what the manifest and the signature say is there, and
every byte's digest. Only when these agree is the content looked at: rows against their
commitments, the root, the permit, Parquet against JSON Lines, splits against each other. So a
folder from a stranger is parsed only as far as somebody has signed for it, and a release that
was altered and signed anew by its forger still has to make sense. On request the project's
exported history is held against the head that the release was signed with.

Without a key from elsewhere a signature proves integrity only: the key inside the folder was put
there by whoever made the folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from qinglan import policy, wording
from qinglan.errors import InputError, IntegrityError
from qinglan.policy import Lapse
from qinglan.provenance import attestation, chain_file, keys
from qinglan.provenance.chain import examine
from qinglan.provenance.keys import PublicKey
from qinglan.releases import images, trained
from qinglan.releases.content import examine_content
from qinglan.releases.failure import Failure, Report
from qinglan.releases.manifest import (
    ATTESTATION,
    FILES,
    MANIFEST,
    MAX_BYTES,
    PERMIT,
    SIGNER,
    Manifest,
    parse,
)
from qinglan.releases.trained import TrainedModel

_ALL = frozenset({*FILES, MANIFEST, ATTESTATION})
_FOLDERS = frozenset({"data", images.FOLDER, trained.FOLDER})
_MANY = 500_000
_BLOCK = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found. ``signer_known`` says whether a key from elsewhere vouches for it."""

    folder: Path
    failures: tuple[Failure, ...]
    signer: str | None
    """Id of the key whose signature holds; ``None`` where none does."""
    signer_known: bool
    manifest: Manifest | None
    history: int | None = None
    """Entries of the history that was given, where all of it holds."""
    models: tuple[TrainedModel, ...] = ()
    """Models trained on it, as the same signer states. There may be others."""
    lapses: tuple[Lapse, ...] = ()
    """Sources whose terms no longer permit it today: a warning, never a failure."""

    @property
    def ok(self) -> bool:
        """Whether everything holds that was looked at."""
        return not self.failures

    def to_json(self) -> dict[str, Any]:
        """For ``--json``."""
        facts = self.manifest
        return {
            "folder": str(self.folder),
            "ok": self.ok,
            "signer": self.signer,
            "signer_known": self.signer_known,
            "name": None if facts is None else facts.name,
            "purpose": None if facts is None else facts.purpose.value,
            "rows": None if facts is None else facts.counts.rows,
            "root": None if facts is None else facts.root,
            "history": self.history,
            "models": [{"run": m.run, "files": dict(m.files)} for m in self.models],
            "failures": [{"file": f.file, "what": f.say()} for f in self.failures],
            "lapses": [{"source": x.origin.source, "what": x.say()} for x in self.lapses],
        }

    def sentences(self, language: wording.Language | None = None) -> list[str]:
        """What to tell a person, one sentence a line."""
        if self.failures or self.manifest is None:
            said = [failure.say(language) for failure in self.failures]
            return [*said, wording.say("releases.not_ok", language, folder=self.folder)]
        said = [
            wording.say(
                "releases.ok", language,
                name=self.manifest.name, rows=self.manifest.counts.rows, root=self.manifest.root,
            )
        ]  # fmt: skip
        key = "releases.signer_known" if self.signer_known else "releases.signer_unknown"
        said.append(wording.say(key, language, keyid=self.signer))
        if self.history is not None:
            said.append(self._history(self.history, self.manifest, language))
        if self.manifest.simulated_rows:
            said.append(
                wording.say(
                    "releases.simulated", language,
                    simulated=self.manifest.simulated_rows, rows=self.manifest.counts.rows,
                )
            )  # fmt: skip
        said += [wording.say("releases.model", language, run=model.run) for model in self.models]
        return said + [lapse.say(language) for lapse in self.lapses]

    def _history(self, held: int, manifest: Manifest, language: wording.Language | None) -> str:
        covered = manifest.history_entries
        if covered is None:
            return wording.say("releases.history_known", language, entries=held)
        return wording.say(
            "releases.history_ok", language, entries=held, covered=covered, after=held - covered
        )


def check(
    folder: Path,
    *,
    key: PublicKey | None = None,
    today: date | None = None,
    history: Path | None = None,
) -> Verification:
    """Whether the release in ``folder`` is whole, signed and consistent.

    Args:
        folder: the release.
        key: the signer's public key, from a place you trust. Without it the result speaks of
            integrity only.
        today: also tell which sources' terms have lapsed since, by the rules that ship.
        history: the project's exported history, which must lead to this release.

    Raises:
        InputError: there is no folder to look at, or no file with the history.
    """
    if not folder.is_dir():
        raise InputError("releases.no_folder", folder=folder)
    failures: dict[tuple[str, str], Failure] = {}

    def fail(file: str, what: str, **facts: object) -> None:
        failures.setdefault((file, what), Failure(file, what, tuple(facts.items())))

    found = _digests(folder, fail)
    manifest = _manifest(folder, found, fail)
    if manifest is not None:
        listed = {entry.name for entry in manifest.files}
        for name in filter(images.is_image, sorted(found.keys() | listed)):
            if name not in listed or name not in found:
                fail(name, "unlisted" if name in found else "missing")
        for entry in manifest.files:
            size, digest = found.get(entry.name, (0, ""))
            if entry.name in found and (size, digest) != (entry.bytes, entry.sha256):
                fail(entry.name, "changed")
    signer = _signature(folder, key, found, manifest, fail)
    models: tuple[TrainedModel, ...] = ()
    if manifest is not None and signer is not None:
        statements = filter(trained.is_statement, found)
        models = trained.examine(folder, statements, manifest, signer, fail)
    if not failures and manifest is not None:
        examine_content(folder, manifest, fail)
    held = None
    if not failures and manifest is not None and history is not None:
        held = _history(history, manifest, fail)
    lapses: tuple[Lapse, ...] = ()
    if not failures and today is not None:
        permit = (folder / PERMIT).read_bytes()
        lapses = policy.review(permit, today=today, registry=policy.load())
    return Verification(
        folder=folder,
        failures=tuple(failures[place] for place in sorted(failures)),
        signer=None if signer is None else signer.id,
        models=models,
        signer_known=signer is not None and key is not None,
        manifest=manifest,
        history=None if failures else held,
        lapses=lapses,
    )


def _digests(folder: Path, fail: Report) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every file that belongs here; what does not belong fails."""
    found: dict[str, tuple[int, str]] = {}
    for number, (name, path) in enumerate(_walk(folder, fail)):
        if number >= _MANY:
            fail(name, "unlisted")
            break
        if name not in _ALL and not trained.is_statement(name) and not images.is_image(name):
            fail(name, "unlisted")
            continue
        try:
            found[name] = _digest(path)
        except OSError as error:
            fail(name, "unreadable", why=error.strerror or "")
    for name in sorted(_ALL - found.keys()):
        fail(name, "missing")
    return found


def _walk(folder: Path, fail: Report, above: str = "") -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            name = above + entry.name
            if entry.is_symlink():
                fail(name, "symlink")
            elif entry.is_dir(follow_symlinks=False):
                if name in _FOLDERS:
                    yield from _walk(Path(entry.path), fail, f"{name}/")
                else:
                    fail(name, "unlisted")
            elif entry.is_file(follow_symlinks=False):
                yield name, Path(entry.path)
            else:
                fail(name, "special")


def _digest(path: Path) -> tuple[int, str]:
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _manifest(folder: Path, found: Mapping[str, Any], fail: Report) -> Manifest | None:
    if MANIFEST not in found:
        return None
    try:
        with (folder / MANIFEST).open("rb") as opened:
            return parse(opened.read(MAX_BYTES + 1))
    except IntegrityError as error:
        fail(MANIFEST, "malformed", why=error.facts["why"])
    return None


def _signature(
    folder: Path,
    key: PublicKey | None,
    found: Mapping[str, tuple[int, str]],
    manifest: Manifest | None,
    fail: Report,
) -> PublicKey | None:
    """The key whose signature over all these files holds."""
    inside = _signer(folder, found, fail)
    trusted = key or inside
    if trusted is None or ATTESTATION not in found:
        return None
    with (folder / ATTESTATION).open("rb") as opened:
        data = opened.read(attestation.MAX_BYTES + 1)
    try:
        statement = attestation.verify(data, trusted=[trusted])
    except IntegrityError as error:
        fail(ATTESTATION, "not_signed", why=error.say)
        return None
    if inside is not None and inside != trusted:
        fail(SIGNER, "other_signer")
    said = {subject.name: subject.digest.sha256 for subject in statement.subject}
    known = _ALL | set(filter(images.is_image, found))
    for name in sorted(said.keys() | (known - {ATTESTATION})):
        if name not in said or name not in known:
            fail(ATTESTATION, "other_files", name=name)
        elif name in found and said[name] != found[name][1]:
            fail(name, "changed")
    if manifest is not None and statement.predicate != manifest.predicate():
        fail(ATTESTATION, "other_release")
    return trusted


def _history(file: Path, manifest: Manifest, fail: Report) -> int:
    """How many entries of the exported history hold; the first that does not is reported."""
    try:
        held, fault = examine(chain_file.read(file), manifest.project.id, [manifest.anchor])
    except IntegrityError as error:
        fail(str(file), "history_unreadable", line=error.facts["line"], why=error.facts["why"])
        return 0
    if fault is not None:
        fail(
            str(file), f"history_{fault.what}", seq=fault.seq, held=held,
            covered=manifest.history_entries, project=manifest.project.name,
        )  # fmt: skip
    return held


def _signer(folder: Path, found: Mapping[str, Any], fail: Report) -> PublicKey | None:
    if SIGNER not in found:
        return None
    try:
        with (folder / SIGNER).open("rb") as opened:
            return keys.parse_public(opened.read(4096))
    except ValueError:
        fail(SIGNER, "not_a_key")
    return None
