"""What a sign is: something that a person should look at, with how improbable it is.

None of these is proof, so none pauses or pays anybody less. Many are looked at at once, so a sign
is one only after correction for how many there were.

Source: Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qinglan.quality.votes import Floats

Kind: TypeAlias = Literal["copies", "no_information", "hurried", "stamps", "near_texts", "pasted"]
SHARED = 10
"""Tasks that a pair must share, and answers an annotator must have given, to be looked at."""
RATE = 0.01
"""Share of false signs among all signs that is put up with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What was seen of one annotator or a pair (codes), beside what is usual."""

    kind: Kind
    annotators: tuple[int, ...]
    tasks: int
    shown: float
    expected: float
    p_value: float

    @property
    def key(self) -> str:
        """The key of its phrase, which wants ``first``, ``second``, and this sign's figures."""
        return f"sign.quality.{self.kind}"


def poisson_tail(seen: Floats, mean: Floats) -> Floats:
    """Chance of ``seen`` or more under Poisson; ``seen`` may be fractional."""
    from scipy.special import gammainc

    tail: Floats = np.where(seen > 0, gammainc(np.maximum(seen, 1e-9), np.maximum(mean, 1e-9)), 1.0)
    return tail


def discover(p: Floats, rate: float) -> NDArray[np.int64]:
    """Positions of the p-values that Benjamini and Hochberg's rule keeps, smallest first."""
    order = np.argsort(p, kind="stable")
    passed = np.flatnonzero(p[order] <= rate * np.arange(1, len(p) + 1) / len(p))
    kept = order[: passed[-1] + 1] if len(passed) else order[:0]
    return np.asarray(kept, dtype=np.int64)
