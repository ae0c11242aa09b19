"""A release of this workspace, as training and evaluation may use it: found, whole, permitted.

The gate is asked again, as of today: a release keeps the word it was built under, but whoever
uses it needs one that still counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qinglan.errors import IntegrityError, Refused, UsageError
from qinglan.flow import gate
from qinglan.flow.context import Context
from qinglan.flow.stale import refuse_release
from qinglan.policy import Permit
from qinglan.policy.review import read as read_permit
from qinglan.provenance import keys
from qinglan.records import Project, Purpose, Release, Split
from qinglan.releases import Manifest, check
from qinglan.releases.manifest import PERMIT
from qinglan.releases.tables import jsonl_name
from qinglan.storage import projects, releases


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A checked release, and the gate's yes to one use of it."""

    project: Project
    release: Release
    folder: Path
    manifest: Manifest
    permit: Permit

    def rows(self, split: Split) -> Iterator[dict[str, Any]]:
        """The data rows of one split, in order."""
        with (self.folder / jsonl_name(split)).open(encoding="utf-8", newline="\n") as lines:
            yield from map(json.loads, lines)


def admit(context: Context, name: str, purpose: Purpose) -> Admitted:
    """The release called ``name`` (``PROJECT/RELEASE``, or ``RELEASE``), for ``purpose``.

    Raises:
        UsageError: no such release was made here, or several of that name.
        IntegrityError: its folder does not hold what the workspace signed.
        Refused: it was made for evaluation and is asked for training, today's terms do not
            permit the use, it holds what was withdrawn since, or its texts show pictures, which
            models here do not see.
    """
    project, release = find(context, name)
    refuse_release(context, release)
    folder = context.folder / "releases" / release.name
    if not folder.is_dir():
        raise UsageError("flow.release_gone", release=release.name, folder=folder)
    found = check(folder, key=keys.load_public(context.key_folder))
    if not found.ok or found.manifest is None:
        failures = "; ".join(failure.say() for failure in found.failures)
        raise IntegrityError("flow.release_broken", folder=folder, failures=failures)
    if found.manifest.root != release.root or found.manifest.project.id != project.id:
        raise IntegrityError("flow.release_swapped", folder=folder, release=release.name)
    if purpose is Purpose.TRAINING and found.manifest.purpose is not Purpose.TRAINING:
        raise Refused("flow.held_out", release=release.name)
    if found.manifest.images:
        raise Refused("flow.release_pictures", release=release.name, images=found.manifest.images)
    # The release's own permit speaks of more than its rows: of what a teacher had learned from too.
    judged = {d.origin for d in read_permit((folder / PERMIT).read_bytes()).decisions}
    sources = judged.union(source.origin for source in found.manifest.sources)
    permit = gate.ask(context, sources, purpose)
    return Admitted(
        project=project, release=release, folder=folder, manifest=found.manifest, permit=permit
    )


def find(context: Context, name: str) -> tuple[Project, Release]:
    """The release called ``PROJECT/RELEASE``, or ``RELEASE`` where one project has it.

    Raises:
        UsageError: there is none, or several.
    """
    owner, _, own = name.rpartition("/")
    with context.storage.read() as conn:
        known = {project.id: project for project in projects.all(conn)}
        every = [(known[release.project], release) for release in releases.all(conn)]
    found = [pair for pair in every if pair[1].name == own and owner in ("", pair[0].name)]
    if len(found) != 1:
        listed = ", ".join(f"{project.name}/{release.name}" for project, release in every)
        raise UsageError("flow.which_release", name=name, known=listed or "—")
    return found[0]
