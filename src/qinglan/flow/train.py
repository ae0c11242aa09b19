"""``train``: what ties a trained model to the release it learned from.

The run's own folder holds its record; the workspace keeps the edge from the run to the release,
so that a trace leads from a model to the sources of its data.
"""

from __future__ import annotations

from pathlib import Path

from qinglan.errors import IntegrityError, UsageError
from qinglan.flow.admission import Admitted, admit
from qinglan.flow.context import Context, allow
from qinglan.records import Actor, Link, Project, Purpose, Release
from qinglan.storage import links, projects, releases
from qinglan.training.recipe import RunRecord


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
    """Keep the edge from the run in ``folder`` to its release; the run's id. Twice is once.

    Raises:
        UsageError: ``folder`` holds no finished run, or its release was not made here.
        IntegrityError: the run names a release of ours by another root hash.
    """
    run = read_run(folder)
    project, release = _release(context, run)
    activity = context.begin("train", actor)
    with context.storage.read() as conn:
        known = links.of_output(conn, run.id)
    if not known:
        edge = Link(output=run.id, inputs=(release.id,), activity=activity.id)
        context.storage.write(lambda conn: links.add(conn, [edge]))
        context.remember(
            project, activity, run=run.id, release=release.name, root=release.root,
            weights=run.weights,
        )  # fmt: skip
    return run.id


def read_run(folder: Path) -> RunRecord:
    """The record of the finished run in ``folder``.

    Raises:
        UsageError: there is none, or it cannot be read.
    """
    file = folder / "run.json"
    try:
        return RunRecord.model_validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError("flow.no_run", folder=folder) from error


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
