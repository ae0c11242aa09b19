"""A project's settings as a file: what is asked, by which guideline, under which rules, of whom.

TOML, because it is read and compared by people: kept in a repository beside the data, a file says
who changed what when. Reading refuses what it does not know, so that a misspelt rule is not taken
for the default. What a file says nothing of stays as it is. People are not in it: a file that is
kept for good is no place for their names, tiers and credentials. Not a verb.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from qinglan.errors import UsageError
from qinglan.flow.guiding import Version, checked
from qinglan.kinds.scheme import EMPTY, Scheme, read, toml, write
from qinglan.records import Kind
from qinglan.work import Marks, Rules

LONGEST = 2**20
"""Characters of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A statement of rights, in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """What an accepted answer is paid, as decimal text; ``budget``: the most that may be spent."""

    amount: str
    currency: str
    budget: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A project as its lead composes it. Without ``rules`` the desk is not opened. Of what is
    ``None`` nothing is said: it stays as it is.
    """

    name: str
    kind: Kind
    en: str = ""
    zh: str = ""
    rules: Rules | None = field(default_factory=Rules)
    scheme: Scheme = EMPTY
    """What labels and criteria are called."""
    tiers: tuple[str, ...] | None = None
    """Kinds of people, from the lowest to the highest."""
    needs: Mapping[str, str] | None = None
    """Skills that are for a tier and those above it alone, and every such skill."""
    marks: Marks | None = None
    """What is asked of people on gold."""
    rights: Words | None = None
    """What people agree to before their first task."""
    pay: Pay | None = None


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
    changed: tuple[str, ...] = ()
    """Which of ``tiers``, ``needs``, ``marks``, ``rights`` and ``pay`` are others now."""


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
    top = _table(said, "", _TABLES)
    words = _table(top.get("guideline", {}), "guideline.", {"en": str, "zh": str})
    given = _table(top.get("desk", {}), "desk.", _DESK)
    needs = top.get("needs")
    for skill, tier in (needs or {}).items():
        _table({skill: tier}, "needs.", {skill: str})
    tiers = top.get("tiers")
    if any(not isinstance(one, str) for one in tiers or ()):
        raise UsageError("flow.plan_bad", field="tiers", why="≠ str")
    asked, paid = (
        None if name not in top else _whole(top[name], name, known, needed)
        for name, known, needed in (
            ("rights", {"en": str, "zh": str}, ("en", "zh")),
            ("pay", {"amount": str, "currency": str, "budget": str}, ("amount", "currency")),
        )
    )
    marks = _table(top.get("marks", {}), "marks.", {one.name: int for one in fields(Marks)})
    name = top.get("name", "")
    if not name:
        raise UsageError("flow.plan_bad", field="name", why="—")
    plan = Plan(
        name=name, kind=_read("kind", lambda: Kind(top.get("kind", ""))),
        en=words.get("en", ""), zh=words.get("zh", ""),
        rules=_read("desk", lambda: Rules(**given)) if "desk" in top else None,
        scheme=read(top.get("scheme", {}), "scheme"),
        tiers=None if tiers is None else tuple(tiers), needs=needs,
        marks=_read("marks", lambda: Marks(**marks)) if "marks" in top else None,
        rights=None if asked is None else Words(**asked), pay=None if paid is None else Pay(**paid),
    )  # fmt: skip
    checked(plan.en, plan.zh)
    return plan


def write_plan(plan: Plan) -> str:
    """``plan`` as the text of a file, which reads as the same plan."""
    lines = [f"name = {_quoted(plan.name)}", f"kind = {_quoted(plan.kind.value)}"]
    if plan.tiers is not None:
        lines.append(_tiers(plan.tiers))
    lines.append("")
    lines += ["[guideline]", f"en = {_text(plan.en)}", f"zh = {_text(plan.zh)}"]
    if plan.rules is not None:
        lines += ["", "[desk]"]
        for one in fields(Rules):
            value = getattr(plan.rules, one.name)
            if value is not None:
                lines.append(f"{one.name} = {_value(value)}")
    lines += _of_people(plan)
    if plan.scheme != EMPTY:
        lines += ["", write(plan.scheme, "scheme.").rstrip()]
    return "\n".join(lines) + "\n"


def write_asked(plan: Plan) -> str:
    """What ``plan`` says of people alone, as ``read_asked`` reads it; empty where it is nothing."""
    named = [] if plan.tiers is None else [_tiers(plan.tiers)]
    return "\n".join([*named, *_of_people(plan)]).strip()


def read_asked(text: str, plan: Plan) -> Plan:
    """``plan`` with what ``text`` says of people: tiers, skills for a tier, marks, rights, pay.

    Raises:
        UsageError: as ``read_plan``.
    """
    found = read_plan(f"name = 'x'\nkind = 'free'\n{text}")
    return replace(
        plan, tiers=found.tiers, needs=found.needs, marks=found.marks, rights=found.rights,
        pay=found.pay,
    )  # fmt: skip


def _tiers(names: Sequence[str]) -> str:
    return f"tiers = [{', '.join(map(_quoted, names))}]"


def _of_people(plan: Plan) -> list[str]:
    lines: list[str] = []
    if plan.needs is not None:
        lines += ["", "[needs]"]
        lines += [f"{_quoted(skill)} = {_quoted(tier)}" for skill, tier in plan.needs.items()]
    if plan.marks is not None:
        lines += ["", "[marks]"]
        lines += [f"{one.name} = {getattr(plan.marks, one.name)}" for one in fields(Marks)]
    if plan.rights is not None:
        lines += ["", "[rights]", f"en = {_text(plan.rights.en)}", f"zh = {_text(plan.rights.zh)}"]
    if plan.pay is not None:
        lines += ["", "[pay]"]
        for name in ("amount", "currency", "budget"):
            if (text := getattr(plan.pay, name)) is not None:
                lines.append(f"{name} = {_quoted(text)}")
    return lines


_TABLES: dict[str, type] = {
    "name": str, "kind": str, "tiers": list, "guideline": dict, "desk": dict, "needs": dict,
    "marks": dict, "rights": dict, "pay": dict, "scheme": dict,
}  # fmt: skip
_DESK: dict[str, type] = {one.name: int for one in fields(Rules)} | {
    "reserved_for": str, "by_gain": bool,
}  # fmt: skip


def _whole(
    said: Mapping[str, Any], place: str, known: Mapping[str, type], needed: tuple[str, ...]
) -> dict[str, Any]:
    """As ``_table``, and everything needed is there."""
    found = _table(said, f"{place}.", known)
    for name in needed:
        if name not in found:
            raise UsageError("flow.plan_bad", field=f"{place}.{name}", why="—")
    return found


def _table(said: Mapping[str, Any], place: str, known: Mapping[str, type]) -> dict[str, Any]:
    """``said``, when all that it says is known and of its type."""
    for name, value in said.items():
        wanted = known.get(name)
        if wanted is None:
            raise UsageError("flow.plan_field", field=place + name, known=", ".join(known))
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            why = f"{type(value).__name__} ≠ {wanted.__name__}"
            raise UsageError("flow.plan_bad", field=place + name, why=why)
    return dict(said)


def _read(name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - what ``make`` gives
    try:
        return make()
    except ValueError as error:
        raise UsageError("flow.plan_bad", field=name, why=str(error)) from None


def _value(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else str(value)


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
