"""``import``: tasks with their keys kept apart, and answers, from files.

Rows, the cursor that says how far we are, and the entry in the history commit together, so a
rerun after a crash goes on at the first row that was not kept, and a finished import is not done
again. Rows that cannot be used are set aside with file, line, field and reason: in = new + set
aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, Literal, TypeAlias, TypeVar

from sqlalchemy import Connection

from qinglan.errors import UsageError
from qinglan.flow import illustrating, queueing
from qinglan.flow.album import Album
from qinglan.flow.context import Context, Progress, quiet
from qinglan.flow.hands import in_words, milliseconds
from qinglan.flow.incoming import aside_of, duplicate, limits_of, matched, task_ids
from qinglan.flow.readiness import ahead
from qinglan.flow.scheme import scheme_of
from qinglan.flow.terms import Terms, origin_of
from qinglan.flow.withdrawn import withdrawn_source
from qinglan.intake import fingerprint
from qinglan.kinds import canonical
from qinglan.provenance import identity
from qinglan.records import (
    Activity,
    Actor,
    Annotator,
    Guideline,
    Kind,
    Origin,
    Project,
    Reason,
    SetAside,
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
    loads,
    pools,
    projects,
    rights,
    set_aside,
    tasks,
    tiers,
    withdrawals,
)
from qinglan.storage.bulk import Columns
from qinglan.storage.loads import AnswerMaker, TaskMaker, TaskRows, Text
from qinglan.storage.pools import Demand

Draft = TypeVar("Draft", TaskDraft, AnswerDraft)

Keep: TypeAlias = Callable[[Connection], list[SetAside]]
"""Stores a batch that was arranged; what it set aside."""

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
    id_of = task_ids(context, target.name, origin.source)
    sample_of = identity.Minter(context.secret, "smp", target.name, origin.source)
    original_of = identity.Minter(context.secret, "smp", target.name, origin.source, "original")
    from_ = [origin]
    if original is not None:
        from_.append(origin_of(original, f"{origin.source}/answers", digest))
        _refuse_withdrawn(context, target, from_[-1])

    def arrange(drafts: list[TaskDraft], activity: Activity) -> Keep:
        maker = TaskMaker(target, from_, activity.id)
        salts = identity.new_salts(4 * len(drafts))
        names = [draft.external for draft in drafts]
        used = [
            [Text(id_, draft.prompt)]
            for id_, draft in zip(sample_of.all(names), drafts, strict=True)
        ]
        if original is not None:
            # The answer that is to be edited, as material with an origin of its own.
            for texts, id_, draft in zip(used, original_of.all(names), drafts, strict=True):
                texts.append(Text(id_, draft.options[0]))
        made = [
            maker.rows(
                id_, draft.row, texts, prompt=draft.prompt, options=draft.options,
                skill=draft.skill, group=draft.group, key=draft.key, salts=salts,
            )
            for id_, draft, texts in zip(id_of.all(names), drafts, used, strict=True)
        ]  # fmt: skip

        def keep(conn: Connection) -> list[SetAside]:
            new: dict[str, tuple[TaskDraft, TaskRows]] = {}
            aside = []
            known = tasks.known(conn, [rows.id for rows in made])
            named = set(tiers.names(conn, target.id))
            for draft, rows in zip(drafts, made, strict=True):
                if rows.id in known or rows.id in new:
                    aside.append(duplicate(path, draft.row, draft.external))
                elif draft.tier is not None and draft.tier not in named:
                    aside.append(aside_of(path, draft.row, Reason.UNKNOWN_TIER, "tier", draft.tier))
                else:
                    new[rows.id] = draft, rows
            loads.add_tasks(conn, target.id, from_, [rows for _, rows in new.values()])
            illustrating.link(
                conn, ((id_, (draft.prompt, *draft.options)) for id_, (draft, _) in new.items())
            )
            asked = {
                id_: Demand(draft.language, draft.tier)
                for id_, (draft, _) in new.items() if draft.language or draft.tier
            }  # fmt: skip
            pools.demand(conn, asked)
            queued = [(id_, draft.skill) for id_, (draft, _) in new.items()]
            queueing.join(conn, target.id, queued, asked)
            return aside

        return keep

    with context.storage.read() as conn:
        scheme = scheme_of(conn, target.id, target.kind)
    rows = lambda start: read_tasks(  # noqa: E731
        path, mapping, kind=target.kind, limits=limits_of(context), start=start,
        stated=scheme.options(target.kind),
    )  # fmt: skip
    what = f"tasks {mapping}"
    fields = {**mapping.named(), "kind": target.kind.value}
    album = Album(context, path, images, fields)
    return _run(context, actor, target, path, origin, digest, what, rows, arrange, progress, album)


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
    id_of = identity.Minter(context.secret, "ann")
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

    def arrange(drafts: list[AnswerDraft], activity: Activity) -> Keep:
        maker = AnswerMaker(target, activity.id)
        ids = task_id.all([draft.task for draft in drafts])
        with context.storage.read() as conn:
            here = tasks.options(conn, ids)
        met = {draft.annotator: person(draft.annotator) for draft in drafts}
        whose = [met[draft.annotator].id for draft in drafts]
        salts = identity.new_salts(len(drafts))
        made: list[Columns | SetAside] = []
        for draft, asked, who, id_ in zip(drafts, ids, whose, id_of.all(ids, whose), strict=True):
            options = matched(path, draft, here.get(asked))
            if isinstance(options, SetAside):
                made.append(options)
                continue
            answer = scheme.keyed(draft.answer)
            read = canonical(answer, options)
            made.append(maker.row(id_, asked, who, answer, next(salts), read.value, read.reason))

        def keep(conn: Connection) -> list[SetAside]:
            gone = withdrawals.known(conn, "annotators", {one.id for one in met.values()})
            gone |= withdrawals.known(conn, "tasks", ids)
            new: dict[str, tuple[Columns, AnswerDraft]] = {}
            aside = []
            for draft, asked, row in zip(drafts, ids, made, strict=True):
                if asked in gone or met[draft.annotator].id in gone:
                    # Without a word of it: the row's place says enough.
                    aside.append(aside_of(path, draft.row, Reason.WITHDRAWN, None, ""))
                elif isinstance(row, SetAside):
                    aside.append(row)
                elif row[0] in new:
                    aside.append(duplicate(path, draft.row, draft.task))
                else:
                    new[row[0]] = row, draft
            for identifier in sorted(answers.known(conn, new)):
                _, draft = new.pop(identifier)
                aside.append(duplicate(path, draft.row, draft.task))
            staying = [one for one in met.values() if one.id not in gone]
            annotators.add(conn, staying, activity.id)
            loads.add_answers(conn, target.id, [row for row, _ in new.values()])
            said = ((str(row[0]), (str(row[4]),)) for row, _ in new.values())
            illustrating.link(conn, said)
            if word is not None:
                rights.declare(conn, target.id, activity.id, actor.name, word, milliseconds(None))
            return aside

        return keep

    reader = lambda start: read_answers(  # noqa: E731
        path, mapping.fields, kind=target.kind, limits=limits_of(context), start=start,
        annotator_field=mapping.columns or None,
    )  # fmt: skip
    what = f"answers {tasks_from} {mapping}"
    return _run(context, actor, target, path, origin, digest, what, reader, arrange, progress)


@dataclass(frozen=True, slots=True)
class _Batch(Generic[Draft]):
    """Some rows that were read, what keeps them, and what the history tells of them beside."""

    rows: list[Draft | SetAside]
    keep: Keep
    facts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Import:
    """One import under way."""

    context: Context
    project: Project
    activity: Activity
    path: Path
    source: str
    digest: str
    what: str

    def commit(self, one: _Batch[Draft], before: int, conn: Connection) -> Counter[str]:
        """Rows, what was set aside, cursor and history; the reasons of what was set aside."""
        aside = [item for item in one.rows if isinstance(item, SetAside)]
        aside += one.keep(conn)
        reasons = Counter(item.reason.value for item in aside)
        last = _line(one.rows[-1])
        set_aside.add(conn, self.project.id, aside, self.activity.id)
        imports.advance(
            conn, self.project.id, self.digest, self.what, before=before, done_rows=last
        )
        self.context.note(
            conn, self.project, self.activity, source=self.source,
            file=readable_name(self.path.name), sha256=self.digest,
            lines=[before + 1, last], read=len(one.rows), new=len(one.rows) - len(aside),
            set_aside=dict(sorted(reasons.items())), **one.facts,
        )  # fmt: skip
        return reasons

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
    arrange: Callable[[list[Draft], Activity], Keep],
    progress: Progress,
    album: Album | None = None,
) -> Imported:
    """Drive one import: from the cursor on, batch by batch, each batch in one transaction.

    While one batch is written, the next is read and its rows are made.
    """
    _refuse_withdrawn(context, project, origin)
    with context.storage.read() as conn:
        state = imports.get(conn, project.id, digest, what)
    if state is not None and state.finished:
        return Imported(
            file=str(path), project=project.name, read=0, new=0, set_aside=0, again=True
        )
    activity = context.begin("import", actor)
    job = _Import(context, project, activity, path, origin.source, digest, what)
    done = state.done_rows if state is not None else 0
    read = 0
    reasons: Counter[str] = Counter()

    def arranged(found: Iterator[Draft | SetAside]) -> Iterator[_Batch[Draft]]:
        for batch in _batches(found):
            facts = {}
            if album is not None:
                album.flush()
                facts = {"pictures": album.shown} if album.shown else {}
            good = [item for item in batch if not isinstance(item, SetAside)]
            yield _Batch(batch, arrange(good, activity), facts)

    found = rows(done)
    if album is not None:
        album.activity, found = activity, album.fill(found)
    with closing(ahead(arranged(found))) as coming:
        for one in coming:
            reasons += context.write(project, partial(job.commit, one, done))
            read += len(one.rows)
            done = _line(one.rows[-1])
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


def see_original(project: Project, original: Terms | None) -> None:
    """See that it is said where answers to be edited came from, and that there are any.

    Raises:
        UsageError: it is not.
    """
    if (original is None) is (project.kind is Kind.EDIT):
        raise UsageError("flow.original_terms", project=project.name, kind=project.kind.value)


def _refuse_withdrawn(context: Context, project: Project, origin: Origin) -> None:
    with context.storage.read() as conn:
        gone = withdrawn_source(conn, project.id, origin)
    if gone is not None:
        raise UsageError("flow.withdrawn_source", source=origin.source, time=gone.isoformat())
