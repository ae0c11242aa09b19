"""Tiers of annotators, as evidence: an expert is believed as far as experts turn out to be right.

A tier says that its members resemble each other, not that they are right. ``hierarchical`` learns
how each tier labels and takes a member of few labels for one of their kind: where experts are
keen, an expert's first label already weighs; where the title is empty, the labels say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qinglan.intervals import Interval, wilson
from qinglan.quality.estimates import Reliability
from qinglan.quality.tables import Columns, Place, encode_column, read_columns, refuse_repeated

TIERS: Columns = {"annotator": ("worker", "annotator"), "tier": ("tier",)}


@dataclass(frozen=True, slots=True, eq=False)
class Tiers:
    """Names of the tiers, and the tier of each annotator: (annotators,) codes.

    ``None`` names the tier of those who have none; it is there where there are such.
    """

    names: list[str | None]
    codes: NDArray[np.int64]


def read_tiers(path: Place, annotators: list[str]) -> Tiers:
    """Read ``annotator|worker, tier`` for ``annotators``; others in the file are left aside.

    Raises:
        InputError, RowError: as ``tables.read_labels``; an annotator given twice is an error.
    """
    table = read_columns(path, TIERS)
    if table["annotator"].n_unique() != len(table):
        refuse_repeated(path, TIERS, ("annotator",))
    code, found = encode_column(table["tier"], ordered=True)
    of = dict(zip(table["annotator"].to_list(), code.tolist(), strict=True))
    given = np.array([of.get(name, len(found)) for name in annotators], dtype=np.int64)
    used, codes = np.unique(given, return_inverse=True)
    names: list[str | None] = [*found, None]
    return Tiers([names[i] for i in used], codes.astype(np.int64))


def reliabilities(tiers: Tiers, trust: Reliability) -> Iterator[tuple[int, int, Interval]]:
    """Of each tier: annotators, labels, and how often a label is right, with its interval.

    Wilson's interval at the effective number of labels: where members differ by more than chance,
    a tier of few people is known less well than its many labels suggest. That the truth is itself
    estimated is not in it.

    Source: Kish (1965), "Survey Sampling", for the effect of clusters.
    """
    for code in range(len(tiers.names)):
        own = tiers.codes == code
        right, labels = trust.right[own], trust.labels[own].astype(np.float64)
        n = float(labels.sum())
        if not n:
            yield int(own.sum()), 0, wilson(0, 0)
            continue
        share = min(float(right.sum()) / n, 1.0)
        apart = float(((right - share * labels) ** 2).sum()) * own.sum() / max(own.sum() - 1, 1)
        alike = n * share * (1 - share)
        weight = n / max(1.0, apart / alike) if alike > 0 and own.sum() > 1 else n
        yield int(own.sum()), int(n), wilson(share * weight, weight)
