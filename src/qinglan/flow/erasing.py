"""Carrying out an erasure: in the database, in the journals of replies, in files and free pages.

Not a verb: ``withdraw`` does it, and ``restore`` does again what was done after the backup. The
journal of erasures comes first, then one transaction, then the scrubbing; each step can be done
again, so a crash between two of them costs nothing but another run.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from qinglan.assignment.slots import requeued, state_of
from qinglan.backups import erasures
from qinglan.backups.erasures import Erasure
from qinglan.durability import remove_abandoned
from qinglan.endpoints import journal as replies
from qinglan.flow import scrubbing
from qinglan.flow import settings as settings_file
from qinglan.flow.context import Context
from qinglan.flow.inbox import FOLDER as REPLIES
from qinglan.flow.withdrawn import activities_in, imports_from
from qinglan.provenance import identity
from qinglan.records import Activity, Reason, Verdict
from qinglan.releases import Held, folders, holdings
from qinglan.storage import (
    erasure,
    exclusive,
    judgings,
    projects,
    seats,
    verdicts,
    withdrawals,
    work,
)
from qinglan.storage.columns import batches
from qinglan.storage.erasure import Freed, Scope
from qinglan.storage.withdrawals import Withdrawal

Test = Callable[[withdrawals.Type, list[str]], set[str]]
"""Which of these ids of a table are meant."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A release on disk, and how many of its rows hold what is meant."""

    folder: str
    rows: int


def journal_of(context: Context) -> erasures.Journal:
    """The workspace's journal of erasures."""
    return erasures.read(context.folder / erasures.NAME, context.signer())


def scope_of(conn: Connection, made: Withdrawal) -> Scope:
    """What the withdrawal covers, with the activities that brought the source in."""
    if made.what == "annotator":
        return Scope.of(made, ())
    named = list(erasure.names(conn, made.targets))
    sources = {source for source, _ in named}
    digests = {digest for _, digest in named if digest is not None}
    brought = imports_from(conn, made.project, sources, digests)
    return Scope.of(made, sorted({*brought, *activities_in(made.targets)}))


def undone(context: Context) -> list[Erasure]:
    """Erasures in the journal that the database does not know, or that were never scrubbed."""
    with context.storage.read() as conn:
        done = {found.withdrawal.id for found in withdrawals.all(conn) if found.scrubbed}
        here = {project.id for project in projects.all(conn)}
    return [
        one for one in journal_of(context).erasures if one.id not in done and one.project in here
    ]


def carry_out(context: Context, wanted: Iterable[Erasure], activity: Activity) -> None:
    """Do the erasures that were not done yet, and leave no trace of what they erase.

    Raises:
        StorageError: others are using the database or a journal; what is left is done next time.
        UsageError: the same, of an evaluation on what was withdrawn.
    """
    wanted = list(wanted)
    if not wanted:
        return
    url = settings_file.database_url(context.settings, context.folder)
    for one in wanted:
        exclusive.alone(url, partial(_erase, context, one, activity))
    with context.storage.read() as conn:
        test = among_erased(conn)
        for path in sorted((context.folder / REPLIES).glob("*.jsonl")):
            _erase_replies(path, test)
    scrubbing.scrub(context, activity, {one.project for one in wanted})
    if (context.folder / "releases").is_dir():
        remove_abandoned(context.folder / "releases")
    exclusive.scrub(url, erasure.ERASED)
    context.storage.write(lambda conn: withdrawals.scrubbed(conn, [one.id for one in wanted]))


def holders(folder: Path, test: Test) -> Iterator[Holder]:
    """The releases in ``folder`` that hold what ``test`` means."""
    for release in folders(folder):
        rows = rows_held(release, test)
        if rows:
            yield Holder(release.name, rows)


def rows_held(release: Path, test: Test) -> int:
    """How many rows of the release in that folder hold something that is meant."""
    return sum(_meant(batch, test) for batch in batches(holdings(release)))


def among_erased(conn: Connection, by: Collection[str] | None = None) -> Test:
    """A test for what these withdrawals erased, or any."""
    return partial(withdrawals.known, conn, by=by)


def either(one: Test, other: Test) -> Test:
    """A test for what one of two tests means."""
    return lambda type_, ids: one(type_, ids) | other(type_, ids)


def among_selected(conn: Connection, scope: Scope) -> Test:
    """A test for what an erasure would erase."""
    return partial(erasure.matching, conn, scope)


def _meant(batch: list[Held], test: Test) -> int:
    """How many rows of the batch hold something that is meant."""
    answers = test("annotations", [held.annotation for held in batch])
    asked = test("tasks", [held.task for held in batch])
    used = test("samples", [sample for held in batch for sample in held.samples])
    return sum(
        held.annotation in answers or held.task in asked or not used.isdisjoint(held.samples)
        for held in batch
    )


def _erase(context: Context, one: Erasure, activity: Activity, conn: Connection) -> None:
    """Erase it, where that was not done yet, and note in the same breath who holds it still."""
    if all(done.withdrawal.id != one.id for done in withdrawals.all(conn, one.project)):
        _erase_now(context, one, activity, conn)
    here = context.folder / "releases"
    held = dict.fromkeys((release.name for release in folders(here)), 0)
    held |= {
        holder.folder: holder.rows for holder in holders(here, among_erased(conn, by=[one.id]))
    }
    scrubbing.mark_stale(conn, one.project, one.id, held)


def _erase_now(context: Context, one: Erasure, activity: Activity, conn: Connection) -> None:
    project = next(found for found in projects.all(conn) if found.id == one.project)
    made = Withdrawal(
        id=one.id, project=one.project, what=one.what, targets=one.targets, time=one.time
    )
    scope = scope_of(conn, made)
    withdrawals.add(conn, made, activity.id)
    freed = erasure.freed(conn, scope)
    counts, lost = erasure.erase(conn, scope, made.id)
    withdrawals.count(conn, made.id, counts)
    _free(conn, project.id, freed)
    if lost:
        verdicts.replace(conn, _fallen(context, made, lost), activity.id)
        judgings.begin(conn, project.id, activity.id)
    context.note(
        conn, project, activity, withdrawal=made.id, what=made.what, targets=list(made.targets),
        erased=counts, to_judge=len(lost),
    )  # fmt: skip


def _fallen(context: Context, made: Withdrawal, lost: Iterable[str]) -> Iterator[Verdict]:
    """What stands in the place of verdicts that rested on what was withdrawn."""
    for task in lost:
        yield Verdict(
            id=identity.mint(context.secret, "vdt", task, "withdrawn", made.id),
            task=task, votes=0, method="withdrawn", reason=Reason.WITHDRAWN,
        )  # fmt: skip


def _free(conn: Connection, project: str, freed: Iterable[Freed]) -> None:
    """Give back the places at the desk; a task that opens again is offered anew."""
    rules = seats.rules_of(conn, project)
    if rules is None:
        return
    opened = []
    for one in freed:
        before = work.lock(conn, one.task)
        if before is None:
            continue  # answered, and never in the queue
        after = replace(
            before, given=before.given - one.given, held=before.held - one.held,
            reports=before.reports - one.reports, seniors=before.seniors - one.seniors,
        )  # fmt: skip
        state = state_of(after, rules)
        work.move(conn, one.task, after, state)
        if requeued(state_of(before, rules), state):
            opened.append(one.task)
    work.requeue(conn, project, opened)


def _erase_replies(path: Path, test: Test) -> None:
    """Take the texts of withdrawn replies out of one teacher's journal, torn lines included."""
    gone: set[str] = set()
    whole = bool(test("annotators", [path.stem]))
    with replies.Journal.open(path) as journal:
        torn = journal.tally.torn
        for batch in batches(reply for _, reply in journal.replies()):
            asked = test("tasks", [reply.task for reply in batch])
            gone.update(reply.id for reply in batch if whole or reply.task in asked)
    if gone or torn:
        replies.erase(path, gone)
