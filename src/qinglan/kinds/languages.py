"""Names of languages, as tasks ask for them and people state them."""

from __future__ import annotations

import re

_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")


def read_language(word: str) -> str | None:
    """The tag that ``word`` spells, such as ``zh`` or ``pt-br``; ``None`` where it spells none.

    Source: RFC 5646, "Tags for Identifying Languages", as far as its shape goes; small letters.
    """
    tag = word.strip().replace("_", "-").lower()
    return tag if _TAG.fullmatch(tag) else None
