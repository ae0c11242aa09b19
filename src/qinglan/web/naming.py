"""Naming labels and criteria in the browser. Keys stay, so old answers come along.

The form has a row for each label or criterion that the scheme names or tasks state, and empty ones
for what is to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qinglan.errors import UsageError
from qinglan.flow.scheme import NAMED, show_scheme, stated
from qinglan.kinds.scheme import Label, Rated, Scheme, read
from qinglan.records import Kind
from qinglan.web.visits import Visit

MOST = 140
"""Rows of a form: more than a scheme may hold."""
EMPTY = 3
"""Rows for what is to come."""
RATED = frozenset({Kind.RUBRIC, Kind.COMPARISON})
_TEXTS = ("en", "zh", "about_en", "about_zh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One label or criterion as the form shows it; ``fixed`` where its key stands already."""

    values: Mapping[str, str]
    levels: tuple[int, ...] = ()
    fixed: bool = True

    def said(self, field: str) -> str:
        """What stands in ``field``; empty where nothing does."""
        return self.values.get(field, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The form: its version is 0 where nothing was named yet."""

    version: int
    rows: tuple[Row, ...]
    rated: bool
    measure: Mapping[str, str] | None


def form_of(visit: Visit, project: str, kind: Kind) -> Naming | None:
    """The form as the scheme fills it; ``None`` for kinds that have no use for one."""
    if kind not in NAMED:
        return None
    version, scheme = show_scheme(visit.context, visit.actor, project)
    whole = stated(visit.context, visit.actor, project)
    rated = kind in RATED
    kept = whole.criteria if rated else whole.labels
    rows = [_row(one) for one in kept] + [Row(values={}, fixed=False)] * EMPTY
    measure = scheme.measure.model_dump() if kind is Kind.NUMBER else None
    return Naming(
        version=version, rows=() if measure is not None else tuple(rows), rated=rated,
        measure=measure,
    )  # fmt: skip


def _row(one: Label) -> Row:
    values = {
        "key": one.key, "en": one.en, "zh": one.zh, "about_en": one.about.en,
        "about_zh": one.about.zh,
    }  # fmt: skip
    levels: tuple[int, ...] = ()
    if isinstance(one, Rated):
        levels = tuple(one.criterion.levels)
        values |= {"low": str(one.low), "high": str(one.high)}
        for anchor in one.anchors:
            values |= {f"en-{anchor.level}": anchor.en, f"zh-{anchor.level}": anchor.zh}
    return Row(values=values, levels=levels)


def _typed(form: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of the form that say anything; of one that was there already, always."""
    count = form.get("rows", "0")
    if not (count.isascii() and count.isdigit() and int(count[:5]) <= MOST):
        raise UsageError("web.bad_form")
    rows: list[dict[str, str]] = [{} for _ in range(int(count))]
    for field, value in form.items():
        place, _, part = field.partition(".")
        if part and place.isascii() and place.isdigit() and int(place[:5]) < len(rows):
            rows[int(place)][part] = value.strip()
    return [row for row in rows if row.get("key") or row.get("en") or row.get("zh")]


def said(form: Mapping[str, str], kind: Kind) -> Scheme:
    """The scheme that the form states.

    Raises:
        InputError: it is none.
        UsageError: the form cannot be read.
    """
    if kind is Kind.NUMBER:
        return read({"measure": {part: form.get(part, "").strip() for part in _MEASURE}})
    rows = [_table(row, kind in RATED) for row in _typed(form)]
    return read({"criteria" if kind in RATED else "labels": rows})


_MEASURE = ("unit", "low", "high", "within")


def _table(row: Mapping[str, str], rated: bool) -> dict[str, Any]:
    en, zh, about_en, about_zh = (row.get(part, "") for part in _TEXTS)
    table: dict[str, Any] = {
        "key": row.get("key") or en or zh, "en": en, "zh": zh,
        "about": {"en": about_en, "zh": about_zh},
    }  # fmt: skip
    if not rated:
        return table
    levels = {part.partition("-")[2] for part, text in row.items() if "-" in part and text}
    anchors = [
        {"level": level, "en": row.get(f"en-{level}", ""), "zh": row.get(f"zh-{level}", "")}
        for level in sorted(levels, key=lambda level: (len(level), level))
    ]
    return {**table, "low": row.get("low"), "high": row.get("high"), "anchors": anchors}


def again(form: Mapping[str, str], kind: Kind) -> Naming:
    """The form as it was sent, to be mended."""
    try:
        typed = _typed(form)
    except UsageError:
        typed = []
    rows = []
    for row in typed:
        levels = range(0)
        if all(row.get(end, "").isdigit() and len(row[end]) < 3 for end in ("low", "high")):
            levels = range(int(row["low"]), min(int(row["high"]), int(row["low"]) + 20) + 1)
        rows.append(Row(values=row, levels=tuple(levels), fixed=row.get("fixed") == "1"))
    measure = {part: form.get(part, "") for part in _MEASURE} if kind is Kind.NUMBER else None
    if measure is None:
        rows += [Row(values={}, fixed=False)] * EMPTY
    return Naming(version=0, rows=tuple(rows), rated=kind in RATED, measure=measure)
