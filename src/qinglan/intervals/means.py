"""The mean of a few independent repetitions, such as trainings from different seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qinglan.intervals.interval import Interval, check_level
from qinglan.intervals.resampling import as_scores

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def t_interval(values: ArrayLike, *, level: float = 0.95) -> Interval:
    """The mean of ``values`` with Student's interval.

    Where repetitions are few a bootstrap draws from too little and comes out narrow; Student's
    interval pays for not knowing the spread. It takes the values for independent and roughly
    normal. Equal values give an interval of no width: nothing was seen to vary.

    Args:
        values: shape (n,), n ≥ 2, finite; one a repetition.
        level: confidence level.

    Source: Student (1908), Biometrika 6, 1–25.

    Raises:
        ValueError: fewer than two values, or values not finite.
    """
    import numpy as np
    from scipy.special import stdtrit

    check_level(level)
    scores = as_scores(values)
    if scores.size < 2:
        raise ValueError("one repetition says nothing about their spread")
    mean = float(scores.mean())
    half = float(stdtrit(scores.size - 1, (1 + level) / 2)) * float(
        scores.std(ddof=1) / np.sqrt(scores.size)
    )
    return Interval(mean, mean - half, mean + half, level)
