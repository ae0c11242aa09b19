"""A flag in words, for its page and for a program: what was seen, and how often that is so of
people who did nothing wrong.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from qinglan.flow import conduct
from qinglan.flow.conduct import Flag
from qinglan.wording import Language, say


def tell(flag: Flag, language: Language) -> dict[str, Any]:
    """What a page says of ``flag``."""
    seen, often = conduct.explain(flag)
    return {
        "flag": flag,
        "title": say(f"flag.kind.{flag.kind}", language),
        "seen": say(f"flag.seen.{flag.kind}", language, **seen),
        "often": say(often[0], language, **often[1]),
        "day": _moment(flag.at),
        "said": [(word, _moment(word.at)) for word in flag.said],
    }


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
