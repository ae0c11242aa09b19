"""Files of answers that come through the browser: what is in one, and what an import would keep.

As for tasks nothing is taken in before somebody has looked: which task each row answers, who gave
the answer, and whether it is one to that task. Here too the ids of tasks belong to a data set, and
the file need not be that one; the data set whose ids its first rows use is found by trying.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from qinglan.errors import InputError
from qinglan.flow.arriving import (
    ASIDE_SHOWN,
    LOOKED_AT,
    SHOWN,
    Arrival,
    cells,
    guess,
    head,
)
from qinglan.flow.context import Context, allow
from qinglan.flow.incoming import aside_of, duplicate, limits_of, matched, task_ids
from qinglan.flow.load import AnswerMapping
from qinglan.flow.scheme import scheme_of
from qinglan.intake import Row
from qinglan.kinds import canonical
from qinglan.kinds.scheme import Scheme
from qinglan.provenance import identity
from qinglan.records import Actor, Answer, Kind, Reason, SetAside, Task
from qinglan.sources.files import AnswerDraft, answer_fields, read_answers
from qinglan.sources.mapping import FieldPath
from qinglan.sources.mapping import Mapping as Fields
from qinglan.storage import annotations as answers
from qinglan.storage import origins, tasks, withdrawals

SOURCES = 200
"""Names of data sets that are tried."""
PEOPLE_SHOWN = 20

_GUESSES: dict[str, tuple[str, ...]] = {
    "task": ("task", "task_id", "question_id", "item_id", "id", "uid", "qid", "item"),
    "annotator": (
        "annotator", "annotator_id", "worker", "worker_id", "rater", "labeler", "labeller",
        "reviewer", "model", "author", "user", "who",
    ),
    "answer": ("answer", "response", "output", "solution", "completion", "text"),
    "messages": ("messages", "conversation", "turns"),
    "steps": ("steps", "ratings", "solution"),
    "final": ("final", "final_answer"),
    "option": ("option", "label", "choice", "answer", "value"),
    "winner": ("winner", "preference", "preferred", "better", "label", "choice"),
    "marks": ("marks", "ratings", "labels"),
    "because": ("because", "reason", "comment", "explanation", "rationale"),
    "edited": ("edited", "revision", "rewrite", "edit"),
    "critique": ("critique", "comment", "feedback"),
    "value": ("value", "number", "answer"),
    "scores": ("scores", "ratings", "rubric"),
    "order": ("order", "ranking", "rank"),
    "left": ("left", "scores_left", "scores_a"),
    "right": ("right", "scores_right", "scores_b"),
    "spans": ("spans", "entities", "annotations", "labels"),
    "question": ("question", "prompt", "problem"),
    "key": ("key", "answer", "gold"),
    "difficulty": ("difficulty", "level"),
    "rubric": ("rubric",),
    "sources": ("sources", "references"),
}  # fmt: skip
"""What people call the columns of a file of answers, the likeliest first."""

_OTHERS = frozenset(("prompt", "question", "problem", "text", "key", "gold", "skill", "subject"))
"""Columns that are hardly an annotator's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a file of answers is to be read. With ``columns`` each annotator has one of their own."""

    pairs: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    """Annotator → path."""
    tasks_from: str = ""
    """The data set whose ids the rows use."""

    def mapping(self) -> AnswerMapping:
        """As an import takes it.

        Raises:
            InputError: a target is unknown, or a path cannot be one.
        """
        return AnswerMapping(Fields.parse(self.pairs), dict(self.columns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One answer that an import would keep, beside its task."""

    line: int
    annotator: str
    task: Task
    answer: Answer
    value: str | None
    """As it would be counted; ``None`` where nothing can be read, for ``reason``."""
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is in a file of answers, and what an import would make of the first of them."""

    kind: Kind
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    needed: tuple[str, ...]
    may: tuple[str, ...]
    asked: Asked
    """How it was read."""
    sources: tuple[str, ...]
    """Data sets whose ids the first rows could use."""
    looked_at: int
    whole: bool
    good: int
    unread: int
    """Of the good ones: nothing that could be counted was found in them."""
    people: tuple[tuple[str, int], ...]
    """Annotators and their answers, those with most first."""
    answers: tuple[Shown, ...]
    reasons: Mapping[str, int]
    aside: tuple[SetAside, ...]
    error: InputError | None
    scheme: Scheme


def preview(context: Context, actor: Actor, arrival: Arrival, asked: Asked | None) -> Preview:
    """What is in the file; ``asked`` says how it is read (default: guessed).

    Raises:
        PermissionDenied: the actor's role may not import.
        InputError: it cannot be read at all.
    """
    allow("import", actor)
    target = context.project(arrival.project)
    columns, first = head(context, arrival)
    needed, may = answer_fields(target.kind)
    if asked is None:
        asked = _guessed(columns, needed, may, target.kind)
    with context.storage.read() as conn:
        scheme = scheme_of(conn, target.id, target.kind)
    sources = _sources(context, arrival, asked, first)
    asked = _completed(asked, sources)
    good: list[Shown] = []
    aside: list[SetAside] = []
    error: InputError | None = None
    whole, looked = False, 0
    try:
        found = _drafts(context, arrival, target.kind, asked)
        some = list(islice(found, LOOKED_AT + 1))
        whole, looked = len(some) <= LOOKED_AT, min(len(some), LOOKED_AT)
        for one in _held(context, arrival, asked, some[:LOOKED_AT], scheme):
            if isinstance(one, SetAside):
                aside.append(one)
            else:
                good.append(one)
    except InputError as caught:
        error = caught
    people = Counter(one.annotator for one in good).most_common(PEOPLE_SHOWN)
    return Preview(
        kind=target.kind, columns=columns, rows=cells(columns, first), needed=needed, may=may,
        asked=asked, sources=tuple(sources), looked_at=looked, whole=whole, good=len(good),
        unread=sum(one.value is None for one in good), people=tuple(people),
        answers=tuple(good[:SHOWN]),
        reasons=dict(sorted(Counter(one.reason.value for one in aside).items())),
        aside=tuple(aside[:ASIDE_SHOWN]), error=error, scheme=scheme,
    )  # fmt: skip


def check(context: Context, actor: Actor, arrival: Arrival, asked: Asked) -> Asked:
    """See that an import could begin, before a job is made of it; ``asked`` as a preview reads it.

    Raises:
        InputError: the file or the mapping cannot be used.
    """
    allow("import", actor)
    _, first = head(context, arrival)
    asked = _completed(asked, _sources(context, arrival, asked, first))
    next(_drafts(context, arrival, context.project(arrival.project).kind, asked), None)
    return asked


def _completed(asked: Asked, sources: Sequence[str]) -> Asked:
    """With the data set that fits best, where none is named."""
    return replace(asked, tasks_from=sources[0]) if sources and not asked.tasks_from else asked


def _drafts(
    context: Context, arrival: Arrival, kind: Kind, asked: Asked
) -> Iterator[AnswerDraft | SetAside]:
    mapping = asked.mapping()
    return read_answers(
        arrival.path, mapping.fields, kind, limits_of(context),
        annotator_field=mapping.columns or None,
    )  # fmt: skip


def _held(
    context: Context, arrival: Arrival, asked: Asked, some: Sequence[AnswerDraft | SetAside],
    scheme: Scheme,
) -> Iterator[Shown | SetAside]:  # fmt: skip
    """As the import would keep them, or set them aside."""
    id_of = task_ids(context.secret, arrival.project, asked.tasks_from or arrival.path.stem)
    ids = {one.task: id_of(one.task) for one in some if isinstance(one, AnswerDraft)}
    people = {
        name: identity.mint(context.secret, "ant", arrival.project, name)
        for name in {one.annotator for one in some if isinstance(one, AnswerDraft)}
    }
    given = {
        (one.task, one.annotator): identity.mint(
            context.secret, "ann", ids[one.task], people[one.annotator]
        )
        for one in some if isinstance(one, AnswerDraft)
    }  # fmt: skip
    with context.storage.read() as conn:
        here = tasks.find(conn, list(ids.values()))
        known = answers.known(conn, list(given.values()))
        gone = withdrawals.known(conn, "annotators", people.values())
        gone |= withdrawals.known(conn, "tasks", ids.values())
    seen = set(known)
    for one in some:
        if isinstance(one, SetAside):
            yield one
            continue
        if people[one.annotator] in gone or ids[one.task] in gone:
            yield aside_of(arrival.path, one.row, Reason.WITHDRAWN, None, "")
            continue
        task = here.get(ids[one.task])
        options = matched(arrival.path, one, None if task is None else task.options)
        if isinstance(options, SetAside):
            yield options
            continue
        identifier = given[one.task, one.annotator]
        if identifier in seen:
            yield duplicate(arrival.path, one.row, one.task)
            continue
        seen.add(identifier)
        answer = scheme.keyed(one.answer)
        read = canonical(answer, options)
        yield Shown(
            line=one.row, annotator=one.annotator, task=here[ids[one.task]], answer=answer,
            value=read.value, reason=read.reason,
        )  # fmt: skip


def _sources(context: Context, arrival: Arrival, asked: Asked, first: Sequence[Row]) -> list[str]:
    """Data sets whose ids the first rows use, those that fit most of them first."""
    path = dict(pair.partition("=")[::2] for pair in asked.pairs).get("task")
    external = []
    for row in first:
        try:
            said = (
                str(row.line) if path is None else FieldPath.parse("task", path).text_of(row.values)
            )
        except InputError:
            said = None
        if said is not None:
            external.append(said)
    with context.storage.read() as conn:
        fitting = []
        for name in origins.sources(conn, SOURCES):
            id_of = task_ids(context.secret, arrival.project, name)
            hits = len(tasks.known(conn, [id_of(one) for one in external]))
            if hits:
                fitting.append((-hits, name))
    return [name for _, name in sorted(fitting)]


def _guessed(
    columns: Sequence[str], needed: tuple[str, ...], may: tuple[str, ...], kind: Kind
) -> Asked:
    pairs = guess(columns, ("task", "annotator", *needed, *may), kind, _GUESSES)
    mapped = dict(pair.partition("=")[::2] for pair in pairs)
    missing = [one for one in needed if one not in mapped]
    if "annotator" in mapped or (not missing and needed):
        return Asked(pairs=pairs)
    # Nobody is named in a row: perhaps each has a column.
    left = [c for c in columns if c not in mapped.values() and c.casefold() not in _OTHERS]
    if len(left) < 2:
        return Asked(pairs=pairs)
    kept = tuple(pair for pair in pairs if pair.startswith("task="))
    return Asked(pairs=kept, columns={name: name for name in left})
