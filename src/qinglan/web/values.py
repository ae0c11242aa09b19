"""A value that tasks are keyed by or judged to have, and a moment, as a person reads them."""

from __future__ import annotations

from qinglan.flow.hands import moment
from qinglan.kinds.scheme import Scheme
from qinglan.records import Kind
from qinglan.web import forms, scale_forms, scale_views
from qinglan.wording import Language, say


def shown(
    kind: Kind, options: tuple[str, ...], value: str, scheme: Scheme, language: Language
) -> str:
    """``value`` of a task of ``kind`` with ``options``, in words."""
    if kind in scale_forms.KINDS - {Kind.COMPARISON}:
        return scale_views.key_shown(kind, options, value, scheme, language)
    if kind is Kind.CHOICE:
        return scheme.label(value, language)
    if kind in (Kind.PREFERENCE, Kind.COMPARISON) and value in forms.SIDES:
        return say(f"web.better.{value}", language)
    if kind in (Kind.MARKS, Kind.ALTERNATIVES):
        if value.strip().isdigit():
            return say("web.first_wrong", language, step=value.strip())
        return say("web.none_wrong", language)
    return value


def minute(at: int) -> str:
    """``at``, in milliseconds since 1970, as pages write it: to the minute, UTC."""
    return moment(at).strftime("%Y-%m-%d %H:%M")
