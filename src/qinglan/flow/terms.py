"""The terms that a person states for material, as the gate will judge them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qinglan.errors import UsageError
from qinglan.records import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How material reached us and what may be done with it; becomes an ``Origin``."""

    channel: Literal["own", "published", "weights", "api", "person", "simulated"]
    licence: str | None = None
    family: str | None = None
    part: Literal["train", "dev", "test"] | None = None
    name: str | None = None
    """The data set's name; default: the file's stem."""


def origin_of(terms: Terms, source: str, sha256: str | None) -> Origin:
    """Where material came from: ``source``, where the terms name nothing else.

    Raises:
        UsageError: the terms cannot be used.
    """
    said = (terms.name, terms.licence, terms.family)
    if any("\0" in word for word in said if word is not None):
        raise UsageError("flow.bad_terms", why="U+0000")
    try:
        return Origin(
            source=terms.name or source, channel=terms.channel, licence=terms.licence,
            family=terms.family, part=terms.part, sha256=sha256,
        )  # fmt: skip
    except ValueError as error:
        raise UsageError("flow.bad_terms", why=str(error).splitlines()[-1]) from error
