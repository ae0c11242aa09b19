"""Every sentence a person sees, in English and Chinese.

Phrases live in one module per room or face, as ``PHRASES: dict[key, Phrase]``. A phrase's two
wordings name the same facts in braces (tested). Code raises and returns keys with facts; the
face that shows them picks the language.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from functools import cache
from typing import Literal, NamedTuple

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Phrase(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str


@cache
def catalogue() -> dict[str, Phrase]:
    """All phrases by key. Keys are unique across modules."""
    phrases: dict[str, Phrase] = {}
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        for key, phrase in module.PHRASES.items():
            if key in phrases:
                raise KeyError(f"phrase {key!r} is defined twice")
            phrases[key] = phrase
    return phrases


def say(key: str, language: Language | None = None, /, **facts: object) -> str:
    """The phrase ``key`` in ``language`` (default: the person's own), with ``facts`` filled in."""
    phrase = catalogue()[key]
    text = phrase.zh if (language or preferred()) == "zh" else phrase.en
    return text.format(**facts) if facts else text


def preferred() -> Language:
    """The person's language: ``QINGLAN_LANG``, then the locale; English where neither says."""
    for name in ("QINGLAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
