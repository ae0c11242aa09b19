"""Consensus over named votes with one fixed list of classes for all tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from qinglan.quality.auto import Auto
from qinglan.quality.consensus import choose
from qinglan.quality.ebcc import Ibcc
from qinglan.quality.evidence import checks
from qinglan.quality.families import weigh
from qinglan.quality.hierarchical import Hierarchical
from qinglan.quality.names import encode
from qinglan.quality.open_answers import PASSES_RIGHT, PASSES_WRONG, by_name
from qinglan.quality.result import EMPTY, Judgement
from qinglan.quality.votes import Floats

DEFAULT = "auto"


def fit(
    votes: Sequence[tuple[str, str, str]],
    verified: Sequence[bool | None] | None = None,
    method: str = DEFAULT,
    families: Mapping[str, str] | None = None,
    tiers: Mapping[str, str] | None = None,
) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    The posterior lists the values that were given to a task; what is missing from 1 belongs to
    classes that nobody gave it. ``verified``: what a verifier found of each vote, ``None`` where it
    did not look or was undecided; evidence with the verifier's own error rates, and the gold by
    which ``auto`` chooses and calibrates (tasks on which all were refuted are not among it).
    ``families``: of annotators who are near-copies of one source, such as models of one family;
    together they count for little more than one of them (``quality.families``), while ``majority``
    counts heads. ``tiers``: of annotators who resemble each other; for ``auto`` and
    ``hierarchical``, which learn how far each can be relied on (``quality.tiers``).
    """
    if not votes:
        return EMPTY
    task, tasks = encode(v[0] for v in votes)
    who, people = encode(v[1] for v in votes)
    label, values = encode(v[2] for v in votes)
    evidence, how = None, choose(method)
    if verified is not None:
        # Equal answers to one task are one check.
        seen = {
            (t, v): outcome
            for t, v, outcome in zip(task.tolist(), label.tolist(), verified, strict=True)
            if outcome is not None
        }
        pairs = np.array(list(seen), dtype=np.int64).reshape(-1, 2)
        evidence = checks(
            pairs[:, 0], pairs[:, 1], list(seen.values()), len(tasks), len(values),
            passes_right=PASSES_RIGHT, passes_wrong=PASSES_WRONG,
        )  # fmt: skip
        if isinstance(how, Auto):
            how = replace(how, gold=tuple(pair for pair, outcome in seen.items() if outcome))
    if tiers and isinstance(how, Auto | Hierarchical):
        codes, _ = encode(tiers.get(name) for name in people)
        how = replace(how, tiers=tuple(codes.tolist()))

    def errors(weights: Floats) -> Floats:
        alike = Ibcc().fit_predict(task, who, label, evidence=evidence, weights=weights)
        wrong: Floats = 1 - alike.posteriors[task, label]
        return wrong

    weights = weigh(task, who, people, families or {}, errors)
    found = how.fit_predict(task, who, label, evidence=evidence, weights=weights)
    posterior: dict[str, dict[str, float]] = {name: {} for name in tasks}
    counts: dict[str, dict[str, int]] = {name: {} for name in tasks}
    for t, v in zip(task.tolist(), label.tolist(), strict=True):
        posterior[tasks[t]][values[v]] = float(found.posteriors[t, v])
        tally = counts[tasks[t]]
        tally[values[v]] = tally.get(values[v], 0) + 1
    return Judgement(
        posterior=posterior, majority={name: _share(tally) for name, tally in counts.items()},
        annotators=by_name(people, found.reliability), method=found.method, alarms=found.alarms,
    )  # fmt: skip


def _share(tally: dict[str, int]) -> dict[str, float]:
    """The most frequent values, sharing 1 evenly."""
    top = max(tally.values())
    first = [value for value, count in tally.items() if count == top]
    return dict.fromkeys(first, 1 / len(first))
