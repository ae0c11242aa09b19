"""One thing in a release that does not hold, and in which file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from qinglan import wording


class Report(Protocol):
    """How a check reports what does not hold; the first of a kind in a file counts."""

    def __call__(self, file: str, what: str, **facts: object) -> None:
        """Take note of it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """``what`` is the last part of the phrase ``releases.failure.…``."""

    file: str
    what: str
    facts: tuple[tuple[str, object | Callable[[wording.Language | None], str]], ...] = ()

    def say(self, language: wording.Language | None = None) -> str:
        """The failure in one line, with the file."""
        facts = {name: fact(language) if callable(fact) else fact for name, fact in self.facts}
        file = "".join(c if c.isprintable() else "?" for c in self.file)
        return wording.say(f"releases.failure.{self.what}", language, file=file, **facts)
