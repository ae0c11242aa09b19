"""The methods by name, and one call for all of them."""

from __future__ import annotations

from numpy.typing import ArrayLike

from qinglan.errors import UsageError
from qinglan.quality.auto import Auto
from qinglan.quality.crowdlab import Crowdlab
from qinglan.quality.dawid_skene import DawidSkene
from qinglan.quality.ebcc import Ebcc, Ibcc
from qinglan.quality.em import Method
from qinglan.quality.estimates import Consensus, Reliability
from qinglan.quality.hierarchical import Hierarchical
from qinglan.quality.mace import Mace
from qinglan.quality.majority import Majority, WeightedMajority
from qinglan.quality.one_coin import OneCoin

__all__ = [
    "METHODS", "Auto", "Consensus", "Crowdlab", "DawidSkene", "Ebcc", "Hierarchical", "Ibcc",
    "Mace", "Majority", "Method", "OneCoin", "Reliability", "WeightedMajority", "choose",
    "fit_predict",
]  # fmt: skip

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (
        Majority,
        WeightedMajority,
        DawidSkene,
        OneCoin,
        Mace,
        Ibcc,
        Hierarchical,
        Ebcc,
        Crowdlab,
        Auto,
    )
}


def choose(name: str) -> Method:
    """The method called ``name``, with its default settings.

    Raises:
        UsageError: there is none of that name.
    """
    if name not in METHODS:
        raise UsageError("quality.unknown_method", method=name, methods=", ".join(sorted(METHODS)))
    return METHODS[name]()


def fit_predict(
    tasks: ArrayLike, annotators: ArrayLike, labels: ArrayLike, method: str = "auto"
) -> Consensus:
    """Judge flat arrays of codes by the method called ``method``; see ``Method.fit_predict``."""
    return choose(method).fit_predict(tasks, annotators, labels)
