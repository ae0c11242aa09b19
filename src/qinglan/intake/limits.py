"""How much of a stranger's file we are ready to hold.

Every limit has a default that real data sets stay under by far, and that a bomb does not.
Memory in use stays within a few times ``max_row_bytes`` whatever the file's size (Parquet: a
few times ``max_group_bytes``, the unit in which that format is compressed).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits"]

MiB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds on input. Sizes in bytes; ``max_field_chars`` in characters."""

    max_file_bytes: int = 64 * 1024 * MiB
    max_row_bytes: int = 16 * MiB
    max_depth: int = 64
    max_rows: int = 100_000_000
    max_field_chars: int = 4 * MiB
    max_fields: int = 10_000
    max_digits: int = 1_000
    """Digits of one number: longer ones take quadratic time to read."""
    max_group_bytes: int = 1024 * MiB
    """Uncompressed size of one Parquet row group, as its metadata states it."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")


DEFAULT_LIMITS = Limits()
