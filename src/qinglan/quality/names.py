"""Names to codes and back."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

import numpy as np

from qinglan.quality.votes import Ints

Name = TypeVar("Name", bound=Hashable)


def encode(names: Iterable[Name]) -> tuple[Ints, list[Name]]:
    """Codes in order of first appearance, and the distinct names by code."""
    book: dict[Name, int] = {}
    codes = np.fromiter((book.setdefault(name, len(book)) for name in names), dtype=np.int32)
    return codes, list(book)
