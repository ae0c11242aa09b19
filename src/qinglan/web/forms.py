"""Between the fields of a desk's form and an answer's fields, by kind of work.

``read`` takes whatever stands in the form, finished or not: that is a draft. Whether it is an
answer, ``flow`` decides; here only what the desk asks of a person is asked, which an imported
answer need not have: why a step is wrong, and what should stand there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qinglan.errors import UsageError
from qinglan.records import Kind
from qinglan.web import scale_forms

MARKS = ("wrong", "neutral", "right")
SIDES = ("left", "tie", "right")

Fields = dict[str, Any]


def read(kind: Kind, form: Mapping[str, str], options: int) -> Fields:
    """What stands in the form, as an answer's fields. ``options`` is how many the task has."""
    if kind is Kind.MARKS:
        marks = [form.get(f"mark-{place}") for place in range(options)]
        while marks and marks[-1] is None:
            marks.pop()
        return {"marks": marks, **_texts(form, "because", "continuation")}
    if kind is Kind.ALTERNATIVES:
        steps = [_rated(form, place) for place in range(options)]
        while steps and not any(steps[-1]["ratings"]):
            steps.pop()
        return {"steps": steps, **_texts(form, "written")}
    if kind is Kind.CHAT:
        return {"turns": _turns(form)}
    if kind is Kind.EDIT:
        return _texts(form, "critique", "edited")
    if kind is Kind.ITEM:
        return _texts(form, "question", "key", "rubric", "difficulty", "sources")
    if kind is Kind.PREFERENCE:
        return _texts(form, "winner", "because")
    if kind in scale_forms.KINDS:
        return scale_forms.read(kind, form, options)
    if kind is Kind.CHOICE:
        return _texts(form, "option")
    if kind is Kind.STEPS:
        return _texts(form, "steps", "final")
    return _texts(form, "text")


def finish(kind: Kind, fields: Fields) -> Fields:
    """``fields`` as they are submitted: what the person left out is left out.

    Raises:
        UsageError: a step is marked wrong, and it is not said why, or what should stand there; or
            a candidate is not rated.
    """
    if kind is Kind.MARKS:
        if fields["marks"][-1:] != ["wrong"]:
            fields = {"marks": fields["marks"]}  # words about a wrong step, and there is none
        elif not fields["because"].strip():
            raise UsageError("web.needs_because")
        elif not fields["continuation"].strip():
            raise UsageError("web.needs_continuation")
    if kind is Kind.ALTERNATIVES:
        fields = {"steps": _continued(fields["steps"], fields["written"])}
    if kind is Kind.CHAT:
        turns = list(fields["turns"])
        while turns and not turns[-1]["content"].strip():
            turns.pop()
        fields = {"turns": turns}
    if kind in scale_forms.KINDS:
        fields = scale_forms.finish(kind, fields)
    return {name: value for name, value in fields.items() if value not in ("", [])}


def fill(kind: Kind, kept: Mapping[str, Any] | None, options: int) -> Fields:
    """``kept`` (a draft or an answer) as the form shows it; every field is there.

    A draft may have been written by another version of the form: what does not fit is left out.
    """
    kept = kept or {}
    filled: Fields = {
        name: value if isinstance(value := kept.get(name), str) else ""
        for name in (
            "because",
            "continuation",
            "winner",
            "option",
            "final",
            "text",
            "written",
            "critique",
            "edited",
            "question",
            "key",
            "rubric",
        )
    }
    steps = kept.get("steps") or ""
    if kind is Kind.ALTERNATIVES:
        _fill_rated(filled, steps, options)
        steps = ""
    filled["steps"] = steps if isinstance(steps, str) else "\n".join(map(str, steps))
    turns = kept.get("turns")
    filled["turns"] = [
        {"role": one.get("role"), "content": one["content"]}
        for one in (turns if isinstance(turns, list) else [])[:MOST_TURNS]
        if isinstance(one, dict)
        and isinstance(one.get("content"), str)
        and one.get("role") in ("user", "assistant")
    ]
    difficulty = kept.get("difficulty")
    filled["difficulty"] = str(difficulty) if difficulty is not None else ""
    sources = kept.get("sources") or ""
    filled["sources"] = sources if isinstance(sources, str) else "\n".join(map(str, sources))
    marks = kept.get("marks")
    given = list(marks) if isinstance(marks, (list, tuple)) else []
    known = [mark if mark in MARKS else None for mark in given[:options]]
    filled["marks"] = known + [None] * (options - len(known))
    return filled | (scale_forms.fill(kind, kept, options) if kind in scale_forms.KINDS else {})


def suggested(kind: Kind, given: Mapping[str, Any] | None, options: int) -> frozenset[str]:
    """The choices of the form that a suggestion would take: ``name=value`` of each."""
    if given is None:
        return frozenset()
    filled = fill(kind, given, options)
    found: list[tuple[str, object]] = []
    if kind is Kind.MARKS:
        found += [(f"mark-{place}", mark) for place, mark in enumerate(filled["marks"])]
    if kind is Kind.ALTERNATIVES:
        for place, step in enumerate(filled["rated"]):
            found += [(f"mark-{place}-{at}", mark) for at, mark in enumerate(step["ratings"])]
            found.append((f"chosen-{place}", step["chosen"]))
    if kind in (Kind.PREFERENCE, Kind.COMPARISON):
        found.append(("winner", filled["winner"]))
    if kind is Kind.CHOICE:
        found.append(("option", filled["option"]))
    if kind is Kind.RUBRIC:
        found += [(f"score-{place}", score) for place, score in enumerate(filled["scores"])]
    if kind is Kind.COMPARISON:
        for side in ("left", "right"):
            found += [(f"{side}-{place}", score) for place, score in enumerate(filled[side])]
    return frozenset(f"{name}={value}" for name, value in found if value not in (None, ""))


MOST = 50
"""Candidates of one step that a form may hold."""


MOST_TURNS = 100
"""Turns that a form may hold."""


def _turns(form: Mapping[str, str]) -> list[Fields]:
    """The turns in the form, finished or not; ``more`` asks for room for two others."""
    count, first = form.get("turns", ""), form.get("first", "")
    if not (count.isascii() and count.isdigit() and len(count) < 4 and int(count) <= MOST_TURNS):
        raise UsageError("web.bad_form")
    if first not in ("user", "assistant"):
        raise UsageError("web.bad_form")
    roles = ("user", "assistant") if first == "user" else ("assistant", "user")
    room = min(int(count) + (2 if form.get("more") else 0), MOST_TURNS)
    return [
        {"role": roles[place % 2], "content": form.get(f"turn-{place}", "")}
        for place in range(room)
    ]


def _rated(form: Mapping[str, str], step: int) -> Fields:
    """What stands in the form of one step's candidates."""
    width = form.get(f"width-{step}", "")
    if not (width.isascii() and width.isdigit() and len(width) < 3 and int(width) <= MOST):
        raise UsageError("web.bad_form")
    chosen = form.get(f"chosen-{step}", "")
    known = chosen.isascii() and chosen.isdigit() and len(chosen) < 3
    return {
        "ratings": [form.get(f"mark-{step}-{place}") or None for place in range(int(width))],
        "chosen": int(chosen) if known else None,
    }


def _continued(steps: list[Fields], written: str) -> list[Fields]:
    """Rated steps up to the first that no candidate leads on from; it gets what was written."""
    found: list[Fields] = []
    for number, step in enumerate(steps, 1):
        ratings: list[str | None] = step["ratings"]
        if None in ratings:
            raise UsageError("web.rate_all", step=number)
        good = [mark for mark in ("right", "neutral") if mark in ratings]
        if not good:
            if not written.strip():
                raise UsageError("web.needs_continuation")
            return [*found, {"ratings": ratings, "written": written}]
        chosen = ratings.index(good[0]) if step["chosen"] is None else step["chosen"]
        found.append({"ratings": ratings, "chosen": chosen})
    return found


def _fill_rated(filled: Fields, steps: object, options: int) -> None:
    """Ratings as the form shows them: a list for each step, as long as it was kept."""
    given = [s if isinstance(s, dict) else {} for s in steps] if isinstance(steps, list) else []
    rated = []
    for step in given[:options]:
        ratings = step.get("ratings")
        known = [m if m in MARKS else None for m in ratings] if isinstance(ratings, list) else []
        rated.append({"ratings": known, "chosen": step.get("chosen")})
        if isinstance(step.get("written"), str):
            filled["written"] = step["written"]
    filled["rated"] = rated + [{"ratings": [], "chosen": None}] * (options - len(rated))


def _texts(form: Mapping[str, str], *names: str) -> Fields:
    return {name: form.get(name, "") for name in names}
