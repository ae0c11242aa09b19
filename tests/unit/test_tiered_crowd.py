"""Tiers as evidence, on simulated people of known skill: experts among a crowd are recognised, an
empty title is seen through, and no tier at all is as before.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from qinglan.intervals import paired_bootstrap
from qinglan.quality import closed
from qinglan.quality.result import Judgement
from qinglan.quality.tiers import TierQuality, named

CLASSES, TASKS = 4, 300
EXPERT, CROWD = 0.95, 0.5
TRUTH = np.random.default_rng(3).integers(0, CLASSES, TASKS)


@cache
def votes() -> list[tuple[str, str, str]]:
    """Each task gets four of 24 people's votes and, two times in three, an expert's; the twelve
    experts have seventeen votes each.
    """
    rng = np.random.default_rng(7)
    cast = []
    for task in range(TASKS):
        asked = [(f"crowd{n}", CROWD) for n in rng.choice(24, 4, replace=False)]
        if task % 3:
            asked.append((f"expert{task % 12}" if task % 12 else "expert12", EXPERT))
        for name, skill in asked:
            others = (TRUTH[task] + rng.integers(1, CLASSES)) % CLASSES
            said = TRUTH[task] if rng.random() < skill else others
            cast.append((f"t{task}", name, f"c{said}"))
    return cast


TITLES = {name: name.rstrip("0123456789") for _, name, _ in votes()}


@cache
def _judged(tiers: tuple[tuple[str, str], ...], method: str) -> Judgement:
    return closed.fit(votes(), tiers=dict(tiers), method=method)


def judged(tiers: dict[str, str] | None, method: str = "auto") -> Judgement:
    return _judged(tuple(sorted((tiers or {}).items())), method)


def right(found: Judgement) -> np.ndarray:
    best = [max(found.posterior[f"t{n}"].items(), key=lambda pair: pair[1])[0]
            for n in range(TASKS)]  # fmt: skip
    return np.array([said == f"c{truth}" for said, truth in zip(best, TRUTH, strict=True)], float)


def by_tier(tiers: dict[str, str], found: Judgement) -> dict[str | None, TierQuality]:
    return {one.tier: one for one in named(tiers, found.annotators)}


def test_experts_among_a_crowd_are_recognised() -> None:
    """Apart beyond their intervals, whatever the method. Nobody knows that errors are independent
    here, so posteriors stay cautious, and experts look less sure than they are.
    """
    for method in ("auto", "hierarchical"):
        tiers = by_tier(TITLES, judged(TITLES, method))
        assert set(tiers) == {"crowd", "expert"}
        expert, crowd = tiers["expert"], tiers["crowd"]
        assert expert.low is not None
        assert crowd.high is not None
        assert crowd.high < expert.low <= EXPERT
        assert expert.annotators == len({n for n in TITLES if n.startswith("expert")})
        assert expert.labels + crowd.labels == len(votes())


def test_true_titles_help_the_model_that_hears_them() -> None:
    plain, titled = (right(judged(tiers, "hierarchical")) for tiers in (None, TITLES))
    assert paired_bootstrap(titled, plain, draws=2000, seed=0).low > 0
    experts = [by_tier(TITLES, judged(tiers, "hierarchical"))["expert"].value
               for tiers in (None, TITLES)]  # fmt: skip
    assert experts[1] > experts[0] + 0.1
    assert experts[1] == pytest.approx(EXPERT, abs=0.06)


def test_a_wrong_tier_does_no_harm_beyond_its_interval() -> None:
    """Titles dealt at random, and everybody's exchanged: about as right as without titles, for
    ``auto`` hears them as far as they help to foretell votes.
    """
    plain = right(judged(None))
    rng = np.random.default_rng(0)
    names = sorted(TITLES)
    dealt = dict(zip(names, rng.permutation([TITLES[name] for name in names]), strict=True))
    half = {name: "expert" if name.startswith("crowd") else "crowd" for name in names}
    for tiers in (dealt, half):
        found = judged(tiers)
        change = paired_bootstrap(right(found), plain, draws=2000, seed=0)
        assert change.high >= 0, change
        assert right(found).mean() >= plain.mean() - 0.02
    swapped = by_tier(half, judged(half))
    high, low = swapped["expert"].high, swapped["crowd"].low
    assert high is not None
    assert low is not None
    assert high < low  # the labels say so


def test_true_titles_are_not_worse_than_none() -> None:
    gain = paired_bootstrap(right(judged(TITLES)), right(judged(None)), draws=2000, seed=0)
    assert gain.high >= 0


def test_without_tiers_nothing_is_told_of_them() -> None:
    found = judged(None)
    assert named({}, found.annotators) == ()
    assert judged({}).posterior == found.posterior
    some = by_tier({"crowd1": "crowd"}, found)
    assert set(some) == {"crowd", None}
