"""``import``: tasks with their keys kept apart, and answers, from files.

Rows, the cursor that says how far we are, and the entry in the history commit together, so a
rerun after a crash goes on at the first row that was not kept, and a finished import is not done
again. Rows that cannot be used are set aside with file, line, field and reason: in = new + set
aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection

from qinglan.elsewhere import elsewhere
from qinglan.errors import UsageError
from qinglan.flow import illustrating, queueing
from qinglan.flow.album import Album
from qinglan.flow.context import Context, Progress, quiet
from qinglan.flow.hands import in_words, milliseconds
from qinglan.flow.incoming import aside_of, duplicate, limits_of, matched, task_ids
from qinglan.flow.readiness import Ahead
from qinglan.flow.scheme import scheme_of
from qinglan.flow.task_file import PART, Arranged, Read, TaskFile, line_of, parts_of
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
from qinglan.sources.files import AnswerDraft, Mapping, read_answers
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
from qinglan.storage.loads import AnswerMaker, Cells
from qinglan.storage.pools import Demand


class Kept(NamedTuple):
    """What became of a part that was stored."""

    aside: list[SetAside]
    asking: Iterable[queueing.Asking] = ()
    """The tasks that are new."""


Keep: TypeAlias = Callable[[Connection], Kept]
"""Stores a part whose rows are made."""

BATCH = 5_000
"""Rows a transaction: large enough that fsync is nothing, small enough for flat memory."""

SOON = 0.02
"""Seconds that a transaction waits for more, unless somebody else wants to write. A part is read in
less; a commit takes half as long, and writes again each page of an index that the next one, too,
has to write."""

LARGE = 4 * 2**20
"""Bytes of a file from which on it is worth it that another process reads it."""


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
    sha256: str | None = None,
    progress: Progress = quiet,
) -> Imported:
    """Import tasks (with keys, where mapped) from a JSONL, CSV or Parquet file.

    A task's id comes from (project, data set, external id); an id met twice is set aside as a
    duplicate row. Every row also becomes a ``Sample``, so that each task names its source.
    ``original``: where the answers came from that are to be edited; they become samples of their
    own, so that what their model's terms demand travels with the tasks.
    ``images``: the folder that paths of pictures in the rows are taken from; without, there are
    none. A row whose picture cannot be had is set aside.
    ``sha256``: the file's digest, where it is known already.
    """
    target = context.project(project)
    see_original(target, original)
    origin, digest = _origin(path, terms, sha256)
    from_ = [origin]
    if original is not None:
        from_.append(origin_of(original, f"{origin.source}/answers", digest))
        _refuse_withdrawn(context, target, from_[-1])
    with context.storage.read() as conn:
        scheme = scheme_of(conn, target.id, target.kind)
    fields = {**mapping.named(), "kind": target.kind.value}
    album = Album(context, path, images, fields)

    def found(done: int, activity: Activity) -> Generator[_Part, None, None]:
        file = TaskFile(
            path=path, mapping=mapping, kind=target.kind, limits=limits_of(context),
            stated=scheme.options(target.kind), start=done, project=target, from_=tuple(from_),
            activity=activity.id, secret=context.secret,
        )  # fmt: skip
        album.activity = activity
        large = path.stat().st_size >= LARGE
        with closing(elsewhere(file) if large else iter(file)) as parts:
            for part in parts:
                made = illustrated(file, part) if isinstance(part, list) else part
                facts = {"pictures": album.shown} if album.shown else {}
                yield _Part(made.read, made.last, made.aside, partial(keep, made), facts)

    def illustrated(file: TaskFile, part: Read) -> Arranged:
        filled = list(album.fill(iter(part)))
        album.flush()
        return file.arranged(filled)

    def keep(part: Arranged, conn: Connection) -> Kept:
        coming, load = part.coming, part.load
        tierless: set[str] = set()
        unknown = {*coming.tiers} - {None, *tiers.names(conn, target.id)}
        if unknown:
            asked = zip(coming.ids, coming.tiers, strict=True)
            tierless = {id_ for id_, tier in asked if tier in unknown}
            load = load.without(tierless)
        known = loads.add_tasks(conn, target.id, from_, load)
        aside = []
        left = known | tierless
        if left:
            for line, name, id_, *_, tier in zip(*coming, strict=True):
                if id_ in known:
                    aside.append(duplicate(path, line, name))
                elif id_ in tierless:
                    aside.append(aside_of(path, line, Reason.UNKNOWN_TIER, "tier", str(tier)))
            coming = coming.only([id_ not in left for id_ in coming.ids])
        illustrating.show(conn, [one for one in part.shown if one[0] not in left])
        more = zip(coming.ids, coming.languages, coming.tiers, strict=True)
        demands = {one: Demand(language, tier) for one, language, tier in more if language or tier}
        pools.demand(conn, demands)
        asking = zip(coming.ids, coming.skills, coming.languages, coming.tiers, strict=True)
        return Kept(aside, asking)

    what = f"tasks {mapping}"
    most = max(1, BATCH // PART)
    return _run(context, actor, target, path, origin, digest, what, found, progress, most=most)


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
    sha256: str | None = None,
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
        sha256: the file's digest, where it is known already.
        progress: called after each batch.
    """
    target = context.project(project)
    word = None if declared is None else in_words(declared)
    origin, digest = _origin(path, terms, sha256)
    task_id = task_ids(context.secret, target.name, tasks_from or origin.source)
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

    def found(done: int, activity: Activity) -> Generator[_Part, None, None]:
        maker = AnswerMaker(target, activity.id)
        drafts = read_answers(
            path, mapping.fields, kind=target.kind, limits=limits_of(context), start=done,
            annotator_field=mapping.columns or None,
        )  # fmt: skip
        for batch in parts_of(drafts, BATCH):
            aside = [one for one in batch if isinstance(one, SetAside)]
            good = [one for one in batch if isinstance(one, AnswerDraft)]
            yield _Part(len(batch), line_of(batch[-1]), aside, arrange(good, maker, activity), {})

    def arrange(drafts: list[AnswerDraft], maker: AnswerMaker, activity: Activity) -> Keep:
        ids = task_id.all([draft.task for draft in drafts])
        with context.storage.read() as conn:
            here = tasks.options(conn, ids)
        met = {draft.annotator: person(draft.annotator) for draft in drafts}
        whose = [met[draft.annotator].id for draft in drafts]
        salts = identity.new_salts(len(drafts))
        made: list[Cells | SetAside] = []
        for draft, asked, who, id_ in zip(drafts, ids, whose, id_of.all(ids, whose), strict=True):
            options = matched(path, draft, here.get(asked))
            if isinstance(options, SetAside):
                made.append(options)
                continue
            answer = scheme.keyed(draft.answer)
            read = canonical(answer, options)
            made.append(maker.row(id_, asked, who, answer, next(salts), read.value, read.reason))

        def keep(conn: Connection) -> Kept:
            gone = withdrawals.known(conn, "annotators", {one.id for one in met.values()})
            gone |= withdrawals.known(conn, "tasks", ids)
            new: dict[str, tuple[Cells, AnswerDraft]] = {}
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
            return Kept(aside)

        return keep

    what = f"answers {tasks_from} {mapping}"
    return _run(context, actor, target, path, origin, digest, what, found, progress, most=1)


class _Part(NamedTuple):
    """Some rows that were read, and what keeps them."""

    read: int
    last: int
    """The line of the last."""
    aside: list[SetAside]
    keep: Keep
    facts: dict[str, int]
    """What the history tells beside, of them and of all before."""


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

    def commit(
        self, parts: list[_Part], coming: Ahead[_Part], before: int, conn: Connection
    ) -> Counter[str]:
        """Rows, what was set aside, cursor and history; the reasons of what was set aside.

        What comes soon after ``parts`` is added to them: whoever runs this again has them still.
        """
        kept: list[Kept] = []
        while len(kept) < len(parts) or self._more(parts, coming):
            kept.append(parts[len(kept)].keep(conn))
        # Last of the rows: whoever appends to a queue holds its end until the commit.
        asking = chain.from_iterable(one.asking for one in kept)
        queueing.join(conn, self.project.id, asking)
        found = chain(*(one.aside for one in parts), *(one.aside for one in kept))
        aside = sorted(found, key=lambda row: row.line or 0)
        reasons = Counter(item.reason.value for item in aside)
        set_aside.add(conn, self.project.id, aside, self.activity.id)
        read, last = sum(one.read for one in parts), parts[-1].last
        imports.advance(
            conn, self.project.id, self.digest, self.what, before=before, done_rows=last
        )
        self.context.note(
            conn, self.project, self.activity, source=self.source,
            file=readable_name(self.path.name), sha256=self.digest,
            lines=[before + 1, last], read=read, new=read - len(aside),
            set_aside=dict(sorted(reasons.items())), **parts[-1].facts,
        )  # fmt: skip
        return reasons

    def _more(self, parts: list[_Part], coming: Ahead[_Part]) -> bool:
        """Add the next part to ``parts``, where the transaction may go on with it."""
        storage = self.context.storage
        if storage.wanted or sum(one.read for one in parts) >= BATCH:
            return False
        found = coming.soon(SOON, unless=lambda: storage.wanted)
        if found is not None:
            parts.append(found)
        return found is not None

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
    found: Callable[[int, Activity], Generator[_Part, None, None]],
    progress: Progress,
    *,
    most: int,
) -> Imported:
    """Drive one import: from the cursor on, part by part, several in one transaction.

    While one is written, what comes next is read and its rows are made: ``found`` gives the parts
    of the file after a line, ``most`` of which are made ahead.
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

    with closing(found(done, activity)) as all_parts, Ahead(all_parts, most) as coming:
        while (first := coming.take()) is not None:
            parts = [first]
            reasons += context.write(project, partial(job.commit, parts, coming, done))
            read += sum(one.read for one in parts)
            done = parts[-1].last
            progress(done, None)
    context.write(project, partial(job.finish, done))
    aside = reasons.total()
    return Imported(
        file=str(path), project=project.name, read=read, new=read - aside,
        set_aside=aside, again=False, activity=activity.id, reasons=dict(reasons),
    )  # fmt: skip


def _origin(path: Path, terms: Terms, sha256: str | None) -> tuple[Origin, str]:
    digest = sha256 or fingerprint(path)[0]
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
