"""``import``: tasks with their keys kept apart, and answers, from files.

Rows, the cursor that says how far we are, and the entry in the history commit together, so a
rerun after a crash goes on at the first row that was not kept, and a finished import is not done
again. Rows that cannot be used are set aside with file, line, field and reason: in = new + set
aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, Literal, TypeVar

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow import illustrating, queueing
from qinglan.flow.album import Album
from qinglan.flow.context import Context, Progress, quiet
from qinglan.flow.hands import in_words, milliseconds
from qinglan.flow.incoming import aside_of, duplicate, limits_of, matched, task_ids
from qinglan.flow.scheme import scheme_of
from qinglan.flow.terms import Terms, origin_of
from qinglan.flow.withdrawn import withdrawn_source
from qinglan.intake import fingerprint
from qinglan.kinds import canonical
from qinglan.provenance import identity
from qinglan.records import (
    Activity,
    Actor,
    Annotation,
    Annotator,
    AnswerKey,
    Guideline,
    Kind,
    Origin,
    Project,
    Reason,
    Sample,
    SetAside,
    Task,
    readable_name,
)
from qinglan.sources.files import AnswerDraft, Mapping, TaskDraft, read_answers, read_tasks
from qinglan.storage import (
    annotations as answers,
)
from qinglan.storage import (
    annotators,
    guidelines,
    imports,
    keys,
    pools,
    projects,
    rights,
    samples,
    set_aside,
    tasks,
    tiers,
    withdrawals,
)
from qinglan.storage.pools import Demand

Draft = TypeVar("Draft", TaskDraft, AnswerDraft)

BATCH = 5_000
"""Rows a transaction: large enough that fsync is nothing, small enough for flat memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did. ``read`` = ``new`` + ``set_aside``; ``again`` says it was done before.

    ``activity`` is what set rows aside under; ``None`` for one that was done before.
    """

    file: str
    project: str
    read: int
    new: int
    set_aside: int
    again: bool
    activity: str | None = None
    reasons: dict[str, int] = field(default_factory=dict)


def task_mapping(words: Sequence[str]) -> Mapping:
    """The mapping that ``--map`` options spell, for tasks.

    Raises:
        UsageError: a target is unknown or given twice, or ``prompt`` is missing.
    """
    return Mapping.parse(words)


@dataclass(frozen=True, slots=True)
class AnswerMapping:
    """Where a file holds answers: one a row, or a column for each annotator."""

    fields: Mapping
    columns: dict[str, str] = field(default_factory=dict)
    """Annotator → the path of the column that holds their answers."""


def answer_mapping(words: Sequence[str]) -> AnswerMapping:
    """The mapping that ``--map`` options spell, for answers.

    ``answer@NAME=path`` gives annotator NAME a column of their own, once for each annotator.
    """
    columns: dict[str, str] = {}
    rest: list[str] = []
    for word in words:
        target, equals, path = word.partition("=")
        kind, at, name = target.partition("@")
        if not at:
            rest.append(word)
        elif not equals or not name.strip() or name in columns:
            raise UsageError("flow.bad_column", pair=word)
        else:
            columns[name] = path
            if kind.strip() != "answer":
                raise UsageError("flow.bad_column", pair=word)
    return AnswerMapping(Mapping.parse(rest), columns)


def make_project(
    context: Context, actor: Actor, name: str, kind: Kind, *, en: str = "", zh: str = ""
) -> Project:
    """The project ``name``, made with its first guideline where it is new.

    Raises:
        UsageError: it exists with another kind, or the name cannot be used.
    """
    with context.storage.read() as conn:
        found = projects.get(conn, name)
    if found is not None:
        return _of_kind(found, kind)
    activity = context.begin("import", actor)
    guideline = Guideline(
        id=identity.mint(context.secret, "gdl", name, 1), kind=kind, version=1, en=en, zh=zh
    )
    try:
        project = Project(
            id=identity.mint(context.secret, "prj", name),
            name=name,
            kind=kind,
            guideline=guideline.id,
        )
    except ValueError:
        raise UsageError("flow.bad_name", name=name) from None

    def add(conn: Connection) -> Project:
        guidelines.add(conn, guideline, activity.id)
        illustrating.link(conn, [(guideline.id, (en, zh))])
        projects.add(conn, project, activity.id)
        return projects.get(conn, name) or project

    # Another process may have made it meanwhile, with another kind.
    return _of_kind(context.storage.write(add), kind)


def _of_kind(project: Project, kind: Kind) -> Project:
    if project.kind != kind:
        raise UsageError("flow.other_kind", name=project.name, kind=project.kind, asked=kind)
    return project


def load_tasks(
    context: Context,
    actor: Actor,
    project: str,
    path: Path,
    mapping: Mapping,
    terms: Terms,
    *,
    original: Terms | None = None,
    images: Path | None = None,
    progress: Progress = quiet,
) -> Imported:
    """Import tasks (with keys, where mapped) from a JSONL, CSV or Parquet file.

    A task's id comes from (project, data set, external id); an id met twice is set aside as a
    duplicate row. Every row also becomes a ``Sample``, so that each task names its source.
    ``original``: where the answers came from that are to be edited; they become samples of their
    own, so that what their model's terms demand travels with the tasks.
    ``images``: the folder that paths of pictures in the rows are taken from; without, there are
    none. A row whose picture cannot be had is set aside.
    """
    target = context.project(project)
    see_original(target, original)
    origin, digest = _origin(path, terms)
    task_id = task_ids(context, target.name, origin.source)
    sample_id = identity.minter(context.secret, "smp", target.name, origin.source)
    theirs = None if original is None else origin_of(original, f"{origin.source}/answers", digest)
    if theirs is not None:
        _refuse_withdrawn(context, target, theirs)

    def keep(conn: Connection, drafts: list[TaskDraft], activity: Activity) -> list[SetAside]:
        by_id: dict[str, tuple[Sample, Task, AnswerKey | None]] = {}
        edited: list[Sample] = []
        aside = []
        ids = [task_id(draft.external) for draft in drafts]
        known, named = tasks.known(conn, ids), set(tiers.names(conn, target.id))
        asked: dict[str, Demand] = {}
        salts = identity.new_salts(4 * len(drafts))
        for draft, identifier in zip(drafts, ids, strict=True):
            if identifier in known or identifier in by_id:
                aside.append(duplicate(path, draft.row, draft.external))
                continue
            if draft.tier is not None and draft.tier not in named:
                aside.append(aside_of(path, draft.row, Reason.UNKNOWN_TIER, "tier", draft.tier))
                continue
            asked[identifier] = Demand(draft.language, draft.tier)
            sample = sample_id(draft.external)
            if theirs is not None:
                edited.append(_edited(context, target, theirs, draft, salts))
            more = edited[-1].id if edited else None
            by_id[identifier] = _records(target, origin, draft, identifier, sample, salts, more)
        samples.add(conn, [*(s for s, _, _ in by_id.values()), *edited], activity.id)
        tasks.add(conn, [t for _, t, _ in by_id.values()], activity.id)
        keys.add(conn, [k for _, _, k in by_id.values() if k is not None], activity.id)
        shown = ((t.id, (t.prompt, *t.options)) for _, t, _ in by_id.values())
        illustrating.link(conn, shown)
        pools.demand(conn, asked)
        queueing.join(conn, target.id, [t for _, t, _ in by_id.values()], asked)
        return aside

    with context.storage.read() as conn:
        scheme = scheme_of(conn, target.id, target.kind)
    rows = lambda start: read_tasks(  # noqa: E731
        path, mapping, kind=target.kind, limits=limits_of(context), start=start,
        stated=scheme.options(target.kind),
    )  # fmt: skip
    what = f"tasks {mapping}"
    fields = {**mapping.named(), "kind": target.kind.value}
    album = Album(context, path, images, fields)
    return _run(context, actor, target, path, origin, digest, what, rows, keep, progress, album)


def load_answers(
    context: Context,
    actor: Actor,
    project: str,
    path: Path,
    mapping: AnswerMapping,
    terms: Terms,
    *,
    annotator_type: Literal["person", "model", "program"],
    tasks_from: str | None = None,
    declared: str | None = None,
    progress: Progress = quiet,
) -> Imported:
    """Import annotators' answers to tasks that are here.

    Args:
        context: the workspace.
        actor: who asks.
        project: name of the project whose tasks are answered.
        path: the file.
        mapping: which fields hold task, annotator and answer.
        terms: where the answers came from; ``simulated`` marks the annotators as simulated.
        annotator_type: what answered.
        tasks_from: name of the data set whose external ids the file uses; default: its own.
        declared: whoever imports gives their word, in these words, that the people agreed what may
            be done with their answers; where a project asks for that, a release needs it.
        progress: called after each batch.
    """
    target = context.project(project)
    word = None if declared is None else in_words(declared)
    origin, digest = _origin(path, terms)
    task_id = task_ids(context, target.name, tasks_from or origin.source)
    people: dict[str, Annotator] = {}
    with context.storage.read() as conn:
        scheme = scheme_of(conn, target.id, target.kind)

    def person(name: str) -> Annotator:
        if name not in people:
            people[name] = Annotator(
                id=identity.mint(context.secret, "ant", project, name),
                project=target.id,
                type=annotator_type,
                name=name,
                # The file's digest belongs to the answers, not to who gave them.
                origin=origin.model_copy(update={"sha256": None}),
                simulated=terms.channel == "simulated",
            )
        return people[name]

    def keep(conn: Connection, drafts: list[AnswerDraft], activity: Activity) -> list[SetAside]:
        ids = [task_id(draft.task) for draft in drafts]
        here = tasks.find(conn, ids)
        met = {person(draft.annotator).id for draft in drafts} | {p.id for p in people.values()}
        gone = withdrawals.known(conn, "annotators", met) | withdrawals.known(conn, "tasks", ids)
        batch: dict[str, tuple[Annotation, str | None, Reason | None]] = {}
        aside = []
        rows: dict[str, AnswerDraft] = {}
        for draft, asked in zip(drafts, ids, strict=True):
            task = matched(path, draft, here.get(asked))
            who = person(draft.annotator)
            if who.id in gone or asked in gone:
                # Without a word of it: the row's place says enough.
                aside.append(aside_of(path, draft.row, Reason.WITHDRAWN, None, ""))
                continue
            if isinstance(task, SetAside):
                aside.append(task)
                continue
            identifier = identity.mint(context.secret, "ann", asked, who.id)
            if identifier in batch:
                aside.append(duplicate(path, draft.row, draft.task))
                continue
            answer = scheme.keyed(draft.answer)
            read = canonical(answer, task.options)
            batch[identifier] = (
                Annotation(
                    id=identifier,
                    task=asked,
                    annotator=who.id,
                    answer=answer,
                    salt=identity.new_salt(),
                ),
                read.value,
                read.reason,
            )
            rows[identifier] = draft
        for identifier in sorted(answers.known(conn, batch)):
            del batch[identifier]
            aside.append(duplicate(path, rows[identifier].row, rows[identifier].task))
        staying = [who for who in people.values() if who.id not in gone]
        annotators.add(conn, staying, activity.id)
        answers.add(conn, batch.values(), activity.id)
        if word is not None:
            rights.declare(conn, target.id, activity.id, actor.name, word, milliseconds(None))
        return aside

    reader = lambda start: read_answers(  # noqa: E731
        path, mapping.fields, kind=target.kind, limits=limits_of(context), start=start,
        annotator_field=mapping.columns or None,
    )  # fmt: skip
    what = f"answers {tasks_from} {mapping}"
    return _run(context, actor, target, path, origin, digest, what, reader, keep, progress)


@dataclass(frozen=True, slots=True)
class _Import(Generic[Draft]):
    """One import under way, and how a batch of it is kept."""

    context: Context
    project: Project
    activity: Activity
    path: Path
    source: str
    digest: str
    what: str
    keep: Callable[[Connection, list[Draft], Activity], list[SetAside]]
    album: Album | None = None

    def commit(self, batch: list[Draft | SetAside], before: int, conn: Connection) -> Counter[str]:
        """Rows, what was set aside, cursor and history; the reasons of what was set aside."""
        drafts = [item for item in batch if not isinstance(item, SetAside)]
        aside = [item for item in batch if isinstance(item, SetAside)]
        aside += self.keep(conn, drafts, self.activity)
        reasons = Counter(item.reason.value for item in aside)
        last = _line(batch[-1])
        set_aside.add(conn, self.project.id, aside, self.activity.id)
        imports.advance(
            conn, self.project.id, self.digest, self.what, before=before, done_rows=last
        )
        self.context.note(
            conn, self.project, self.activity, source=self.source,
            file=readable_name(self.path.name), sha256=self.digest,
            lines=[before + 1, last], read=len(batch), new=len(batch) - len(aside),
            set_aside=dict(sorted(reasons.items())), **self._pictures(),
        )  # fmt: skip
        return reasons

    def _pictures(self) -> dict[str, int]:
        """How often the rows so far show a picture, where they do."""
        return {"pictures": self.album.shown} if self.album and self.album.shown else {}

    def finish(self, last: int, conn: Connection) -> None:
        """Mark the import finished where its cursor stands."""
        imports.advance(
            conn, self.project.id, self.digest, self.what,
            before=last, done_rows=last, finished=True,
        )  # fmt: skip


def _run(
    context: Context,
    actor: Actor,
    project: Project,
    path: Path,
    origin: Origin,
    digest: str,
    what: str,
    rows: Callable[[int], Iterator[Draft | SetAside]],
    keep: Callable[[Connection, list[Draft], Activity], list[SetAside]],
    progress: Progress,
    album: Album | None = None,
) -> Imported:
    """Drive one import: from the cursor on, batch by batch, each batch in one transaction."""
    _refuse_withdrawn(context, project, origin)
    with context.storage.read() as conn:
        state = imports.get(conn, project.id, digest, what)
    if state is not None and state.finished:
        return Imported(
            file=str(path), project=project.name, read=0, new=0, set_aside=0, again=True
        )
    activity = context.begin("import", actor)
    job = _Import(context, project, activity, path, origin.source, digest, what, keep, album)
    done = state.done_rows if state is not None else 0
    read = 0
    reasons: Counter[str] = Counter()
    found = rows(done)
    if album is not None:
        album.activity, found = activity, album.fill(found)
    for batch in _batches(found):
        if album is not None:
            album.flush()
        reasons += context.write(project, partial(job.commit, batch, done))
        read += len(batch)
        done = _line(batch[-1])
        progress(done, None)
    context.write(project, partial(job.finish, done))
    aside = reasons.total()
    return Imported(
        file=str(path), project=project.name, read=read, new=read - aside,
        set_aside=aside, again=False, activity=activity.id, reasons=dict(reasons),
    )  # fmt: skip


def _line(item: TaskDraft | AnswerDraft | SetAside) -> int:
    return (item.line or 0) if isinstance(item, SetAside) else item.row


def _batches(items: Iterator[Draft | SetAside]) -> Iterator[list[Draft | SetAside]]:
    """Batches that end at the end of a row: the cursor counts rows, and a row can give several
    answers.
    """
    batch: list[Draft | SetAside] = []
    for item in items:
        if len(batch) >= BATCH and _line(item) != _line(batch[-1]):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _origin(path: Path, terms: Terms) -> tuple[Origin, str]:
    digest, _ = fingerprint(path)
    return origin_of(terms, readable_name(path.stem), digest), digest


def _records(
    project: Project,
    origin: Origin,
    draft: TaskDraft,
    identifier: str,
    sample_id: str,
    salts: Iterator[str],
    edited: str | None = None,
) -> tuple[Sample, Task, AnswerKey | None]:
    sample = Sample(
        id=sample_id,
        origin=origin,
        row=draft.row,
        text=draft.prompt,
        salt=next(salts),
    )
    task = Task(
        id=identifier,
        project=project.id,
        guideline=project.guideline,
        kind=project.kind,
        samples=(sample.id,) if edited is None else (sample.id, edited),
        prompt=draft.prompt,
        options=draft.options,
        skill=draft.skill,
        group=draft.group,
        salt=next(salts),
    )
    key = None
    if draft.key is not None:
        key = AnswerKey(task=identifier, value=draft.key, salt=next(salts))
    return sample, task, key


def see_original(project: Project, original: Terms | None) -> None:
    """See that it is said where answers to be edited came from, and that there are any.

    Raises:
        UsageError: it is not.
    """
    if (original is None) is (project.kind is Kind.EDIT):
        raise UsageError("flow.original_terms", project=project.name, kind=project.kind.value)


def _edited(
    context: Context, project: Project, origin: Origin, draft: TaskDraft, salts: Iterator[str]
) -> Sample:
    """The answer that is to be edited, as material with an origin of its own."""
    return Sample(
        id=identity.mint(
            context.secret, "smp", project.name, origin.source, "original", draft.external
        ),
        origin=origin, row=draft.row, text=draft.options[0], salt=next(salts),
    )  # fmt: skip


def _refuse_withdrawn(context: Context, project: Project, origin: Origin) -> None:
    with context.storage.read() as conn:
        gone = withdrawn_source(conn, project.id, origin)
    if gone is not None:
        raise UsageError("flow.withdrawn_source", source=origin.source, time=gone.isoformat())
