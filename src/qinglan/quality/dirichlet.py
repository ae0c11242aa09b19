"""Dirichlet posteriors for the variational methods: expected logarithms and their cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from qinglan.quality.votes import Floats


def expect_log(weights: Floats, axis: int) -> Floats:
    """E[log p] under Dirichlet distributions with parameters ``weights`` along ``axis``."""
    from scipy.special import psi

    logs: Floats = psi(weights) - psi(weights.sum(axis=axis, keepdims=True))
    return logs


def divergence(weights: Floats, prior: Floats | float, logs: Floats, axis: int) -> float:
    """Σ KL(Dirichlet(weights) ‖ Dirichlet(prior)) in nats; ``logs`` is ``expect_log(weights)``."""
    from scipy.special import gammaln

    before: Any = np.broadcast_to(prior, weights.shape)
    return float(
        (gammaln(weights.sum(axis=axis)) - gammaln(weights).sum(axis=axis)).sum()
        - (gammaln(before.sum(axis=axis)) - gammaln(before).sum(axis=axis)).sum()
        + ((weights - before) * logs).sum()
    )
