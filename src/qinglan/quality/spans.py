"""Agreement span by span: by week, by guideline version, by any group that labels fall into.

One alpha over all labels hides what a data lead must see: a new guideline that people read apart,
or a team that drifts. Labels are grouped once and each group has its own alpha, with its own
interval, so that ten labels of a quiet week do not look like a finding.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike

from qinglan.errors import InputError
from qinglan.quality.agreement import Agreement, Level, alpha
from qinglan.quality.names import encode

Group = TypeVar("Group", bound=Hashable)


def alpha_by(
    groups: Sequence[Group],
    tasks: ArrayLike,
    labels: ArrayLike,
    *,
    level: Level = "nominal",
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[Group, Agreement]:
    """Krippendorff's alpha of each group of labels, groups in order of first appearance.

    Two labels are compared only where they fall into the same group.

    Args:
        groups: group of each label, shape (n,).
        tasks: task of each label, integers from 0, shape (n,).
        labels: as in ``agreement.alpha``.
        level: how labels compare.
        confidence: of the intervals.
        seed: of the resampling.

    Raises:
        InputError: arrays of other lengths, or see ``agreement.alpha``.
    """
    task, label = np.asarray(tasks), np.asarray(labels)
    if not len(groups) == len(task) == len(label):
        raise InputError("quality.length", what="groups", length=len(groups), expected=len(label))
    group, names = encode(groups)
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=len(names)))
    found: dict[Group, Agreement] = {}
    for name, rows in zip(names, np.split(order, ends[:-1]), strict=bool(names)):
        # Codes of one group only, or every group would cost as much as all.
        own = np.unique(task[rows], return_inverse=True)[1]
        found[name] = alpha(own, label[rows], level=level, confidence=confidence, seed=seed)
    return found
