"""Which field of a stranger's row is what.

Everyone's file looks different, and none should have to be rewritten to be read. A ``Mapping``
says which field of a row is the prompt, the key, the answer: ``prompt=question``, or with a
dotted path into nested JSON, ``answer=175b_verification.solution``, or with a cut,
``key=answer|after:####`` for what follows the last ``####``.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, fields
from typing import Any

from qinglan.errors import RowError, UsageError
from qinglan.intake import JsonValue
from qinglan.records import Reason

__all__ = ["FieldPath", "Mapping"]


@dataclass(frozen=True, slots=True)
class FieldPath:
    """Where a value stands in a row, and which part of its text to take."""

    text: str
    """The path as written: a column, or names and list positions joined by dots."""
    after: str | None = None
    """Take what follows the last of these."""
    before: str | None = None
    """Take what comes before the last of these."""

    @classmethod
    def parse(cls, target: str, text: str) -> FieldPath:
        """Read ``path``, ``path|after:MARK`` or ``path|before:MARK``.

        Raises:
            UsageError: no path, or a cut that we do not know.
        """
        path, *cuts = text.split("|")
        found = {}
        for cut in cuts:
            name, colon, mark = cut.partition(":")
            if name.strip() not in ("after", "before") or not colon or not mark:
                raise UsageError("intake.mapping_cut", field=target, cut=cut)
            found[name.strip()] = mark
        if not path.strip():
            raise UsageError("intake.mapping_empty", field=target)
        return cls(path.strip(), **found)

    def __str__(self) -> str:
        cuts = (("after", self.after), ("before", self.before))
        return self.text + "".join(f"|{name}:{mark}" for name, mark in cuts if mark)

    def find(self, values: MappingABC[str, JsonValue]) -> JsonValue:
        """The value in a row; ``None`` where the row says null or an empty text.

        Raises:
            RowError: the row has no such field (``MISSING_FIELD``) or no such mark
                (``BAD_VALUE``).
        """
        found = values[self.text] if self.text in values else _descend(values, self.text)
        if found is not None and (self.after or self.before):
            found = self._cut(found)
        return None if isinstance(found, str) and (not found or found.isspace()) else found

    def _cut(self, found: JsonValue) -> str:
        if not isinstance(found, str):
            raise RowError("intake.not_text", field=self.text, reason=Reason.BAD_VALUE)
        for mark, side in ((self.after, 2), (self.before, 0)):
            if mark is None:
                continue
            parts = found.rpartition(mark)
            if not parts[1]:
                raise RowError(
                    "intake.no_mark", field=self.text, mark=mark, reason=Reason.BAD_VALUE
                )
            found = parts[side].strip()
        return found

    def text_of(self, values: MappingABC[str, JsonValue]) -> str | None:
        """The value as text: numbers in the digits of the file; lists and objects are refused."""
        found = values.get(self.text)
        if isinstance(found, str) and found and not (self.after or self.before or found.isspace()):
            return found  # as nearly all are
        found = self.find(values)
        if isinstance(found, str):
            return found
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, (list, dict, bytes)):
            raise RowError("intake.not_text", field=self.text, reason=Reason.BAD_VALUE)
        return None if found is None else str(found)


def _descend(values: MappingABC[str, JsonValue], path: str) -> JsonValue:
    """Follow a path into nested values; that a column may be called so was looked at before."""
    here: Any = values
    for name in path.split("."):
        if isinstance(here, MappingABC) and name in here:
            here = here[name]
        elif isinstance(here, list) and name.isascii() and name.isdigit() and len(name) < 9:
            if int(name) >= len(here):
                raise RowError("intake.no_field", field=path, reason=Reason.MISSING_FIELD)
            here = here[int(name)]
        else:
            raise RowError("intake.no_field", field=path, reason=Reason.MISSING_FIELD)
    return here  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Which field of a row is what. ``None``: the file does not say."""

    prompt: FieldPath | None = None
    key: FieldPath | None = None
    skill: FieldPath | None = None
    group: FieldPath | None = None
    language: FieldPath | None = None
    tier: FieldPath | None = None
    id: FieldPath | None = None
    image: tuple[FieldPath, ...] = ()
    options: tuple[FieldPath, ...] = ()
    left: FieldPath | None = None
    right: FieldPath | None = None
    task: FieldPath | None = None
    annotator: FieldPath | None = None
    answer: FieldPath | None = None
    steps: FieldPath | None = None
    final: FieldPath | None = None
    option: FieldPath | None = None
    winner: FieldPath | None = None
    because: FieldPath | None = None
    marks: FieldPath | None = None
    continuation: FieldPath | None = None
    finish: FieldPath | None = None
    messages: FieldPath | None = None
    system: FieldPath | None = None
    original: FieldPath | None = None
    edited: FieldPath | None = None
    critique: FieldPath | None = None
    text: FieldPath | None = None
    items: tuple[FieldPath, ...] = ()
    criteria: FieldPath | None = None
    labels: FieldPath | None = None
    unit: FieldPath | None = None
    low: FieldPath | None = None
    high: FieldPath | None = None
    within: FieldPath | None = None
    value: FieldPath | None = None
    scores: FieldPath | None = None
    order: FieldPath | None = None
    spans: FieldPath | None = None
    question: FieldPath | None = None
    rubric: FieldPath | None = None
    difficulty: FieldPath | None = None
    sources: FieldPath | None = None

    def __str__(self) -> str:
        """The pairs that give this mapping, in a fixed order: names an import in the history."""
        pairs = []
        for field in fields(self):
            found = getattr(self, field.name)
            if found:
                paths = found if isinstance(found, tuple) else (found,)
                pairs.append(f"{field.name}={','.join(map(str, paths))}")
        return " ".join(pairs)

    def named(self) -> dict[str, str]:
        """What the file calls the fields that are mapped, by target; of several the first."""
        found = {name: getattr(self, name) for name in self.given()}
        return {n: (one[0] if isinstance(one, tuple) else one).text for n, one in found.items()}

    def given(self) -> frozenset[str]:
        """The names of the fields that are mapped."""
        return frozenset(field.name for field in fields(self) if getattr(self, field.name))

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> Mapping:
        """Read pairs such as ``prompt=question``, ``options=a,b,c,d``, ``key=answer|after:####``.

        Raises:
            UsageError: no ``=``, an unknown target, a target twice, an empty path.
        """
        known = {field.name for field in fields(cls)}
        found: dict[str, Any] = {}
        for pair in pairs:
            target, equals, text = pair.partition("=")
            target = target.strip()
            if not equals:
                raise UsageError("intake.mapping_pair", pair=pair)
            if target not in known:
                raise UsageError(
                    "intake.mapping_target", field=target, known=", ".join(sorted(known))
                )
            if target in found:
                raise UsageError("intake.mapping_twice", field=target)
            found[target] = (
                tuple(FieldPath.parse(target, part) for part in text.split(","))
                if target in ("options", "items", "image")
                else FieldPath.parse(target, text)
            )
        return cls(**found)
