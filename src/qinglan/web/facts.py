"""What the audit log tells of a deed, in a reader's words: facts are kept under names of ours.

A fact of a name that has no phrase, as a later version or an older one may write, is shown as it
stands: the log leaves nothing out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from qinglan.provenance.identity import Json
from qinglan.wording import Language, catalogue, say

_WORDS: Mapping[str, str] = {
    "kind": "flag.kind.", "marks": "web.marks.", "outcomes": "web.outcome.", "part": "web.known.",
    "purpose": "policy.purpose.", "role": "web.role.", "said": "flag.act.",
    "scopes": "web.scope.", "events": "web.hooks.event.", "set_aside": "reason.",
    "split": "web.split.", "state": "web.fact.state.", "what": "web.fact.what.",
}  # fmt: skip
"""Facts whose values, or the names in whose values, are words of ours."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One fact: its name, what it says, and, where that is shortened, the whole of it."""

    name: str
    said: str
    whole: str = ""


def told(facts: Mapping[str, Json], names: Mapping[str, str], language: Language) -> list[Told]:
    """``facts`` that say something; annotators' ids as their ``names``."""
    return [
        _told(key, value, names, language)
        for key, value in facts.items()
        if value is not None and value != {} and value != [] and value != ""
    ]


_SHARES = frozenset({"least", "aim", "passing"})
"""Kept in thousandths, told in hundredths as the form has them."""


def _told(key: str, value: Json, names: Mapping[str, str], language: Language) -> Told:
    name = _phrase(f"web.fact.{key}", key, language)
    if key == "marks" and isinstance(value, dict):
        value = {
            part: f"{n / 10:g}" if part in _SHARES and isinstance(n, int) else n
            for part, n in value.items()
        }
    said = _said(_WORDS.get(key), value, names, language)
    if isinstance(value, str) and _DIGEST.fullmatch(value):
        return Told(name, f"{value[:12]}…", value)
    return Told(name, said) if len(said) <= LONGEST else Told(name, f"{said[:LONGEST]}…")


def _said(words: str | None, value: Json, names: Mapping[str, str], language: Language) -> str:
    between = "、" if language == "zh" else ", "
    if isinstance(value, bool):
        return say("web.fact.yes" if value else "web.fact.no", language)
    if isinstance(value, str):
        named = names.get(value, value)
        return named if words is None else _phrase(words + value, named, language)
    if isinstance(value, list | tuple):
        return between.join(_said(words, one, names, language) for one in value)
    if isinstance(value, dict):
        return between.join(
            f"{_said(words, key, names, language)} {_said(None, one, names, language)}"
            for key, one in value.items()
        )
    return json.dumps(value)


def _phrase(key: str, otherwise: str, language: Language) -> str:
    return say(key, language) if key in catalogue() else otherwise
