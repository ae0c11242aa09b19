"""A flag in words, for its page and for a program: what was seen, and how often that is so of
people who did nothing wrong.
"""

from __future__ import annotations

from typing import Any

from qinglan.flow import conduct
from qinglan.flow.conduct import Flag
from qinglan.web import values
from qinglan.wording import Language, say


def tell(flag: Flag, language: Language) -> dict[str, Any]:
    """What a page says of ``flag``."""
    seen, often = conduct.explain(flag)
    return {
        "flag": flag,
        "title": say(f"flag.kind.{flag.kind}", language),
        "seen": say(f"flag.seen.{flag.kind}", language, **seen),
        "often": say(often[0], language, **often[1]),
        "day": values.minute(flag.at),
        "said": [(word, values.minute(word.at)) for word in flag.said],
    }
