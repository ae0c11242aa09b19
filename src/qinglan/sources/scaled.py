"""What a task of a measuring, scoring, ordering or marking kind states, out of one row.

A file may say per row which criteria, labels or measure hold; where it does not, the project's
scheme says it for all rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingABC

from qinglan.errors import RowError
from qinglan.intake.values import JsonValue
from qinglan.kinds.criteria import KEY, criteria_of
from qinglan.kinds.number import read_measure, write_measure
from qinglan.records import Kind, Reason
from qinglan.sources.mapping import FieldPath, Mapping

KINDS = frozenset({Kind.NUMBER, Kind.RUBRIC, Kind.RANKING, Kind.COMPARISON, Kind.SPANS})
MOST = 26
"""Items of a ranking: each has a letter."""
LONGEST = 50_000
"""Characters of a text to be marked: each word of it is a place on the desk's page."""

Values = MappingABC[str, JsonValue]


def options(
    values: Values, mapping: Mapping, kind: Kind, prompt: str, stated: tuple[str, ...]
) -> tuple[str, ...]:
    """The task's options, as ``records.Task`` says.

    Raises:
        RowError: they do not make a task of this kind; names the field.
    """
    if kind is Kind.NUMBER:
        return _measure(values, mapping, stated)
    if kind is Kind.RANKING:
        return _items(values, mapping)
    if kind is Kind.SPANS:
        return _text(values, mapping, prompt), *_labels(values, mapping, stated)
    criteria = _words(values, mapping.criteria) or stated
    if criteria_of(criteria) is None:
        raise _bad("intake.bad_criteria", mapping.criteria, "criteria")
    if kind is Kind.RUBRIC:
        return _maybe(values, mapping.text), *criteria
    assert mapping.left is not None  # noqa: S101 - required where the mapping was read
    assert mapping.right is not None  # noqa: S101 - likewise
    sides = [_maybe(values, mapping.left), _maybe(values, mapping.right)]
    for side, path in zip(sides, (mapping.left, mapping.right), strict=True):
        if not side.strip():
            raise RowError("intake.no_field", field=path.text, reason=Reason.MISSING_FIELD)
    return *sides, *criteria


def _measure(values: Values, mapping: Mapping, stated: tuple[str, ...]) -> tuple[str, ...]:
    paths = (mapping.unit, mapping.low, mapping.high, mapping.within)
    default = (*stated, *[""] * (4 - len(stated)))
    said = [_maybe(values, path) or usual for path, usual in zip(paths, default, strict=True)]
    found = write_measure(*said)
    if read_measure(found) is None:
        path = next((path for path in paths if path is not None), None)
        raise _bad("intake.bad_measure", path, "unit")
    return found


def _items(values: Values, mapping: Mapping) -> tuple[str, ...]:
    first = mapping.items[0]
    listed = first.find(values) if len(mapping.items) == 1 else None
    found = listed if isinstance(listed, list) else [_maybe(values, p) for p in mapping.items]
    items = tuple(str(item).strip() for item in found if isinstance(item, (str, int)))
    if len(items) != len(found) or not 2 <= len(set(items)) == len(items) <= MOST or "" in items:
        raise _bad("intake.bad_items", first, "items")
    return items


def _text(values: Values, mapping: Mapping, prompt: str) -> str:
    text = prompt if mapping.text is None else _maybe(values, mapping.text)
    if not text.strip():
        raise _bad("intake.no_field", mapping.text, "text", Reason.MISSING_FIELD)
    if len(text) > LONGEST:
        field = "prompt" if mapping.text is None else mapping.text.text
        raise RowError(
            "intake.long_text", field=field, limit=LONGEST, reason=Reason.TOO_LARGE
        )  # fmt: skip
    return text


def _labels(values: Values, mapping: Mapping, stated: tuple[str, ...]) -> tuple[str, ...]:
    labels = _words(values, mapping.labels) or stated
    known = all(re.fullmatch(KEY, label) for label in labels)
    if not known or not labels or len(set(labels)) != len(labels):
        raise _bad("intake.bad_labels", mapping.labels, "labels")
    return labels


def _words(values: Values, path: FieldPath | None) -> tuple[str, ...]:
    """A list, or one text of words; none where nothing is mapped or given."""
    found = None if path is None else path.find(values)
    if isinstance(found, str):
        return tuple(re.split(r"[\s,，、;；]+", found.strip())) if found.strip() else ()
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return tuple(str(one) for one in found)
    if found is None:
        return ()
    assert path is not None  # noqa: S101 - something was found there
    raise RowError("intake.not_text", field=path.text, reason=Reason.BAD_VALUE)


def _maybe(values: Values, path: FieldPath | None) -> str:
    found = None if path is None else path.text_of(values)
    return found or ""


def _bad(
    key: str, path: FieldPath | None, field: str, reason: Reason = Reason.BAD_VALUE
) -> RowError:
    return RowError(key, field=field if path is None else path.text, reason=reason)
