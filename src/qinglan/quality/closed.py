"""Consensus over named votes with one fixed list of classes for all tasks."""

from __future__ import annotations

from collections.abc import Sequence

from qinglan.quality.consensus import choose
from qinglan.quality.names import encode
from qinglan.quality.open_answers import by_name
from qinglan.quality.result import EMPTY, Judgement

DEFAULT = "auto"


def fit(votes: Sequence[tuple[str, str, str]], method: str = DEFAULT) -> Judgement:
    """Judge named votes (task, annotator, value); none at all gives an empty judgement.

    The posterior lists the values that were given to a task; what is missing from 1 belongs to
    classes that nobody gave it.
    """
    if not votes:
        return EMPTY
    task, tasks = encode(v[0] for v in votes)
    who, people = encode(v[1] for v in votes)
    label, values = encode(v[2] for v in votes)
    found = choose(method).fit_predict(task, who, label)
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
