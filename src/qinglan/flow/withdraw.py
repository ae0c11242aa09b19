"""``withdraw``: take an annotator's or a source's content out of a project, for good.

Without being told to go on it only looks, and says what would go and which releases hold it.
Releases stay as they are: they are signed, and others may hold copies; their lead retires them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from qinglan.backups import erasures
from qinglan.backups.erasures import Erasure
from qinglan.errors import UsageError, WorkspaceError
from qinglan.flow import erasing, places, written
from qinglan.flow.context import Context, allow
from qinglan.flow.erasing import Holder
from qinglan.flow.withdrawn import imports_from
from qinglan.provenance import identity
from qinglan.records import Actor, Project
from qinglan.storage import erasure, links, releases, withdrawals
from qinglan.storage.withdrawals import What, Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What goes, or went, and where it still is."""

    project: str
    what: What
    name: str
    done: bool
    """``False``: only looked at."""
    counts: dict[str, int]
    """By table, what goes."""
    before: datetime | None = None
    """When there was a withdrawal of that name before."""
    shared: int = 0
    """Samples of the source that tasks of other projects use; they stay until those go."""
    releases: tuple[Holder, ...] = ()
    """Releases on disk that hold it, signed and unchanged: to be retired by hand."""
    unseen: tuple[str, ...] = ()
    """Releases whose folder is not here, so that nobody can look into them."""
    models: tuple[str, ...] = ()
    """Runs that learned from these releases. No model can unlearn: nothing new is made of them."""
    reports: tuple[str, ...] = ()
    """Reports on these releases or models: answers that may quote it are taken out of them."""
    files: tuple[str, ...] = ()
    """Files in the workspace that were written from the tables, and are taken away."""
    elsewhere: tuple[str, ...] = ()
    """Files elsewhere that were written from the tables: to be deleted by hand."""
    backups: tuple[str, ...] = ()
    """Folders of backups, which hold it until they are deleted; no restore brings it back."""
    unreached: tuple[str, ...] = ()
    """Of these, the ones that could not be told: give their restore ``erasures.jsonl``."""
    log_kept: bool = False
    """PostgreSQL: its log and the archives of that hold it until they are recycled."""
    finished: tuple[str, ...] = ()
    """Earlier withdrawals that had been cut off, and were finished first."""


def withdraw(
    context: Context,
    actor: Actor,
    project: str,
    *,
    annotator: str | None = None,
    source: str | None = None,
    really: bool = False,
) -> Withdrawn:
    """Erase what an annotator gave, or what came from a source, from ``project``.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project.
        annotator: name of the annotator; or
        source: name of the source, as it was imported.
        really: do it. Without, nothing is changed.

    Raises:
        UsageError: not one of both, or there is nothing of that name.
        StorageError: others use the database or a journal, so that something is left; run it
            again.
        UsageError: the same, of an evaluation on what goes.
        WorkspaceError: the journal of erasures cannot be written; nothing was erased.
    """
    allow("withdraw", actor)
    if (annotator is None) == (source is None):
        raise UsageError("flow.annotator_or_source")
    what: What = "annotator" if source is None else "source"
    name = str(source if annotator is None else annotator)
    target = context.project(project)
    finished = finish(context, actor) if really else ()
    with context.storage.read() as conn:
        made = Withdrawal(
            id=identity.random_id("wdr"), project=target.id, what=what, time=datetime.now(UTC),
            targets=tuple(_targets(context, conn, target, what, name)),
        )  # fmt: skip
        found = _look(context, conn, made, target, name)
    unreached: tuple[str, ...] = ()
    if really and any(found.counts.values()):
        entry = Erasure.model_validate(made, from_attributes=True)
        journal = context.folder / erasures.NAME
        try:
            erasures.append(journal, context.signer(), entry)
        except OSError as error:
            raise WorkspaceError("flow.cannot_write", folder=journal, why=error.strerror) from error
        erasing.carry_out(context, [entry], context.begin("withdraw", actor))
        unreached = places.tell(context.folder)
    return replace(found, done=really, finished=finished, unreached=unreached)


def finish(context: Context, actor: Actor) -> tuple[str, ...]:
    """Carry out what an earlier run had begun; the ids of those withdrawals."""
    allow("withdraw", actor)
    left = erasing.undone(context)
    if left:
        erasing.carry_out(context, left, context.begin("withdraw", actor))
        places.tell(context.folder)
    return tuple(one.id for one in left)


def _targets(
    context: Context, conn: Connection, project: Project, what: What, name: str
) -> list[str]:
    """The ids that are meant; of an annotator who is gone already, the id that they had."""
    if what == "source":
        imported = imports_from(conn, project.id, {name})
        return [*erasure.targets(conn, project.id, source=name), *sorted(imported)]
    here = erasure.targets(conn, project.id, annotator=name)
    return here or [name, identity.mint(context.secret, "ant", project.name, name)]


def _look(
    context: Context, conn: Connection, made: Withdrawal, project: Project, name: str
) -> Withdrawn:
    """What goes, what went before under that name, and where it still is."""
    scope = erasing.scope_of(conn, made)
    counts = erasure.count(conn, scope)
    earlier = [
        done.withdrawal
        for done in withdrawals.all(conn, project.id)
        if not set(made.targets).isdisjoint(done.withdrawal.targets)
    ]
    if not earlier and not any(counts.values()):
        raise UsageError(f"flow.nothing_of_{made.what}", name=name, project=project.name)
    here = context.folder / "releases"
    meant = erasing.either(
        erasing.among_selected(conn, scope),
        erasing.among_erased(conn, by=[one.id for one in earlier]),
    )
    held = tuple(erasing.holders(here, meant))
    recorded = {release.name: release.id for release in releases.all(conn, project.id)}
    unseen = [name for name in sorted(recorded) if not (here / name).is_dir()]
    rested = [name for name in unseen if _rested(conn, recorded[name], meant)]
    holding_it = [*(holder.folder for holder in held), *rested]
    made_of = links.resting_on(conn, [recorded[name] for name in holding_it if name in recorded])
    return Withdrawn(
        project=project.name, what=made.what, name=name, done=False, counts=counts,
        before=earlier[-1].time if earlier else None,
        shared=erasure.shared(conn, scope) if made.what == "source" else 0,
        releases=held,
        unseen=tuple(unseen),
        models=tuple(id_ for id_ in sorted(made_of) if id_.startswith("run_")),
        reports=tuple(id_ for id_ in sorted(made_of) if id_.startswith("rpt_")),
        files=tuple(
            path.relative_to(context.folder).as_posix()
            for path in written.inside(context, project.id)
        ),
        elsewhere=tuple(map(str, written.elsewhere(context, project.id))),
        backups=tuple(str(place) for place in places.known(context.folder)),
        log_kept=conn.dialect.name == "postgresql",
    )  # fmt: skip


def _rested(conn: Connection, release: str, meant: erasing.Test) -> bool:
    """Whether a verdict in the release rests on what is meant, as far as its links say."""
    return any(meant("verdicts", list(edge.inputs)) for edge in links.of_output(conn, release))
