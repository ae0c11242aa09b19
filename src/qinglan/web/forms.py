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
    if kind is Kind.PREFERENCE:
        return _texts(form, "winner", "because")
    if kind is Kind.CHOICE:
        return _texts(form, "option")
    if kind is Kind.STEPS:
        return _texts(form, "steps", "final")
    return _texts(form, "text")


def finish(kind: Kind, fields: Fields) -> Fields:
    """``fields`` as they are submitted: what the person left out is left out.

    Raises:
        UsageError: a step is marked wrong, and it is not said why.
    """
    if kind is Kind.MARKS:
        if fields["marks"][-1:] != ["wrong"]:
            fields = {"marks": fields["marks"]}  # words about a wrong step, and there is none
        elif not fields["because"].strip():
            raise UsageError("web.needs_because")
        elif not fields["continuation"].strip():
            raise UsageError("web.needs_continuation")
    return {name: value for name, value in fields.items() if value not in ("", [])}


def fill(kind: Kind, kept: Mapping[str, Any] | None, options: int) -> Fields:
    """``kept`` (a draft or an answer) as the form shows it; every field is there.

    A draft may have been written by another version of the form: what does not fit is left out.
    """
    kept = kept or {}
    filled: Fields = {
        name: value if isinstance(value := kept.get(name), str) else ""
        for name in ("because", "continuation", "winner", "option", "final", "text")
    }
    steps = kept.get("steps") or ""
    filled["steps"] = steps if isinstance(steps, str) else "\n".join(map(str, steps))
    marks = kept.get("marks")
    given = list(marks) if isinstance(marks, (list, tuple)) else []
    known = [mark if mark in MARKS else None for mark in given[:options]]
    filled["marks"] = known + [None] * (options - len(known))
    return filled


def _texts(form: Mapping[str, str], *names: str) -> Fields:
    return {name: form.get(name, "") for name in names}
