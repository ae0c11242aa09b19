"""Whether a stated probability means what it says.

A posterior of 0.9 should be right nine times in ten. Bins hold equally many cases, so that each
speaks with the same weight; every bin carries Wilson's interval, since a bin of twenty cases that
is off by ten points says nothing.

Sources: Guo et al. (2017), "On Calibration of Modern Neural Networks", for the expected
calibration error; Nixon et al. (2019), "Measuring Calibration in Deep Learning", for bins of
equal mass; Brier (1950) for the score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qinglan.intervals import Interval, bootstrap_mean, wilson
from qinglan.quality.votes import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Cases of similar stated probability: how many, what was said, what was so."""

    cases: int
    stated: float
    observed: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``error`` is the expected calibration error, Σ (cases / n) · |stated − observed|.

    It is never 0 on finite data: ``expected_by_chance`` is what a perfectly calibrated judge with
    the same stated probabilities would show, with its 95 % upper bound. ``gap`` is stated minus
    observed over all cases, positive where the judge is too sure.
    """

    error: float
    expected_by_chance: float
    chance_high: float
    gap: Interval
    brier: float
    cases: int
    bins: tuple[Bin, ...]


def calibrate(
    stated: ArrayLike, right: ArrayLike, *, bins: int = 10, draws: int = 500, seed: int = 0
) -> Calibration:
    """Hold stated probabilities against what was so.

    Args:
        stated: probabilities, shape (n,).
        right: whether it was so; a share in [0, 1] where classes tied, shape (n,).
        bins: of equal mass; fewer where there are fewer cases.
        draws: simulated perfect judges, for ``expected_by_chance``.
        seed: of the simulation and the interval.

    Raises:
        ValueError: no cases, shapes that differ, or values outside [0, 1].
    """
    p, hit = np.asarray(stated, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if p.shape != hit.shape or p.ndim != 1 or not p.size:
        raise ValueError(f"stated and right must be equally long, not {p.shape} and {hit.shape}")
    # Sums of posteriors may pass 1 by rounding.
    if not all(((values >= -1e-9) & (values <= 1 + 1e-9)).all() for values in (p, hit)):
        raise ValueError("stated probabilities and outcomes lie between 0 and 1")
    p, hit = np.clip(p, 0, 1), np.clip(hit, 0, 1)
    parts = [part for part in np.array_split(np.argsort(p, kind="stable"), bins) if len(part)]
    cuts = np.cumsum([0] + [len(part) for part in parts])[:-1]
    order = np.concatenate(parts)

    def error(outcomes: Floats) -> Floats:
        miss = np.add.reduceat(p[order] - outcomes[..., order], cuts, axis=-1)
        return np.asarray(np.abs(miss).sum(axis=-1) / p.size)

    rng = np.random.default_rng(seed)
    perfect = error((rng.random((draws, p.size)) < p).astype(np.float64))
    return Calibration(
        error=float(error(hit)), expected_by_chance=float(perfect.mean()),
        chance_high=float(np.quantile(perfect, 0.95)), gap=bootstrap_mean(p - hit, seed=seed),
        brier=float(((p - hit) ** 2).mean()), cases=int(p.size),
        bins=tuple(
            Bin(
                cases=len(part), stated=float(p[part].mean()),
                observed=wilson(min(float(hit[part].sum()), len(part)), len(part)),
            )
            for part in parts
        ),
    )  # fmt: skip
