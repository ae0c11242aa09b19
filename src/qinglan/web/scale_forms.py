"""The forms of kinds that measure, score, order and mark; see ``forms``, which comes here for them.

Levels and places are fields by number, so a form without a script can be filled in. What cannot be
in a draft is nothing; what must be in an answer ``finish`` asks for, in the desk's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglan.errors import UsageError
from qinglan.records import Kind

Fields = dict[str, Any]

KINDS = frozenset({Kind.NUMBER, Kind.RUBRIC, Kind.RANKING, Kind.COMPARISON, Kind.SPANS})
BOTH = ("left", "right")


def read(kind: Kind, form: Mapping[str, str], options: int) -> Fields:
    """What stands in the form, as fields that a draft keeps."""
    if kind is Kind.NUMBER:
        return {"value": form.get("value", "")}
    if kind is Kind.SPANS:
        return {"spans": form.get("spans", ""), "nothing": form.get("nothing", "")}
    because = {"because": form.get("because", "")}
    if kind is Kind.RANKING:
        return {"places": _row(form, "place", options), **because}
    if kind is Kind.RUBRIC:
        return {"scores": _row(form, "score", options - 1), **because}
    sides = {side: _row(form, side, options - 2) for side in BOTH}
    return {"winner": form.get("winner", ""), **sides, **because}


def finish(kind: Kind, fields: Fields) -> Fields:
    """The fields as an answer's.

    Raises:
        UsageError: something that the desk asks for is left out.
    """
    if kind is Kind.SPANS:
        marked = bool(fields["spans"].strip())
        if marked == bool(fields["nothing"]):
            raise UsageError("web.needs_spans")
        return {"spans": fields["spans"] if marked else "none"}
    if kind is Kind.RANKING:
        places = fields["places"]
        if sorted(places) != sorted(str(n + 1) for n in range(len(places))):
            raise UsageError("web.needs_places")
        order = sorted(range(1, len(places) + 1), key=lambda item: int(places[item - 1]))
        return {"order": order, "because": fields["because"]}
    scored = {Kind.RUBRIC: ("scores",), Kind.COMPARISON: BOTH}.get(kind, ())
    if any(not level for name in scored for level in fields[name]):
        raise UsageError("web.needs_scores")
    return fields


def fill(kind: Kind, kept: Mapping[str, Any], options: int) -> Fields:
    """``kept`` (a draft or an answer) as the form shows it; what does not fit is left out."""
    filled: Fields = {name: _text(kept.get(name)) for name in ("value", "nothing")}
    spans = kept.get("spans")
    filled["spans"] = spans if isinstance(spans, str) else _lines(spans)
    if spans in ([], ()) or spans == "none":
        filled |= {"spans": "", "nothing": "1"}
    places = kept.get("places")
    if isinstance(order := kept.get("order"), (list, tuple)):
        places = [str(order.index(n + 1) + 1) if n + 1 in order else "" for n in range(options)]
    filled["places"] = _levels(places, options if kind is Kind.RANKING else 0)
    count = {Kind.RUBRIC: options - 1, Kind.COMPARISON: options - 2}.get(kind, 0)
    for name in ("scores", *BOTH):
        filled[name] = _levels(kept.get(name), count)
    return filled


def _row(form: Mapping[str, str], name: str, count: int) -> list[str]:
    return [form.get(f"{name}-{place}", "") for place in range(count)]


def _levels(given: object, count: int) -> list[str]:
    """So many levels as text, from a draft's texts or an answer's scores."""
    found = list(given) if isinstance(given, (list, tuple)) else []
    levels = [str(one.get("score", "")) if isinstance(one, dict) else str(one) for one in found]
    return levels[:count] + [""] * (count - len(levels))


def _lines(spans: object) -> str:
    if not isinstance(spans, (list, tuple)):
        return ""
    parts = [one for one in spans if isinstance(one, dict)]
    return "\n".join(f"{o.get('label')} {o.get('start')}-{o.get('end')}" for o in parts)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
