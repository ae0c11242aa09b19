"""``auto``: no method wins everywhere, so blend them by how well they foretell held-out votes.

The truth is unknown, but votes are not: a method that understands a crowd foretells votes it has
not seen. A fifth of the votes at a time is held out, each method is fitted to the rest, and the
mean log-probability it gives the held-out votes is its score. Half of the trust goes by score (a
softmax, so near-equals share); half to the mean of the most and the least flexible method,
smoothed Dawid–Skene and one-coin, which fail on different crowds: a method may foretell votes best
and yet draw the line between neighbouring classes in the wrong place.

Posteriors are then tempered (``quality.tempering``), for votes on one task err together; the chosen
class does not change. With gold enough (``GOLD``), a single method or majority replaces the blend
where it is better beyond doubt, and gold says how far to temper. Majority always stands beside it.

How the shares were chosen, what was tried and left out, and how far to trust all this, is in
``docs/decisions/0013-calibrated-consensus.md``; ``tests/benchmarks/bench_auto.py`` measures it
anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qinglan.intervals import paired_bootstrap
from qinglan.quality.dawid_skene import DawidSkene
from qinglan.quality.ebcc import Ebcc, Ibcc
from qinglan.quality.em import EmMethod, Fit, Method, as_evidence, conclude
from qinglan.quality.estimates import Consensus, credit, rely
from qinglan.quality.hierarchical import Hierarchical
from qinglan.quality.mace import Mace
from qinglan.quality.majority import Majority
from qinglan.quality.one_coin import OneCoin
from qinglan.quality.sweep import fold
from qinglan.quality.tempering import ASSUMED, exponents, fit_correlation, temper
from qinglan.quality.votes import Floats, Votes, gather

BY_SCORE = 0.5
TEMPERATURE = 0.005
"""Nats a vote."""
FOLDS = 5
GOLD = 50
"""Tasks of known answer from which gold may overrule the blend."""
MARGIN = 0.02
"""How far below majority on gold raises the alarm."""
LARGE = 100_000
"""Votes beyond which one fold stands for all."""
EBCC_CELLS = 5_000_000
"""Votes × states beyond which EBCC is left out: it would take minutes."""
RESTART_CELLS = 1_000_000
"""Votes × states × starts of EBCC that are worth their while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto(Method):
    """The blend. ``gold``: (task, class) codes of tasks whose answer is known; ``seed`` of folds;
    ``tiers`` of annotators, for ``hierarchical``: heard as far as they help to foretell votes.

    Gold given here checks, chooses and tempers. To let it move the posteriors too, pass it as
    ``evidence`` (``quality.evidence.gold``); all that is judged by gold is then judged without
    that evidence.
    """

    name: ClassVar[str] = "auto"
    gold: tuple[tuple[int, int], ...] = ()
    seed: int = 0
    tiers: tuple[int, ...] = ()
    assumed: float = ASSUMED
    """Correlation of errors on one task where no gold tells; 0 tempers nothing."""

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Judge gathered votes."""
        known = as_evidence(evidence, votes)
        methods = list(_methods(votes, self.seed, self.tiers))
        weights = blend(foretell(votes, methods, self.seed))
        found = _conclude(votes, methods, known)
        plain = Majority().fit(votes, known)
        parts, rho = weights, self.assumed
        alarms: tuple[str, ...] = ()
        if self.gold:
            blind = found if known is None else _conclude(votes, methods, None)
            choice, alarms = self._check(_mix(blind, weights), blind, Majority().fit(votes))
            if choice is not None:
                parts = {choice: 1.0}
            if choice == plain.method:
                return replace(plain, method=self.name, alarms=alarms, parts=tuple(parts.items()))
            rho = fit_correlation(votes, _mix(blind, parts), *np.array(self.gold).T)
        mixed = temper(_mix(found, parts), exponents(votes, rho), known)
        result = replace(_blended(votes, mixed, found, parts), alarms=alarms)
        if collapsed(result, plain, informed=known is not None):
            return replace(plain, method=self.name, alarms=(*alarms, "collapsed"))
        return result

    def _check(
        self, ours: Floats, found: dict[str, Consensus], plain: Consensus
    ) -> tuple[str | None, tuple[str, ...]]:
        """What shall replace the blend where gold says so, and the alarm to raise."""
        tasks, truth = np.array(self.gold).T
        blended = credit(ours, tasks, truth)
        if len(tasks) >= GOLD:
            others = {**found, plain.method: plain}
            scores = {name: credit(o.posteriors, tasks, truth) for name, o in others.items()}
            best = max(scores, key=lambda name: float(scores[name].mean()))
            if paired_bootstrap(scores[best], blended, draws=2000, seed=self.seed).low > 0:
                return best, ("overruled",)
        if blended.mean() < credit(plain.posteriors, tasks, truth).mean() - MARGIN:
            return plain.method, ("below_majority",)
        return None, ()


def _methods(votes: Votes, seed: int, tiers: tuple[int, ...]) -> Iterator[EmMethod]:
    """Smoothed variants throughout: a likelihood of nought for one unseen pair would decide all."""
    yield DawidSkene(smoothing=0.1)
    yield OneCoin(smoothing=1.0)
    yield Mace()
    yield Ibcc()
    yield Hierarchical(tiers=tiers)
    ebcc = Ebcc(seed=seed)
    cells = len(votes) * votes.n_classes * ebcc.kinds
    if cells <= EBCC_CELLS:
        # Few votes have many optima, and a start on them costs little.
        yield replace(ebcc, restarts=min(max(RESTART_CELLS // cells, 3), 10))


def _conclude(
    votes: Votes, methods: list[EmMethod], evidence: Floats | None
) -> dict[str, Consensus]:
    return {m.name: conclude(m.name, votes, m.climb(votes, evidence)) for m in methods}


def foretell(votes: Votes, methods: list[EmMethod], seed: int) -> dict[str, float]:
    """Mean log-probability (nats) that each method gives to votes it has not seen.

    Without a vote to hold out, all are equal.
    """
    rng = np.random.default_rng(seed)
    fold_of = rng.integers(0, FOLDS, len(votes))
    totals = {method.name: 0.0 for method in methods}
    seen = 0
    for number in range(1 if len(votes) > LARGE else FOLDS):
        held = fold_of == number
        if held.all() or not held.any():
            continue
        seen += int(held.sum())
        rest = gather(
            votes.tasks[~held], votes.annotators[~held], votes.labels[~held],
            n_tasks=votes.n_tasks, n_annotators=votes.n_annotators, n_classes=votes.n_classes,
            weights=None if votes.weights is None else votes.weights[~held],
        )  # fmt: skip
        for method in methods:
            quick = replace(method, restarts=1) if isinstance(method, Ebcc) else method
            totals[method.name] += _log_chance(quick.climb(rest), votes, held)
    return {name: total / max(seen, 1) for name, total in totals.items()}


def _log_chance(fit: Fit, votes: Votes, held: NDArray[np.bool_]) -> float:
    """Summed log-probability of the held-out votes."""
    table = np.exp(fit.parameters.table.reshape(votes.n_annotators, votes.n_classes, -1))
    table /= table.sum(axis=1, keepdims=True)
    rows = table[votes.annotators[held], votes.labels[held]]
    chance = np.einsum("is,is->i", fit.posteriors[votes.tasks[held]], rows)
    return float(np.log(np.maximum(chance, 1e-12)).sum())


def blend(scores: dict[str, float]) -> dict[str, float]:
    """Weights from scores; they sum to 1."""
    top = max(scores.values())
    raw = {name: np.exp((score - top) / TEMPERATURE) for name, score in scores.items()}
    total = sum(raw.values())
    weights = {name: BY_SCORE * value / total for name, value in raw.items()}
    for name in (DawidSkene.name, OneCoin.name):
        weights[name] += (1 - BY_SCORE) / 2
    return {name: float(weight) for name, weight in weights.items()}


def _mix(found: dict[str, Consensus], parts: dict[str, float]) -> Floats:
    """Posteriors of ``parts``, averaged by their weights."""
    mixed: Floats = sum(
        (weight * found[name].posteriors for name, weight in parts.items()), np.zeros(())
    )
    return mixed


def _blended(
    votes: Votes, posteriors: Floats, found: dict[str, Consensus], parts: dict[str, float]
) -> Consensus:
    statistics = fold(votes, posteriors)
    return Consensus(
        method=Auto.name, posteriors=posteriors, reliability=rely(statistics, votes, posteriors),
        prior=statistics.states / votes.n_tasks, log_likelihood=None,
        iterations=max(found[name].iterations for name in parts),
        converged=all(found[name].converged for name in parts),
        parts=tuple(sorted(parts.items(), key=lambda item: -item[1])),
    )  # fmt: skip


def collapsed(result: Consensus, plain: Consensus, *, informed: bool = False) -> bool:
    """Whether a class that majority sees often has all but vanished, or most annotators have.

    "Often" is a tenth of the tasks; "vanished" is less than a tenth of that. Annotators vanish
    where the model takes those who gave more than half of all labels for worse than guessing,
    beyond their intervals: classes have changed places. With ``informed`` by more than votes, that
    may be so.
    """
    k = plain.posteriors.shape[1]
    before = np.bincount(plain.labels, minlength=k)
    after = np.bincount(result.labels, minlength=k)
    trust = result.reliability
    wiped = not informed and trust.labels[trust.high < 1 / k].sum() > trust.labels.sum() / 2
    return bool(wiped or ((before >= 0.1 * before.sum()) & (after < 0.1 * before)).any())
