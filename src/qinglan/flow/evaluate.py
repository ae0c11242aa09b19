"""``evaluate``: one model on one held-out set, and the set remembers that it was looked at.

The look is counted before the first question is asked, for outcomes are on the disk long before
they are in a report. Whoever examines the same weights in the same manner again is shown the
report that is there: that is no new look.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from qinglan.durability import write_whole
from qinglan.endpoints.completion import Endpoint
from qinglan.endpoints.http import OpenAICompatible
from qinglan.endpoints.journal import Journal
from qinglan.endpoints.remembered import Remembered
from qinglan.errors import CheckFailed, UsageError
from qinglan.evaluation.differences import Difference, compare
from qinglan.evaluation.examination import Calls, Examination, Manner, draw_lines, examine
from qinglan.evaluation.scores import ALL
from qinglan.evaluation.worksheet import Worksheet
from qinglan.flow import reports as stored
from qinglan.flow.context import Context, Progress, quiet
from qinglan.flow.held_out import HeldOut, open_set, question
from qinglan.flow.stale import is_stale
from qinglan.flow.subjects import Subject
from qinglan.provenance import identity
from qinglan.records import Activity, Actor, Link, Look, Report, Split
from qinglan.releases.tables import jsonl_name
from qinglan.storage import links, looks, releases, reports, traces


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A report, and how it compares. ``again`` says that it was there before: no new look."""

    report: Examination
    file: Path
    again: bool
    against: str | None = None
    differences: tuple[Difference, ...] = ()
    """To the report ``against``, item by item: all skills together, then each."""

    def to_json(self) -> dict[str, Any]:
        """For ``--json``: everything but the single items, which the file has."""
        return {
            **self.report.model_dump(mode="json", exclude={"scores", "answers"}),
            "file": str(self.file),
            "again": self.again,
            "against": self.against,
            "differences": [line.model_dump(mode="json") for line in self.differences],
        }


def evaluate(
    context: Context,
    actor: Actor,
    subject: Subject,
    *,
    on: str,
    split: Split = Split.TEST,
    manner: Manner | None = None,
    verifier: str | None = None,
    against: str | None = None,
    why: str = "evaluation",
    progress: Progress = quiet,
) -> Evaluated:
    """Score a model on a split of a release made here, and file the report.

    Args:
        context: the workspace.
        actor: who asks.
        subject: the model.
        on: ``PROJECT/RELEASE``, or ``RELEASE``.
        split: the part of it that is held out.
        manner: how to ask.
        verifier: name of the verifier; default: the kind's own.
        against: id of a report on the same set, to hold this one against.
        why: what the look is for; kept with it.
        progress: called with items done and items in all.

    Raises:
        Refused: today's terms do not permit evaluation on it, or it holds what was withdrawn.
        CheckFailed: the model learned from some of the questions.
        UsageError: the set is empty, its kind has no verifier, or ``against`` is on another set.
        EndpointError: the model failed for good; what it answered is kept, and a rerun goes on.
    """
    activity = context.begin("evaluate", actor)
    manner = manner or Manner()
    held = open_set(context, on, split, verifier)
    _unlearned(context, subject, held)
    rival = None if against is None else stored.load(context, against)
    if rival is not None and rival.held_out != held.digest:
        raise UsageError("flow.other_set", id=rival.id, release=rival.release, split=rival.split)
    plan = _plan(subject, held, manner)
    made = _known(context, subject, plan)
    again = made is not None
    if made is None:
        about = {"release": held.may.release.id, "run": subject.run}
        with Worksheet(_sheet(context, plan), identity.random_id("rpt"), about) as sheet:
            made = _examine(context, activity, subject, held, manner, sheet, why, progress)
            _file(context, activity, held, made, plan)
            sheet.discard()
            sheet.path.with_suffix(".replies").unlink(missing_ok=True)
    differences: tuple[Difference, ...] = ()
    if rival is not None:
        skills = (ALL, *made.scores.skills())
        differences = tuple(compare(made.scores, rival.scores, skill) for skill in skills)
    return Evaluated(
        report=made, file=stored.place(context, made.id), again=again, against=against,
        differences=differences,
    )  # fmt: skip


@contextmanager
def _asked(endpoint: Endpoint, sheet: Worksheet) -> Iterator[tuple[Endpoint, Journal | None]]:
    """The endpoint; a served one with the journal of its replies beside the worksheet."""
    if not isinstance(endpoint, OpenAICompatible):
        yield endpoint, None
        return
    with Journal.open(sheet.path.with_suffix(".replies")) as journal:
        yield Remembered(endpoint, journal), journal


def _count(journal: Path) -> Calls:
    """All calls that the journal tells of, those of earlier attempts included."""
    with Journal.open(journal) as opened:
        told = opened.tally
    return Calls(
        replies=told.replies, cut_off=told.cut_off, prompt_tokens=told.prompt_tokens,
        completion_tokens=told.completion_tokens,
    )  # fmt: skip


def _sheet(context: Context, plan: str) -> Path:
    return context.folder / "reports" / ".open" / f"{plan}.jsonl"


def _plan(subject: Subject, held: HeldOut, manner: Manner) -> str:
    return identity.sha256(
        identity.canonical(
            {
                "model": subject.digest,
                "form": subject.form("?"),
                "held_out": held.digest,
                "split": held.split.value,
                "verifier": held.verifier.name,
                "manner": manner.model_dump(mode="json"),
            }
        )
    )


def _known(context: Context, subject: Subject, plan: str) -> Examination | None:
    """The report that was filed on this plan; a served model may have changed behind its name."""
    if subject.weights is None:
        return None
    with context.storage.read() as conn:
        filed = reports.of_plan(conn, plan)
    return None if filed is None else stored.read(context, filed)


def _unlearned(context: Context, subject: Subject, held: HeldOut) -> None:
    """Make sure that the model's runs, as far as they are known here, held none of the questions.

    Raises:
        CheckFailed: one of them did.
    """
    asked = set(held.questions)
    with context.storage.read() as conn:
        names = {release.id: release.name for release in releases.all(conn)}
        learned = links.releases_behind(conn, subject.run or "")
    for release in sorted(learned, key=names.__getitem__):
        file = context.folder / "releases" / names[release] / jsonl_name(Split.TRAIN)
        if not file.exists():
            raise UsageError("flow.release_gone", release=names[release], folder=file.parent.parent)
        with file.open(encoding="utf-8", newline="\n") as lines:
            shared = asked & {question(row) for row in map(json.loads, lines)}
        if shared:
            raise CheckFailed(
                "flow.trained_on_it", release=names[release], shared=len(shared), all=len(asked)
            )


def _examine(
    context: Context,
    activity: Activity,
    subject: Subject,
    held: HeldOut,
    manner: Manner,
    sheet: Worksheet,
    why: str,
    progress: Progress,
) -> Examination:
    look = Look(
        report=sheet.report, held_out=held.digest, model=subject.digest, why=why,
        when=datetime.now(UTC),
    )  # fmt: skip
    context.storage.write(lambda conn: looks.add(conn, look, held.asked, activity.id))
    plain = held.items(manner)
    items = [item.model_copy(update={"prompt": subject.form(item.prompt)}) for item in plain]
    with _asked(subject.endpoint, sheet) as (endpoint, journal):
        scores, answers = examine(endpoint, items, held.check, manner, sheet, progress=progress)
    calls = None if journal is None else _count(journal.path)
    with context.storage.read() as conn:
        every = looks.at(conn, held.digest)
        silent = subject.run is not None and is_stale(conn, subject.run)
    # A look that went on after it was cut off counts from when it began.
    seen = every[: 1 + next(i for i, one in enumerate(every) if one.report == sheet.report)]
    may = held.may
    return Examination(
        id=sheet.report,
        model=subject.endpoint.name,
        weights=subject.weights,
        server=subject.server,
        calls=calls,
        run=subject.run,
        project=may.project.name,
        kind=may.project.kind,
        release=may.release.name,
        root=may.release.root,
        split=held.split,
        held_out=held.digest,
        simulated=held.simulated,
        verifier=held.verifier.name,
        manner=manner,
        looks=len(seen),
        models=len({one.model for one in seen}),
        why=seen[-1].why,
        made=datetime.now(UTC).replace(microsecond=0),
        evasive=sum(map(held.evaded, items, answers)),
        lines=draw_lines(scores),
        scores=scores,
        answers=(None,) * len(answers) if silent else answers,
    )


def _file(
    context: Context, activity: Activity, held: HeldOut, made: Examination, plan: str
) -> None:
    """Write the report's file, then its record, its edge and the history's entry together.

    Raises:
        UsageError: what is in the set, or in the model, was withdrawn meanwhile.
    """
    text = stored.render(made)
    write_whole(stored.place(context, made.id), text)
    release = held.may.release
    report = Report(
        id=made.id, release=release.id, split=held.split, held_out=held.digest,
        model=made.weights or f"{made.model} at {made.server}"[:500], run=made.run, plan=plan,
        made=made.made, sha256=identity.sha256(text.encode()),
    )  # fmt: skip
    inputs = (release.id,) if made.run is None else (made.run, release.id)
    edge = Link(output=made.id, inputs=inputs, activity=activity.id)

    def keep(conn: Connection) -> None:
        gone = release.id in traces.stale(conn)
        if gone or (made.run is not None and any(made.answers) and is_stale(conn, made.run)):
            raise UsageError("flow.withdrawn_meanwhile")
        if reports.add(conn, report, activity.id):
            links.add(conn, [edge])
            context.note(
                conn, held.may.project, activity, report=made.id, release=release.name,
                root=release.root, split=held.split.value, held_out=held.digest,
                model=report.model, run=made.run, looks=made.looks, sha256=report.sha256,
            )  # fmt: skip

    try:
        context.write(held.may.project, keep)
    except UsageError:
        stored.place(context, made.id).unlink()  # nobody was told of it
        raise
