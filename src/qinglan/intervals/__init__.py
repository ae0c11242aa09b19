"""Intervals and paired tests, shared by every room that reports a number.

A score without an interval is a rumour. Everything here is seeded or exact, so that a report can
be made again to the last digit.
"""

from qinglan.intervals.beta import beta_cdf, beta_quantile, log_beta
from qinglan.intervals.interval import Interval
from qinglan.intervals.means import t_interval
from qinglan.intervals.paired import (
    PairedDifference,
    mcnemar,
    paired_bootstrap,
    smoothed_difference,
)
from qinglan.intervals.proportions import (
    beta_bounds,
    beta_interval,
    newcombe,
    pass_at_k,
    wilson,
)
from qinglan.intervals.resampling import bootstrap_mean

__all__ = [
    "Interval",
    "PairedDifference",
    "beta_bounds",
    "beta_cdf",
    "beta_interval",
    "beta_quantile",
    "bootstrap_mean",
    "log_beta",
    "mcnemar",
    "newcombe",
    "paired_bootstrap",
    "pass_at_k",
    "smoothed_difference",
    "t_interval",
    "wilson",
]  # fmt: skip
