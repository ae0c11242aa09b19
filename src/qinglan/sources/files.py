"""Files of tasks and answers, whatever their columns are called.

Reading yields drafts, not records: ids, guidelines and salts are given by the flow that stores
them. A row that gives no draft is set aside with the field that was at fault, named as the file
names it, so that its owner can find it.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import fields, replace
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from qinglan.errors import RowError, UsageError
from qinglan.intake import DEFAULT_LIMITS, Format, Limits, Row, rows
from qinglan.kinds import FIELDS, OPTIONAL, alternatives, chat, spans, validate
from qinglan.kinds.languages import read_language
from qinglan.kinds.steps import read_solution, split_steps
from qinglan.records import Answer, Kind, Reason, SetAside, Turn
from qinglan.sources import scaled
from qinglan.sources.mapping import FieldPath, Mapping

__all__ = [
    "AnswerDraft", "FieldPath", "Mapping", "PictureGiven", "TaskDraft",
    "read_answers", "read_tasks", "task_fields",
]  # fmt: skip

_Draft = TypeVar("_Draft")


class PictureGiven(NamedTuple):
    """A picture in a column of its own: its bytes, or where it is."""

    name: str
    data: bytes | None = None


class TaskDraft(NamedTuple):
    """A task as a file gives it. ``row`` is its line; ``external`` the file's own id for it."""

    row: int
    external: str
    prompt: str
    options: tuple[str, ...]
    key: str | None
    skill: str | None
    group: str
    language: str | None = None
    """What whoever answers must be able to work in."""
    tier: str | None = None
    """What whoever answers must be, or stand above."""
    images: tuple[PictureGiven, ...] = ()
    """What is shown above the prompt."""

    @property
    def may_show(self) -> bool:
        """Whether it may show a picture."""
        if self.images:
            return True
        for text in (self.prompt, *self.options):  # noqa: SIM110 - twice as quick as any()
            # To look for one letter is quick, for two it is not.
            if "!" in text and "![" in text:
                return True
        return False


class AnswerDraft(NamedTuple):
    """An answer as a file gives it. ``task`` is the external id of the task it answers."""

    row: int
    task: str
    annotator: str
    answer: Answer
    quoted: tuple[spans.Quote, ...] = ()
    """Of spans that quote their words: to be held against the task's text, once it is known."""


def read_tasks(
    path: str | os.PathLike[str],
    mapping: Mapping,
    kind: Kind,
    limits: Limits = DEFAULT_LIMITS,
    start: int = 0,
    *,
    format: Format | None = None,
    stated: tuple[str, ...] = (),
) -> Iterator[TaskDraft | SetAside]:
    """Tasks of a file, streaming; rows that give none come as ``SetAside``.

    The external id is the row's line where no ``id`` is mapped; the group a digest of the
    normalised prompt where no ``group`` is mapped or given. ``stated``: the criteria, labels or
    measure of all tasks, where the file does not say its own.

    Raises:
        UsageError: the mapping lacks what a task of this kind needs.
        InputError: the file cannot be used.
    """
    if kind is not Kind.CHAT or not mapping.messages:
        _require(mapping, _NEEDED.get(kind, ("prompt",)), kind)
    _refuse(mapping, _TASK_FIELDS | _MORE_TASK_FIELDS.get(kind, set()))
    found = rows(path, format=format, limits=limits, start=start, binary=True)
    return _drafts(found, _tasks(mapping, kind, stated))


def read_answers(
    path: str | os.PathLike[str],
    mapping: Mapping,
    kind: Kind,
    limits: Limits = DEFAULT_LIMITS,
    start: int = 0,
    *,
    format: Format | None = None,
    annotator: str | None = None,
    annotator_field: MappingABC[str, str] | None = None,
) -> Iterator[AnswerDraft | SetAside]:
    """Answers of a file, streaming; what cannot be used comes as ``SetAside``.

    Args:
        annotator: who gave all answers of the file, where no column says it.
        annotator_field: one column per annotator, ``{"ann": "ann.solution"}``: each row then
            gives one answer, or one ``SetAside``, per annotator. For ``steps`` the column holds
            a whole solution.

    Raises:
        UsageError: the mapping lacks the answer's fields, or nothing says who answered.
        InputError: the file cannot be used.
    """
    answering = {Kind.COMPARISON: {"left", "right"}, Kind.ITEM: {"key"}}.get(kind, set())
    every = frozenset(field.name for field in fields(Mapping))
    _refuse(mapping, every - _ALL_TASK_FIELDS | answering)
    if annotator_field:
        columns = {
            name: FieldPath.parse("annotator", text) for name, text in annotator_field.items()
        }
        made = replace(mapping, annotator=None)
        each = _drafts(
            rows(path, format=format, limits=limits, start=start),
            lambda row: [_answer_in(row, made, kind, name, at) for name, at in columns.items()],
        )
        return chain.from_iterable([one] if isinstance(one, SetAside) else one for one in each)
    if annotator is None and mapping.annotator is None:
        raise UsageError("intake.mapping_annotator")
    whole = kind in (Kind.STEPS, Kind.CHAT) and mapping.answer is not None
    _require(mapping, ("answer",) if whole else _ANSWER_FIELDS[kind], kind)
    return _drafts(
        rows(path, format=format, limits=limits, start=start),
        lambda row: _answer(row, mapping, kind, annotator),
    )


_ANSWER_FIELDS = {**FIELDS, Kind.FREE: ("answer",), Kind.CHAT: ("messages",)}
"""The fields of an answer under the names that files have for them."""
_MORE_TASK_FIELDS: dict[Kind, set[str]] = {
    Kind.MARKS: {"steps"},
    Kind.ALTERNATIVES: {"steps"},
    Kind.CHAT: {"messages", "system"},
    Kind.EDIT: {"original"},
    Kind.NUMBER: {"unit", "low", "high", "within"},
    Kind.RUBRIC: {"text", "criteria"},
    Kind.RANKING: {"items"},
    Kind.COMPARISON: {"criteria"},
    Kind.SPANS: {"text", "labels"},
}
_LISTED = frozenset({"steps", "marks", "scores", "order", "spans", "sources"})
"""Fields of an answer that may be a list or an object in the file."""


def _require(mapping: Mapping, names: tuple[str, ...], kind: Kind) -> None:
    for name in names:
        if not getattr(mapping, name):
            raise UsageError("intake.mapping_needs", field=name, kind=str(kind))


_NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.CHOICE: ("prompt", "options"), Kind.PREFERENCE: ("prompt", "left", "right"),
    Kind.MARKS: ("prompt", "steps"), Kind.ALTERNATIVES: ("prompt", "steps"),
    Kind.EDIT: ("prompt", "original"),
    Kind.RANKING: ("prompt", "items"), Kind.COMPARISON: ("prompt", "left", "right"),
}  # fmt: skip


def task_fields(kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a file of tasks of ``kind`` must have mapped, and what it may have."""
    needed = _NEEDED.get(kind, ("prompt",))
    more = sorted(_MORE_TASK_FIELDS.get(kind, set()) - set(needed))
    return needed, ("id", "key", "skill", "group", "language", "tier", "image", *more)


def answer_fields(kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What of an answer of ``kind`` must be mapped, and what may be, beside task and annotator.

    A file of ``steps`` or of ``chat`` may hold its answers whole (``answer``) or in parts.
    """
    needed, more = _ANSWER_FIELDS[kind], OPTIONAL.get(kind, ())
    return ((), ("answer", *needed, *more)) if kind in (Kind.STEPS, Kind.CHAT) else (needed, more)


_TASK_FIELDS = frozenset(
    ("prompt", "key", "skill", "group", "language", "tier", "id", "options", "left", "right",
     "image")
)  # fmt: skip

_ALL_TASK_FIELDS = _TASK_FIELDS.union(*(_MORE_TASK_FIELDS[kind] for kind in scaled.KINDS))


def _refuse(mapping: Mapping, allowed: frozenset[str]) -> None:
    """A field mapped for the other kind of file would be ignored: say so instead."""
    for name in sorted(mapping.given() - allowed):
        raise UsageError("intake.mapping_target", field=name, known=", ".join(sorted(allowed)))


def _drafts(
    found: Iterator[Row | SetAside], make: Callable[[Row], _Draft]
) -> Iterator[_Draft | SetAside]:
    """Run ``make`` over good rows; its ``RowError`` becomes a ``SetAside`` with the field."""
    for row in found:
        if isinstance(row, SetAside):
            yield row
            continue
        try:
            yield make(row)
        except RowError as error:
            yield _set_aside(row, error)


def _set_aside(row: Row, error: RowError) -> SetAside:
    reason = error.facts.get("reason", Reason.BAD_VALUE)
    field = error.facts.get("field")
    return SetAside(
        stage="import", reason=Reason(str(reason)), file=row.file, line=row.line,
        field=None if field is None else str(field),
    )  # fmt: skip


def _needed(path: FieldPath, row: Row) -> str:
    found = path.text_of(row.values)
    if found is None:
        raise RowError("intake.no_field", field=path.text, reason=Reason.MISSING_FIELD)
    return found


def _maybe(path: FieldPath | None, row: Row) -> str | None:
    return None if path is None else path.text_of(row.values)


def _tasks(mapping: Mapping, kind: Kind, stated: tuple[str, ...]) -> Callable[[Row], TaskDraft]:
    """What makes a task of each row: what is the same for all of them is looked at once."""
    is_chat, is_scaled, options_of = kind is Kind.CHAT, kind in scaled.KINDS, _OPTIONS.get(kind)

    def make(row: Row) -> TaskDraft:
        values = row.values
        given = _given(row, mapping) if is_chat else ()
        if mapping.prompt is not None:
            prompt = _needed(mapping.prompt, row)
        elif given:
            prompt = given[-1].content
        else:
            raise RowError("intake.no_prompt", field=str(mapping.messages), reason=Reason.BAD_VALUE)
        options = chat.pack(given) if is_chat else ()
        if is_scaled:
            options = scaled.options(values, mapping, kind, prompt, stated)
        elif options_of is not None:
            options = options_of(row, mapping)
        # By place, and without a call for what is not mapped: this is done for each row of a file.
        return TaskDraft(
            row.line,
            str(row.line) if mapping.id is None else _needed(mapping.id, row),
            prompt,
            options,
            None if mapping.key is None else mapping.key.text_of(values),
            None if mapping.skill is None else mapping.skill.text_of(values),
            (None if mapping.group is None else mapping.group.text_of(values))
            or digest_prompt(prompt),
            None if mapping.language is None else _language(mapping.language, row),
            None if mapping.tier is None else mapping.tier.text_of(values),
            _images(mapping.image, row) if mapping.image else (),
        )

    return make


def _images(paths: tuple[FieldPath, ...], row: Row) -> tuple[PictureGiven, ...]:
    """The pictures of a row: paths, ``data:`` addresses, bytes, ``datasets``' images, or lists."""
    found: list[PictureGiven] = []
    for path in paths:
        value = path.find(row.values)
        for one in value if isinstance(value, list) else [value]:
            data = one.get("bytes") if isinstance(one, dict) else one
            name = one.get("path") if isinstance(one, dict) else one
            name = name if isinstance(name, str) and name else path.text
            if isinstance(data, bytes):
                found.append(PictureGiven(name, data))
            elif isinstance(one, (dict, str)) and name != path.text:
                found.append(PictureGiven(name))
            elif one is not None:
                raise RowError("intake.bad_image", field=path.text, reason=Reason.BAD_VALUE)
    return tuple(found)


def _language(path: FieldPath, row: Row) -> str | None:
    word = path.text_of(row.values)
    if word is None:
        return None
    language = read_language(word)
    if language is None:
        raise RowError("intake.no_language", field=str(path), reason=Reason.BAD_VALUE)
    return language


def digest_prompt(prompt: str) -> str:
    """SHA-256 of the prompt in NFKC, case folded, white space single: equal questions share it."""
    plain = prompt if prompt.isascii() else unicodedata.normalize("NFKC", prompt)
    folded = " ".join(plain.casefold().split())
    return hashlib.sha256(folded.encode("utf-8")).hexdigest()


def _responses(row: Row, mapping: Mapping) -> tuple[str, ...]:
    assert mapping.left is not None  # noqa: S101 - required above
    assert mapping.right is not None  # noqa: S101 - required above
    return _needed(mapping.left, row), _needed(mapping.right, row)


def _steps(row: Row, mapping: Mapping) -> tuple[str, ...]:
    assert mapping.steps is not None  # noqa: S101 - required above
    steps = split_steps(mapping.steps.find(row.values))
    if not isinstance(steps, tuple) or not steps:
        raise RowError("intake.bad_steps", field=mapping.steps.text, reason=Reason.BAD_VALUE)
    return steps


def _candidates(row: Row, mapping: Mapping) -> tuple[str, ...]:
    assert mapping.steps is not None  # noqa: S101 - required above
    steps = alternatives.read_candidates(mapping.steps.find(row.values))
    if steps is None:
        raise RowError("intake.bad_candidates", field=mapping.steps.text, reason=Reason.BAD_VALUE)
    return alternatives.pack(steps)


def _original(row: Row, mapping: Mapping) -> tuple[str, ...]:
    assert mapping.original is not None  # noqa: S101 - required above
    original = _needed(mapping.original, row).replace("\r\n", "\n")  # as a form sends it
    if not original.strip():
        raise RowError("intake.no_field", field=mapping.original.text, reason=Reason.MISSING_FIELD)
    return (original,)


def _choices(row: Row, mapping: Mapping) -> tuple[str, ...]:
    first = mapping.options[0]
    listed = first.find(row.values) if len(mapping.options) == 1 else None
    if isinstance(listed, list):
        options = tuple(str(item) for item in listed if isinstance(item, (str, int)))
        complete = len(options) == len(listed)
    else:
        options = tuple(_needed(path, row) for path in mapping.options)
        complete = True
    unique = len({option.strip() for option in options}) == len(options) >= 2
    if not (complete and unique and all(option.strip() for option in options)):
        raise RowError("intake.bad_options", field=first.text, reason=Reason.BAD_VALUE)
    return options


_OPTIONS: dict[Kind, Callable[[Row, Mapping], tuple[str, ...]]] = {
    Kind.PREFERENCE: _responses, Kind.MARKS: _steps, Kind.ALTERNATIVES: _candidates,
    Kind.EDIT: _original, Kind.CHOICE: _choices,
}  # fmt: skip
"""What the kind needs beside its prompt: two responses, steps, candidates for each step, what is to
be edited, options."""


def _given(row: Row, mapping: Mapping) -> tuple[Turn, ...]:
    """The turns that a chat task gives: the user's last is the one to be answered."""
    system = _maybe(mapping.system, row)
    turns = () if system is None or not system.strip() else (Turn(role="system", content=system),)
    if mapping.messages is None:
        assert mapping.prompt is not None  # noqa: S101 - required above
        return (*turns, Turn(role="user", content=_needed(mapping.prompt, row)))
    given = chat.read_turns(mapping.messages.find(row.values))
    if given is None or not chat.whole((*turns, *given)):
        raise RowError("intake.bad_turns", field=mapping.messages.text, reason=Reason.BAD_VALUE)
    return (*turns, *chat.asked(given))


def _answer_in(
    row: Row, mapping: Mapping, kind: Kind, name: str, at: FieldPath
) -> AnswerDraft | SetAside:
    """One annotator's answer out of its own column; a bad one leaves the row's others alone."""
    whole = kind in (Kind.FREE, Kind.STEPS, Kind.CHAT)
    target = "answer" if whole else _ANSWER_FIELDS[kind][0]
    try:
        column: dict[str, Any] = {target: at}
        return _answer(row, replace(mapping, **column), kind, name)
    except RowError as error:
        return _set_aside(row, error)


def _answer(row: Row, mapping: Mapping, kind: Kind, annotator: str | None) -> AnswerDraft:
    name = _maybe(mapping.annotator, row) or annotator
    if name is None:
        field = mapping.annotator.text if mapping.annotator else "annotator"
        raise RowError("intake.no_field", field=field, reason=Reason.MISSING_FIELD)
    if len(name) > 200:
        field = mapping.annotator.text if mapping.annotator else "annotator"
        raise RowError("intake.long_name", field=field, reason=Reason.BAD_VALUE)
    task = str(row.line) if mapping.task is None else _needed(mapping.task, row)
    quoted: tuple[spans.Quote, ...] = ()
    if kind is Kind.SPANS and mapping.spans is not None:
        quoted = spans.quotes(mapping.spans.find(row.values))
    return AnswerDraft(
        row=row.line, task=task, annotator=name, answer=_content(row, mapping, kind), quoted=quoted
    )


def _content(row: Row, mapping: Mapping, kind: Kind) -> Answer:
    """The answer itself, with errors that name the file's field, not the answer's."""
    if kind is Kind.STEPS and mapping.answer is not None:
        solution = read_solution(_needed(mapping.answer, row))
        if isinstance(solution, Reason):
            raise RowError("intake.no_final", field=mapping.answer.text, reason=solution)
        return solution
    if kind is Kind.CHAT:
        return _turns(row, mapping)
    payload: dict[str, object] = {}
    places: dict[str, str] = {}
    for name in (*_ANSWER_FIELDS[kind], *OPTIONAL.get(kind, ())):
        path: FieldPath | None = getattr(mapping, name)
        if path is None:
            continue
        target = "text" if name == "answer" else name
        listed = name in _LISTED or (kind is Kind.COMPARISON and name in ("left", "right"))
        payload[target] = path.find(row.values) if listed else path.text_of(row.values)
        places[target] = path.text
    try:
        return validate(kind, (), payload)
    except RowError as error:
        field = str(error.facts["field"])
        error.facts["field"] = places.get(field, field)
        raise


def _turns(row: Row, mapping: Mapping) -> Answer:
    """A reply in one text, or what of a whole conversation follows the user's last turn."""
    path = mapping.answer or mapping.messages
    assert path is not None  # noqa: S101 - required above
    turns: list[dict[str, str]] = []
    if mapping.answer is not None:
        turns = [{"role": "assistant", "content": _needed(path, row)}]
    else:
        turns = [t.model_dump() for t in chat.written(chat.read_turns(path.find(row.values)) or ())]
    try:
        return validate(Kind.CHAT, (), {"turns": turns})
    except RowError as error:
        error.facts["field"] = path.text
        raise
