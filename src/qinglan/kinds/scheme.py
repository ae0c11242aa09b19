"""Schemes: what a project's labels and criteria are called, and what their levels mean.

Tasks and answers hold keys, which never change; a scheme gives each key its texts in both
languages. So a label can be renamed, and old answers come along: they say the same key.

::

    [[criteria]]                        # rubric, comparison
    key = "accuracy"
    low = 1
    high = 5
    en = "Accuracy"
    zh = "准确性"
    about = { en = "Are the facts right?", zh = "事实是否正确？" }
    anchors = [ { level = 1, en = "Wrong", zh = "错误" }, { level = 5, en = "Right", zh = "正确" } ]

    [[labels]]                          # spans; for choice the key is the option's text
    key = "person"
    en = "Person"
    zh = "人名"

    [measure]                           # number
    unit = "kg"
    low = "0"
    high = "500"
    within = "0.5"
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator, model_validator

from qinglan.errors import InputError
from qinglan.kinds import number
from qinglan.kinds.criteria import KEY, LEVELS, Criterion
from qinglan.kinds.free import fold
from qinglan.records import (
    Answer,
    ChoiceAnswer,
    ComparisonAnswer,
    Kind,
    Record,
    RubricAnswer,
    Score,
    SpansAnswer,
)

__all__ = ["EMPTY", "Anchor", "Label", "Measured", "Rated", "Scheme", "Text", "parse", "read",
           "write"]  # fmt: skip

_PARTS = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}""")
"""A key of more parts than any table of ours: its reader takes the square of their number."""
LONGEST = 2**18
"""Most characters of a scheme's file."""

_Words = Annotated[str, Field(max_length=2000)]


class Text(Record):
    """One text in both languages; an empty one falls back to the other."""

    en: _Words = ""
    zh: _Words = ""

    def say(self, language: str) -> str:
        """The text in ``language`` (``en`` or ``zh``), else in the other."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


class Label(Text):
    """A label: its key, its name, and what it means."""

    key: str = Field(min_length=1, max_length=200)
    about: Text = Text()

    def name(self, language: str) -> str:
        """What it is called; its key where no name is given."""
        return self.say(language) or self.key


class Anchor(Text):
    """What one level of a criterion means."""

    level: int


class Rated(Label):
    """A criterion with its scale."""

    key: str = Field(pattern=rf"^{KEY}$")
    low: int = Field(ge=0, le=99)
    high: int = Field(ge=1, le=99)
    anchors: tuple[Anchor, ...] = Field(default=(), max_length=LEVELS + 1)

    @model_validator(mode="after")
    def _holds(self) -> Rated:
        if not self.low < self.high <= self.low + LEVELS:
            raise ValueError(f"{self.key}: low must be below high, by at most {LEVELS}")
        levels = [anchor.level for anchor in self.anchors]
        if len(set(levels)) != len(levels) or any(not self.low <= n <= self.high for n in levels):
            raise ValueError(f"{self.key}: anchors name levels of the scale, each once")
        return self

    @property
    def criterion(self) -> Criterion:
        """As tasks state it."""
        return Criterion(self.key, self.low, self.high)

    def meaning(self, level: int, language: str) -> str:
        """What ``level`` means; empty where nothing is said."""
        found = [anchor for anchor in self.anchors if anchor.level == level]
        return found[0].say(language) if found else ""


class Measured(Record):
    """What a number is measured in and where it may lie; numbers as text, each may be empty."""

    unit: str = Field(default="", max_length=40)
    low: str = Field(default="", max_length=60)
    high: str = Field(default="", max_length=60)
    within: str = Field(default="", max_length=60)

    @field_validator("low", "high", "within", mode="before")
    @classmethod
    def _as_text(cls, given: object) -> object:
        return number.as_text(given)

    @property
    def options(self) -> tuple[str, ...]:
        """As tasks state it."""
        return number.write_measure(self.unit, self.low, self.high, self.within)

    @model_validator(mode="after")
    def _holds(self) -> Measured:
        if number.read_measure(self.options) is None:
            raise ValueError("low and high are numbers, low below high, within not below 0")
        return self


class Scheme(Record):
    """All of it; what a kind has no use for is not there."""

    criteria: tuple[Rated, ...] = Field(default=(), max_length=30)
    labels: tuple[Label, ...] = Field(default=(), max_length=100)
    measure: Measured = Measured()

    @model_validator(mode="after")
    def _apart(self) -> Scheme:
        for named in (self.criteria, self.labels):
            keys = [one.key for one in named]
            if len(set(keys)) != len(keys):
                raise ValueError("a key comes twice")
        return self

    def options(self, kind: Kind) -> tuple[str, ...]:
        """What tasks of ``kind`` state of it, where their file does not."""
        if kind is Kind.NUMBER:
            return self.measure.options
        if kind in (Kind.RUBRIC, Kind.COMPARISON):
            return tuple(str(one.criterion) for one in self.criteria)
        return tuple(one.key for one in self.labels)

    def label(self, key: str, language: str) -> str:
        """What a label is called; the key itself where the scheme does not know it."""
        return next((one.name(language) for one in self.labels if one.key == key), key)

    def rated(self, criterion: Criterion) -> Rated:
        """The criterion with its texts; without any where the scheme does not know it."""
        bare = Rated(key=criterion.key, low=criterion.low, high=criterion.high)
        return next((one for one in self.criteria if one.criterion == criterion), bare)

    def lacks(self, earlier: Scheme) -> list[str]:
        """Keys of ``earlier`` that are gone here, or have another scale."""
        mine = {str(one.criterion) for one in self.criteria} | {one.key for one in self.labels}
        gone = [str(one.criterion) for one in earlier.criteria] + [o.key for o in earlier.labels]
        return [key for key in gone if key not in mine]

    def keyed(self, answer: Answer) -> Answer:
        """``answer`` with keys in place of names, in whichever language it has them."""
        if not (self.labels or self.criteria):
            return answer
        labels, criteria = _keys(self.labels), _keys(self.criteria)
        if isinstance(answer, ChoiceAnswer):
            key = labels.get(fold(answer.option))
            return answer if key is None else ChoiceAnswer(option=key)
        if isinstance(answer, SpansAnswer):
            spans = [
                one.model_copy(update={"label": labels.get(fold(one.label), one.label)})
                for one in answer.spans
            ]
            return SpansAnswer(spans=tuple(spans))

        def scores(given: tuple[Score, ...]) -> tuple[Score, ...]:
            keys = [(criteria.get(fold(one.criterion), one.criterion), one) for one in given]
            return tuple(Score(criterion=key, score=one.score) for key, one in keys)

        if isinstance(answer, RubricAnswer):
            return answer.model_copy(update={"scores": scores(answer.scores)})
        if isinstance(answer, ComparisonAnswer):
            sides = {"left": scores(answer.left), "right": scores(answer.right)}
            return answer.model_copy(update=sides)
        return answer


EMPTY = Scheme()
"""The scheme of a project that has none."""


def parse(text: str, where: str = "") -> Scheme:
    """The scheme in a TOML text; ``where`` names it in errors.

    Raises:
        InputError: it is no TOML, or no scheme.
    """
    try:
        if len(text) > LONGEST:
            raise ValueError(f"> {LONGEST} characters")
        said = toml(text)
    except ValueError as error:
        raise InputError("kinds.bad_scheme", where=where or "—", why=str(error)) from None
    return read(said, where)


def toml(text: str) -> dict[str, Any]:
    """The tables in a TOML text that anybody may have sent.

    Raises:
        ValueError: it is none, or one that would break its reader or keep it busy: tables within
            tables without end, numbers of thousands of digits, keys of thousands of parts.
    """
    try:
        if _PARTS.search(text):
            raise ValueError("a key has too many parts")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(re.sub(r"\s+", " ", str(error))[:200]) from None


def read(said: Mapping[str, Any], where: str = "") -> Scheme:
    """The scheme in a table of a TOML file.

    Raises:
        InputError: it is none.
    """
    try:
        return Scheme.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise InputError("kinds.bad_scheme", where=where or "—", why=why) from None


def write(scheme: Scheme, prefix: str = "") -> str:
    """``scheme`` as TOML that reads as the same; ``prefix`` goes before the tables' names."""
    parts = []
    for name, listed in (("criteria", scheme.criteria), ("labels", scheme.labels)):
        parts += [_table(f"[[{prefix}{name}]]", one) for one in listed]
    if scheme.measure != EMPTY.measure:
        parts.append(_table(f"[{prefix}measure]", scheme.measure))
    return "\n".join(parts)


def _table(header: str, one: Record) -> str:
    said = one.model_dump(mode="json", exclude_defaults=True)
    lines = [f"{name} = {_value(value)}" for name, value in said.items()]
    return "\n".join([header, *lines, ""])


def _value(value: object) -> str:
    """A value as TOML: its strings are read as JSON's, but that DEL must be an escape."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {_value(one)}" for name, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _keys(named: tuple[Any, ...]) -> dict[str, str]:
    """Key by folded name; a key names itself, and a name that two share names neither."""
    found: dict[str, str] = {}
    shared = set()
    for one in named:
        for name in {fold(one.en), fold(one.zh)} - {""}:
            if found.setdefault(name, one.key) != one.key:
                shared.add(name)
    for name in shared:
        del found[name]
    return found | {fold(one.key): one.key for one in named}
