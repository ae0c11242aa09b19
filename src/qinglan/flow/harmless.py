"""Text for a cell that no spreadsheet runs. Not a verb."""

from __future__ import annotations

import re
import unicodedata

_STARTS_FORMULA = frozenset("=+-@＝＋－＠")
_BREAKS = re.compile(r"([,;|\t\r\n])")


def harmless(name: str) -> str:
    """``name`` so that neither its cell nor one it is split into begins a formula."""
    parts = _BREAKS.split(name)
    parts[::2] = ["'" + part if _begins_formula(part) else part for part in parts[::2]]
    text = "".join(parts)
    return "'" + text if text[:1] in ("\t", "\r", "\n") else text


def _begins_formula(text: str) -> bool:
    """Spreadsheets pass over space, and over what is not seen, before the first sign."""
    for char in text:
        if unicodedata.category(char)[0] not in "CZ":
            return char in _STARTS_FORMULA
    return False
