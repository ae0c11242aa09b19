"""``train``: a release becomes a model, and the workspace remembers which.

The run's own folder holds its record; the workspace keeps the edge from the run to the release,
so that a trace leads from a model to the sources of its data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from qinglan.endpoints.form import form_of
from qinglan.errors import IntegrityError, UsageError
from qinglan.flow.admission import Admitted, admit
from qinglan.flow.context import Context, allow
from qinglan.flow.models import vouch
from qinglan.flow.stale import refuse_model
from qinglan.policy.review import read as read_permit
from qinglan.provenance.identity import sha256
from qinglan.records import Actor, Link, Project, Purpose, Release, Split
from qinglan.releases import show
from qinglan.storage import links, projects, releases
from qinglan.training import parts
from qinglan.training import run as runs
from qinglan.training.examples import make_examples
from qinglan.training.recipe import Progress, RunRecord, quiet
from qinglan.training.recipes import make_recipe, read_recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What a training did. ``again`` says that it was done before and nothing was trained."""

    run: RunRecord
    folder: Path
    project: str
    again: bool

    def to_json(self) -> dict[str, Any]:
        """For ``--json``: the run's record, and where it is."""
        return {
            **self.run.model_dump(mode="json"), "folder": str(self.folder),
            "project": self.project, "again": self.again,
        }  # fmt: skip


def train(
    context: Context,
    actor: Actor,
    release: str,
    *,
    base: Path,
    out: Path | None = None,
    recipe: Path | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Callable[[Progress], None] = quiet,
) -> Trained:
    """Train the model in ``base`` on the training split of a release made here.

    The release is checked and the gate is asked, as of today, before anything is read. Calling
    again with the same arguments goes on where a training was cut off, or trains nothing.

    Args:
        context: the workspace.
        actor: who asks.
        release: ``PROJECT/RELEASE``, or ``RELEASE``.
        base: folder of the model to start from; left as it is.
        out: folder of the run; default: ``models/RELEASE`` in the workspace.
        recipe: TOML file with fields of ``Recipe``.
        options: fields that count before the file's.
        progress: called after each step.

    Raises:
        Refused: the release is for evaluation, a source's terms do not permit training, or the
            release or the base holds what was withdrawn since.
        IntegrityError: the release or the base is not what was recorded.
        InputError: the recipe cannot be used, or the release holds nothing to imitate.
        MissingPart: the training stack is not installed.
        CheckFailed: the loss diverged.
    """
    may = may_train(context, actor, release)
    refuse_model(context, base)
    parts.require()
    runs.fingerprint(base)  # says which folder holds no model, before anything is read from it
    examples = make_examples(may.rows(Split.TRAIN), may.project.kind, form_of(base))
    given = {**(read_recipe(recipe) if recipe is not None else {}), **(options or {})}
    folder = (out or context.folder / "models" / may.release.name).resolve()
    done_before = (folder / runs.RECORD).exists()
    run = runs.train(
        examples,
        start=base,
        out=folder,
        recipe=make_recipe(given, examples=len(examples)),
        release=may.release.name,
        root=may.release.root,
        permit=may.permit,
        progress=progress,
    )
    record_run(context, actor, folder)
    return Trained(run=run, folder=folder, project=may.project.name, again=done_before)


def may_train(context: Context, actor: Actor, release: str) -> Admitted:
    """The release called ``PROJECT/RELEASE``, checked, and the gate's leave to train on it today.

    Raises:
        UsageError: no such release was made here, or several of that name.
        IntegrityError: its folder does not hold what the workspace signed.
        Refused: it was made for evaluation, or the terms of a source do not permit training.
    """
    allow("train", actor)
    return admit(context, release, Purpose.TRAINING)


def record_run(context: Context, actor: Actor, folder: Path) -> str:
    """Keep the edge from the run in ``folder`` to its release, and sign for it; the run's id.

    Twice is once.

    Raises:
        Refused: the model holds what was withdrawn since; the edge is kept, nothing is signed.
        UsageError: ``folder`` holds no finished run, or its release was not made here.
        IntegrityError: the run names a release of ours by another root hash, its weights are not
            the ones it made, or the permit beside it does not speak of the release.
    """
    run = runs.read_record(folder)
    project, release = _release(context, run)
    _permitted(folder, run, context.folder / "releases" / release.name)
    activity = context.begin("train", actor)
    made_of = (release.id,) if run.parent is None else (release.id, run.parent)
    edge = Link(output=run.id, inputs=made_of, activity=activity.id)

    def keep(conn: Connection) -> None:
        if links.of_output(conn, run.id):
            return
        links.add(conn, [edge])
        context.note(
            conn, project, activity, run=run.id, release=release.name, root=release.root,
            weights=run.weights, permit=run.lineage.permit,
        )  # fmt: skip

    context.write(project, keep)
    # What was withdrawn while it trained is in it: the workspace remembers the model, and no more.
    refuse_model(context, folder)
    vouch(context, folder, run)
    return run.id


def _permitted(folder: Path, run: RunRecord, release: Path) -> None:
    """See that the permit beside a run is the one it names, for training, on all of the release.

    Whoever trains by other means than ours may have asked no gate; we sign for no such run.
    """
    try:
        data = (folder / runs.PERMIT).read_bytes()
    except OSError as error:
        raise IntegrityError("flow.other_permit", folder=folder, run=run.id) from error
    permit = read_permit(data)
    covered = {decision.origin for decision in permit.decisions}
    sources = {s.origin for s in show(release).manifest.sources} if release.is_dir() else set()
    if (
        sha256(data) != run.lineage.permit
        or permit.purpose is not Purpose.TRAINING
        or not sources <= covered
    ):
        raise IntegrityError("flow.other_permit", folder=folder, run=run.id)


def _release(context: Context, run: RunRecord) -> tuple[Project, Release]:
    with context.storage.read() as conn:
        for project in projects.all(conn):
            release = releases.get(conn, project.id, run.lineage.release)
            if release is None:
                continue
            if release.root != run.lineage.root:
                raise IntegrityError("flow.other_root", run=run.id, release=release.name)
            return project, release
    raise UsageError("flow.no_release", run=run.id, release=run.lineage.release)
