"""What a program may read of a project, some of it at a time: tasks, verdicts, releases.

Each page is taken from where the last one ended, by id, so that it costs the same however far in
it is, and nothing is shown twice or left out because rows came meanwhile. Keys and gold are in no
page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from qinglan.errors import IntegrityError, UsageError
from qinglan.flow.context import Context, allow
from qinglan.records import Actor, Project, Release, SetAside, Task, Verdict
from qinglan.releases.manifest import ATTESTATION, MANIFEST, Manifest, parse
from qinglan.storage import projects, releases, set_aside, tasks, verdicts

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[T]):
    """Some of it. ``after`` asks for the rest; ``None`` at the end."""

    items: tuple[T, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A release with its folder, whose files are those that the manifest lists, and two more."""

    release: Release
    folder: Path
    manifest: Manifest

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files."""
        return (*(file.name for file in self.manifest.files), MANIFEST, ATTESTATION)


def list_projects(context: Context, actor: Actor) -> list[Project]:
    """All projects, by name."""
    allow("read", actor)
    with context.storage.read() as conn:
        return projects.all(conn)


def page_tasks(
    context: Context, actor: Actor, project: str, *, after: str = "", limit: int = 100
) -> Slice[Task]:
    """Tasks of ``project`` (by name), by id."""
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = tasks.page(conn, target.id, after, limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return Slice(items=tuple(found[:limit]), after=more)


def one_task(context: Context, actor: Actor, project: str, task: str) -> Task:
    """One task of ``project`` (by name).

    Raises:
        UsageError: it has none of that id.
    """
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = tasks.get(conn, task)
    if found is None or found.project != target.id:
        raise UsageError("assignment.no_such_task", task=task, project=project)
    return found


def page_verdicts(
    context: Context, actor: Actor, project: str, *, after: str = "", limit: int = 100
) -> Slice[Verdict]:
    """The current verdicts of ``project`` (by name), by task."""
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = verdicts.page(conn, target.id, after, limit + 1)
    more = found[limit - 1].task if len(found) > limit else None
    return Slice(items=tuple(found[:limit]), after=more)


def page_set_aside(
    context: Context,
    actor: Actor,
    project: str,
    *,
    activity: str | None = None,
    after: str = "0",
    limit: int = 100,
) -> Slice[SetAside]:
    """What was set aside in ``project`` (by name), in its order; by one activity, or by any."""
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        found = set_aside.page(conn, target.id, int(after), limit + 1, activity=activity)
    more = str(found[limit - 1][0]) if len(found) > limit else None
    return Slice(items=tuple(row for _, row in found[:limit]), after=more)


def list_releases(context: Context, actor: Actor, project: str) -> list[Release]:
    """The releases of ``project`` (by name), by name."""
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        return releases.all(conn, target.id)


def open_release(context: Context, actor: Actor, project: str, name: str) -> Released:
    """The release ``name`` of ``project``, with its folder; its files are not checked.

    Raises:
        UsageError: there is none, or its folder is gone.
        IntegrityError: another release lies in its folder.
    """
    allow("read", actor)
    target = context.project(project)
    with context.storage.read() as conn:
        release = releases.get(conn, target.id, name)
    if release is None:
        raise UsageError("flow.which_release", name=f"{project}/{name}", known="—")
    folder = context.folder / "releases" / release.name
    try:
        manifest = parse((folder / MANIFEST).read_bytes())
    except OSError:
        raise UsageError("flow.release_gone", release=name, folder=folder) from None
    if manifest.root != release.root or manifest.project.id != target.id:
        raise IntegrityError("flow.release_swapped", folder=folder, release=name)
    return Released(release=release, folder=folder, manifest=manifest)
