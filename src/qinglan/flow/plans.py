"""A project's settings as a file: what is asked, by which guideline, under which rules.

TOML, because it is read and compared by people: kept in a repository beside the data, a file says
who changed what when. Reading refuses what it does not know, so that a misspelt rule is not taken
for the default. Not a verb.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from qinglan.errors import UsageError
from qinglan.flow.guiding import Version, checked
from qinglan.kinds.scheme import EMPTY, Scheme, read, toml, write
from qinglan.records import Kind
from qinglan.work import Rules

LONGEST = 2**20
"""Characters of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A project as its lead composes it. Without ``rules`` the desk is not opened."""

    name: str
    kind: Kind
    en: str = ""
    zh: str = ""
    rules: Rules | None = field(default_factory=Rules)
    scheme: Scheme = EMPTY
    """What labels and criteria are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """What composing a project did."""

    project: str
    made: bool
    """It was not there before."""
    ruled: bool
    """The desk was opened, or has other rules now."""
    revised: Version | None
    """The guideline's new version."""


def read_plan(text: str) -> Plan:
    """The plan in a file's ``text``.

    Raises:
        UsageError: it is no TOML, or a field is missing, unknown or out of its range; names it.
        InputError: the scheme is none.
    """
    if len(text) > LONGEST:
        raise UsageError("flow.plan_bad", field="—", why=f"> {LONGEST}")
    try:
        said = toml(text)
    except ValueError as error:
        raise UsageError("flow.plan_unreadable", why=str(error)) from None
    tables = {"name": str, "kind": str, "guideline": dict, "desk": dict, "scheme": dict}
    top = _table(said, "", tables)
    words = _table(top.get("guideline", {}), "guideline.", {"en": str, "zh": str})
    known: dict[str, type] = {one.name: int for one in fields(Rules)}
    given = _table(top.get("desk", {}), "desk.", known)
    name = top.get("name", "")
    if not name:
        raise UsageError("flow.plan_bad", field="name", why="—")
    plan = Plan(
        name=name, kind=_read("kind", lambda: Kind(top.get("kind", ""))),
        en=words.get("en", ""), zh=words.get("zh", ""),
        rules=_read("desk", lambda: Rules(**given)) if "desk" in top else None,
        scheme=read(top.get("scheme", {}), "scheme"),
    )  # fmt: skip
    checked(plan.en, plan.zh)
    return plan


def write_plan(plan: Plan) -> str:
    """``plan`` as the text of a file, which reads as the same plan."""
    lines = [f"name = {_quoted(plan.name)}", f"kind = {_quoted(plan.kind.value)}", ""]
    lines += ["[guideline]", f"en = {_text(plan.en)}", f"zh = {_text(plan.zh)}"]
    if plan.rules is not None:
        lines += ["", "[desk]"]
        for one in fields(Rules):
            value = getattr(plan.rules, one.name)
            if value is not None:
                lines.append(f"{one.name} = {value}")
    if plan.scheme != EMPTY:
        lines += ["", write(plan.scheme, "scheme.").rstrip()]
    return "\n".join(lines) + "\n"


def _table(said: Mapping[str, Any], place: str, known: Mapping[str, type]) -> dict[str, Any]:
    """``said``, when all that it says is known and of its type."""
    for name, value in said.items():
        wanted = known.get(name)
        if wanted is None:
            raise UsageError("flow.plan_field", field=place + name, known=", ".join(known))
        if not isinstance(value, wanted) or isinstance(value, bool):
            why = f"{type(value).__name__} ≠ {wanted.__name__}"
            raise UsageError("flow.plan_bad", field=place + name, why=why)
    return dict(said)


def _read(name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - what ``make`` gives
    try:
        return make()
    except ValueError as error:
        raise UsageError("flow.plan_bad", field=name, why=str(error)) from None


def _quoted(value: str) -> str:
    """A string on one line: TOML reads the escapes of JSON, and DEL must be one."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _text(value: str) -> str:
    """Text as people write it, where it can stand so."""
    plain = all(mark >= " " or mark in "\n\t" for mark in value) and "\x7f" not in value
    if "\n" not in value or not plain:
        return _quoted(value)
    body = value.replace("\\", "\\\\").replace('"""', '""\\"')
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'"""\n{body}"""'
