"""``release``: freeze the accepted verdicts of a project into a signed folder, and check one."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from qinglan.errors import IntegrityError, Refused, UsageError
from qinglan.flow import events, gate
from qinglan.flow.context import Context, Progress, allow, quiet, version
from qinglan.flow.erasing import among_erased, rows_held
from qinglan.flow.events import Event
from qinglan.flow.scheme import scheme_of
from qinglan.policy import Permit
from qinglan.provenance import identity, keys
from qinglan.records import (
    Activity,
    Actor,
    Annotator,
    Guideline,
    Link,
    Origin,
    Project,
    Purpose,
    Reason,
    Release,
)
from qinglan.releases import ReleaseRow, Summary, Verification, build, check, show
from qinglan.releases.images import Fetch
from qinglan.releases.manifest import PROVENANCE
from qinglan.storage import (
    counts,
    history,
    judgings,
    links,
    origins,
    pictures,
    releases,
    revisions,
    rights,
    suggestions,
    withdrawals,
)

__all__ = [
    "Summary", "Verification", "build_release", "check_release", "moment", "show_release",
]  # fmt: skip

EDGE = 1_000
"""Most inputs that one link row names."""


_NAMED = 20
"""People that a refusal names."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")


class _Withdrawn(UsageError):
    """A release holds what was withdrawn."""


def build_release(
    context: Context,
    actor: Actor,
    project: str,
    *,
    name: str,
    purpose: Purpose,
    built: datetime | None = None,
    dev: int | None = None,
    test: int | None = None,
    progress: Progress = quiet,
) -> tuple[Release, Path]:
    """Build the release ``name`` under ``releases/`` of the workspace.

    The gate judges every origin of every accepted row first, as of today; one
    refusal refuses the release, naming all that were refused. The folder appears whole or not
    at all; a build that was cut off between the folder and the database is taken up again.
    Answers of people who did not agree to the project's statement of rights are left out, and
    counted.
    ``dev`` and ``test`` are shares of groups, per mille; default: ``releases.SHARES``.

    Raises:
        Refused: the terms of some origin do not permit ``purpose``, or somebody at the desk
            never agreed what their answers may be used under.
        UsageError: nothing was accepted, nobody agreed to the project's statement of rights, tasks
            were not judged, or the name is taken.
    """
    allow("release", actor)
    target = context.project(project)
    activity = context.begin("release", actor)
    check_name(name)
    folder = context.folder / "releases" / name
    adopted = _adopt(context, target, folder, name, purpose)
    if adopted is not None:
        _record(context, target, activity, adopted, _released(folder), folder)
        return adopted, folder
    time = built or datetime.now(UTC).replace(microsecond=0)
    with context.storage.read() as conn:
        line = counts.line(conn, target.id)
        if Reason.WITHDRAWN in line.verdicts_set_aside:
            raise UsageError("flow.fallen", project=project)
        if not line.accepted:
            raise UsageError("flow.nothing_accepted", project=project)
        aside = {("judge", reason): n for reason, n in line.verdicts_set_aside.items()}
        if line.tasks != line.accepted + sum(aside.values()):
            raise UsageError("flow.not_judged", project=project)
        if judgings.pending(conn, target.id):
            raise UsageError("flow.half_judged", project=project)
        left_out = _without_rights(conn, target, line.accepted)
        if left_out:
            aside["release", Reason.NO_AGREEMENT] = len(left_out)
        permit = _permit(context, conn, target, purpose, left_out)
        asked = _guidelines(context, conn, target)
        inputs: list[str] = []
        entries, head = history.head(conn, target.id)
        release = build(
            _rows(conn, target, inputs, line.accepted, progress, left_out),
            folder=folder,
            name=name,
            project=target,
            purpose=purpose,
            permit=permit,
            guideline=asked[-1],
            earlier=tuple(asked[:-1]),
            scheme=scheme_of(conn, target.id, target.kind),
            built=time,
            history=head,
            history_entries=entries,
            tasks=line.tasks,
            set_aside=aside,
            code=version(),
            key=keys.load_private(context.key_folder),
            dev=dev,
            test=test,
            fetch=_pictures(conn) if pictures.any_in(conn, target.id) else None,
        )
    try:
        _record(context, target, activity, release, inputs, folder)
    except _Withdrawn:
        shutil.rmtree(folder)  # made a moment ago, and nobody was told of it
        raise
    return release, folder


def check_name(name: str) -> None:
    """See that a release can be called ``name``, which becomes its folder's.

    Raises:
        UsageError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise UsageError("releases.bad_name", name=name[:100])


def check_release(
    folder: Path, *, key: Path | None = None, history: Path | None = None
) -> Verification:
    """Check a release folder; see ``releases.check``. Needs no workspace and no network."""
    return check(
        folder, key=None if key is None else keys.load_public(key),
        today=datetime.now(UTC).date(), history=history,
    )  # fmt: skip


def show_release(folder: Path) -> Summary:
    """What a release folder says of itself, unchecked."""
    return show(folder)


def moment(text: str) -> datetime:
    """A time with its zone, from ISO 8601.

    Raises:
        UsageError: it is none, or has no zone.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise UsageError("flow.bad_time", text=text)
    return found


def _without_rights(conn: Connection, project: Project, accepted: int) -> set[str]:
    """Accepted answers by people who did not agree to what was asked of them."""
    found = rights.uncovered(conn, project.id)
    if found and len(found) == accepted:
        counted = Counter((one.name, one.asked) for one in found)
        first = sorted(counted.items())[:_NAMED]
        people = ", ".join(f"{name} ({n}; v{asked})" for (name, asked), n in first)
        if len(counted) > _NAMED:
            people += ", …"
        raise UsageError("rights.nobody_agreed", project=project.name, rows=accepted, people=people)
    return {one.annotation for one in found}


def _permit(
    context: Context, conn: Connection, project: Project, purpose: Purpose, left_out: set[str]
) -> Permit:
    found: set[Origin] = set()
    people: set[str] = set()
    unasked: set[str] = set()
    seen = suggestions.behind(conn, project.id)
    led: set[str] = set()
    for row in releases.rows(conn, project.id):
        if row.annotation.id in left_out:
            continue
        found.update(sample.origin for sample in row.samples)
        found.add(row.annotator.origin)
        people.add(row.annotator.id)
        if (model := seen.get((row.annotator.id, row.task.id))) is not None:
            people.add(model[0])  # given in sight of its answer, so under its terms, too
            led.add(model[1])
        if _no_rights(row.annotator):
            unasked.add(row.annotator.name)
    if unasked:
        names = ", ".join(sorted(unasked)[:_NAMED])
        raise Refused("flow.no_rights", project=project.name, people=names)
    found.update(origins.find(conn, led).values())
    found |= origins.learned(conn, people)  # a model's answers owe what it learned from
    return gate.ask(context, found, purpose)


def _no_rights(who: Annotator) -> bool:
    """Whether somebody worked at a desk of ours without agreeing what may be done with it."""
    at_desk = who.type == "person" and who.origin.source.startswith("desk/")
    return at_desk and not who.origin.licence


def _guidelines(context: Context, conn: Connection, project: Project) -> list[Guideline]:
    """What was asked, in every version; the newest last."""
    later = [one.guideline for one in revisions.of(conn, project.id)]
    ids = [identity.mint(context.secret, "gdl", project.name, 1), *later] if later else []
    found = revisions.texts(conn, ids or [project.guideline])
    if project.guideline not in found:
        raise UsageError("flow.no_record", id=project.guideline)
    return sorted(found.values(), key=lambda one: one.version)


def _rows(
    conn: Connection,
    project: Project,
    inputs: list[str],
    total: int,
    progress: Progress,
    left_out: set[str],
) -> Iterator[ReleaseRow]:
    """The rows as the room takes them, with their verdicts' ids noted on the way."""
    for done, row in enumerate(releases.rows(conn, project.id), 1):
        if row.annotation.id in left_out:
            continue
        inputs.append(row.verdict.id)
        progress(done, total)
        yield ReleaseRow(
            verdict=row.verdict, task=row.task, annotation=row.annotation,
            annotator=row.annotator, samples=row.samples, checks=row.checks,
        )  # fmt: skip


def _pictures(conn: Connection) -> Fetch:
    """What finds pictures, each held against the digest that its record states."""

    def fetch(id_: str) -> tuple[str, bytes] | None:
        picture, body = pictures.get(conn, id_), pictures.body(conn, id_)
        if picture is None or body is None:
            return None
        if identity.sha256(body) != picture.sha256:
            raise IntegrityError("flow.picture_altered", id=id_)
        return picture.media, body

    return fetch


def _record(
    context: Context,
    project: Project,
    activity: Activity,
    release: Release,
    inputs: list[str],
    folder: Path,
) -> None:
    edges = [
        Link(output=release.id, inputs=tuple(inputs[i : i + EDGE]), activity=activity.id)
        for i in range(0, len(inputs), EDGE)
    ]

    def keep(conn: Connection) -> None:
        # Somebody may have withdrawn what this release holds since its rows were read.
        if withdrawals.all(conn, project.id) and rows_held(folder, among_erased(conn)):
            raise _Withdrawn("flow.release_withdrawn", folder=folder)
        if not releases.add(conn, release, activity.id):
            return  # another process took up the same folder, and was first
        links.add(conn, edges)
        context.note(
            conn, project, activity, release=release.name, purpose=release.purpose.value,
            root=release.root, rows=release.rows, permit=release.permit,
        )  # fmt: skip
        events.emit(
            conn, project.id, Event.RELEASE_BUILT, project=project.name, name=release.name,
            id=release.id, purpose=release.purpose.value, root=release.root, rows=release.rows,
        )  # fmt: skip

    context.write(project, keep)


def _released(folder: Path) -> list[str]:
    """The ids of the verdicts that the release in ``folder`` holds."""
    with (folder / PROVENANCE).open(encoding="utf-8") as lines:
        return [str(json.loads(line)["verdict"]["id"]) for line in lines]


def _adopt(
    context: Context, project: Project, folder: Path, name: str, purpose: Purpose
) -> Release | None:
    """The release in ``folder`` if we signed it for this project and use and never recorded it."""
    with context.storage.read() as conn:
        if releases.get(conn, project.id, name) is not None or not folder.is_dir():
            return None
    found = check(folder, key=keys.load_public(context.key_folder))
    facts = found.manifest
    if not found.ok or facts is None:
        return None
    if (facts.project.id, facts.name, facts.purpose) != (project.id, name, purpose):
        return None
    return Release(
        id=identity.mint(bytes.fromhex(facts.root), "rel", project.id, name),
        project=project.id, name=name, purpose=facts.purpose, root=facts.root,
        rows=facts.counts.rows, built=facts.built, permit=facts.permit, history=facts.history,
    )  # fmt: skip
