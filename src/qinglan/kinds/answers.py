"""One door to all kinds: dispatches validation and canonical forms to the kind's module.

Callers hold a ``Kind`` and some data; they should not need to know that free and worked answers
share a reader, or that a choice needs the task's options to be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from qinglan.errors import RowError
from qinglan.kinds import (
    alternatives,
    chat,
    choice,
    criteria,
    free,
    item,
    marks,
    number,
    preference,
    ranking,
    spans,
    steps,
)
from qinglan.kinds.canonical import Canonical
from qinglan.kinds.criteria import Criterion
from qinglan.records import (
    AlternativesAnswer,
    Answer,
    ChatAnswer,
    ChoiceAnswer,
    ComparisonAnswer,
    EditAnswer,
    FreeAnswer,
    ItemAnswer,
    Kind,
    MarksAnswer,
    NumberAnswer,
    PreferenceAnswer,
    RankingAnswer,
    Reason,
    RubricAnswer,
    SpansAnswer,
    StepsAnswer,
)

__all__ = [
    "FIELDS", "OPTIONAL", "canonical", "canonical_key", "criteria_in", "fits", "near", "support",
    "validate",
]  # fmt: skip

FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.FREE: ("text",),
    Kind.STEPS: ("steps", "final"),
    Kind.CHOICE: ("option",),
    Kind.PREFERENCE: ("winner",),
    Kind.MARKS: ("marks",),
    Kind.ALTERNATIVES: ("steps",),
    Kind.CHAT: ("turns",),
    Kind.EDIT: ("edited", "critique"),
    Kind.NUMBER: ("value",),
    Kind.RUBRIC: ("scores",),
    Kind.RANKING: ("order",),
    Kind.COMPARISON: ("winner", "left", "right"),
    Kind.SPANS: ("spans",),
    Kind.ITEM: ("question", "key", "difficulty"),
}
"""What an answer of each kind must state."""
OPTIONAL: dict[Kind, tuple[str, ...]] = {
    Kind.PREFERENCE: ("because",),
    Kind.MARKS: ("because", "continuation"),
    Kind.ALTERNATIVES: ("finish",),
    Kind.RUBRIC: ("because",),
    Kind.RANKING: ("because",),
    Kind.COMPARISON: ("because",),
    Kind.ITEM: ("rubric", "sources"),
}
"""What it may state beside."""


def validate(kind: Kind, options: tuple[str, ...], payload: Mapping[str, object]) -> Answer:
    """The answer that ``payload`` gives to a task of ``kind`` with ``options``.

    Fields: ``text`` (free); ``steps``, a list of lines or one text of lines, and ``final``
    (steps); ``option``, its letter or text (choice); ``winner``, left, right or tie, and
    ``because`` (preference); ``marks``, a list or a text of right, neutral and wrong, that ends at
    the first wrong step, ``because`` and ``continuation`` (marks); ``steps``, each with
    ``ratings``, ``chosen``, ``written`` and ``flagged``, or as PRM800K has them, and ``finish``
    (alternatives); ``turns``, each with ``role`` and ``content`` (chat); ``edited`` and
    ``critique`` (edit); ``value`` (number);
    ``scores``, see ``criteria.read_scores``, and ``because`` (rubric); ``order``, see
    ``ranking.read``, and ``because`` (ranking); ``winner``, scores of ``left`` and ``right``, and
    ``because`` (comparison); ``spans``, see ``spans.read`` (spans); ``question``, ``key``,
    ``difficulty`` from 1 to 5, ``rubric`` and ``sources``, a list or lines (item). A field
    ``kind`` may be there and must agree.

    Raises:
        RowError: with the facts ``field`` and ``reason`` (``MISSING_FIELD`` or ``BAD_VALUE``).
    """
    allowed = {*FIELDS[kind], *OPTIONAL.get(kind, ())}
    for field in payload:
        if field not in allowed and not (field == "kind" and payload["kind"] == kind):
            raise RowError(
                "kinds.unknown_field", field=field, kind=str(kind), reason=Reason.BAD_VALUE,
                fields=", ".join(sorted(allowed)),
            )  # fmt: skip
    for field in FIELDS[kind]:
        given = payload.get(field)
        if given is None or (isinstance(given, str) and not given.strip()):
            raise RowError(
                "kinds.missing_field", field=field, kind=str(kind), reason=Reason.MISSING_FIELD
            )
    try:
        return _build(kind, options, payload)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        field = str(place[0]) if place else FIELDS[kind][0]
        raise RowError(
            "kinds.bad_value", field=field, kind=str(kind), reason=Reason.BAD_VALUE
        ) from error


def _build(kind: Kind, options: tuple[str, ...], payload: Mapping[str, object]) -> Answer:
    """The answer from a payload whose fields are present."""
    if kind is Kind.FREE:
        return FreeAnswer.model_validate({"text": payload["text"]})
    if kind is Kind.STEPS:
        lines = steps.split_steps(payload["steps"])
        return StepsAnswer.model_validate({"steps": lines, "final": payload["final"]})
    if kind is Kind.CHOICE:
        answer = ChoiceAnswer.model_validate({"option": payload["option"]})
        read = choice.read(answer.option, options)
        if options and read.value is None:
            raise RowError("kinds.not_an_option", field="option", reason=Reason.BAD_VALUE)
        return answer
    if kind is Kind.MARKS:
        return _build_marks(len(options), payload)
    if kind is Kind.ALTERNATIVES:
        return alternatives.build(payload, options)
    if kind is Kind.CHAT:
        return chat.build(payload, options)
    if kind is Kind.ITEM:
        return item.build(payload)
    if kind is Kind.EDIT:
        fields = {name: payload[name] for name in FIELDS[kind]}
        return EditAnswer.model_validate(fields)
    if kind is Kind.NUMBER:
        return _build_number(options, payload["value"])
    because = payload.get("because") or None
    if kind is Kind.RUBRIC:
        scores = _scores(payload, "scores", criteria_in(kind, options))
        return RubricAnswer.model_validate({"scores": scores, "because": because})
    if kind is Kind.RANKING:
        order = ranking.read(payload["order"], options)
        if order is None:
            raise RowError("kinds.not_a_ranking", field="order", reason=Reason.BAD_VALUE)
        return RankingAnswer.model_validate({"order": order, "because": because})
    if kind is Kind.SPANS:
        if options:
            _see_quoted(payload["spans"], options[0])
        marked = spans.read(payload["spans"], options)
        if marked is None:
            raise RowError(
                "kinds.not_spans", field="spans", labels=", ".join(options[1:]) or "…",
                example=options[1] if options[1:] else "person", reason=Reason.BAD_VALUE,
            )  # fmt: skip
        return SpansAnswer(spans=marked)
    winner = preference.read(payload["winner"])
    if winner is None:
        raise RowError("kinds.not_a_side", field="winner", reason=Reason.BAD_VALUE)
    if kind is Kind.COMPARISON:
        known = criteria_in(kind, options)
        sides = {side: _scores(payload, side, known) for side in ("left", "right")}
        return ComparisonAnswer.model_validate({"winner": winner, "because": because, **sides})
    return PreferenceAnswer.model_validate({"winner": winner, "because": payload.get("because")})


def criteria_in(kind: Kind, options: tuple[str, ...]) -> tuple[Criterion, ...]:
    """The criteria of a task; none where they cannot be read, or the options are not known."""
    first = {Kind.RUBRIC: 1, Kind.COMPARISON: 2}.get(kind, len(options))
    return criteria.criteria_of(options[first:]) or ()


def _scores(
    payload: Mapping[str, object], field: str, known: tuple[Criterion, ...]
) -> tuple[object, ...]:
    found = criteria.read_scores(payload[field], known)
    if found is None:
        raise RowError(
            "kinds.not_scores", field=field, criteria=", ".join(map(str, known)),
            reason=Reason.BAD_VALUE,
        )  # fmt: skip
    return found


def _build_number(options: tuple[str, ...], given: object) -> NumberAnswer:
    answer = NumberAnswer.model_validate({"value": number.as_text(given)})
    reason = number.read(answer.value, options).reason
    if reason is Reason.BAD_VALUE:
        asked = number.read_measure(options) or number.Measure()
        raise RowError("kinds.out_of_range", field="value", range=asked, reason=reason)
    if reason is not None:
        raise RowError("kinds.not_a_number", field="value", reason=Reason.BAD_VALUE)
    return answer


def _build_marks(count: int, payload: Mapping[str, object]) -> MarksAnswer:
    """``count`` is how many steps there are; 0 where that is not known."""
    given = marks.read(payload["marks"])
    if given is None:
        raise RowError("kinds.not_marks", field="marks", reason=Reason.BAD_VALUE)
    if not marks.fits(given, count):
        raise RowError("kinds.marks_misfit", field="marks", reason=Reason.BAD_VALUE)
    words = {name: payload.get(name) or None for name in OPTIONAL[Kind.MARKS]}
    return MarksAnswer.model_validate({"marks": given, **words})


def canonical(answer: Answer, options: tuple[str, ...] = ()) -> Canonical:
    """The text under which ``answer`` counts; idempotent, read back by the same kind.

    Numbers "18", "2.5", "1/3", "50%"; words folded; options as sorted letters "A", "AC" (or
    "true", "false" where the task has no options); sides "left", "right", "tie"; the number of the
    first wrong step, or "none"; scores "accuracy=4 tone=3"; orders "2>1>3"; spans
    "0-5:person 9-14:place", or "none".
    """
    if isinstance(answer, FreeAnswer):
        return _canonical_text(answer.text)
    if isinstance(answer, StepsAnswer):
        return _canonical_text(answer.final)
    if isinstance(answer, ChoiceAnswer):
        return choice.read(answer.option, options)
    if isinstance(answer, MarksAnswer):
        return marks.first_wrong(answer, len(options))
    if isinstance(answer, AlternativesAnswer):
        return alternatives.first_wrong(answer, options)
    if isinstance(answer, ChatAnswer):
        return _canonical_text(answer.turns[-1].content)
    if isinstance(answer, ItemAnswer):
        return Canonical(None, Reason.NO_FINAL_ANSWER)
    if isinstance(answer, EditAnswer):
        return _canonical_text(answer.edited)
    if isinstance(answer, NumberAnswer):
        return number.read(answer.value, options)
    if isinstance(answer, RubricAnswer):
        said = criteria.canonical(answer.scores, criteria_in(Kind.RUBRIC, options))
        return Canonical(None, Reason.ANSWER_UNREADABLE) if said is None else Canonical(said)
    if isinstance(answer, RankingAnswer):
        return ranking.canonical(answer.order, len(options))
    if isinstance(answer, SpansAnswer):
        return spans.canonical(answer.spans, options)
    return Canonical(answer.winner)


def _see_quoted(given: object, text: str) -> None:
    wrong = spans.misread(spans.quotes(given), text)
    if wrong is not None:
        key = "kinds.span_words" if wrong.counted is None else "kinds.span_counted"
        raise RowError(
            key, field="spans", start=wrong.quote.start, end=wrong.quote.end,
            there=wrong.there[:80], words=wrong.quote.words[:80], counted=wrong.counted,
            reason=Reason.MISALIGNED,
        )  # fmt: skip


def fits(answer: Answer, options: tuple[str, ...]) -> bool:
    """Whether ``answer``, read before its task was known, is one to a task with ``options``."""
    if isinstance(answer, ChatAnswer):
        return chat.fits(answer, options)
    return not isinstance(answer, AlternativesAnswer) or alternatives.fits(answer, options)


def canonical_key(kind: Kind, options: tuple[str, ...], key: str) -> Canonical:
    """A key in canonical form; ``KEY_UNREADABLE`` where it says nothing certain."""
    if kind is Kind.CHOICE:
        value = choice.read(key, options).value
    elif kind in (Kind.PREFERENCE, Kind.COMPARISON):
        value = preference.read(key)
    elif kind in (Kind.MARKS, Kind.ALTERNATIVES):
        value = marks.read_key(key, len(options))
    elif kind is Kind.NUMBER:
        value = number.read(key, options).value
    elif kind is Kind.RUBRIC:
        known = criteria_in(kind, options)
        value = criteria.canonical(criteria.read_scores(key, known) or (), known)
    elif kind is Kind.RANKING:
        order = ranking.read(key, options)
        value = None if order is None else ranking.canonical(order, len(options)).value
    elif kind is Kind.SPANS:
        marked = spans.read(key, options)
        value = None if marked is None else spans.canonical(marked, options).value
    else:
        value = free.read(key, sentences=False).value
    return Canonical(None, Reason.KEY_UNREADABLE) if value is None else Canonical(value)


def near(kind: Kind, options: tuple[str, ...], value: str, key: str) -> bool:
    """Whether two canonical forms say the same, as far as answers of the kind can be expected to.

    Numbers within the task's tolerance; scores and orders and spans as their modules say; all else
    letter by letter.
    """
    if kind is Kind.NUMBER:
        return number.near(value, key, options)
    if kind is Kind.RUBRIC:
        return criteria.near(value, key, criteria_in(kind, options))
    if kind is Kind.RANKING:
        return ranking.near(value, key)
    if kind is Kind.SPANS:
        return spans.near(value, key)
    return value == key


def support(kind: Kind, options: tuple[str, ...], values: Iterable[str | None]) -> int:
    """How many of the canonical forms ``values`` the best supported of them has with it, itself
    included; ``None`` agrees with nothing.

    One answer is released in the end, so what counts is how many say as it does, not whether all
    of these are near each other: with a tolerance of 1, of 9, 10 and 11 the 10 has all three. Two
    answers say the same where they are ``near``; numbers, where they are ``number.alike``.
    """
    said = Counter(value for value in values if value is not None)

    def same(one: str, other: str) -> bool:
        if kind is Kind.NUMBER:
            return number.alike(one, other, options)
        return one == other or near(kind, options, other, one)

    counts = (sum(n for other, n in said.items() if same(one, other)) for one in said)
    return max(counts, default=0)


def _canonical_text(text: str) -> Canonical:
    reading = free.read(text)
    return Canonical(reading.value, reading.reason)
