"""Building a release: rows in, a signed folder out, in one pass and flat memory.

The permit is asked for row by row as well: one that was minted for other material refuses here,
whatever the caller believed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from qinglan.errors import IntegrityError, Refused, UsageError, WorkspaceError
from qinglan.kinds.scheme import EMPTY, Scheme
from qinglan.policy import Permit
from qinglan.provenance import attestation
from qinglan.provenance.identity import canonical, mint, sha256
from qinglan.provenance.keys import PrivateKey
from qinglan.records import Guideline, Origin, Project, Purpose, Reason, Release, Split
from qinglan.releases import card, scales
from qinglan.releases.images import Fetch, Gallery
from qinglan.releases.manifest import (
    ATTESTATION,
    CARD,
    FILES,
    MANIFEST,
    PERMIT,
    PROVENANCE,
    SIGNER,
    Counts,
    File,
    Manifest,
    SetAsideCount,
    Splits,
)
from qinglan.releases.rows import ReleaseRow, examine, flatten, prove, texts
from qinglan.releases.splits import split
from qinglan.releases.staging import staged, write
from qinglan.releases.tables import SplitFiles
from qinglan.releases.tally import Tally

SHARES = {Purpose.TRAINING: (100, 100), Purpose.EVALUATION: (0, 1000)}
"""Dev and test, per mille of groups, where the caller says nothing."""


def build(
    rows: Iterable[ReleaseRow],
    *,
    folder: Path,
    name: str,
    project: Project,
    purpose: Purpose,
    permit: Permit,
    guideline: Guideline,
    built: datetime,
    history: str,
    tasks: int,
    set_aside: Mapping[tuple[str, Reason], int],
    code: str,
    key: PrivateKey,
    earlier: tuple[Guideline, ...] = (),
    history_entries: int | None = None,
    scheme: Scheme = EMPTY,
    salt: str | None = None,
    dev: int | None = None,
    test: int | None = None,
    fetch: Fetch | None = None,
) -> Release:
    """Freeze ``rows`` into ``folder``, which must not exist; it appears whole or not at all.

    Args:
        rows: accepted verdicts with what they rest on, by ascending task id.
        folder: the release's own folder.
        name: its name.
        project: whose rows they are.
        purpose: what it is for; the permit's purpose.
        permit: the gate's yes; covers every origin of every row.
        guideline: what was asked.
        scheme: what labels and criteria are called.
        earlier: its versions before, under which some of the tasks came.
        built: when, with its zone. Same rows, same time and same key give the same bytes.
        history: digest of the head of the project's history.
        tasks: tasks that entered; those not in ``rows`` are counted in ``set_aside``.
        set_aside: how many left the line, by stage and reason.
        code: name and version of this program.
        key: signs the attestation.
        history_entries: how many entries that history has.
        salt: draws the splits; default: the project's name, so that its releases agree.
        dev: share of the dev split, per mille of groups; default: ``SHARES``.
        test: share of the test split, per mille of groups; default: ``SHARES``.
        fetch: finds the pictures that texts of the project show, where any does.

    Raises:
        Refused: the permit is for another purpose, or does not cover a row.
        UsageError: the name is taken or unusable, there are no rows, or ``built`` has no zone.
        IntegrityError: rows are torn, unordered, or do not add up.
        WorkspaceError: the folder cannot be written.
    """
    if not isinstance(permit, Permit):
        raise TypeError("build needs a Permit from qinglan.policy.judge")
    if permit.purpose is not purpose:
        raise Refused("releases.other_purpose", asked=purpose.value, permit=permit.purpose.value)
    if built.tzinfo is None:
        raise UsageError("releases.no_zone", built=built)
    shares = SHARES[purpose]
    draw = _Draw(
        salt=project.name if salt is None else salt,
        dev=shares[0] if dev is None else dev,
        test=shares[1] if test is None else test,
    )
    release = _release(name, project, purpose, permit, built.astimezone(UTC), history)
    try:
        with staged(folder) as part:
            known = frozenset({guideline.id, *(one.id for one in earlier)})
            gallery = None if fetch is None else Gallery(part, fetch)
            tally = _write_rows(rows, part, project, known, permit, draw, gallery)
            manifest = Manifest(
                name=name,
                project=project,
                purpose=purpose,
                built=release.built,
                code=code,
                guideline=guideline,
                scheme=None if scheme == EMPTY else scheme,
                earlier=earlier or None,
                counts=_counts(tasks, tally.rows, set_aside),
                annotators=tally.annotators,
                sources=tally.sources,
                splits=Splits(
                    salt=draw.salt,
                    dev=draw.dev,
                    test=draw.test,
                    rows=tuple((part, tally.splits[part]) for part in Split),
                ),
                permit=permit.digest,
                history=history,
                history_entries=history_entries,
                root=tally.tree.root(),
                images=None if gallery is None else len(gallery.digests),
            )
            _write_papers(part, manifest, permit, key, {} if gallery is None else gallery.digests)
    except OSError as error:
        raise WorkspaceError("releases.cannot_write", folder=folder, why=error.strerror) from error
    root = manifest.root
    return release.model_copy(
        update={
            "id": mint(bytes.fromhex(root), "rel", project.id, name),
            "root": root,
            "rows": tally.rows,
        }
    )


@dataclass(frozen=True, slots=True)
class _Draw:
    salt: str
    dev: int
    test: int

    def __post_init__(self) -> None:
        self.of("")  # refuses impossible shares before anything is written

    def of(self, group: str) -> Split:
        return split(group, salt=self.salt, dev=self.dev, test=self.test)


def _release(
    name: str, project: Project, purpose: Purpose, permit: Permit, built: datetime, history: str
) -> Release:
    """The record, before its root is known; refuses a name that cannot be one."""
    try:
        return Release(
            id="",
            project=project.id,
            name=name,
            purpose=purpose,
            root="0" * 64,
            rows=0,
            built=built,
            permit=permit.digest,
            history=history,
        )
    except ValueError as error:
        raise UsageError("releases.bad_name", name=name) from error


def _write_rows(
    rows: Iterable[ReleaseRow], folder: Path, project: Project, guidelines: frozenset[str],
    permit: Permit, draw: _Draw, gallery: Gallery | None,
) -> Tally:  # fmt: skip
    tally = Tally()
    covered = permit.origins
    last = ""
    (folder / "data").mkdir()
    with ExitStack() as stack:
        proofs = stack.enter_context((folder / PROVENANCE).open("xb"))
        scaled = project.kind in scales.KINDS
        files = {
            part: stack.enter_context(
                SplitFiles(folder, part, scaled=scaled, illustrated=gallery is not None)
            )
            for part in Split
        }
        for row in rows:
            _admit(row, project, guidelines, covered, last)
            last = row.task.id
            part = draw.of(row.task.group)
            data, line = _line(row, part, project.guideline, proofs, gallery)
            files[part].add(data, line)
            tally.count(row, part, line)
        _sync(proofs)
    if gallery is not None:
        tally.illustrate(gallery.digests)
    if not tally.rows:
        raise UsageError("releases.no_rows", project=project.name)
    return tally


def _admit(
    row: ReleaseRow, project: Project, guidelines: frozenset[str], covered: frozenset[Origin],
    last: str,
) -> None:  # fmt: skip
    examine(row)
    if row.task.project != project.id or row.task.guideline not in guidelines:
        raise IntegrityError("releases.row_torn", record=row.verdict.id, field="project")
    if row.task.id <= last:
        raise IntegrityError("releases.unordered", record=row.task.id, last=last)
    for origin in row.origins:
        if origin not in covered:
            raise Refused("releases.not_covered", source=origin.source, record=row.task.id)


def _line(
    row: ReleaseRow, part: Split, guideline: str, proofs: BinaryIO, gallery: Gallery | None
) -> tuple[dict[str, object], bytes]:
    """The data row and its line; its proof is written on the way."""
    try:
        if gallery is not None:
            gallery.hang(texts(row))
        data = flatten(row, part, None if gallery is None else gallery.paths)
        proofs.write(canonical(prove(row, guideline)) + b"\n")
        return data, canonical(data)
    except ValueError as error:
        raise IntegrityError(
            "releases.unwritable", record=row.task.id, why=str(error)[:200]
        ) from error


def _counts(tasks: int, rows: int, set_aside: Mapping[tuple[str, Reason], int]) -> Counts:
    counts = Counts(
        tasks=tasks,
        rows=rows,
        set_aside=tuple(
            SetAsideCount.model_validate({"stage": stage, "reason": reason, "count": count})
            for (stage, reason), count in sorted(set_aside.items())
        ),
    )
    if tasks != rows + counts.aside:
        raise IntegrityError("releases.miscounted", tasks=tasks, rows=rows, aside=counts.aside)
    return counts


def _write_papers(
    folder: Path, manifest: Manifest, permit: Permit, key: PrivateKey, pictures: Mapping[str, str]
) -> None:
    """Everything but the rows. Each paper holds the digests of those before it."""
    write(folder / PERMIT, permit.to_json())
    write(folder / SIGNER, key.public.to_pem())
    write(folder / CARD, card.render(manifest, permit))
    digests = {
        name: pictures.get(name) or _digest(folder / name) for name in sorted({*FILES, *pictures})
    }
    manifest = manifest.model_copy(
        update={
            "files": tuple(
                File(name=name, sha256=digest, bytes=(folder / name).stat().st_size)
                for name, digest in digests.items()
            )
        }
    )
    rendered = manifest.render()
    write(folder / MANIFEST, rendered)
    digests[MANIFEST] = sha256(rendered)
    statement = attestation.Statement(
        subject=attestation.subjects(digests), predicate=manifest.predicate()
    )
    write(folder / ATTESTATION, attestation.sign(statement, key))


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
