"""What the parts of the client share: how a request is made, which ``Client`` knows.

Each part stands beside the models that its routes speak, so that what is sent, what comes back and
how it is asked for are read in one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, TypeVar
from urllib.parse import quote

from pydantic import BaseModel

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

Query = Mapping[str, str | int | Sequence[str] | None]


class Asking:
    """Base of the parts of a client."""

    def _get(self, path: str, kind: type[T], query: Query | None = None) -> T:
        raise NotImplementedError

    def _pages(self, path: str, kind: type[M], query: Query | None = None) -> Iterator[M]:
        raise NotImplementedError

    def _send(self, method: str, path: str, sent: BaseModel | None, kind: type[T]) -> T:
        raise NotImplementedError

    def _stream(self, path: str, out: BinaryIO) -> int:
        raise NotImplementedError


def part(word: str) -> str:
    """``word`` as one part of a path."""
    return quote(word, safe="")
