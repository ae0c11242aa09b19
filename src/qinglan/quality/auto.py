"""``auto``: no method wins everywhere, so blend them by how well they foretell held-out votes.

The truth is unknown, but votes are not: a method that understands a crowd foretells votes it has
not seen. A fifth of the votes at a time is held out, each method is fitted to the rest, and the
mean log-probability it gives the held-out votes is its score. Three quarters of the trust go by
score (a softmax, so near-equals share); one quarter to the mean of the most and the least flexible
method, smoothed Dawid–Skene and one-coin, which fail on different crowds.

How far to trust this. The quarter was set on ten shapes of generated crowd (skewed classes, many
classes, few labels, spammers, experts, colluders, …), where the blend has 83.6 % against 82.8 for
the best single method. On seventeen public sets, which did not set it, the blend has a mean of
84.5 % against 84.1 for the best single method (EBCC) and 81.1 for majority: +0.36 [0.03, 0.82] by a
bootstrap over sets. Its worst loss against the best method of a set is 6.2 points, on ``web``,
where votes are foretold best by a method that is not the rightest (EBCC loses 9.5 at worst,
Dawid–Skene 9.1, one-coin 31). Half instead of a quarter for the fixed part would lose 3.7 at worst
at the same mean, but only the sets themselves tell so. Rules chosen leaving one set out give 84.1
from ten candidates, 83.6 to 84.2 from 1,500 (other scores of held-out votes, temperatures, sets of
methods): seventeen sets do not tell such rules apart.

GLAD and BWA were tried beside these methods and left out: alone 82.5 and 82.7 %, in the blend no
gain. So were vote weights below 1, log-linear pools and medians.

Majority always stands beside the answer. With gold enough (``GOLD``), a single method or
majority replaces the blend where it is better beyond doubt.

Votes on one task err together (a hard task misleads many), so every model here is too sure. The
blend is therefore tempered, p^β renormalised, by the β under which held-out votes are foretold
best. No truth is needed, and the chosen class never changes. On twelve of fifteen sets the
calibration error is below that of IBCC alone, mostly by a fifth to three quarters; on ``bluebird``
and ``ms`` it is above, and on ``face`` it stays at 0.29: tempering is no cure for a hard set.
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
from qinglan.quality.votes import Floats, Votes, gather

BY_SCORE = 0.75
TEMPERATURE = 0.005
"""Nats a vote."""
FOLDS = 5
TEMPERS = np.array([1.0, 0.85, 0.7, 0.6, 0.5, 0.42, 0.35, 0.3, 0.25, 0.2, 0.15])
"""Exponents β that the blend may be tempered by."""
GOLD = 50
"""Tasks of known answer from which gold may overrule the blend."""
MARGIN = 0.02
"""How far below majority on gold raises the alarm."""
LARGE = 100_000
"""Votes beyond which one fold stands for all."""
EBCC_CELLS = 5_000_000
"""Votes × states beyond which EBCC is left out: it would take minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auto(Method):
    """The blend. ``gold``: (task, class) codes of tasks whose answer is known; ``seed`` of folds;
    ``tiers`` of annotators, for ``hierarchical``: heard as far as they help to foretell votes.

    Gold given here only checks and chooses. To let it move the posteriors too, pass it as
    ``evidence`` (``quality.evidence.gold``); the check is then made without that evidence.
    """

    name: ClassVar[str] = "auto"
    gold: tuple[tuple[int, int], ...] = ()
    seed: int = 0
    tiers: tuple[int, ...] = ()

    def fit(self, votes: Votes, evidence: ArrayLike | None = None) -> Consensus:
        """Judge gathered votes."""
        known = as_evidence(evidence, votes)
        methods = list(_methods(votes, self.seed, self.tiers))
        fits = {method.name: method.climb(votes, known) for method in methods}
        scores = foretell(votes, methods, self.seed)
        weights = blend({name: float(score[0]) for name, score in scores.items()})
        found = {name: conclude(name, votes, fit) for name, fit in fits.items()}
        mixed = sum(
            (weights[name] * part.posteriors for name, part in found.items()),
            np.zeros((votes.n_tasks, votes.n_classes)),
        )
        foretold = sum(weights[name] * score for name, score in scores.items())
        beta = float(TEMPERS[int(np.argmax(foretold))])
        plain = Majority().fit(votes, known)
        result = _blended(votes, temper(mixed, beta), found, weights)
        if self.gold:
            result = self._check(result, found, plain)
        if collapsed(result, plain, informed=known is not None):
            return replace(plain, method=self.name, alarms=(*result.alarms, "collapsed"))
        return result

    def _check(self, result: Consensus, found: dict[str, Consensus], plain: Consensus) -> Consensus:
        """Overrule the blend, or raise the alarm, where gold says so."""
        tasks, truth = np.array(self.gold).T
        ours = credit(result.posteriors, tasks, truth)
        if len(tasks) >= GOLD:
            others = {**found, plain.method: plain}
            scores = {name: credit(o.posteriors, tasks, truth) for name, o in others.items()}
            best = max(scores, key=lambda name: float(scores[name].mean()))
            if paired_bootstrap(scores[best], ours, draws=2000, seed=self.seed).low > 0:
                return replace(
                    others[best], method=self.name, alarms=("overruled",), parts=((best, 1.0),)
                )
        if ours.mean() < credit(plain.posteriors, tasks, truth).mean() - MARGIN:
            return replace(plain, method=self.name, alarms=("below_majority",))
        return result


def _methods(votes: Votes, seed: int, tiers: tuple[int, ...]) -> Iterator[EmMethod]:
    """Smoothed variants throughout: a likelihood of nought for one unseen pair would decide all."""
    yield DawidSkene(smoothing=0.1)
    yield OneCoin(smoothing=1.0)
    yield Mace()
    yield Ibcc()
    yield Hierarchical(tiers=tiers)
    ebcc = Ebcc(restarts=3, seed=seed)
    if len(votes) * votes.n_classes * ebcc.kinds <= EBCC_CELLS:
        yield ebcc


def foretell(votes: Votes, methods: list[EmMethod], seed: int) -> dict[str, Floats]:
    """Mean log-probability (nats) that each method gives to votes it has not seen, by β.

    Without a vote to hold out, all are equal.
    """
    rng = np.random.default_rng(seed)
    fold_of = rng.integers(0, FOLDS, len(votes))
    totals = {method.name: np.zeros(len(TEMPERS)) for method in methods}
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


def _log_chance(fit: Fit, votes: Votes, held: NDArray[np.bool_]) -> Floats:
    """Summed log-probability of the held-out votes, by β."""
    table = np.exp(fit.parameters.table.reshape(votes.n_annotators, votes.n_classes, -1))
    table /= table.sum(axis=1, keepdims=True)
    rows = table[votes.annotators[held], votes.labels[held]]
    states = fit.posteriors[votes.tasks[held]]
    chances = [np.einsum("is,is->i", temper(states, float(beta)), rows) for beta in TEMPERS]
    return np.array([np.log(np.maximum(chance, 1e-12)).sum() for chance in chances])


def temper(posteriors: Floats, beta: float) -> Floats:
    """Rows raised to the power ``beta`` and normalised: below 1, less sure."""
    if beta == 1:
        return posteriors
    powers = np.maximum(posteriors, 1e-12) ** beta
    softened: Floats = powers / powers.sum(axis=1, keepdims=True)
    return softened


def blend(scores: dict[str, float]) -> dict[str, float]:
    """Weights from scores; they sum to 1."""
    top = max(scores.values())
    raw = {name: np.exp((score - top) / TEMPERATURE) for name, score in scores.items()}
    total = sum(raw.values())
    weights = {name: BY_SCORE * value / total for name, value in raw.items()}
    for name in (DawidSkene.name, OneCoin.name):
        weights[name] += (1 - BY_SCORE) / 2
    return {name: float(weight) for name, weight in weights.items()}


def _blended(
    votes: Votes, mixed: Floats, found: dict[str, Consensus], weights: dict[str, float]
) -> Consensus:
    statistics = fold(votes, mixed)
    return Consensus(
        method=Auto.name, posteriors=mixed, reliability=rely(statistics, votes, mixed),
        prior=statistics.states / votes.n_tasks, log_likelihood=None,
        iterations=max(part.iterations for part in found.values()),
        converged=all(part.converged for part in found.values()),
        parts=tuple(sorted(weights.items(), key=lambda item: -item[1])),
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
