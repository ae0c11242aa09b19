"""Tiers of annotators, as evidence: an expert is believed as far as experts turn out to be right.

A tier says that its members resemble each other, not that they are right. ``hierarchical`` learns
how each tier labels and takes a member of few labels for one of their kind: where experts are
keen, an expert's first label already weighs; where the title is empty, the labels say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qinglan.intervals import Interval, wilson
from qinglan.quality.estimates import Reliability
from qinglan.quality.result import AnnotatorQuality
from qinglan.quality.tables import Columns, Place, encode_column, read_columns, refuse_repeated
from qinglan.quality.votes import Floats

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TierQuality:
    """How often a label of a tier's people is right, with its 95 % interval.

    As far as the consensus tells what is right: where its posteriors are cautious, so are these.
    ``tier`` is ``None`` for those who have none; so is the share where there is no label.
    """

    tier: str | None
    annotators: int
    labels: int
    value: float | None
    low: float | None
    high: float | None


def named(
    given: Mapping[str, str], quality: Mapping[str, AnnotatorQuality]
) -> tuple[TierQuality, ...]:
    """The reliability of each tier, by name, from that of its people; empty where none is given.

    Args:
        given: annotator → tier.
        quality: annotator → reliability. The mean has half a right and half a wrong label of a
            prior in it, which are taken out again.
    """
    if not any(name in given for name in quality):
        return ()
    tiers: list[str | None] = [*sorted({given[name] for name in quality if name in given})]
    if any(name not in given for name in quality):
        tiers.append(None)
    at = {tier: code for code, tier in enumerate(tiers)}
    codes = np.array([at[given.get(name)] for name in quality], dtype=np.int64)
    n = np.array([one.votes for one in quality.values()], dtype=np.int64)
    mean = np.array([one.value for one in quality.values()])
    right = np.clip(mean * (n + 1) - 0.5, 0, n)
    found = _reliabilities(Tiers(tiers, codes), right, n)
    return tuple(
        TierQuality(
            tier=tier, annotators=people, labels=labels,
            value=None if share.estimate is None else float(share.estimate),
            low=None if share.estimate is None else float(share.low),
            high=None if share.estimate is None else float(share.high),
        )
        for tier, (people, labels, share) in zip(tiers, found, strict=True)
    )  # fmt: skip


def reliabilities(tiers: Tiers, trust: Reliability) -> Iterator[tuple[int, int, Interval]]:
    """Of each tier: annotators, labels, and how often a label is right, with its interval.

    Wilson's interval at the effective number of labels: where members differ by more than chance,
    a tier of few people is known less well than its many labels suggest. That the truth is itself
    estimated is not in it.

    Source: Kish (1965), "Survey Sampling", for the effect of clusters.
    """
    return _reliabilities(tiers, trust.right, trust.labels)


def _reliabilities(
    tiers: Tiers, all_right: Floats, all_labels: NDArray[np.int64]
) -> Iterator[tuple[int, int, Interval]]:
    for code in range(len(tiers.names)):
        own = tiers.codes == code
        right, labels = all_right[own], all_labels[own].astype(np.float64)
        n = float(labels.sum())
        if not n:
            yield int(own.sum()), 0, wilson(0, 0)
            continue
        share = min(float(right.sum()) / n, 1.0)
        apart = float(((right - share * labels) ** 2).sum()) * own.sum() / max(own.sum() - 1, 1)
        alike = n * share * (1 - share)
        weight = n / max(1.0, apart / alike) if alike > 0 and own.sum() > 1 else n
        yield int(own.sum()), int(n), wilson(share * weight, weight)
